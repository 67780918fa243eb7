"""scripts/bench trace [--json FILE] [--stores embedded,neo4j] [--line 5.26] [--scale 1.0] [--rounds 10] [--home DIR]

Forward closures of about 100, 10,000 and 200,000 lots on a generated graph of a million links: the whole use case on
the embedded store and on Neo4j, station by station, beside PostgreSQL 15 with a lot → lot table and a recursive query
("full": every lot with seven columns, every link with quantity and unit, delivered to Python).

Each station's time is its share of one answer, the best of the rounds: rights, walk (seed look-up, frontier, certainty,
ends), attributes (what identifies each node, asked once at the end), decrypt, disclose (stubs, completeness, the answer put
together), ledger (digest, durable record), serialise (the bytes of the HTTP body).

  --json FILE   also write [{"figure", "value", "unit", "ratio_to", "ratio"}, …]
  --home DIR    keep the loaded stores there, for the next run
"""

import argparse
import contextlib
import dataclasses
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import postgres
from figures import Figure, show, write
from million_links import Plant, generate
from stored_form import load, lot_identity
from stores import STORES, console, service

from traceapp.composition import spare_collections
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Budget, Seed, TraceQuestion
from traceapp.usecases.disclosed import node_names
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace import trace_batch
from traceapp.web.answers import document_bytes, trace_document

STATIONS = ("rights", "walk", "attributes", "decrypt", "disclose", "ledger", "serialise")
EVERYWHERE = frozenset({"*"})
ASKER = Actor("bench", "bench", Role.COORDINATOR, EVERYWHERE, EVERYWHERE, through="bench")


@dataclass
class Clockwork:
    """Seconds by station of one answer; an inner station's time is taken out of the outer one's."""

    spent: dict[str, float] = field(default_factory=dict)
    _open: list[float] = field(default_factory=list)

    @contextlib.contextmanager
    def station(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        self._open.append(0.0)
        try:
            yield
        finally:
            whole = time.perf_counter() - begun
            inner = self._open.pop()
            self.spent[name] = self.spent.get(name, 0.0) + whole - inner
            if self._open:
                self._open[-1] += whole

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **more: Any) -> Any:
            with self.station(name):
                return function(*args, **more)

        return timed


@contextlib.contextmanager
def measured(clock: Clockwork) -> Iterator[None]:
    """The use case with a clock at each station."""
    places: list[tuple[Any, str, str]] = [
        (trace_batch, "rights_for", "rights"),
        (trace_batch, "find_seeds", "walk"),
        (trace_batch, "open_seeds", "walk"),
        (trace_batch, "trace_leg", "walk"),
        (trace_batch, "_answer", "disclose"),
        (trace_batch, "read_reached", "attributes"),
        (node_names, "_open_sealed", "decrypt"),
        (trace_batch, "answered_entry", "ledger"),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, station in places:
        setattr(module, name, clock.wrap(station, getattr(module, name)))
    try:
        yield
    finally:
        for module, name, function in before:
            setattr(module, name, function)


class TimedLedger:
    """The ledger's client, with a clock on what waits for the disk."""

    def __init__(self, inner: Any, clock: Clockwork) -> None:
        self._inner = inner
        self._clock = clock

    def record(self, value: Any, entry: Any) -> Any:
        with self._clock.station("ledger"):
            return self._inner.record(value, entry)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def ask(stations: Stations, number: int, rounds: int) -> tuple[dict[str, float], int, int]:
    """The best round: seconds by station and in all, with the numbers of nodes and links in the answer."""
    question = TraceQuestion(
        (Seed(uid=stations.sealer.uid(lot_identity(number))),), Direction.FORWARD, budget=Budget(nodes=2_000_000, links=5_000_000)
    )
    best: dict[str, float] = {}
    nodes = links = 0
    for _ in range(rounds):
        clock = Clockwork()
        timed = dataclasses.replace(stations, ledger=TimedLedger(stations.ledger, clock))
        begun = time.perf_counter()
        with measured(clock):
            recorded = trace_batch.trace_batch(timed, ASKER, question)
        with clock.station("serialise"):
            document_bytes(trace_document(recorded))
        whole = time.perf_counter() - begun
        nodes, links = len(recorded.value.nodes), len(recorded.value.links)
        if whole < best.get("whole", float("inf")):
            best = {**clock.spent, "whole": whole}
    return best, nodes, links


def bench_store(name: str, home: Path, line: str, plant: Plant, rounds: int) -> dict[str, dict[str, float]]:
    """Seconds by station for each closure, by the closure's name."""
    found = {}
    with service(name, home, line) as stations:
        spare_collections()
        if stations.heads.get_head() == 0:
            begun = time.perf_counter()
            with console.status(f"{name}: loading") as status:
                load(stations.graph, stations.sealer, plant, lambda what: status.update(f"{name}: loading {what}"))
            console.print(f"{name}: loaded in {time.perf_counter() - begun:.0f} s")
        for part in plant.parts[:3]:
            best, nodes, links = ask(stations, part.first, rounds if part.lots < 100_000 else max(2, rounds // 2))
            console.print(f"{name}: closure {part.name}: {nodes:,} nodes and {links:,} links in {best['whole'] * 1000:,.0f} ms")
            found[part.name] = best
    return found


def bench_postgres(folder: Path, plant: Plant, rounds: int) -> dict[str, float]:
    """Seconds for each closure; empty where PostgreSQL is not installed."""
    try:
        with postgres.server(folder) as target:
            postgres.load(target, plant)
            found = {}
            for part in plant.parts[:3]:
                best, lots, links = postgres.ask(target, part, rounds)
                console.print(f"PostgreSQL: closure {part.name}: {lots:,} lots and {links:,} links in {best * 1000:,.1f} ms")
                found[part.name] = best
            return found
    except postgres.PostgresMissingError as missing:
        console.print(str(missing))
        return {}


def figures(by_store: dict[str, dict[str, dict[str, float]]], of_postgres: dict[str, float]) -> list[Figure]:
    """Every time in milliseconds; those of ours as ratios to PostgreSQL's, and the stations as shares of the whole."""
    found = [Figure(f"trace.postgres.{part}.full", 1000 * seconds, "ms") for part, seconds in of_postgres.items()]
    for store, parts in by_store.items():
        for part, spent in parts.items():
            base = of_postgres.get(part)
            name = f"trace.{store}.{part}"
            for label, seconds in (("walk+attributes", spent["walk"] + spent["attributes"]), ("whole", spent["whole"])):
                ratio = seconds / base if base else None
                found.append(
                    Figure(f"{name}.{label}", 1000 * seconds, "ms", f"trace.postgres.{part}.full" if base else None, ratio)
                )
            for station in STATIONS:
                seconds = spent.get(station, 0.0)
                found.append(Figure(f"{name}.{station}", 1000 * seconds, "ms", f"{name}.whole", seconds / spent["whole"]))
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--stores", default=",".join(STORES))
    parser.add_argument("--line", default="5.26")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--home", type=Path)
    asked = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = asked.home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="traceapp-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        plant = generate(asked.scale)
        console.print(f"{plant.lots:,} lots, {len(plant.links):,} links between them, {len(plant.shipments):,} shipments")
        of_postgres = bench_postgres(folder / f"postgres-{os.getpid()}", plant, asked.rounds)
        stores = [name for name in asked.stores.split(",") if name]
        by_store = {name: bench_store(name, folder / name, asked.line, plant, asked.rounds) for name in stores}
    found = figures(by_store, of_postgres)
    show("Forward closure of a lot: best round", found)
    write(asked.json, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
