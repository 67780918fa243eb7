"""The search index of the ledger: how long a million records take to go in, and how long questions to it take."""

import random
import resource
import time
import uuid
from pathlib import Path
from typing import Final

from figures import Figure

from traceapp.domain.clock import SystemClock
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.index import FILE, LedgerIndex
from traceapp.ledger.index_search import find_places
from traceapp.ledger.records import plain_entry
from traceapp.ledger.segments import read_frame
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.ledger.tail import LedgerTail

PEOPLE: Final = [f"person{number}" for number in range(300)]
ACTS: Final = ["batch:trace", "batch:show", "batch:look_up", "session:start", "event:import", "ledger:search"]
FIELDS: Final = {
    "Batch": ["number", "product", "quantity_made", "expiry_date"],
    "Party": ["name", "country", "number"],
    "Material": ["number", "supplier_lot"],
}
LOTS: Final = [uuid.UUID(int=number).hex for number in range(50_000)]
VARIANTS: Final = 20_000
GROUP: Final = 256
PAGE: Final = 50
QUESTIONS: Final = 600


def searching(home: Path, records: int) -> list[Figure]:
    """A ledger of 300 people and 50,000 lots; a page of 50 records is read from the segments with every question."""
    draw = random.Random(1)
    write_ledger(home, records, draw)
    began = time.perf_counter()
    index = LedgerIndex(home)
    with index.alone():
        index.begin()
        tail = LedgerTail(home, 0)
        while some := tail.read_placed():
            index.add(some, lambda _: None)
    built = time.perf_counter() - began
    waits = sorted(ask(home, draw) for _ in range(QUESTIONS))
    size = (home / FILE).stat().st_size / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure(f"search index of {records:,} records made", built, "s"),
        Figure("its file", size, "MB"),
        Figure("memory of the process that made it, at most", peak, "MB"),
        Figure("question to it with a page of 50 records, median", waits[len(waits) // 2] * 1000, "ms"),
        Figure("the slowest twentieth of the questions takes", waits[int(len(waits) * 0.95)] * 1000, "ms", aim="<= 50"),
    ]


def write_ledger(home: Path, records: int, draw: random.Random) -> None:
    storage = LedgerStorage(home, SystemClock())
    drawn = [plain_entry(draw_entry(draw)) for _ in range(VARIANTS)]
    while storage.head.seq < records:
        group = []
        for _ in range(min(GROUP, records - storage.head.seq)):
            group.append(Wanted(uuid.uuid4().hex, draw.choice(drawn) | {"request_id": uuid.uuid4().hex}))
        storage.append(group)
    storage.close()


def draw_entry(draw: random.Random) -> LedgerEntry:
    kinds = draw.sample([*FIELDS], 2)
    return LedgerEntry(
        act=draw.choices(ACTS, [40, 30, 20, 5, 3, 2])[0],
        outcome=draw.choices(["answered", "denied", "failed"], [94, 3, 3])[0],
        actor={
            "username": draw.choice(PEOPLE),
            "role": draw.choice(["coordinator", "quality", "viewer"]),
            "address": f"10.1.{draw.randrange(3)}.{draw.randrange(250)}",
            "purpose": draw.choice(["recall", "release"]),
            "through": "session",
        },
        disclosed={kind: draw.sample(FIELDS[kind], 2) for kind in kinds},
        completeness=draw.choice(["COMPLETE", "WITHHELD", "UNRESOLVED"]),
        object=[{"kind": kind, "uid": draw.choice(LOTS)} for kind in kinds for _ in range(2)],
    )


def ask(home: Path, draw: random.Random) -> float:
    """Seconds of one question: one to four things said of a record, drawn evenly."""
    said = {
        "person": draw.choice(PEOPLE),
        "act": draw.choice(ACTS),
        "outcome": draw.choice(["denied", "answered"]),
        "field": draw.choice(["name", "Batch.number", "Material.supplier_lot"]),
        "uids": (draw.choice(LOTS),),
        "role": "quality",
        "completeness": "UNRESOLVED",
        "address": f"10.1.{draw.randrange(3)}.{draw.randrange(250)}",
    }
    query = LedgerQuery(**{name: said[name] for name in draw.sample([*said], draw.randint(1, 4))})  # type: ignore[arg-type]
    began = time.perf_counter()
    places, _ = find_places(home, query, None, PAGE)
    for place in places:
        read_frame(home, place.segment, place.place)
    return time.perf_counter() - began
