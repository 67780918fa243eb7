"""Orthopaedic implants, week by week: bar or powder to blank to serialised implant, implanted or back again."""

from datetime import timedelta
from typing import Final

from traceapp.demo.batch_records import finished_record, udi
from traceapp.demo.books import WEEKS, Lot, at
from traceapp.demo.catalogue import CONSIGNEES, HIP_STEM, KNEE_BLANK, KNEE_TRAY, LYON, STEM_BLANK, SUZHOU
from traceapp.demo.shop_floor import Pile, ShopFloor

HOSPITALS: Final = tuple(party.code for party in CONSIGNEES if party.role == "hospital")
PIECES: Final = 5


def run_implants(floor: ShopFloor) -> None:
    """Hip stems at one site in even weeks, knee trays at the other in odd ones."""
    for week in range(WEEKS):
        if week % 2 == 0:
            _make(floor, week, LYON, "TI-BAR-16", STEM_BLANK, HIP_STEM, "H", ("forging", "machining"))
        else:
            _make(floor, week, SUZHOU, "COCR-P1", KNEE_BLANK, KNEE_TRAY, "K", ("printing", "machining"))


def _make(
    floor: ShopFloor, week: int, site: str, material: str, blank: str, implant: str, prefix: str, steps: tuple[str, str]
) -> None:
    if week % 8 < 2:
        floor.receive(material, site, 200, at(week, 0, 6))
    time = at(week, 1, 7)
    blanks = Lot(site, blank, floor.next_number(f"{prefix}B{time:%y}-1"))
    order = floor.next_number(f"{prefix}O-{time:%y}-1")
    floor.make(order, steps[0], site, time, floor.take(material, site, 40), blanks, 20, "EA")
    floor.work(order, steps[0], site, time, 5, "key")
    finished = Lot("", implant, floor.next_number(f"{prefix}{time:%y}-1"))
    order = floor.next_number(f"{prefix}O-{time:%y}-1")
    floor.make(order, steps[1], site, time + timedelta(days=1), [Pile(blanks, 20, "EA")], finished, 20, "EA")
    floor.work(order, steps[1], site, time + timedelta(days=1), 9, "key")
    floor.inspect(finished, site, at(week, 4, 8), "taper angle", "5.67 °", wanted="5.67 ± 0.05 °")
    floor.release(finished, site, at(week, 4, 15))
    made, expires = at(week, 2, 7), at(week + 260, 2, 7)
    load = f"GS-{site[0]}-{made:%y%m%d}"
    record = finished_record(finished, site, made, expires, 20, load)
    dose = f"{26 + week % 5}.{week % 10}"
    floor.books.write("batch-record", at(week, 4, 15), finished.cells(), record, sterilisation_dose=dose, quantity_approved=20)
    for piece in range(1, PIECES + 1):
        unit = Lot("", implant, finished.number, f"{finished.number}{piece:03}")
        dates = {"production_date": f"{made:%Y-%m-%d}", "expiry_date": f"{expires:%Y-%m-%d}", "sterilisation_lot": load}
        floor.books.write("batch-record", at(week, 4, 9), unit.cells(), udi(unit, made, expires), dates, site=site)
        _send(floor, week, site, Lot("", implant, "", unit.serial), piece)
    floor.books.write("stock", at(week, 5, 6), finished.cells(), location="WH-2", quantity=20 - PIECES, unit="EA", site=site)


def _send(floor: ShopFloor, week: int, site: str, unit: Lot, piece: int) -> None:
    """Most implants are used; some come back unopened and are sent again."""
    hospital = floor.chance.choice(HOSPITALS)
    time = at(week, 7, 9, piece)
    number = f"OR{time:%y%m%d}-{piece:02}"
    floor.ship(unit, site, time, number, hospital, 1)
    if floor.chance.random() < 0.05:
        back = floor.next_number("RMA-1")
        floor.books.write(
            "return",
            time + timedelta(days=6),
            unit.cells(),
            return_number=back,
            party=hospital,
            quantity=1,
            unit="EA",
            reason="not used",
            site=site,
        )
        hospital = floor.chance.choice(HOSPITALS)
        time += timedelta(days=9)
        floor.ship(unit, site, time, f"{number}R", hospital, 1)
    if floor.chance.random() < 0.8:
        floor.books.write("use", time + timedelta(days=20), unit.cells(), party=hospital, kind="implanted", quantity=1, unit="EA")
