"""Known, conflicting, void: the register rules the same way whatever came first."""

import itertools

from traceapp.domain.events import CaptureOutcome
from traceapp.domain.voiding import Arrival, EventRegister, KnownEvent

APPENDED, KNOWN, VOIDED, CONFLICT = CaptureOutcome.APPENDED, CaptureOutcome.KNOWN, CaptureOutcome.VOIDED, CaptureOutcome.CONFLICT
EVENT = Arrival("e", "content of e")


def outcomes(*arrivals: Arrival, register: EventRegister | None = None) -> list[CaptureOutcome]:
    register = register or EventRegister()
    return [register.rule(arrival).outcome for arrival in arrivals]


def test_a_repetition_is_known_and_another_content_is_refused() -> None:
    assert outcomes(EVENT, EVENT, Arrival("e", "other content")) == [APPENDED, KNOWN, CONFLICT]


def test_a_declaration_counts_once_before_or_after() -> None:
    declaration = Arrival("e", "content of e", voids="e")

    assert outcomes(EVENT, declaration, declaration, EVENT) == [APPENDED, VOIDED, KNOWN, KNOWN]
    assert outcomes(declaration, declaration, EVENT, EVENT) == [APPENDED, KNOWN, VOIDED, KNOWN]


def test_a_declaration_by_content_counts_for_all_events_of_it() -> None:
    declaration = Arrival("d", "content of e", voids_content="content of e")
    twin = Arrival("twin", "content of e")

    assert outcomes(EVENT, twin, declaration, declaration) == [APPENDED, APPENDED, VOIDED, KNOWN]
    assert outcomes(declaration, EVENT, twin) == [APPENDED, VOIDED, VOIDED]


def test_a_correction_is_an_event_of_its_own() -> None:
    correction = Arrival("c", "content of c", voids="e")

    ruling = EventRegister.of([KnownEvent("e", "content of e", False)], ()).rule(correction)
    assert (ruling.outcome, ruling.appended, ruling.void, ruling.voided) == (APPENDED, True, False, ("e",))
    early = EventRegister().rule(correction)
    assert (early.outcome, early.voided, early.declared) == (APPENDED, (), "e")


def test_what_is_void_does_not_depend_on_the_order() -> None:
    arrivals = [
        EVENT,
        Arrival("c", "content of c", voids="e"),
        Arrival("d", "content of d", voids="c"),
        Arrival("f", "content of f"),
        Arrival("of f", "content of f", voids_content="content of f"),
    ]

    void = set()
    for order in itertools.permutations(arrivals):
        register = EventRegister()
        for arrival in order:
            register.rule(arrival)
        void.add(frozenset(uid for uid, event in register.events.items() if event.void))
    assert void == {frozenset({"e", "c", "f"})}
