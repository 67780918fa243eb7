from decimal import Decimal

import pytest

from traceapp.domain.packing import EVER, FOREVER, Held, PackingFact, Stay, held, inside_at, stays


def packed(time: str | None, quantity: int | None = None, child: str = "lot", parent: str = "tote") -> PackingFact:
    return PackingFact(child, parent, time, Decimal(quantity) if quantity else None, "EA" if quantity else None)


def taken(time: str | None, quantity: int | None = None, child: str = "lot", parent: str = "tote") -> PackingFact:
    return PackingFact(child, parent, time, Decimal(quantity) if quantity else None, "EA" if quantity else None, taken_out=True)


def stay(start: str, end: str, quantity: int | None = None, parent: str = "tote", child: str = "lot") -> Stay:
    return Stay(child, parent, start, end, Decimal(quantity) if quantity else None, "EA" if quantity else None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([packed("1", 60)], [stay("1", FOREVER, 60)]),
        ([packed("1", 60), taken("3", 60)], [stay("1", "3", 60)]),
        ([packed("1", 60), taken("3")], [stay("1", "3", 60)]),
        ([packed("1", 60), taken("3", 20)], [stay("1", "3", 60), stay("3", FOREVER, 40)]),
        ([packed("1", 60), taken("3", 90)], [stay("1", "3", 60)]),
        ([packed("1", 60), packed("2", 15)], [stay("1", "2", 60), stay("2", FOREVER, 75)]),
        ([packed("1", 60), packed("2")], [stay("1", "2", 60), stay("2", FOREVER)]),
        ([packed("1"), taken("2", 5)], [stay("1", "2"), stay("2", FOREVER)]),
        ([taken("1")], []),
        ([packed("2", 9), taken("1")], [stay("2", FOREVER, 9)]),
        ([packed("1", 60), taken("3"), packed("5", 30)], [stay("1", "3", 60), stay("5", FOREVER, 30)]),
        ([packed(None, 60), taken("3")], [stay(EVER, FOREVER)]),
        ([taken(None)], []),
    ],
)
def test_stays_are_computed_from_what_was_put_in_and_taken_out(facts: list[PackingFact], expected: list[Stay]) -> None:
    assert stays(facts, {}).get("lot", []) == expected
    assert stays(reversed(facts), {}).get("lot", []) == expected


def test_emptying_takes_everything_out() -> None:
    facts = [packed("1", 60), packed("2", 50, child="other"), packed("6", 30, child="third")]

    found = stays(facts, {"tote": ["4"], "elsewhere": ["3"]})

    assert found == {
        "lot": [stay("1", "4", 60)],
        "other": [stay("2", "4", 50, child="other")],
        "third": [stay("6", FOREVER, 30, child="third")],
    }


def test_what_is_seen_inside_adds_nothing() -> None:
    seen = PackingFact("lot", "tote", "2", Decimal(60), "EA", confirms=True)

    assert stays([packed("1", 60), seen], {})["lot"] == [stay("1", FOREVER, 60)]
    assert stays([seen], {})["lot"] == [stay("2", FOREVER, 60)]


def test_a_lot_is_in_a_pallet_while_its_case_is() -> None:
    facts = [packed("1", 5, parent="case"), packed("3", child="case", parent="pallet"), taken("7", child="case", parent="pallet")]
    inner = stay("1", FOREVER, 5, parent="case")

    assert held("lot", stays(facts, {})) == [Held("case", "1", FOREVER, inner), Held("pallet", "3", "7", inner)]


def test_a_pallet_that_left_before_the_case_was_filled_is_none_of_its_holders() -> None:
    facts = [packed("5", parent="case"), packed("1", child="case", parent="pallet"), taken("3", child="case", parent="pallet")]

    assert [one.holder for one in held("lot", stays(facts, {}))] == ["case"]


def test_containers_that_hold_each_other_end() -> None:
    facts = [packed("1", parent="a"), packed("2", child="a", parent="b"), packed("3", child="b", parent="a")]

    assert sorted(one.holder for one in held("lot", stays(facts, {}))) == ["a", "b"]


def test_what_is_inside_at_a_moment() -> None:
    known = [stay("1", "3"), stay("5", FOREVER)]

    assert inside_at(known, "2") == [known[0]]
    assert inside_at(known, "3") == []
    assert inside_at(known, "5") == [known[1]]
    assert inside_at(known, None) == [known[1]]
