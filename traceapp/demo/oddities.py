"""What real files hold and tidy demos leave out: numbers that are not unique, slashes, quotes, four-byte characters."""

from datetime import UTC, datetime
from typing import Final

from traceapp.demo.books import Books, Lot
from traceapp.demo.catalogue import BULK_SET, HIP_STEM, INFUSION_SET, LYON, SUZHOU, TUBE

SAME_NUMBER: Final = "26-0042"
"""Printed by three issuers: a tube lot, a lot of sets, a supplier's titanium."""
WITH_SLASH: Final = Lot("", INFUSION_SET, "F26/310")
NASTY: Final = (
    "'}) DETACH DELETE n //",
    '"quoted, with comma"',
    "批次𠮷🧪",
    "دفعة-١٢",
    "ＡＢ１２",
    "<b>&amp;</b>",
    "%2F..%2F",
)
"""Lot numbers that somebody's system really printed, or somebody tried."""


def tell_oddities(books: Books) -> None:
    """A few lots, each shipped once, none of them near the resin."""
    moment = datetime(2026, 4, 14, 8, tzinfo=UTC)
    titanium = Lot("S-META", "TI-BAR-16", SAME_NUMBER)
    books.write(
        "receipt",
        moment.replace(day=1),
        supplier=titanium.owner,
        product=titanium.product,
        supplier_lot=titanium.number,
        receipt_number="RM-26-0900",
        quantity=40,
        unit="kg",
        site=LYON,
    )
    tubes, sets = Lot(LYON, TUBE, SAME_NUMBER), Lot(SUZHOU, BULK_SET, SAME_NUMBER)
    _make(books, titanium, 20, "KGM", Lot("", HIP_STEM, "H26/01"), LYON, moment)
    _make(books, tubes, 500, "MTR", sets, SUZHOU, moment)
    _make(books, sets, 240, "EA", WITH_SLASH, SUZHOU, moment)
    _ship(books, WITH_SLASH, 240, SUZHOU, moment, "SZ/26/0400")
    for place, number in enumerate(NASTY):
        lot = Lot(LYON, BULK_SET, number)
        _make(books, tubes, 10, "MTR", lot, LYON, moment.replace(minute=place))
        _ship(books, lot, 5, LYON, moment.replace(minute=place), f"LY-26-09{50 + place}")


def _make(books: Books, used: Lot, quantity: int, unit: str, made: Lot, site: str, time: datetime) -> None:
    books.write("consumption", time, used.cells("from_"), made.cells("to_"), quantity=quantity, unit=unit, site=site)


def _ship(books: Books, lot: Lot, quantity: int, site: str, time: datetime, number: str) -> None:
    books.write(
        "shipment",
        time.replace(day=20),
        lot.cells(),
        shipment=number,
        consignee="H-XX-01",
        quantity=quantity,
        unit="EA",
        site=site,
        shipper=site,
    )
