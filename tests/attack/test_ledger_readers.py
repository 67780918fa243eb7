"""What does he learn who reads records instead of asking? No value that is masked for him where he asks."""

import tomllib
from dataclasses import replace
from functools import partial

import pytest

from tests.attack.test_accepted_policy import DEFAULT
from tests.attack.test_masks import HIDDEN, HOSPITAL, OPERATOR, SUPPLIER_LOT, all_bytes, taken_in
from tests.conftest import MakeActor
from tests.recorded import ledger_bytes, records
from tests.web.conftest import SECRET, Tokens
from traceapp.app import create_app
from traceapp.domain.disclosure import Masked
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument
from traceapp.usecases.audit.verify_ledger import verify_ledger
from traceapp.usecases.batches.list_referrals import list_referrals
from traceapp.usecases.batches.refer_number import refer_number
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

pytestmark = pytest.mark.one_store

SECRETS = {value for name, value in HIDDEN.items() if name not in {"result", "decision"}} | {SUPPLIER_LOT, HOSPITAL, OPERATOR}


@pytest.fixture
def lowered(stations: Stations) -> Stations:
    """Under a policy whose quality manager may read referrals, and no T2."""
    document = tomllib.loads(DEFAULT.decode())
    row = document["roles"]["quality"]
    del row["t3"]
    row |= {"clearance": "T1", "search": "T1"}
    return replace(stations, policy=Policy(PolicyDocument.model_validate(document), stations.dictionary))


def test_attacker_who_reads_the_ledger_finds_no_masked_value(stations: Stations, actor: MakeActor) -> None:
    """Everything was asked by somebody who sees it and by somebody who does not: records name properties, never values."""
    taken_in(stations)
    auditor = actor(Role.AUDITOR, factor=True)
    fields = frozenset({"formulation", "supplier_lot", "releaser", "contact", "name", "number"})
    for who in (auditor, actor(Role.VIEWER)):
        all_bytes(stations, who)
        trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), Direction.BOTH, fields=fields))
    refer_number(stations, actor(Role.VIEWER), SUPPLIER_LOT)

    kept = ledger_bytes(stations.settings.home).decode("latin-1")
    said = repr(verify_ledger(stations, auditor).value)

    assert {value for value in SECRETS if value in kept or value in said} == set()
    assert "formulation" in kept


def test_attacker_who_reads_referrals_sees_no_number_that_is_masked_for_him(
    stations: Stations, lowered: Stations, actor: MakeActor
) -> None:
    """What others typed may be a supplier's lot: it takes the right to see one, and the record says which it was."""
    refer_number(stations, actor(Role.VIEWER), SUPPLIER_LOT)

    whole = list_referrals(stations, actor(Role.QUALITY)).value
    seen = records(stations)[-1]
    masked = list_referrals(lowered, actor(Role.QUALITY)).value
    hidden = records(stations)[-1]

    assert [one.asked for one in whole] == [SUPPLIER_LOT]
    assert [one.asked for one in masked] == [Masked("T2")]
    assert ("asked" in seen["disclosed"]["Referral"], hidden["withheld"]) == (True, {"Referral": ["asked"]})


def test_promise_the_page_of_referrals_masks_in_words(
    stations: Stations, lowered: Stations, actor: MakeActor, tokens: Tokens
) -> None:
    refer_number(stations, actor(Role.VIEWER), SUPPLIER_LOT)
    header = {"Authorization": tokens(Role.QUALITY)}
    whole, masked = (create_app(partial(replace, of), SECRET).test_client() for of in (stations, lowered))

    pages = [client.get("/referrals", headers=header).text for client in (whole, masked)]

    assert [SUPPLIER_LOT in page for page in pages] == [True, False]
    assert '<span class="masked">' in pages[1]
