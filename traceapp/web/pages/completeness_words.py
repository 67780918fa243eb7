"""The completeness block in the language of the page: reasons, what each does to the numbers, what to do next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from flask_babel import gettext, ngettext

from traceapp.domain.trace import Completeness, Status
from traceapp.domain.unverified import COUNTER
from traceapp.web.pages.showing import count_text
from traceapp.web.pages.wording import N_, STATUS_SIGNS, STATUSES, sentence_gap, withheld_counted

CODES: Final = (
    "unverified",
    "unavailable",
    "limits_hit",
    "window",
    "withheld",
    "more_unseen",
    "boundary",
    "unresolved",
    "class_level",
    "one_sided",
    "twins",
    "dead_ends",
)
"""What every trace looks for, as `Completeness` names it."""
LIMITS: Final = {"nodes": N_("nodes"), "links": N_("links"), "seconds": N_("seconds")}
LOOKED_FOR: Final = {
    "unavailable": N_("values that cannot be opened"),
    "unverified": N_("records changed outside the service"),
    "limits_hit": N_("limits hit"),
    "window": N_("links outside the window"),
    "withheld": N_("records outside your view"),
    "more_unseen": N_("withheld quantities"),
    "boundary": N_("an end of your view"),
    "unresolved": N_("lots that no record describes"),
    "class_level": N_("products without a lot"),
    "one_sided": N_("shipments reported by one side only"),
    "twins": N_("likely twins"),
    "dead_ends": N_("dead ends without a reason"),
}


Sentences: TypeAlias = tuple[str, str, str, tuple[str, ...]]
"""What is missing, what it does to the numbers, what to do next, and of which records."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of the block."""

    sign: str
    word: str
    missing: str
    effect: str
    next_step: str
    uids: tuple[str, ...] = ()


OUT_OF_SIGHT: Final = frozenset({"withheld", "boundary", "window"})
"""Reasons for which nobody can say here that a lot ends."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder of statuses, worst first."""

    sign: str
    word: str
    count: int
    holds: bool
    worst: bool


def headline(said: Completeness) -> tuple[str, str]:
    """(title, sentence) above all numbers."""
    visited = ngettext(
        "%(count)s record was visited.", "%(count)s records were visited.", said.visited, count=count_text(said.visited)
    )
    if said.status is Status.COMPLETE:
        nothing = gettext("Nothing is withheld, unresolved or cut off.")
        return gettext("Complete, as far as the records go"), visited + sentence_gap() + nothing
    title = gettext("Not complete: %(status)s", status=gettext(STATUSES[said.status]).lower())
    return title, gettext("Read the reasons before you use a number.") + sentence_gap() + visited


def ladder(said: Completeness) -> list[Rung]:
    counts = {status: sum(1 for reason in said.reasons if reason[0] is status) for status in Status}
    return [
        Rung(
            STATUS_SIGNS[status],
            gettext(STATUSES[status]),
            counts[status],
            counts[status] > 0 or status is said.status,
            status is said.status,
        )
        for status in sorted(Status, reverse=True)
    ]


def reasons(said: Completeness) -> list[Reason]:
    """Worst first; a reason of a code that is not known here is said in its own words."""
    made: list[Reason] = []
    seen: set[str] = set()
    for status, code, sentence in said.reasons:
        if code in seen and code != "limits_hit":
            continue
        place = sum(1 for other in made if other.word == gettext(STATUSES[status])) if code == "limits_hit" else 0
        seen.add(code)
        missing, effect, next_step, uids = SENTENCES[code](said, place) if code in SENTENCES else (sentence, "", "", ())
        made.append(Reason(STATUS_SIGNS[status], gettext(STATUSES[status]), missing, effect, next_step, uids))
    return made


def clear(said: Completeness) -> str:
    """What was looked for and not found; dead ends are not judged where something may go on out of sight."""
    found = {code for _, code, _ in said.reasons}
    if found & OUT_OF_SIGHT:
        found.add("dead_ends")
    return gettext(", ").join(gettext(LOOKED_FOR[code]) for code in CODES if code not in found)


def _routed(said: Completeness) -> str:
    """Who was told of what is withheld."""
    if said.routed_to is None:
        return gettext("Ask quality, who may see more.")
    if said.few:
        return gettext("They were routed to the role %(role)s, which may see more.", role=said.routed_to)
    hidden = sum(said.withheld.values())
    return ngettext(
        "%(num)s item beyond your view was routed to the role %(role)s, which may see more.",
        "%(num)s items beyond your view were routed to the role %(role)s, which may see more.",
        hidden,
        role=said.routed_to,
    )


def _unavailable(said: Completeness, _place: int) -> Sentences:
    n = len(said.unavailable)
    return (
        ngettext(
            "%(num)s record has values that cannot be opened now.",
            "%(num)s records have values that cannot be opened now.",
            n,
        ),
        gettext("A key is not to be had: names, sealed numbers and states may be missing; what is shown is right."),
        gettext("Ask the administrator for the key provider, then ask again; nothing is lost."),
        said.unavailable,
    )


