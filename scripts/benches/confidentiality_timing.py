"""How much longer a number takes that exists outside the view than one that nobody knows.

Both are asked in pairs, in turns (absent, invisible; then invisible, absent), through the whole use case of a look-up and of a
batch page; told is the median of the differences of the pairs, which noise that hits both cancels out of, and the bounds within
which it lies with 95 %. The promise is 1 ms at most, either way.
"""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Figure
from pairs import Middle, middle
from stores import console, service

from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations

LOTS = 200
AIM = "<= 1"
"""Milliseconds."""
HEADER = "form,owner,product,number,time,site\n"
OUTSIDER = Actor("0" * 32, "bench", Role.COORDINATOR, frozenset({"ELSEWHERE"}), frozenset({"*"}), through="session")
Ask = Callable[[Stations, str], None]


def look_up(stations: Stations, number: str) -> None:
    look_up_batches(stations, OUTSIDER, BatchQuery(number))


def open_page(stations: Stations, number: str) -> None:
    with contextlib.suppress(BatchNotFoundError):
        show_batch(stations, OUTSIDER, BatchQuery(number))


def fill(stations: Stations, folder: Path) -> None:
    path = folder / "lots.csv"
    rows = (f"batch-record,LYON,TUBE-30,HERE-{n:05},2026-03-02T08:00:00Z,LYON\n" for n in range(LOTS))
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    import_file(stations, terminal_actor(), path, "BENCH", lambda share: None)


def effect(stations: Stations, ask: Ask, samples: int) -> tuple[Middle, float]:
    """(middle of the differences of the pairs, median of one question), both in milliseconds."""
    differences, whole = [], []
    for n in range(samples):
        hidden, absent = f"HERE-{n % LOTS:05}", f"GONE-{n % LOTS:05}"
        first, second = (absent, hidden) if n % 2 else (hidden, absent)
        begun = time.perf_counter()
        ask(stations, first)
        between = time.perf_counter()
        ask(stations, second)
        ended = time.perf_counter()
        one, other = between - begun, ended - between
        differences.append((other - one if n % 2 else one - other) * 1000)
        whole.append(one * 1000)
    return middle(differences), statistics.median(whole)


def measure(name: str, line: str, samples: int) -> list[Figure]:
    console.print(f"{name}: {samples} pairs of each question …")
    found = []
    with tempfile.TemporaryDirectory(prefix="traceapp-bench-") as folder, service(name, Path(folder) / "home", line) as stations:
        fill(stations, Path(folder))
        for title, ask in (("look-up", look_up), ("batch page", open_page)):
            effect(stations, ask, samples // 20)
            difference, whole = effect(stations, ask, samples)
            asked = Figure(f"{name}: {title} that finds nothing", whole, "ms")
            bounds = (difference.low, difference.high)
            farthest = max(map(abs, bounds))
            found += [
                asked,
                Figure(f"{name}: {title}, invisible minus absent", difference.value, "ms", interval=bounds),
                Figure(f"{name}: {title}, the farther bound of it", farthest, "ms", aim=AIM),
            ]
    return found
