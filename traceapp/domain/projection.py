"""What the live events of one thing add up to, in whatever order they came.

Per property the latest live event wins, by (event time, event uid); scopes are a union; a thing is described as
soon as one live event describes it. A void takes an event's claims back: what it had won goes to the latest of the
remaining ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import SHARED_KINDS, NodeKind
from traceapp.domain.places import PlaceMap
from traceapp.domain.scopes import SHARED, UNPLACED, Scope, acl_number


@dataclass(frozen=True, slots=True)
class Claim:
    """What one event says of one node.

    event_stamp  `<stored event time>|<event uid>`, whose text order decides who is the latest.
    scope        text of a scope, or None.
    """

    node_uid: str
    kind: NodeKind
    event_stamp: str
    described: bool
    scope: str | None
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)

    @property
    def event_uid(self) -> str:
        return self.event_stamp.rpartition("|")[2]

    def placed(self, places: PlaceMap) -> "Claim":
        """The same by the places of now; an event keeps what it said."""
        if not places or self.scope is None:
            return self
        scope = places.text(self.scope)
        return self if scope == self.scope else replace(self, scope=scope)


def stamp(event_time: str, event_uid: str) -> str:
    """The stamp of an event: stored times are of fixed width, so text order is (time, uid) order."""
    return f"{event_time}|{event_uid}"


@dataclass(slots=True)
class Projection:
    """The merged state of one node; `stamps` says per property which event it is from.

    values  those of `stamps` that were won by a claim added here; what the store holds already is not repeated.
    """

    described: bool = False
    scopes: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    stamps: dict[str, str] = field(default_factory=dict)
    values: dict[str, PropertyValue] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    changed: bool = False

    @classmethod
    def stored(cls, described: bool, scopes: Iterable[str], mentioned: Iterable[str], stated: Iterable[str]) -> "Projection":
        """From what the store holds of a node; `stated` as the property of that name."""
        return cls(described, set(scopes), set(mentioned), dict(entry.split("=", 1) for entry in stated))

    @property
    def stated(self) -> list[str]:
        """The stamps as the store keeps them: `property=event_time|event_uid`, sorted."""
        return sorted(f"{name}={by}" for name, by in self.stamps.items())

    def acl_scopes(self, kind: NodeKind) -> frozenset[Scope]:
        """Where a thing of this kind belongs: what describes it decides, else what mentions it, else nobody knows.

        Parties and products belong to no site, and everybody shares them.
        """
        texts = self.scopes or self.mentioned
        if texts:
            return frozenset(map(Scope.parse, texts))
        return frozenset({SHARED if kind in SHARED_KINDS else UNPLACED})

    def acl(self, kind: NodeKind) -> int:
        return acl_number(self.acl_scopes(kind))

    def add(self, claim: Claim) -> None:
        """Merge the claim of a live event; the order of calls does not matter."""
        if claim.described and not self.described:
            self.described = self.changed = True
        if claim.scope is not None:
            scopes = self.scopes if claim.described else self.mentioned
            if claim.scope not in scopes:
                scopes.add(claim.scope)
                self.changed = True
        for name, value in claim.properties.items():
            if claim.event_stamp > self.stamps.get(name, ""):
                self.stamps[name] = claim.event_stamp
                self.values[name] = value
                self.dropped.discard(name)
                self.changed = True


@dataclass(slots=True)
class Loss:
    """What a node lost with events that became void, until remaining live claims give it back.

    properties  won by a void event.   scopes, mentioned  stated by one.   described  it was described by one.
    """

    properties: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    described: bool = False

    @property
    def wants_statements(self) -> bool:
        """Whether events that are recorded of the node must be asked."""
        return bool(self.properties or self.scopes or self.described)

    @property
    def is_settled(self) -> bool:
        return not (self.wants_statements or self.mentioned)

    def give_back(self, claim: Claim) -> None:
        """Account for one live claim that is in the projection again."""
        self.properties -= claim.properties.keys()
        if claim.described:
            self.described = False
            self.scopes.discard(claim.scope or "")
        else:
            self.mentioned.discard(claim.scope or "")


def withdraw(projection: Projection, claims: Iterable[Claim]) -> Loss:
    """Take the claims of void events out of a projection; returns what the other live events may give back.

    Give it back with `restore`, latest event first, until the loss is settled or no event is left.
    """
    loss = Loss()
    for claim in claims:
        projection.changed = True
        if claim.described:
            loss.described |= projection.described
            if claim.scope in projection.scopes:
                loss.scopes.add(claim.scope)
        elif claim.scope in projection.mentioned:
            loss.mentioned.add(claim.scope)
        loss.properties |= {name for name in claim.properties if projection.stamps.get(name) == claim.event_stamp}
    projection.described = projection.described and not loss.described
    projection.scopes -= loss.scopes
    projection.mentioned -= loss.mentioned
    for name in loss.properties:
        del projection.stamps[name]
        projection.values.pop(name, None)
        projection.dropped.add(name)
    return loss


def restore(projection: Projection, loss: Loss, claim: Claim) -> None:
    """One remaining live claim gives back what it states of the loss."""
    projection.add(claim)
    loss.give_back(claim)


def project(claims: Iterable[Claim]) -> Projection:
    """The projection of a set of claims, for a moment in the past as for now."""
    projection = Projection()
    for claim in claims:
        projection.add(claim)
    return projection


def stamped_events(stated: Iterable[str]) -> frozenset[str]:
    """Uids of the events that some stamps (`property=time|event`) stem from."""
    return frozenset(entry.rpartition("|")[2] for entry in stated)
