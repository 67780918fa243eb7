"""Which event counts, which is a repetition, which is void: the same verdicts whatever came first.

An event is void as soon as one declaration of it is known, before or after its own arrival, and stays void. A
declaration names it by key, or by content where the sender gives no eventID; a correcting row is a live event of
its own that names the key of another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from traceapp.domain.events import CaptureOutcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event at the door, by the store's ids.

    content         HMAC of its content digest.
    voids           uid of the event it declares wrong; its own uid where it only repeats that event.
    voids_content   the same by content, where the declaration has no eventID.
    """

    uid: str
    content: str
    voids: str | None = None
    voids_content: str | None = None

    @property
    def only_declares(self) -> bool:
        """Whether it is nothing but an error declaration: it makes no event of its own."""
        return self.voids == self.uid or (self.voids is None and self.voids_content is not None)


@dataclass(slots=True)
class KnownEvent:
    """An event that the store holds; content is None while only a declaration of it is known."""

    uid: str
    content: str | None
    void: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one arrival does.

    appended          it becomes an event of the store.   void  it is void from its first moment.
    voided            uids of known events that become void by it.
    declared          uid of an event, still to come, that it declares void.
    declared_content  content that it declares void, known or still to come.
    """

    outcome: CaptureOutcome
    appended: bool = False
    void: bool = False
    voided: tuple[str, ...] = ()
    declared: str | None = None
    declared_content: str | None = None


@dataclass(slots=True)
class EventRegister:
    """What is known of the events that a group meets; every ruling updates it, so that a group rules on itself too."""

    events: dict[str, KnownEvent] = field(default_factory=dict)
    by_content: dict[str, list[KnownEvent]] = field(default_factory=dict)
    declared_contents: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, known: Iterable[KnownEvent], declared_contents: Iterable[str]) -> "EventRegister":
        register = cls(declared_contents=set(declared_contents))
        for event in known:
            register._keep(event)
        return register

    def rule(self, arrival: Arrival) -> Ruling:
        """The verdict on one arrival; arrivals of one group are ruled on one after the other."""
        return self._rule_declaration(arrival) if arrival.only_declares else self._rule_event(arrival)

    def _rule_event(self, arrival: Arrival) -> Ruling:
        known = self.events.get(arrival.uid)
        if known is not None and known.content is not None:
            same = known.content == arrival.content
            return Ruling(CaptureOutcome.KNOWN if same else CaptureOutcome.CONFLICT)
        void = known is not None or arrival.content in self.declared_contents
        self._keep(KnownEvent(arrival.uid, arrival.content, void))
        voided, declared = self._declare(arrival.voids)
        outcome = CaptureOutcome.VOIDED if void else CaptureOutcome.APPENDED
        return Ruling(outcome, appended=True, void=void, voided=voided, declared=declared)

    def _rule_declaration(self, arrival: Arrival) -> Ruling:
        voided, declared = self._declare(arrival.voids)
        content = None
        if arrival.voids_content is not None and arrival.voids is None:
            if arrival.voids_content not in self.declared_contents:
                content = arrival.voids_content
                self.declared_contents.add(content)
            voided = tuple(event.uid for event in self.by_content.get(arrival.voids_content, ()) if not event.void)
            for uid in voided:
                self.events[uid].void = True
        fresh = CaptureOutcome.APPENDED if declared or content else CaptureOutcome.KNOWN
        return Ruling(CaptureOutcome.VOIDED if voided else fresh, voided=voided, declared=declared, declared_content=content)

    def _declare(self, uid: str | None) -> tuple[tuple[str, ...], str | None]:
        """Declare one event void: (it, if that is new) and (its uid, if it is still to come)."""
        if uid is None:
            return (), None
        known = self.events.get(uid)
        if known is None:
            self._keep(KnownEvent(uid, None, True))
            return (), uid
        if known.void:
            return (), None
        known.void = True
        return (uid,), None

    def _keep(self, event: KnownEvent) -> None:
        self.events[event.uid] = event
        if event.content is not None:
            self.by_content.setdefault(event.content, []).append(event)
