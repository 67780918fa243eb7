"""Infusion sets, week by week: resin to compound to tube and drip chamber to set, sterilised in loads, shipped."""

from datetime import timedelta
from typing import Final

from traceapp.demo.batch_records import finished_record
from traceapp.demo.books import LAST_DAY, WEEKS, Lot, at
from traceapp.demo.catalogue import (
    BULK_SET,
    CHAMBER,
    COMPOUND,
    CONSIGNEES,
    DISTRIBUTOR_EUROPE,
    INFUSION_SET,
    INFUSION_SET_CN,
    LYON,
    SUZHOU,
    TUBE,
)
from traceapp.demo.shop_floor import Pile, ShopFloor

SETS_PER_ORDER: Final = 3900
GTINS: Final = {LYON: INFUSION_SET, SUZHOU: INFUSION_SET_CN}
HOSPITALS: Final = tuple(party.code for party in CONSIGNEES if party.role == "hospital")


def run_infusion(floor: ShopFloor) -> None:
    """Every week of the calendar."""
    for week in range(WEEKS):
        _receive(floor, week)
        _plastics(floor, week)
        for site in (LYON, SUZHOU):
            _sterilise(floor, week, site, [_assemble(floor, week, site, day) for day in (2, 3)])


def _receive(floor: ShopFloor, week: int) -> None:
    floor.receive("PVC-R7", LYON, 500, at(week, 0, 7))
    if week % 2 == 0:
        floor.receive("PLAST-2", LYON, 260, at(week, 0, 8))
    for site in (LYON, SUZHOU):
        if week % 4 == 0:
            floor.receive("FILTER-15", site, 34_000, at(week, 0, 9, site == SUZHOU))
            floor.receive("NEEDLE-07", site, 34_000, at(week, 0, 10, site == SUZHOU))
        if week % 8 == 0:
            floor.receive("GLUE-70", site, 40, at(week, 0, 11, site == SUZHOU))


def _plastics(floor: ShopFloor, week: int) -> None:
    """Compound, two tubes and a lot of chambers; half of it goes to the other site."""
    day = at(week, 0, 12)
    compound = Lot(LYON, COMPOUND, floor.next_number(f"C{day:%y}-1"))
    order = floor.next_number(f"MIX-{day:%y}-1")
    floor.make(
        order, "compounding", LYON, day, floor.take("PVC-R7", LYON, 480) + floor.take("PLAST-2", LYON, 125), compound, 598, "KGM"
    )
    floor.work(order, "compounding", LYON, day, 4, "key")
    floor.put(compound, LYON, 598, "KGM")
    for product, prefix, step, used, made, unit in (
        (TUBE, "T", "extrusion", 250, 17_000, "MTR"),
        (TUBE, "T", "extrusion", 248, 16_900, "MTR"),
        (CHAMBER, "CH", "moulding", 100, 16_500, "EA"),
    ):
        time = at(week, 1, 6 + len(floor.piles.get((LYON, product), ())))
        lot = Lot(LYON, product, floor.next_number(f"{prefix}{time:%y}-1"))
        order = floor.next_number(f"{step[:3].upper()}-{time:%y}-1")
        floor.make(order, step, LYON, time, floor.take(COMPOUND, LYON, used), lot, made, unit)
        floor.work(order, step, LYON, time, 6, "key" if step == "extrusion" else "ordinary")
        _share(floor, lot, made, unit, week)


