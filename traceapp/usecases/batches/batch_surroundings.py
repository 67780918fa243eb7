"""What stands one step from a thing: where from, where to, on which machines, by whose hands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from traceapp.domain.batch import Neighbour, Participation
from traceapp.domain.certainty import meet, unseen_sides
from traceapp.domain.consignees import DESPATCH, RECEIPT, total
from traceapp.domain.disclosure import Gap, Text, told
from traceapp.domain.events import PropertyValue
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import LOTS, Certainty, Direction, LinkType, NodeKind
from traceapp.graph.batch_store import StepLink, Workplace
from traceapp.graph.trace_store import PLAIN_ENDS
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.disclosed.answer_ids import Stubs
from traceapp.usecases.disclosed.node_names import NOT_THERE, NodeName, read_names, read_plain_ends
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import read_claims

WORK: Final = frozenset({LinkType.PROCESSED_ON, LinkType.WORKED_BY})
NOT_NEIGHBOURS: Final = WORK | {LinkType.IS_A, LinkType.INSPECTED_IN}
WAYS: Final = {
    Direction.BACKWARD: (LinkType.PRODUCED, LinkType.CONSUMED_IN),
    Direction.FORWARD: (LinkType.CONSUMED_IN, LinkType.PRODUCED),
}
"""Link between the lot and a transformation, and the link on its other side."""
BEHIND_SHIPMENTS: Final = {Direction.BACKWARD: LinkType.SENT_BACK, Direction.FORWARD: LinkType.DELIVERED_TO}
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One step to `far`. The link's own values are there only if both its ends may be shown."""

    direction: Direction
    far: str
    kind: NodeKind
    shown: bool
    link: StepLink
    certainty: Certainty = Certainty.EXACT


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Both directions of one thing, read once.

    backward, forward  links of the thing itself.
    """

    stations: Stations
    disclosure: Disclosure
    head: int
    kind: NodeKind
    backward: Sequence[StepLink]
    forward: Sequence[StepLink]

    @classmethod
    def read(cls, stations: Stations, disclosure: Disclosure, head: int, uid: str, kind: NodeKind) -> "Surroundings":
        backward, forward = (
            stations.batches.list_links([uid], direction, disclosure.rights, head)
            for direction in (Direction.BACKWARD, Direction.FORWARD)
        )
        return cls(stations, disclosure, head, kind, backward, forward)

    def neighbours(self, stub: Stubs) -> tuple[Neighbour, ...]:
        """Where from, then where to; the earliest first, stubs last, each once a direction.

        A transformation between two lots, and an order, are stepped over; a shipment is told with the parties behind it. What
        is withheld is never stepped over: it is a stub itself, and what lies behind it is not told here.
        """
        steps = [*self._steps(Direction.BACKWARD, self.backward), *self._steps(Direction.FORWARD, self.forward)]
        names = self._names(steps)
        found = dict.fromkeys(
            _told(step, names[step.far], stub) if step.shown and step.far in names else _withheld(step, stub) for step in steps
        )
        return tuple(sorted(found, key=_order))

    def participations(self, stub: Stubs) -> tuple[Participation, ...]:
        """Machines and operators of the lot, and of the transformations that made it, by time.

        Somebody whose identity is masked has an id of this answer alone: our own would join what he did everywhere.
        """
        runs = [link.far for link in self.backward if link.type is LinkType.PRODUCED and link.far_shown]
        links = [*self.forward, *self._links(runs, Direction.FORWARD)]
        worked = [link for link in links if link.type in WORK and link.event_uid is not None]
        names = self._workplaces(worked)
        found = [
            Participation(
                link.far if self.disclosure.identifies(link.kind) else stub(link.far),
                link.kind,
                *names[link.far],
                step=link.step,
                role=link.role,
                started_at=link.started_at,
                ended_at=link.ended_at,
                event_uid=link.event_uid,
                masked=not self.disclosure.identifies(link.kind),
            )
            for link in worked
        ]
        return tuple(
            sorted(found, key=lambda one: (one.started_at or NEVER, one.kind, told(one.number) or "", one.event_uid or ""))
        )

    def _links(self, uids: Iterable[str], direction: Direction) -> list[StepLink]:
        return self.stations.batches.list_links(sorted(set(uids)), direction, self.disclosure.rights, self.head)

    def _steps(self, direction: Direction, links: Sequence[StepLink]) -> list[Step]:
        told = [link for link in _once(links) if link.type not in NOT_NEIGHBOURS]
        stepped_over = {NodeKind.TRANSFORMATION} if self.kind in LOTS else set()
        runs = [link for link in told if link.kind in stepped_over and link.far_shown]
        direct = [_direct(direction, link) for link in told if link.kind not in stepped_over or not link.far_shown]
        shipments = [link for link in told if link.kind is NodeKind.SHIPMENT and link.far_shown]
        orders = [link for link in told if link.kind is NodeKind.ORDER and link.far_shown]
        return [
            *direct,
            *self._through_runs(direction, runs),
            *self._behind_shipments(direction, shipments),
            *self._behind_orders(orders),
        ]

    def _through_runs(self, direction: Direction, near_links: Sequence[StepLink]) -> list[Step]:
        """Lots on the other side of transformations; the consumption says how much went from one to the other."""
        near_type, far_type = WAYS[direction]
        near_of: dict[str, list[StepLink]] = {}
        for link in near_links:
            if link.type is near_type:
                near_of.setdefault(link.far, []).append(link)
        rights = self.disclosure.rights
        sides = unseen_sides(near_of) if rights.stops else self.stations.traces.count_sides(sorted(near_of), rights, self.head)
        steps = []
        for far in self._links(near_of, direction):
            if far.type is not far_type:
                continue
            meeting = [near for near in near_of[far.near] if meet(near.mark or "", far.mark or "")]
            for near in meeting if direction is Direction.FORWARD else meeting[:1]:
                paired = any(other.mark is not None and other.mark == far.mark for other in meeting)
                exact = paired or (far.near in sides and sides[far.near].single)
                consumed = near if direction is Direction.FORWARD else far
                certainty = Certainty.EXACT if exact else Certainty.POSSIBLE
                steps.append(Step(direction, far.far, far.kind, far.far_shown, consumed, certainty))
        return steps

    def _behind_shipments(self, direction: Direction, shipped: Sequence[StepLink]) -> list[Step]:
        """Parties behind shipments that may be shown; a party got what was shipped where it is the only one."""
        parties = [
            link for link in self._links({link.far for link in shipped}, direction) if link.type is BEHIND_SHIPMENTS[direction]
        ]
        steps = []
        for link in {(one.near, one.far): one for one in reversed(_once(parties))}.values():
            alone = len({other.far for other in parties if other.near == link.near}) == 1
            quantity, unit = total((load.quantity, load.unit) for load in shipped if load.far == link.near)
            told = replace(link, quantity=quantity, unit=unit) if alone and link.far_shown else link
            steps.append(_direct(direction, told))
        return steps

    def _behind_orders(self, allocated: Sequence[StepLink]) -> list[Step]:
        found = self.stations.batches.list_links_of_orders(
            sorted({link.far for link in allocated}), self.disclosure.rights, self.head
        )
        return [_direct(Direction.FORWARD, link) for link in found]

    def _names(self, steps: Sequence[Step]) -> Mapping[str, NodeName]:
        shown = {step.far: step.kind for step in steps if step.shown}
        plain = {uid: kind for uid, kind in shown.items() if kind in PLAIN_ENDS}
        names = read_names(self.stations, self.disclosure, sorted(shown.keys() - plain.keys()), self.head)
        for kind in sorted(set(plain.values())):
            ends = sorted(uid for uid, of_kind in plain.items() if of_kind is kind)
            names |= read_plain_ends(self.stations, self.disclosure, kind, ends, self.head)
        return names

    def _workplaces(self, links: Sequence[StepLink]) -> dict[str, tuple[Text, Text]]:
        """uid → (number, name) of machines and operators."""
        of_kind = {
            kind: sorted({link.far for link in links if link.kind is kind}) for kind in (NodeKind.EQUIPMENT, NodeKind.OPERATOR)
        }
        batches, rights = self.stations.batches, self.disclosure.rights
        found: dict[str, tuple[Text, Text]] = {
            one.uid: (one.number, self._name(NodeKind.EQUIPMENT, one))
            for one in batches.list_equipment(of_kind[NodeKind.EQUIPMENT], rights)
        }
        for one in batches.list_operators(of_kind[NodeKind.OPERATOR], rights):
            found[one.uid] = (self._number(one), self._name(NodeKind.OPERATOR, one))
        asked = [self.disclosure.asks(name) for name in ("number", "name")]
        return {uid: (number if asked[0] else None, name if asked[1] else None) for uid, (number, name) in found.items()}

    def _number(self, operator: Workplace) -> Text:
        mask = self.disclosure.mask(NodeKind.OPERATOR, "identity", operator.uid)
        if mask is not None:
            return mask
        opened = self.stations.sealer.disclose(NodeKind.OPERATOR, operator.uid, {"identity": operator.identity})
        identity = opened.get("identity", NOT_THERE)
        return identity if isinstance(identity, Gap) else Identity(str(identity)).number

    def _name(self, kind: NodeKind, workplace: Workplace) -> Text:
        """The name as it was known at the head."""
        mask = self.disclosure.mask(kind, "name", workplace.uid)
        if mask is not None or workplace.name is None:
            return mask
        name: PropertyValue | Gap | None
        if workplace.projected_seq <= self.head:
            name = self.stations.sealer.disclose(kind, workplace.uid, {"name": workplace.name}).get("name")
        else:
            name = read_claims(self.stations, workplace.uid, self.head, kind).projection.values.get("name")
        return str(name) if name is not None and not isinstance(name, Gap) else name


def _once(links: Sequence[StepLink]) -> list[StepLink]:
    """Reports of one shipment by both sides count once: the despatch, where there is one."""
    despatched = {(link.near, link.type, link.far) for link in links if link.mark == DESPATCH}
    return [link for link in links if link.mark != RECEIPT or (link.near, link.type, link.far) not in despatched]


def _direct(direction: Direction, link: StepLink) -> Step:
    """Behind a shipment that was passed on, everything is possible."""
    certainty = Certainty.POSSIBLE if link.type is LinkType.FORWARDED_IN else Certainty.EXACT
    return Step(direction, link.far, link.kind, link.far_shown, link, certainty)


def _told(step: Step, name: NodeName, stub: Stubs) -> Neighbour:
    return Neighbour(
        direction=step.direction,
        uid=stub(step.far) if name.masked else step.far,
        kind=name.kind,
        number=name.number,
        name=name.name,
        product=name.product,
        via=step.link.type.value,
        quantity=step.link.quantity,
        unit=step.link.unit,
        event_time=step.link.event_time,
        certainty=step.certainty,
        stub=False,
        event_uid=step.link.event_uid,
        masked=name.masked,
    )


def _withheld(step: Step, stub: Stubs) -> Neighbour:
    return Neighbour(
        direction=step.direction,
        uid=stub.opaque(step.far),
        kind=None,
        number=None,
        name=None,
        product=None,
        via=None,
        quantity=None,
        unit=None,
        event_time=None,
        certainty=Certainty.POSSIBLE,
        stub=True,
        event_uid=None,
    )


def _order(one: Neighbour) -> tuple[bool, bool, datetime, str, str, str, str]:
    forward = one.direction is Direction.FORWARD
    return forward, one.stub, one.event_time or NEVER, one.via or "", told(one.number) or "", one.uid, one.event_uid or ""