def _limits_hit(said: Completeness, place: int) -> Sentences:
    limit = said.limits_hit[min(place, len(said.limits_hit) - 1)]
    return (
        gettext(
            "The search stopped at its limit of %(value)s %(limit)s.",
            value=count_text(limit.value),
            limit=gettext(LIMITS.get(limit.limit, limit.limit)),
        ),
        gettext("More may be affected than is shown: every number is a least value."),
        gettext("Ask a smaller question, or have the limit raised."),
        (),
    )


def _unverified(said: Completeness, _place: int) -> Sentences:
    n = len(said.unverified) + said.unverified_withheld
    return (
        ngettext("%(num)s record was changed outside the service.", "%(num)s records were changed outside the service.", n)
        if n and not said.unverified_few
        else gettext("Records were changed outside the service."),
        " ".join(
            (
                gettext("What rests on them is not proven, and something may be missing."),
                *([gettext("The counter of records is among them.")] if COUNTER in said.unverified else []),
            )
        ),
        gettext("Keep the goods on hold, and have the administrator run `traceapp verify graph`."),
        tuple(uid for uid in said.unverified if " " not in uid and uid != COUNTER),
    )


def _window(said: Completeness, _place: int) -> Sentences:
    return (
        gettext("Links outside the window that was asked about were left out."),
        gettext("What lies behind them is missing as well: every number is a least value."),
        gettext("Leave the window open to see all of it."),
        (),
    )


def _withheld(said: Completeness, _place: int) -> Sentences:
    return (
        gettext("Outside your view: %(counted)s.", counted=withheld_counted(said.withheld, said.few)),
        gettext(
            "They were walked through, so that what lies behind them is here; nothing about them is shown, and dead ends and "
            "one-sided shipments are not judged."
        ),
        _routed(said),
        (),
    )


def _more_unseen(said: Completeness, _place: int) -> Sentences:
    return (
        gettext("Each party may have got more than is shown, by what is outside your view."),
        gettext("That is said of all parties alike, and a quantity that is not stated is not zero."),
        _routed(said),
        (),
    )


def _boundary(said: Completeness, _place: int) -> Sentences:
    return (
        gettext("This answer ends where your view does: whether anything lies beyond it is not told."),
        gettext(
            "Links through a transformation are possible unless a pair of input and output says more, and dead ends are "
            "not judged."
        ),
        gettext("Ask whoever gave you this view."),
        (),
    )


def _unresolved(said: Completeness, _place: int) -> Sentences:
    n = len(said.unresolved)
    return (
        ngettext("%(num)s lot is used but described by no record.", "%(num)s lots are used but described by no record.", n),
        ngettext("Where it came from is unknown.", "Where they came from is unknown.", n),
        gettext("Have the missing receipt or batch record sent in."),
        said.unresolved,
    )


def _class_level(said: Completeness, _place: int) -> Sentences:
    n = len(said.class_level)
    return (
        ngettext("%(num)s product is recorded without a lot.", "%(num)s products are recorded without a lot.", n),
        gettext("Which lot it was is not recorded; the trace does not go through it."),
        gettext("Ask the site which lot it was."),
        (),
    )


def _one_sided(said: Completeness, _place: int) -> Sentences:
    n = len(said.one_sided)
    return (
        ngettext(
            "%(num)s shipment is reported by its receiver only.",
            "%(num)s shipments are reported by their receiver only.",
            n,
        ),
        gettext("Counted as real."),
        gettext("Ask the sender for the despatch advice."),
        said.one_sided,
    )


def _twins(said: Completeness, _place: int) -> Sentences:
    n = len(said.twins)
    return (
        ngettext("%(num)s pair of lots is likely one and the same.", "%(num)s pairs of lots are likely one and the same.", n),
        gettext("If so, what is known of the other one is missing here."),
        gettext("Compare both, then trace the other one as well."),
        tuple(uid for pair in said.twins for uid in pair),
    )


def _dead_ends(said: Completeness, _place: int) -> Sentences:
    n = len(said.dead_ends)
    return (
        ngettext("%(num)s lot ends here without a recorded reason.", "%(num)s lots end here without a recorded reason.", n),
        ngettext(
            "What became of it is unknown: neither stock, shipment, use nor disposal is on record.",
            "What became of them is unknown: neither stock, shipment, use nor disposal is on record.",
            n,
        ),
        ngettext("Ask the site where it is.", "Ask the site where they are.", n),
        said.dead_ends,
    )


SENTENCES: Final[Mapping[str, Callable[[Completeness, int], Sentences]]] = {
    "unavailable": _unavailable,
    "limits_hit": _limits_hit,
    "unverified": _unverified,
    "window": _window,
    "withheld": _withheld,
    "more_unseen": _more_unseen,
    "boundary": _boundary,
    "unresolved": _unresolved,
    "class_level": _class_level,
    "one_sided": _one_sided,
    "twins": _twins,
    "dead_ends": _dead_ends,
}
"""By the code of a reason; the number is its place among those of the same code."""
