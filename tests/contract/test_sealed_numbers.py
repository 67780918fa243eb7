"""A sealed number is found by its index alone; of a short index, what only met it is left out after opening."""

from dataclasses import replace
from importlib import resources

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from tests.servers import StoreLeg
from traceapp.confidential.key_store import load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.dictionary.properties import parse_dictionary
from traceapp.domain.batch import BatchQuery
from traceapp.domain.rights import Role
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.stations import Stations

LOTS = 80
ROWS = "form,supplier,product,number,receipt_number,quantity,unit,site,time\n" + "".join(
    f"receipt,ACME,RESIN,S-{at},R-{at},5,KGM,LYON,2026-03-01T08:00:00Z\n" for at in range(LOTS)
)


def with_bits(stations: Stations, bits: int) -> Stations:
    text = resources.files("traceapp.dictionary").joinpath("data_dictionary.toml").read_text(encoding="utf-8")
    dictionary = parse_dictionary(text.replace("leak_bits = 64", f"leak_bits = {bits}").encode())
    keys = load_keys(stations.settings.home)
    return replace(stations, dictionary=dictionary, sealer=DictionarySealer(keys, dictionary, keys.owner))


@pytest.mark.parametrize("bits", [4, 12, 64])
def test_promise_a_suppliers_lot_is_found_whatever_its_index_may_leak(
    stations: Stations, empty_leg: StoreLeg, actor: MakeActor, bits: int
) -> None:
    short = with_bits(stations, bits)
    take_in(short, ROWS)
    index = short.sealer.number_index("Material", "S-7")
    with empty_leg.session() as session:
        met = session.run("MATCH (n:Traceable {number_index: $index}) RETURN count(n) AS met", index=index).single(strict=True)[
            "met"
        ]

    found = look_up_batches(short, actor(Role.COORDINATOR), BatchQuery(number="s-7")).value

    assert [one.number for one in found] == ["R-7"]
    assert (met > 1) == (bits == 4), "of four bits, others met it in the store"
