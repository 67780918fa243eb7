"""Where the sets of the resin story went: shipped, forwarded, stocked, used, returned, scrapped, held."""

from traceapp.demo.books import Books, Lot
from traceapp.demo.catalogue import (
    CENTRO,
    DISTRIBUTOR_ASIA,
    DISTRIBUTOR_EUROPE,
    ESTE,
    FIRST,
    LEEDS,
    LYON,
    NORD,
    SUED,
    SUZHOU,
)
from traceapp.demo.resin_lots import (
    CH031,
    CH032,
    F301,
    F301R,
    F302,
    F303,
    F304A,
    F304B,
    F305,
    RESIN,
    S201,
    T102,
    T103,
    day,
)


def tell_resin_goods(books: Books) -> None:
    """Every row about goods that left the shop floor, or stayed in a store."""
    _transfers(books)
    _shipments(books)
    _afterwards(books)


def _transfers(books: Books) -> None:
    """To the other site: no delivery to a consignee."""
    for lot, quantity, unit in ((T102, "12500", "MTR"), (CH031, "8000", "EA")):
        _ship(books, lot, LYON, "02-20 16:00", "TR-2602-20", SUZHOU, quantity, unit)


def _ship(
    books: Books,
    lot: Lot,
    shipper: str,
    time: str,
    number: str,
    consignee: str,
    quantity: str,
    unit: str = "EA",
    report: str = "",
) -> None:
    site = shipper if shipper in {LYON, SUZHOU} else ""
    books.write(
        "shipment",
        day(time),
        lot.cells(),
        shipment=number,
        consignee=consignee,
        quantity=quantity,
        unit=unit,
        report=report,
        site=site,
        shipper=shipper,
    )


def _shipments(books: Books) -> None:
    for lot, shipper, time, number, consignee, quantity in (
        (F301, LYON, "03-24 09:00", "LY-26-0901", NORD, "1200"),
        (F301, LYON, "03-25 09:00", "LY-26-0907", DISTRIBUTOR_EUROPE, "2500"),
        (F301, DISTRIBUTOR_EUROPE, "04-01 07:00", "DE-26-551", SUED, "1000"),
        (F302, LYON, "03-26 09:00", "LY-26-0912", ESTE, "900"),
        (F302, LYON, "03-27 09:00", "LY-26-0915", NORD, "600"),
        (F303, LYON, "04-07 09:00", "LY-26-0940", LEEDS, "700"),
        (F304A, SUZHOU, "04-08 03:00", "SZ-26-0310", FIRST, "2600"),
        (F304B, SUZHOU, "04-09 03:00", "SZ-26-0311", DISTRIBUTOR_ASIA, "4000"),
    ):
        _ship(books, lot, shipper, time, number, consignee, quantity)
    # The last one is told by its receiver alone: the distributor never said that he sent it.
    for shipper, time, number, consignee, quantity in (
        (LYON, "03-27 11:30", "LY-26-0907", DISTRIBUTOR_EUROPE, "2500"),
        (LYON, "03-26 13:00", "LY-26-0901", NORD, "1200"),
        (DISTRIBUTOR_EUROPE, "04-07 10:00", "DE-26-560", CENTRO, "800"),
    ):
        books.write(
            "shipment",
            day(time),
            F301.cells(),
            shipment=number,
            consignee=consignee,
            quantity=quantity,
            unit="EA",
            report="receipt",
            shipper=shipper,
        )


def _afterwards(books: Books) -> None:
    """What lies, came back, was used, scrapped, held."""
    stock = (
        (RESIN, LYON, "WH-R", "60", "KGM"),
        (T103, LYON, "WH-1", "1800", "MTR"),
        (CH031, LYON, "WH-1", "24000", "EA"),
        (CH032, LYON, "WH-1", "26000", "EA"),
        (F301, LYON, "WH-1", "196", "EA"),
        (F301R, LYON, "QUARANTINE", "100", "EA"),
        (F302, LYON, "WH-1", "1990", "EA"),
        (F303, LYON, "WH-1", "2970", "EA"),
        (F304A, SUZHOU, "WH-1", "400", "EA"),
        (F304B, SUZHOU, "WH-1", "900", "EA"),
        (F305, LYON, "WH-1", "800", "EA"),
    )
    for lot, site, place, quantity, unit in stock:
        books.write("stock", day("05-18 06:00"), lot.cells(), location=place, quantity=quantity, unit=unit, site=site)
    books.write(
        "disposal",
        day("02-15 10:00"),
        RESIN.cells(),
        disposal_number="DSP-26-031",
        method="recycling of sweepings",
        quantity="20",
        unit="KGM",
        site=LYON,
    )
    books.write(
        "disposal",
        day("02-27 10:00"),
        S201.cells(),
        disposal_number="DSP-26-034",
        method="incineration",
        quantity="80",
        unit="EA",
        site=LYON,
    )
    books.write(
        "return",
        day("05-12 09:00"),
        F301.cells(),
        return_number="RMA-26-031",
        party=NORD,
        quantity="100",
        unit="EA",
        restocked_as=F301R.number,
        reason="black specks in the drip chamber",
        complaint_number="CPL-26-118",
        site=LYON,
    )
    books.write("batch-record", day("05-19 09:00"), F301.cells(), ncr_number="NCR-26-031", capa_number="CAPA-26-009", site=LYON)
    books.write("use", day("05-10 09:00"), F301.cells(), party=NORD, kind="used", quantity="450", unit="EA")
    books.write("use", day("05-11 09:00"), F302.cells(), party=ESTE, kind="used", quantity="300", unit="EA")
    books.write(
        "order", day("05-15 09:00"), F305.cells(), order="SO-26-2201", customer=ESTE, quantity="200", unit="EA", site=LYON
    )
    books.write(
        "order", day("05-15 09:30"), F302.cells(), order="SO-26-2207", customer=NORD, quantity="400", unit="EA", site=LYON
    )
    books.write("hold", day("05-18 08:12"), RESIN.cells(), act="placed", reason="black specks, complaint CPL-26-118", site=LYON)
    books.write("hold", day("05-18 08:15"), F305.cells(), act="placed", reason="made with RM-26-0417", site=LYON)
