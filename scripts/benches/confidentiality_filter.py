"""What the rights cost inside the walk.

Closures of 10,000 and 200,000 nodes on Neo4j, spread over 490 acl entries, asked by somebody who sees all of them, beside the
same closures with the predicate taken out of every statement of the walk, which only a bench can do. Both give the same answer.
They are walked in turns. Told is the middle of the ratios of the pairs: of the statements alone, which the rights stand in, and
of the whole walk, which checks and sorts what they return. The promise is 1.2 at most, and kept by both.
"""

import dataclasses
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confidentiality_trace import proving
from figures import Figure, compared
from million_links import Part, made_of
from pairs import in_turns, middle
from stored_form import load, lot_identity
from stores import console, service

from traceapp.composition import spare_collections
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import Scope
from traceapp.domain.trace import Budget, Seed, TraceQuestion
from traceapp.graph.query_catalogue import QueryCatalogue
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace import trace_batch

STORE = "neo4j"
PARTS = (("10,000", 5_000, 2.54, 20), ("200,000", 100_000, 2.54, 4))
"""Nodes of a closure, its lots (each made by an order of its own), links a lot, rounds."""
TRACED = ("10,000 lots", 10_000, 2.54)
"""The closure of which a whole trace is asked."""
AIM = "<= 1.2"
SCOPES = tuple(Scope(f"SITE-{number:03}", "INF") for number in range(490))
EVERYWHERE = frozenset({"*"})
ASKER = Actor("bench", "bench", Role.COORDINATOR, EVERYWHERE, EVERYWHERE, through="bench")
PREDICATE = re.compile(r"\w+\.acl IN \$see OR \w+\.uid IN \$named")
WALK = "trace."
"""Area of the statements of a walk."""
STATION = "trace_leg"
"""What the use case calls for a walk in one direction."""


def without_rights(catalogue: QueryCatalogue) -> QueryCatalogue:
    """The same statements, of which those of the walk show everybody everything."""
    changed, found = [], 0
    for name, statement in catalogue.statements.items():
        text, count = PREDICATE.subn("true", statement.text) if name.startswith(WALK) else (statement.text, 0)
        found += count
        changed.append(dataclasses.replace(statement, text=text))
    if not found:
        raise SystemExit("no statement of the walk has the predicate that was to be taken out")
    return QueryCatalogue(changed)


@dataclasses.dataclass
class Clock:
    """Seconds of the statements of a walk, and of the whole of it."""

    statements: float = 0.0
    walk: float = 0.0


def walk(stations: Stations, number: int) -> tuple[Clock, int]:
    """The times of the walk alone, and how many nodes the answer has."""
    clock, graph = Clock(), stations.graph
    trace_leg: Callable[..., Any] = getattr(trace_batch, STATION)
    read_while = graph.read_while

    def timed_read(meanwhile: Callable[[], None] | None, *statement: Any) -> Any:
        """What is done while the store works is no time of the store's."""
        ours = 0.0

        def timed_meanwhile() -> None:
            nonlocal ours
            started = time.perf_counter()
            if meanwhile is not None:
                meanwhile()
            ours += time.perf_counter() - started

        begun = time.perf_counter()
        rows = read_while(timed_meanwhile, *statement)
        clock.statements += time.perf_counter() - begun - ours
        return rows

    def timed(*args: Any) -> Any:
        graph.read_while = timed_read
        begun = time.perf_counter()
        try:
            return trace_leg(*args)
        finally:
            clock.walk += time.perf_counter() - begun
            del graph.read_while

    budget = Budget(nodes=2_000_000, links=5_000_000)
    question = TraceQuestion((Seed(uid=stations.sealer.uid(lot_identity(number))),), Direction.FORWARD, budget=budget)
    setattr(trace_batch, STATION, timed)
    try:
        recorded = trace_batch.trace_batch(stations, ASKER, question)
    finally:
        setattr(trace_batch, STATION, trace_leg)
    return clock, recorded.value.completeness.visited


def measure(stations: Stations, part: Part, rounds: int) -> list[Figure]:
    graph = stations.graph
    catalogues = {"filtered": graph.catalogue, "unfiltered": without_rights(graph.catalogue)}
    clocks: dict[str, list[Clock]] = {name: [] for name in catalogues}
    visited = set()

    def one(name: str) -> float:
        graph._catalogue = catalogues[name]
        try:
            clock, nodes = walk(stations, part.first)
        finally:
            graph._catalogue = catalogues["filtered"]
        visited.add(nodes)
        clocks[name].append(clock)
        return clock.walk

    in_turns(lambda: one("filtered"), lambda: one("unfiltered"), rounds)
    if len(visited) != 1:
        raise SystemExit(f"{part.name}: the two answers differ: {sorted(visited)} nodes")
    console.print(f"{part.name}: {visited.pop():,} nodes, {rounds} pairs")
    found = []
    for what in ("statements", "walk"):
        times = {name: [getattr(clock, what) for clock in kept[1:]] for name, kept in clocks.items()}
        ratio = middle([one / other for one, other in zip(times["filtered"], times["unfiltered"], strict=True)])
        base = Figure(f"{part.name} nodes: {what} without rights", 1000 * middle(times["unfiltered"]).value, "ms")
        title = f"{part.name} nodes: {what} with rights"
        found += [base, compared(base, title, 1000 * middle(times["filtered"]).value, ratio, AIM)]
    return found


def filtering(line: str) -> list[Figure]:
    """On a Neo4j server of this line, loaded and stopped again: about five minutes."""
    plant = made_of([*((name, lots, per_lot) for name, lots, per_lot, _ in PARTS), TRACED])
    with tempfile.TemporaryDirectory(prefix="traceapp-bench-") as folder, service(STORE, Path(folder), line) as stations:
        spare_collections()
        begun = time.perf_counter()
        with console.status("loading") as status:
            load(stations.graph, stations.sealer, plant, lambda what: status.update(f"loading {what}"), SCOPES)
        console.print(f"loaded {plant.lots:,} lots and {len(plant.links):,} links in {time.perf_counter() - begun:.0f} s")
        found = proving(stations, plant.part(TRACED[0]))
        for name, _, _, rounds in PARTS:
            found += measure(stations, plant.part(name), rounds)
        return found
