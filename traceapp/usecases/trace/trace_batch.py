"""Where did it go, where did it come from: the question that traceapp is for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from traceapp.dictionary.entries import Tier
from traceapp.domain.completeness import Findings, complete
from traceapp.domain.consignees import one_sided
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, RowAlteredError
from traceapp.domain.genealogy import cycles
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Rights, Withholding
from traceapp.domain.trace import TraceAnswer, TraceQuestion, Window
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.access import disclosure_of, rights_for
from traceapp.usecases.disclosed.answer_ids import Stubs
from traceapp.usecases.disclosed.lot_statuses import read_statuses
from traceapp.usecases.disclosed.node_names import NodeName, read_plain_ends
from traceapp.usecases.disclosed.node_properties import read_properties
from traceapp.usecases.disclosed.verification import checked, readable
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_disclosure import (
    Ids,
    class_level,
    class_level_links,
    findings,
    ids_of,
    product_key,
    read_reached,
    told_links,
    told_nodes,
)
from traceapp.usecases.trace.trace_leg import Leg, may_turn, trace_leg
from traceapp.usecases.trace.trace_opening import open_seeds
from traceapp.usecases.trace.trace_parties import consignees, suppliers
from traceapp.usecases.trace.trace_reach import Reached, gather, shown_links
from traceapp.usecases.trace.trace_record import Traced, answered_entry, failed_entry, request_document, routed_entry
from traceapp.usecases.trace.trace_seeds import find_seeds
from traceapp.usecases.trace.trace_twins import find_twins

DIRECTIONS = {
    Direction.FORWARD: (Direction.FORWARD,),
    Direction.BACKWARD: (Direction.BACKWARD,),
    Direction.BOTH: (Direction.FORWARD, Direction.BACKWARD),
}


def trace_batch(stations: Stations, actor: Actor, question: TraceQuestion) -> Recorded[TraceAnswer]:
    """Answer one question, as of one head, within the actor's view, and record what was disclosed.

    BOTH is the union of a forward and a backward walk from the same seeds, never a walk that turns round.
    raises  PermissionDeniedError; BatchNotFoundError: unknown or invisible; BatchAmbiguousError with candidates;
            IdentifierError; SealBrokenError: something was changed so that it cannot be read; RowAlteredError: what carries
            the number was; LedgerUnavailableError;
            StoreError and its kinds.
    """
    traced = ask(stations, actor, question, Permission.BATCH_TRACE)
    return stations.ledger.record(traced.answer, answered_entry(stations, actor, traced))


def ask(
    stations: Stations,
    actor: Actor,
    question: TraceQuestion,
    act: Permission,
    most: Tier = Tier.T3,
    *,
    personal: bool = True,
) -> Traced:
    """The answer, which whoever asks has still to record; what was withheld is routed, and a refusal recorded.

    act   what the answer is asked for.   most  the highest tier whose values are wanted.   personal  whether those about
          single persons are.
    """
    stations, checks = checked(stations)
    rights = rights_for(stations, actor, act, request_document(stations, question, None, ()), most)
    if not personal:
        rights = stations.dictionary.without_personal(rights)
    as_of = question.as_of if question.as_of is not None else stations.clock.now()
    reached = stations.heads.get_head()
    head = stations.heads.get_head_at(as_of) if question.as_of is not None else reached
    stub = Stubs(stations)
    try:
        answer = answer_at(stations, rights, question, head, as_of, checks, stub)
    except (BatchNotFoundError, BatchAmbiguousError, RowAlteredError) as refused:
        stations.ledger.append(failed_entry(stations, actor, question, head, refused, act))
        raise
    if answer.completeness.routed_to is not None:
        stations.ledger.append(routed_entry(stations, actor, answer))
    return Traced(answer, stub.own, reached)


def answer_at(
    stations: Stations,
    rights: Rights,
    question: TraceQuestion,
    head: int,
    as_of: datetime,
    checks: RecordChecks,
    stub: Stubs,
) -> TraceAnswer:
    """The answer as of one head and moment, which whoever asks records; raises as `trace_batch`, nothing recorded."""
    disclosure = disclosure_of(stations, rights, question.fields)
    with readable(checks):
        seeds = find_seeds(stations, disclosure, head, question.seeds)
    with readable(checks):
        legs = [
            trace_leg(
                stations.traces, rights, head, question, open_seeds(stations.traces, rights, head, question, seeds, way), way
            )
            for way in DIRECTIONS[question.direction]
        ]
        return _answer(stations, disclosure, question, head, as_of, tuple(sorted(seeds)), legs, checks, stub)


def _answer(
    stations: Stations,
    disclosure: Disclosure,
    question: TraceQuestion,
    head: int,
    as_of: datetime,
    seeds: tuple[str, ...],
    legs: Sequence[Leg],
    checks: RecordChecks,
    stub: Stubs,
) -> TraceAnswer:
    """Everything that the asker may see of what the legs found; a withheld node gets an id of this answer alone."""
    rights = disclosure.rights
    reached = gather(legs)
    names = read_reached(stations, disclosure, reached, head)
    statuses = read_statuses(stations, disclosure, names, head, as_of)
    properties = read_properties(stations, disclosure, names, reached.hops.keys(), head)
    without_lot = class_level_links(stations.traces, rights, head, legs)
    products = read_plain_ends(stations, disclosure.whole, NodeKind.PRODUCT, sorted({uid for uid, _ in without_lot}), head)
    ids = ids_of(reached, names, stub)
    receivers = consignees(legs, names, stations.organisation, ids, withheld=reached.carries_unseen)
    return TraceAnswer(
        question=question,
        seeds=seeds,
        head=head,
        as_of=as_of,
        nodes=tuple(told_nodes(reached, names, statuses, properties, seeds, ids)),
        links=tuple(told_links(legs, reached, ids)),
        containers=tuple(sorted(reached.containers)),
        consignees=tuple(receivers),
        suppliers=tuple(suppliers(legs, names, stations.organisation, ids)),
        completeness=complete(
            replace(
                _findings(stations, disclosure, question, head, legs, reached, names, products).told_as(ids),
                unverified=checks.told(partial(_name, disclosure, checks, legs, names, ids), rights.least),
                more_unseen=any(line.withheld for line in receivers),
            )
        ),
        cycles=_cycles(legs, reached, ids),
        policy_digest=rights.policy_digest,
        class_level=class_level(without_lot, products),
    )


def _findings(
    stations: Stations,
    disclosure: Disclosure,
    question: TraceQuestion,
    head: int,
    legs: Sequence[Leg],
    reached: Reached,
    names: dict[str, NodeName],
    products: dict[str, NodeName],
) -> Findings:
    lonely = {uid for leg in legs for uid in one_sided(leg.distribution) if uid in names}
    found = findings(
        legs,
        reached,
        names,
        windowed=question.window != Window(),
        products={product_key(name) for name in products.values()},
        one_sided=lonely,
        stops=disclosure.rights.stops,
        routed_to=stations.policy.routed_to.value if disclosure.rights.mode is Withholding.PASS else None,
        least=disclosure.rights.least,
    )
    suspects = {*found.unresolved, *found.dead_ends, *(uid for leg in legs for uid in leg.start.seeds)}
    return found.with_twins(find_twins(stations, disclosure.rights, suspects, head))


def _name(
    disclosure: Disclosure, checks: RecordChecks, legs: Sequence[Leg], names: Mapping[str, NodeName], ids: Ids, uid: str
) -> str | None:
    """What a thing that is not as it was written is called in the answer: where it is masked and no node of it, nothing."""
    if uid in names:
        return ids.get(uid, uid)
    if uid in checks.events and disclosure.rights.everywhere:
        return uid
    kind = next((leg.kinds[uid] for leg in legs if leg.shown.get(uid, False)), checks.seen.get(uid))
    return uid if kind is not None and disclosure.identifies(NodeKind(kind)) else None


def _cycles(legs: Sequence[Leg], reached: Reached, ids: Ids) -> tuple[tuple[str, ...], ...]:
    """Sets of lots that reach themselves by links that may be shown, in both legs together."""
    if not any(map(may_turn, legs)):
        return ()
    links = []
    for leg in legs:
        forward = leg.direction is Direction.FORWARD
        links += [(link.near, link.far) if forward else (link.far, link.near) for link in shown_links(leg, reached.stubs)]
    found = (tuple(sorted(ids.get(uid, uid) for uid in cycle)) for cycle in cycles(links))
    return tuple(sorted(found))
