"""The story of resin lot RM-26-0417, written by hand: nothing here is left to chance, nor met by anything that is.

500 kg came in on 2026-02-09; on 2026-05-18 a hospital found black specks. What became of the lot:

```
RM-26-0417 500 kg ─┬─ 300 → C26-021 ─┬─ T26-101 ─┬─ S26-201 (⇄ rework W26-011) → F26-301
                   │                 │           └─ S26-202 ─┬─ F26-302
                   │                 │                       └─ S26-205 (500 of it, merged) → F26-305
                   │                 ├─ T26-102 ─┬─ S26-204 (Suzhou) → F26-304 ─┬─ F26-304-A
                   │                 └─ CH26-031 ┘  (and S26-201)               └─ F26-304-B
                   ├─ 120 with 80 of RM-26-0418 → C26-024A, C26-024B (which got what: not recorded)
                   │                  C26-024A → T26-103, C26-024B → CH26-032; both → S26-203 → F26-303 and S26-205
                   ├─  20 scrapped
                   └─  60 in stock
```
"""

from collections.abc import Sequence
from typing import Final

from traceapp.demo.batch_records import KINDS, PARAMETERS, finished_record
from traceapp.demo.books import Books, Lot
from traceapp.demo.catalogue import (
    LYON,
    SUZHOU,
)
from traceapp.demo.resin_goods import tell_resin_goods
from traceapp.demo.resin_lots import (
    C021,
    C024A,
    C024B,
    CH031,
    CH032,
    F301,
    F302,
    F303,
    F304,
    F304A,
    F304B,
    F305,
    NEEDLES,
    OTHER_RESIN,
    PLASTICISER,
    RESIN,
    S201,
    S202,
    S203,
    S204,
    S205,
    T101,
    T102,
    T103,
    UNKNOWN_GLUE,
    W011,
    day,
)

FIRST_QUESTION: Final = "RM-26-0417"

INSPECTIONS: Final = (
    ("sterility", "no growth", "no growth"),
    ("ethylene oxide residue", "2.1 mg", "4 mg at most"),
    ("leak tightness", "no bubbles at 50 kPa", "no bubbles at 50 kPa"),
)

Input = tuple[Lot, str, str]


def tell_resin(books: Books) -> None:
    """Every row of the story."""
    _receipts(books)
    _plastics(books)
    _sets(books)
    _sterilisation(books)
    _verdicts(books)
    tell_resin_goods(books)


def _receipts(books: Books) -> None:
    for lot, receipt, quantity, unit, time, site in (
        (RESIN, FIRST_QUESTION, "500", "kg", "02-09 08:00", LYON),
        (OTHER_RESIN, "RM-26-0418", "500", "kg", "02-09 08:20", LYON),
        (PLASTICISER, "RM-26-0402", "200", "kg", "02-03 09:00", LYON),
        (NEEDLES, "RM-26-0431", "60000", "pcs", "02-12 09:00", LYON),
    ):
        books.write(
            "receipt",
            day(time),
            supplier=lot.owner,
            product=lot.product,
            supplier_lot=lot.number,
            receipt_number=receipt,
            quantity=quantity,
            unit=unit,
            site=site,
        )


def _make(
    books: Books,
    order: str,
    step: str,
    site: str,
    time: str,
    inputs: Sequence[Input],
    outputs: Sequence[Input],
    machine: str,
    person: str,
) -> None:
    """An order: each input went into each output; machine and operator are of the order as a whole.

    The rows of an order add up, so what it used of an input is spread evenly over its outputs.
    """
    for made, got, made_unit in outputs:
        for number, (used, quantity, unit) in enumerate(inputs):
            books.write(
                "consumption",
                day(time),
                used.cells("from_"),
                made.cells("to_"),
                quantity=int(quantity) // len(outputs),
                unit=unit,
                to_quantity=got if number == 0 else None,
                to_unit=made_unit if number == 0 else None,
                site=site,
                order=order,
                step=step,
            )
    _work(books, order, step, site, time, machine, person)


def _work(books: Books, order: str, step: str, site: str, time: str, machine: str, person: str) -> None:
    books.write(
        "process-step",
        day(time),
        order=order,
        step=step,
        equipment=machine,
        operator=person,
        role="operator",
        process_kind=KINDS.get(step, "ordinary"),
        process_parameters=PARAMETERS.get(step),
        site=site,
    )


def _plastics(books: Books) -> None:
    _make(
        books,
        "MIX-2602-11",
        "compounding",
        LYON,
        "02-11 08:00",
        [(RESIN, "300", "KGM"), (PLASTICISER, "90", "KGM")],
        [(C021, "388", "KGM")],
        "MIX-01",
        "OP-07",
    )
    _make(
        books,
        "MIX-2602-14",
        "compounding",
        LYON,
        "02-14 08:00",
        [(RESIN, "120", "KGM"), (OTHER_RESIN, "80", "KGM")],
        [(C024A, "100", "KGM"), (C024B, "98", "KGM")],
        "MIX-02",
        "OP-03",
    )
    for order, time, step, source, used, made, got, unit, machine, person in (
        ("EXT-2602-31", "02-16 06:00", "extrusion", C021, "150", T101, "12000", "MTR", "EXT-01", "OP-02"),
        ("EXT-2602-32", "02-17 06:00", "extrusion", C021, "150", T102, "12500", "MTR", "EXT-02", "OP-02"),
        ("INJ-2602-08", "02-17 14:00", "moulding", C021, "80", CH031, "40000", "EA", "INJ-01", "OP-11"),
        ("EXT-2602-35", "02-19 06:00", "extrusion", C024A, "95", T103, "7800", "MTR", "EXT-01", "OP-05"),
        ("INJ-2602-09", "02-19 14:00", "moulding", C024B, "60", CH032, "30000", "EA", "INJ-02", "OP-11"),
    ):
        _make(books, order, step, LYON, time, [(source, used, "KGM")], [(made, got, unit)], machine, person)