def _share(floor: ShopFloor, lot: Lot, made: int, unit: str, week: int) -> None:
    """Half stays, half goes to the other site under a despatch advice."""
    floor.put(lot, LYON, made - made // 2, unit)
    floor.put(lot, SUZHOU, made // 2, unit)
    floor.ship(lot, LYON, at(week, 1, 20), f"TR-{at(week, 1, 0):%y%m%d}", SUZHOU, made // 2, unit)


def _assemble(floor: ShopFloor, week: int, site: str, day: int) -> Lot:
    time = at(week, day, 6)
    lot = Lot(site, BULK_SET, floor.next_number(f"S{time:%y}-{site[0]}1"))
    order = floor.next_number(f"AS-{site[0]}-{time:%y}1")
    inputs: list[Pile] = []
    for product, quantity in ((TUBE, 8000), (CHAMBER, 4000), ("FILTER-15", 4000), ("NEEDLE-07", 4000), ("GLUE-70", 2)):
        inputs += floor.take(product, site, quantity)
    floor.make(order, "assembly", site, time, inputs, lot, SETS_PER_ORDER, "EA")
    floor.work(order, "assembly", site, time, 8)
    if floor.chance.random() < 0.08:
        _rework(floor, lot, site, week, day)
    return lot


def _rework(floor: ShopFloor, lot: Lot, site: str, week: int, day: int) -> None:
    """Some sets are glued again and go back into the lot that they came from."""
    time = at(week, day, 15)
    reworked = Lot(site, BULK_SET, floor.next_number(f"W{time:%y}-{site[0]}1"))
    out, back = floor.next_number(f"RW-{time:%y}-1"), floor.next_number(f"RW-{time:%y}-1")
    floor.make(out, "rework", site, time, [Pile(lot, 120, "EA"), *floor.take("GLUE-70", site, 1)], reworked, 120, "EA")
    floor.make(back, "rework", site, time + timedelta(hours=2), [Pile(reworked, 120, "EA")], lot, 118, "EA")


def _sterilise(floor: ShopFloor, week: int, site: str, bulk: list[Lot]) -> None:
    """One load: what goes in as a lot comes out as that lot's sterile one, and no other."""
    time = at(week, 4, 5)
    load = floor.next_number(f"ST-{site[0]}-{time:%y}1")
    for pair, lot in enumerate(bulk, start=1):
        sterile = Lot("", GTINS[site], lot.number.replace("S", "F", 1))
        floor.make(load, "sterilisation", site, time, [Pile(lot, SETS_PER_ORDER, "EA")], sterile, SETS_PER_ORDER, "EA", str(pair))
        expires = time + timedelta(days=1095)
        record = finished_record(sterile, site, time, expires, SETS_PER_ORDER, load)
        floor.books.write("batch-record", time, sterile.cells(), record)
        _finish(floor, week, site, sterile)
    floor.work(load, "sterilisation", site, time, 10, "special")


def _finish(floor: ShopFloor, week: int, site: str, lot: Lot) -> None:
    result = "failed" if floor.chance.random() < 0.01 else "passed"
    floor.inspect(lot, site, at(week, 7, 8), "sterility", "no growth" if result == "passed" else "growth", result, "no growth")
    if result == "failed":
        floor.books.write(
            "disposal",
            at(week, 9, 8),
            lot.cells(),
            disposal_number=floor.next_number("DSP-"),
            method="incineration",
            quantity=SETS_PER_ORDER,
            unit="EA",
            site=site,
        )
        return
    floor.release(lot, site, at(week, 7, 14))
    left = SETS_PER_ORDER
    for place in range(floor.chance.choice((2, 3))):
        quantity = floor.chance.randrange(4, 13) * 100
        time = at(week, 8 + place, 9)
        number = f"{'LY' if site == LYON else 'SZ'}{time:%y%m%d}-{floor.next_number(f'{site}{time:%y%m%d}', 2)[-2:]}"
        forwarded = floor.chance.random() < 0.3
        hospital = floor.chance.choice(HOSPITALS)
        if floor.ship(lot, site, time, number, DISTRIBUTOR_EUROPE if forwarded else hospital, quantity):
            left -= quantity
        if forwarded:
            floor.forward(lot, DISTRIBUTOR_EUROPE, time + timedelta(days=3), f"DE-{number}", hospital, quantity // 2)
    counted = min(at(week, 12, 6), LAST_DAY)
    floor.books.write("stock", counted, lot.cells(), location="WH-1", quantity=left, unit="EA", site=site)
