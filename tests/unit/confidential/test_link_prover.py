"""The quick check of many links says what the check of one link says, whatever was done to the link or its MAC."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.mac_layout import WALKED
from traceapp.confidential.record_mac import RecordMacs
from traceapp.domain.record_macs import Marks

NEAR, FAR, OTHER = "a" * 32, "b" * 32, "c" * 32
TYPE = "CONSUMED_IN"
HEAD = 50
PLAIN = {"uid": "d" * 32, "record_seq": 7, "quantity": "12.5", "unit": "KGM", "event_time": "2026-03-02T08:00:00.000000Z"}


@dataclass
class Told:
    """One link of a walk as a store tells it."""

    far: Any
    link: list[Any]
    mac: Any


CHANGES: dict[str, Callable[[Told], Any]] = {
    "nothing": lambda told: None,
    "near end": lambda told: told.link.__setitem__(0, OTHER),
    "far end": lambda told: setattr(told, "far", OTHER),
    "ends that only together have the length": lambda told: (told.link.__setitem__(0, NEAR + "b"), setattr(told, "far", FAR[1:])),
    "no near end": lambda told: told.link.__setitem__(0, None),
    "no far end": lambda told: setattr(told, "far", None),
    "a mark": lambda told: told.link.__setitem__(1, "P1"),
    "an empty mark": lambda told: told.link.__setitem__(1, ""),
    "quantity": lambda told: told.link.__setitem__(2, "13.5"),
    "quantity as a number": lambda told: told.link.__setitem__(2, 12.5),
    "quantity in bytes": lambda told: told.link.__setitem__(2, b"12.5"),
    "quantity in a list": lambda told: told.link.__setitem__(2, ["12.5"]),
    "no quantity": lambda told: told.link.__setitem__(2, None),
    "digits moved to the unit": lambda told: told.link.__setitem__(slice(2, 4), ["12.", "5KGM"]),
    "unit": lambda told: told.link.__setitem__(3, "GRM"),
    "no unit": lambda told: told.link.__setitem__(3, None),
    "time": lambda told: told.link.__setitem__(4, "2026-03-02T08:00:00.000001Z"),
    "a place": lambda told: told.link.append(OTHER),
    "no place": lambda told: told.link.append(None),
    "no mac": lambda told: setattr(told, "mac", None),
    "mac as text": lambda told: setattr(told, "mac", told.mac.hex()),
    "mac as an array": lambda told: setattr(told, "mac", bytearray(told.mac)),
    "mac too short": lambda told: setattr(told, "mac", told.mac[:-1]),
    "mac too long": lambda told: setattr(told, "mac", told.mac + b"\0"),
    "empty mac": lambda told: setattr(told, "mac", b""),
    "told no more than the near end": lambda told: told.link.__delitem__(slice(1, None)),
    "told no more than the mark": lambda told: told.link.__delitem__(slice(2, None)),
    "told half of its values": lambda told: told.link.__delitem__(slice(3, None)),
}
WRITTEN: dict[str, dict[str, Any]] = {
    "live": PLAIN,
    "with a pair": {**PLAIN, "pair": "P1"},
    "with a report": {**PLAIN, "report": "despatch"},
    "with a place": {**PLAIN, "place": OTHER},
    "without values": {"uid": "d" * 32, "record_seq": 7},
    "recorded at the head": {**PLAIN, "record_seq": HEAD},
    "recorded after the head": {**PLAIN, "record_seq": HEAD + 1},
    "void": {**PLAIN, "voided_seq": 9},
    "void after the head": {**PLAIN, "voided_seq": HEAD + 1},
}


@pytest.fixture(scope="module")
def macs(tmp_path_factory: pytest.TempPathFactory) -> RecordMacs:
    home = tmp_path_factory.mktemp("home")
    create_keys(home)
    return RecordMacs(load_keys(home), "of the test")


@pytest.mark.parametrize("outward", [True, False], ids=["outward", "inward"])
@pytest.mark.parametrize("change", CHANGES)
def test_promise_many_links_at_once_are_judged_like_each_alone(macs: RecordMacs, change: str, outward: bool) -> None:
    ends = (NEAR, FAR) if outward else (FAR, NEAR)
    for written, properties in WRITTEN.items():
        for marks in Marks:
            values = [properties.get(name) for name in ("quantity", "unit", "event_time")]
            told = Told(FAR, [NEAR, properties.get("pair"), *values], macs.link(TYPE, *ends, properties))
            CHANGES[change](told)
            source, target = (told.link[0], told.far) if outward else (told.far, told.link[0])
            alone = macs.proves_link(TYPE, source, target, told.link, told.mac, HEAD, marks)

            failed = macs.link_prover(HEAD, marks=marks, outward=outward)(TYPE, None, [told.far], [told.link], [told.mac])

            assert (failed == []) == alone, (written, marks)


def test_promise_what_was_written_is_proven_and_what_is_not_live_is_not(macs: RecordMacs) -> None:
    """Else the two checks above could agree on nothing but refusals."""
    proven = set()
    for written, properties in WRITTEN.items():
        values = [properties.get(name) for name in ("quantity", "unit", "event_time", "place")]
        link = [NEAR, properties.get("pair", properties.get("report")), *values]
        if not macs.link_prover(HEAD, marks=Marks.EITHER, outward=True)(
            TYPE, None, [FAR], [link], [macs.link(TYPE, NEAR, FAR, properties)]
        ):
            proven.add(written)

    assert proven == WRITTEN.keys() - {"recorded after the head", "void"}


@pytest.mark.parametrize("position", range(WALKED))
def test_attacker_who_flips_one_bit_of_a_mac_is_found_by_the_quick_check(macs: RecordMacs, position: int) -> None:
    mac = bytearray(macs.link(TYPE, NEAR, FAR, PLAIN))
    link = [NEAR, None, PLAIN["quantity"], PLAIN["unit"], PLAIN["event_time"]]
    prove = macs.link_prover(HEAD, marks=Marks.EITHER, outward=True)
    assert prove(TYPE, None, [FAR], [link], [bytes(mac)]) == []
    mac[position] ^= 1

    assert prove(TYPE, None, [FAR], [link], [bytes(mac)]) == [0]


def test_promise_one_bad_link_among_good_ones_is_the_one_that_is_named(macs: RecordMacs) -> None:
    rows = [{**PLAIN, "quantity": f"{number}.5"} for number in range(1, 6)]
    proofs = [macs.link(TYPE, NEAR, FAR, row) for row in rows]
    links = [[NEAR, None, row["quantity"], row["unit"], row["event_time"]] for row in rows]
    links[2][2] = "99.5"

    prove = macs.link_prover(HEAD, marks=Marks.EITHER, outward=True)

    assert prove(TYPE, [NEAR] * 5, [FAR] * 5, links, proofs) == [2]
    assert prove(TYPE, [NEAR] * 5, [*[FAR] * 4, NEAR], links, proofs) == [2, 4], "each under its own ends"
