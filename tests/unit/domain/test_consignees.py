from decimal import Decimal

import pytest

from traceapp.domain.consignees import (
    Delivery,
    EndLink,
    deliveries,
    distribute,
    one_sided,
    sum_by_unit,
    total,
)


def link(
    source: str,
    type_: str,
    target: str,
    quantity: int | None = None,
    time: str | None = "5",
    mark: str | None = None,
    *,
    shown: bool = True,
) -> EndLink:
    stated = Decimal(quantity) if quantity is not None else None
    return EndLink(source, target, type_, "", shown, stated, "EA" if stated is not None else None, time, mark, None)


def shipped(
    source: str, note: str, quantity: int | None = None, time: str | None = "5", report: str = "despatch", *, shown: bool = True
) -> EndLink:
    return link(source, "SHIPPED_IN", note, quantity, time, report if shown else None, shown=shown)


def delivered(note: str, party: str, *, shown: bool = True) -> EndLink:
    return link(note, "DELIVERED_TO", party, shown=shown)


def told(
    links: list[EndLink], *lots: str, exact: set[str] | None = None, units_of: dict[str, frozenset[str]] | None = None
) -> list[Delivery]:
    found = distribute(lots, links, {}, lambda _: True)
    shown = [link for link in links if link.shown]
    seen = distribute(lots, shown, {}, lambda _: True)
    seeds = set(lots) if exact is None else exact
    withheld = len(shown) < len(links)
    return deliveries(
        found, seen, seeds, units_of or {}, lambda uid: uid == "us", lambda uid: uid.startswith("N"), withheld=withheld
    )


def amounts(found: list[Delivery]) -> dict[str, dict[str, Decimal | None]]:
    return {delivery.party: dict(delivery.quantities) for delivery in found}


def test_a_consignee_gets_the_sum_of_what_was_shipped_to_him() -> None:
    links = [shipped("a", "S1", 40), shipped("a", "S2", 10), delivered("S1", "H1"), delivered("S2", "H1")]

    assert told(links, "a") == [Delivery("H1", {"EA": Decimal(50)}, ("a",), ("S1", "S2"), (), True)]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([shipped("a", "S1", 40), shipped("a", "S1", 40, report="receipt"), delivered("S1", "H1")], 40),
        ([shipped("a", "S1", 38, report="receipt"), delivered("S1", "H1")], 38),
        ([shipped("a", "S1", 40), shipped("a", "S1", 5), delivered("S1", "H1")], 45),
        ([shipped("a", "S1"), delivered("S1", "H1")], None),
        (
            [shipped("a", "S1", 40), shipped("a", "S2", 40, "6", "receipt"), delivered("S1", "H1"), delivered("S2", "H1")],
            40,
        ),
        (
            [shipped("a", "S1", 40), shipped("a", "S2", 40, "4", "receipt"), delivered("S1", "H1"), delivered("S2", "H1")],
            80,
        ),
        (
            [shipped("a", "S1", 40), shipped("a", "S2", 30, "6", "receipt"), delivered("S1", "H1"), delivered("S2", "H1")],
            70,
        ),
    ],
    ids=["both report", "receiver only", "two rows", "not stated", "two notes, one transfer", "received before", "other goods"],
)
def test_despatch_and_receipt_of_the_same_goods_count_once(links: list[EndLink], expected: int | None) -> None:
    unit = "EA" if expected is not None else ""
    assert amounts(told(links, "a")) == {"H1": {unit: Decimal(expected) if expected is not None else None}}


def test_only_journeys_with_the_lot_inside_count() -> None:
    links = [
        link("a", "PACKED_IN", "T1", 60, "1"),
        link("b", "PACKED_IN", "T1", 50, "1"),
        shipped("T1", "S1", None, "2"),
        link("a", "UNPACKED_FROM", "T1", 60, "3"),
        link("b", "UNPACKED_FROM", "T1", 50, "3"),
        shipped("T1", "S2", None, "7"),
        delivered("S1", "D1"),
        delivered("S2", "H3"),
    ]

    assert amounts(told(links, "a")) == {"D1": {"EA": Decimal(60)}}
    assert amounts(told(links, "a", "b")) == {"D1": {"EA": Decimal(110)}}


def test_a_case_that_is_listed_beside_its_pallet_counts_once() -> None:
    links = [
        link("a", "PACKED_IN", "case", 5, "1"),
        link("case", "PACKED_IN", "pallet", None, "2"),
        shipped("case", "S1", None, "3"),
        shipped("pallet", "S1", None, "3"),
        delivered("S1", "H1"),
    ]

    assert amounts(told(links, "a")) == {"H1": {"EA": Decimal(5)}}


