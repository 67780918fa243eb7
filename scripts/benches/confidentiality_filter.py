"""What the rights cost inside the walk.

Closures of 10,000 and 200,000 nodes on Neo4j, spread over 490 acl entries, asked by somebody who sees all of them, beside the
same closures with the predicate taken out of every statement of the walk, which only a bench can do. Both give the same answer.
They are walked in turns, and the best round of each counts. The promise is 1.2 at most.
"""

import dataclasses
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from figures import Figure
from million_links import Part, made_of
from stored_form import load, lot_identity
from stores import console, service

from traceapp.composition import spare_collections
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import Scope
from traceapp.domain.trace import Budget, Seed, TraceQuestion
from traceapp.graph.query_catalogue import QueryCatalogue
from traceapp.usecases import trace_batch
from traceapp.usecases.stations import Stations

STORE = "neo4j"
PARTS = (("10,000", 5_000, 2.54, 5), ("200,000", 100_000, 2.54, 2))
"""Nodes of a closure, its lots (each made by an order of its own), links a lot, rounds."""
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
    changed = []
    for name, statement in catalogue.statements.items():
        text = PREDICATE.sub("true", statement.text) if name.startswith(WALK) else statement.text
        changed.append(dataclasses.replace(statement, text=text))
    return QueryCatalogue(changed)


def walk(stations: Stations, number: int) -> tuple[float, int]:
    """(seconds of the walk alone, nodes of the answer)."""
    spent = []
    trace_leg: Callable[..., Any] = getattr(trace_batch, STATION)

    def timed(*args: Any) -> Any:
        begun = time.perf_counter()
        found = trace_leg(*args)
        spent.append(time.perf_counter() - begun)
        return found

    budget = Budget(nodes=2_000_000, links=5_000_000)
    question = TraceQuestion((Seed(uid=stations.sealer.uid(lot_identity(number))),), Direction.FORWARD, budget=budget)
    setattr(trace_batch, STATION, timed)
    try:
        recorded = trace_batch.trace_batch(stations, ASKER, question)
    finally:
        setattr(trace_batch, STATION, trace_leg)
    return sum(spent), recorded.value.completeness.visited


def measure(stations: Stations, part: Part, rounds: int) -> list[Figure]:
    graph = stations.graph
    filtered, unfiltered = graph.catalogue, without_rights(graph.catalogue)
    best = {"filtered": float("inf"), "unfiltered": float("inf")}
    visited = set()
    for turn in range(rounds + 1):
        for name, catalogue in (("filtered", filtered), ("unfiltered", unfiltered)):
            graph._catalogue = catalogue
            seconds, nodes = walk(stations, part.first)
            visited.add(nodes)
            if turn:  # the first plans and warms
                best[name] = min(best[name], seconds)
    graph._catalogue = filtered
    if len(visited) != 1:
        raise SystemExit(f"{part.name}: the two answers differ: {sorted(visited)} nodes")
    base = f"confidentiality.filter.{part.name}.unfiltered"
    ratio = best["filtered"] / best["unfiltered"]
    console.print(f"{part.name}: {visited.pop():,} nodes, filtered ÷ unfiltered {ratio:.2f}")
    return [
        Figure(base, 1000 * best["unfiltered"], "ms"),
        Figure(f"confidentiality.filter.{part.name}.filtered", 1000 * best["filtered"], "ms", base, ratio),
    ]


def filtering(line: str) -> list[Figure]:
    """On a Neo4j server of this line, loaded and stopped again: about three minutes."""
    plant = made_of([(name, lots, per_lot) for name, lots, per_lot, _ in PARTS])
    with tempfile.TemporaryDirectory(prefix="traceapp-bench-") as folder, service(STORE, Path(folder), line) as stations:
        spare_collections()
        begun = time.perf_counter()
        with console.status("loading") as status:
            load(stations.graph, stations.sealer, plant, lambda what: status.update(f"loading {what}"), SCOPES)
        console.print(f"loaded {plant.lots:,} lots and {len(plant.links):,} links in {time.perf_counter() - begun:.0f} s")
        rounds = [one[3] for one in PARTS]
        return [figure for part, turns in zip(plant.parts, rounds, strict=True) for figure in measure(stations, part, turns)]