def _sets(books: Books) -> None:
    for order, site, time, inputs, made, got, machine, person in (
        (
            "AS-L-2602-11",
            LYON,
            "02-23 06:00",
            [(T101, "6000", "MTR"), (CH031, "4000", "EA"), (NEEDLES, "4000", "EA"), (UNKNOWN_GLUE, "2", "KGM")],
            S201,
            "3980",
            "ASM-01",
            "OP-08",
        ),
        (
            "AS-L-2602-12",
            LYON,
            "02-24 06:00",
            [(T101, "6000", "MTR"), (CH031, "4000", "EA"), (NEEDLES, "4000", "EA")],
            S202,
            "3990",
            "ASM-02",
            "OP-09",
        ),
        (
            "AS-L-2602-14",
            LYON,
            "02-25 06:00",
            [(T103, "6000", "MTR"), (CH032, "4000", "EA"), (NEEDLES, "4000", "EA")],
            S203,
            "3970",
            "ASM-01",
            "OP-08",
        ),
        ("AS-S-2603-02", SUZHOU, "03-03 01:00", [(T102, "12000", "MTR"), (CH031, "8000", "EA")], S204, "7960", "ASM-03", "OP-21"),
        ("MRG-2603-01", LYON, "03-04 09:00", [(S202, "500", "EA"), (S203, "300", "EA")], S205, "800", "ASM-02", "OP-09"),
        ("RW-2602-77", LYON, "02-26 08:00", [(S201, "400", "EA")], W011, "396", "ASM-03", "OP-10"),
        ("RW-2602-78", LYON, "02-26 13:00", [(W011, "396", "EA")], S201, "396", "ASM-03", "OP-10"),
    ):
        _make(
            books,
            order,
            "rework" if order.startswith("RW") else "assembly",
            site,
            time,
            inputs,
            [(made, got, "EA")],
            machine,
            person,
        )


def _sterilisation(books: Books) -> None:
    """Loads hold several lots; the pair says which came out as which."""
    for load, site, time, machine, person, pairs in (
        ("ST-L-26-044", LYON, "03-05 05:00", "STE-01", "OP-14", [(S201, F301, "3896"), (S202, F302, "3490")]),
        ("ST-L-26-047", LYON, "03-06 05:00", "STE-02", "OP-14", [(S203, F303, "3670"), (S205, F305, "800")]),
        ("ST-S-26-019", SUZHOU, "03-08 00:00", "STE-01", "OP-25", [(S204, F304, "7960")]),
    ):
        for pair, (bulk, sterile, quantity) in enumerate(pairs, start=1):
            books.write(
                "consumption",
                day(time),
                bulk.cells("from_"),
                sterile.cells("to_"),
                quantity=quantity,
                unit="EA",
                to_quantity=quantity,
                to_unit="EA",
                site=site,
                order=load,
                pair=pair,
                step="sterilisation",
            )
            made = day(time)
            record = finished_record(sterile, site, made, made.replace(year=2029), quantity, load)
            books.write("batch-record", made, sterile.cells(), record)
        _work(books, load, "sterilisation", site, time, machine, person)
    for sublot, quantity in ((F304A, "3000"), (F304B, "4900")):
        made = day("03-08 00:00")
        record = finished_record(sublot, SUZHOU, made, made.replace(year=2029), quantity, "ST-S-26-019")
        split = {"split_from": F304.number, "quantity": quantity, "unit": "EA"}
        books.write("batch-record", day("03-20 02:00"), sublot.cells(), record, split)


def _verdicts(books: Books) -> None:
    """Three inspections, the release, and what was approved by it."""
    for lot, site, number, inspected, released, approved in (
        (F301, LYON, "QC-L26-0301", "03-19 09:00", "03-20 15:00", "3896"),
        (F302, LYON, "QC-L26-0302", "03-19 10:00", "03-20 15:10", "3490"),
        (F303, LYON, "QC-L26-0303", "03-20 09:00", "03-23 15:00", "3670"),
        (F304, SUZHOU, "QC-S26-0304", "03-19 02:00", "03-20 01:00", "7960"),
        (F305, LYON, "QC-L26-0305", "03-20 10:00", "03-23 15:10", "800"),
    ):
        for part, (characteristic, value, wanted) in enumerate(INSPECTIONS):
            books.write(
                "inspection",
                day(inspected),
                lot.cells(),
                inspection_number=f"{number}-{part}" if part else number,
                result="passed",
                characteristic=characteristic,
                value=value,
                specification=wanted,
                inspector="OP-15" if site == LYON else "OP-28",
                site=site,
            )
        books.write(
            "release",
            day(released),
            lot.cells(),
            stage="market",
            decision="released",
            releaser="OP-16" if site == LYON else "OP-30",
            site=site,
        )
        books.write("batch-record", day(released), lot.cells(), quantity_approved=approved, quantity_unit="EA", site=site)
