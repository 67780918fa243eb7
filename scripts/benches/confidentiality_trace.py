"""What the record MACs cost a whole trace: walk, disclosure, ledger, answer.

The same question in turns with the MACs fetched and checked, and with neither, which only a bench can do. The promise is that
no more than 15 % is lost.
"""

import dataclasses
import re
import time

from figures import Figure, compared
from million_links import Part
from pairs import in_turns, middle
from stored_form import lot_identity

from traceapp.domain.kinds import Direction
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Budget, Seed, TraceQuestion
from traceapp.graph.query_catalogue import QueryCatalogue
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace import trace_batch
from traceapp.web.answers import document_bytes, trace_document

ROUNDS = 20
AIM = "<= 1.15"
EVERYWHERE = frozenset({"*"})
ASKER = Actor("bench", "bench", Role.COORDINATOR, EVERYWHERE, EVERYWHERE, through="bench")
PROOF = re.compile(r"\b(?:link|other|far|beyond|one)\.mac\b|labels\((?:far|beyond)\)")
"""What the statements of a trace return for the MACs alone."""


def without_macs(catalogue: QueryCatalogue) -> QueryCatalogue:
    statements = catalogue.statements.items()
    return QueryCatalogue(
        dataclasses.replace(one, text=PROOF.sub("null", one.text) if name.startswith("trace.") else one.text)
        for name, one in statements
    )


def unchecked(stations: Stations) -> tuple[Stations, RecordChecks]:
    """In place of `usecases.verification.checked`."""
    checks = RecordChecks()
    traces, events = stations.traces.checked(checks), stations.events.checked(checks)
    return dataclasses.replace(stations, traces=traces, batches=stations.batches.checked(checks), events=events), checks


def proving(stations: Stations, part: Part) -> list[Figure]:
    """Of the closure of this part, from the question to the bytes of the answer."""
    graph = stations.graph
    with_macs, bare = graph.catalogue, without_macs(graph.catalogue)
    checked = trace_batch.checked
    seed = Seed(uid=stations.sealer.uid(lot_identity(part.first)))
    question = TraceQuestion((seed,), Direction.FORWARD, budget=Budget(nodes=2_000_000, links=5_000_000))

    def ask(catalogue: QueryCatalogue, how: object) -> float:
        graph._catalogue = catalogue
        trace_batch.checked = how
        begun = time.perf_counter()
        try:
            document_bytes(trace_document(trace_batch.trace_batch(stations, ASKER, question)))
        finally:
            graph._catalogue = with_macs
            trace_batch.checked = checked
        return time.perf_counter() - begun

    times = in_turns(lambda: ask(with_macs, checked), lambda: ask(bare, unchecked), ROUNDS)
    ratio = middle([proven / unproven for proven, unproven in times])
    proven, unproven = (1000 * middle(each).value for each in zip(*times, strict=True))
    base = Figure(f"{part.name}: trace without record MACs", unproven, "ms")
    return [base, compared(base, f"{part.name}: trace with record MACs", proven, ratio, AIM)]
