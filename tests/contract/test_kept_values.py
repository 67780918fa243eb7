"""Values before and after: commitments on record, the values sealed beside, erasable while the ledger still verifies."""

from dataclasses import replace

import pytest

from tests.approving import agree
from tests.clockwork import Clockwork
from tests.recorded import ledger_bytes, records
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.errors import ApprovalStateError, InputError, SealBrokenError
from traceapp.domain.recorded import COMMITTED
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.ledger.verdict import verify
from traceapp.usecases.accounts.change_account import set_password, set_role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.accounts.manage_tokens import revoke_token
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.audit.erase_record_values import show_record_values
from traceapp.usecases.audit.kept_values import erase_values, open_values
from traceapp.usecases.audit.settle_intents import settle
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

PASSWORD = "correct horse battery"
WHY = "She asks that her former role be forgotten."
EVERYWHERE = frozenset({"*"})
LYON = frozenset({"LYON"})


@pytest.fixture
def changed(stations: Stations) -> Stations:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna Kovács", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    set_role(stations, terminal_actor(), "anna", Role.VIEWER, LYON, EVERYWHERE)
    return stations


def intent_of(stations: Stations, act: str) -> dict:  # type: ignore[type-arg]
    return [record for record in records(stations, act=act) if record["outcome"] == "intended"][-1]


def test_promise_a_change_commits_to_what_was_before_and_after(changed: Stations) -> None:
    intent = intent_of(changed, "account:change")

    assert [one["field"] for one in intent["values"]] == ["role", "sites"], "and to nothing that stayed"
    assert open_values(changed, intent["values"]) == {"role": ("coordinator", "viewer"), "sites": (["*"], ["LYON"])}
    assert all(len(one[side]) == 64 for one in intent["values"] for side in ("old", "new"))


def test_promise_two_like_changes_have_commitments_of_their_own(changed: Stations) -> None:
    first = intent_of(changed, "account:change")
    for role, sites in ((Role.COORDINATOR, EVERYWHERE), (Role.VIEWER, LYON)):
        set_role(changed, terminal_actor(), "anna", role, sites, EVERYWHERE)

    assert open_values(changed, intent_of(changed, "account:change")["values"]) == open_values(changed, first["values"])
    assert intent_of(changed, "account:change")["values"] != first["values"]


def test_promise_erased_values_are_gone_and_the_ledger_verifies(changed: Stations) -> None:
    created, intent = intent_of(changed, "account:create"), intent_of(changed, "account:change")

    assert erase_values(changed, intent["values"])

    assert open_values(changed, intent["values"]) is None
    assert open_values(changed, created["values"]) is not None, "the others stand"
    assert not erase_values(changed, intent["values"])
    assert verify(changed.settings.home).ok


def test_attacker_who_swaps_the_values_beside_two_records_is_found(changed: Stations) -> None:
    set_role(changed, terminal_actor(), "anna", Role.AUDITOR, LYON, EVERYWHERE)
    one, two = [record["values"] for record in records(changed, act="account:change") if record["outcome"] == "intended"]
    (path,) = changed.values.paths()
    content, heads = path.read_bytes(), []
    place = 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        heads.append((place, content[place + 4 : place + 36]))
        place += 36 + length
    (first, first_digest), (second, second_digest) = heads[-2:]
    swapped = bytearray(content)
    swapped[first + 4 : first + 36], swapped[second + 4 : second + 36] = second_digest, first_digest
    path.write_bytes(bytes(swapped))

    for values in (one, two):
        with pytest.raises(SealBrokenError):
            open_values(changed, values)


def test_promise_no_secret_stands_in_a_record_or_beside_it_in_any_form(changed: Stations) -> None:
    text = issue_token(changed, terminal_actor(), TokenRequest(Role.VIEWER, LYON, EVERYWHERE, "scanner", 1)).value
    set_password(changed, terminal_actor(), "anna", "another horse battery")
    account = changed.accounts.get_account_by_username("anna")
    assert account is not None
    revoke_token(changed, terminal_actor(), text.split("_")[1])

    opened = [open_values(changed, record["values"]) for record in records(changed) if "values" in record]
    words = repr(opened)
    for secret in ("horse", "Anna", "Kovács", text, account.password_hash, text.split("_")[2]):
        assert secret not in words
        assert secret.encode() not in ledger_bytes(changed.settings.home)
    assert {"password", "provisional"} in [set(values or ()) for values in opened], "that it changed is told"
    assert {"revoked"} in [set(values or ()) for values in opened]


def test_promise_values_are_shown_on_record_and_erased_by_two(changed: Stations) -> None:
    """Asked for at the terminal, agreed to by two, carried out there: the values are gone, and the ledger is whole."""
    everywhere, terminal = frozenset({"*"}), terminal_actor()
    then = replace(changed, clock=Clockwork.before(changed.clock.now()))
    intent = intent_of(changed, "account:change")
    seq = intent["seq"]
    assert show_record_values(changed, terminal, seq).value == {"role": ("coordinator", "viewer"), "sites": (["*"], ["LYON"])}
    looked = records(changed, act="ledger:search")[-1]
    assert (looked["disclosed"], looked["result"]) == ({"LedgerRecord": ["values"]}, {"fields": ["role", "sites"]})
    for name in ("quin", "ben"):
        create_account(then, terminal, name, PASSWORD, name, Role.QUALITY, everywhere, everywhere)
    for record in (1, intent["seq"] + 1):
        with pytest.raises(InputError):
            request_approval(changed, terminal, Operation.VALUE_ERASE, {"record": record}, WHY)
    asked = request_approval(changed, terminal, Operation.VALUE_ERASE, {"record": seq}, WHY).value
    with pytest.raises(ApprovalStateError):
        execute_approval(changed, terminal, asked.uid)
    for name in ("quin", "ben"):
        account = changed.accounts.get_account_by_username(name)
        assert account is not None
        opened = make_session(changed, account, Client("", ""), factor_at=changed.clock.now())
        changed.sessions.append_session(opened.session)
        agree(changed, opened.actor, asked.uid, WHY, signed_by(opened.actor))

    execute_approval(changed, terminal, asked.uid)

    assert show_record_values(changed, terminal, seq).value is None
    begun, done = records(changed, act="ledger:erase")
    assert (done["outcome"], done["approval"], done["request"]["fields"]) == ("done", asked.uid, ["role", "sites"])
    assert verify(changed.settings.home).ok
    assert settle(changed, terminal, begun) == COMMITTED, "a crash before its outcome: it is asked of the values themselves"
    with pytest.raises(InputError):
        request_approval(changed, terminal, Operation.VALUE_ERASE, {"record": seq}, WHY)