def test_units_replace_the_quantity_of_their_batch_on_one_shipment() -> None:
    links = [shipped("a", "S1", 2), shipped("u1", "S1"), shipped("u2", "S1"), delivered("S1", "H1")]

    assert amounts(told(links, "a", "u1", "u2", units_of={"a": frozenset({"u1", "u2", "u3"})})) == {"H1": {"EA": Decimal(2)}}


def test_everything_behind_a_forwarded_shipment_is_possible() -> None:
    links = [
        shipped("a", "S1", 40),
        link("S1", "FORWARDED_IN", "S2"),
        link("S2", "FORWARDED_IN", "S1"),
        delivered("S1", "D1"),
        delivered("S2", "H1"),
    ]

    assert [(one.party, one.exact) for one in told(links, "a")] == [("D1", True), ("H1", False)]


def test_where_goods_may_have_gone_out_of_view_each_consignee_may_have_got_more() -> None:
    links = [
        shipped("a", "S1", 40),
        shipped("hidden", "S1", shown=False, time=None),
        shipped("a", "S2", 9),
        *(delivered("S1", "H1"), delivered("S2", "H2")),
    ]
    found = told(links, "a", "hidden")

    assert amounts(found) == {"H1": {"": None, "EA": Decimal(40)}, "H2": {"": None, "EA": Decimal(9)}}
    assert [(one.lots, one.withheld) for one in found] == [(("a",), True), (("a",), True)]


def test_a_party_behind_a_hidden_shipment_is_not_told() -> None:
    links = [shipped("a", "S1", 40), delivered("S1", "H1", shown=False)]

    assert told(links, "a") == []


def test_our_own_sites_are_no_consignees() -> None:
    assert told([shipped("a", "S1", 40), delivered("S1", "us")], "a") == []


def test_a_possible_lot_makes_a_possible_consignee() -> None:
    assert [one.exact for one in told([shipped("a", "S1", 4), delivered("S1", "H1")], "a", exact=set())] == [False]


def test_a_shipment_that_only_its_receiver_reports_is_one_sided() -> None:
    links = [shipped("a", "S1", 4), shipped("a", "S1", 4, report="receipt"), shipped("a", "S2", 4, report="receipt")]

    assert one_sided(distribute(["a"], links, {}, lambda _: True)) == ["S2"]


def test_shipments_outside_the_window_do_not_count() -> None:
    links = [shipped("a", "S1", 4, "5"), shipped("a", "S2", 4, "9"), delivered("S1", "H1"), delivered("S2", "H2")]
    found = distribute(["a"], links, {}, lambda time: time is None or time < "7")

    assert [one.party for one in deliveries(found, found, {"a"}, {}, lambda _: False, lambda _: False)] == ["H1"]


def test_sums_keep_units_apart() -> None:
    assert sum_by_unit([(Decimal(1), "KGM"), (Decimal(2), "EA"), (Decimal(3), "KGM")]) == {"EA": Decimal(2), "KGM": Decimal(4)}
    assert total([(Decimal(1), "KGM"), (Decimal(2), "EA")]) == (None, None)
    assert total([]) == (None, None)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([shipped("a", "S1", 40), shipped("a", "R1", 40, "6", "receipt")], 40),
        ([shipped("a", "N1", 40), shipped("a", "R1", 40, "6", "receipt")], 40),
        ([shipped("a", "N1", 40), shipped("a", "N2", 40, "6", "receipt")], 80),
        ([shipped("a", "S1", 40), shipped("a", "S1", 40, "6", "receipt"), shipped("a", "R2", 40, "7", "receipt")], 80),
    ],
    ids=["its receipt", "its receipt without a number", "another number", "confirmed before"],
)
def test_promise_a_receipt_that_may_be_another_delivery_counts(links: list[EndLink], expected: int) -> None:
    notes = sorted({one.target for one in links})

    assert amounts(told([*links, *(delivered(note, "H1") for note in notes)], "a")) == {"H1": {"EA": Decimal(expected)}}


def test_a_quantity_that_nobody_states_is_not_withheld() -> None:
    (got,) = told([shipped("a", "S1"), delivered("S1", "H1")], "a")

    assert (dict(got.quantities), got.withheld) == ({"": None}, False)


def test_a_consignee_reached_out_of_view_alone_is_told_without_a_lot() -> None:
    links = [
        link("a", "PACKED_IN", "P1", None, None, shown=False),
        shipped("P1", "S1", None, None, shown=False),
        delivered("S1", "H1"),
    ]
    (got,) = told(links, "a")

    assert (got.lots, got.shipments, dict(got.quantities), got.exact) == ((), ("S1",), {"": None}, True)
