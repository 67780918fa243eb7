"""What was in what, and when: intervals computed on reading from packing, unpacking and emptying.

Times are stored times (text whose order is the order of time). A statement whose time is withheld counts in the worst
way: packed from ever, never taken out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from traceapp.domain.quantities import add, subtract

EVER = ""
FOREVER = "~"
"""After every stored time."""
OBSERVED = "observe"
"""Mark of a packing that confirms what is inside and adds nothing."""


@dataclass(frozen=True, slots=True)
class PackingFact:
    """One PACKED_IN or UNPACKED_FROM; time None where it is withheld. confirms: seen inside, not put in."""

    child: str
    parent: str
    time: str | None
    quantity: Decimal | None = None
    unit: str | None = None
    taken_out: bool = False
    confirms: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """child was inside parent from start until before end, with this quantity (None: not stated)."""

    child: str
    parent: str
    start: str
    end: str
    quantity: Decimal | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A lot inside a holder, at whatever depth, from start to end; `first` is the stay in the innermost container."""

    holder: str
    start: str
    end: str
    first: Stay


def stays(facts: Iterable[PackingFact], emptied: Mapping[str, Sequence[str]]) -> dict[str, list[Stay]]:
    """Every stay by child, in order of time.

    emptied  container → times at which everything was taken out.
    A second packing of what is inside adds to it; taking out a stated part of a stated quantity leaves the rest; at
    one time, what is taken out is taken out first.
    """
    by_place: dict[tuple[str, str], list[PackingFact]] = {}
    for fact in facts:
        by_place.setdefault((fact.child, fact.parent), []).append(fact)
    found: dict[str, list[Stay]] = {}
    for (child, parent), told in by_place.items():
        found.setdefault(child, []).extend(_stays_of(child, parent, told, emptied.get(parent, ())))
    for known in found.values():
        known.sort(key=lambda stay: (stay.start, stay.parent))
    return found


def _stays_of(child: str, parent: str, told: Sequence[PackingFact], emptied: Sequence[str]) -> Iterator[Stay]:
    if any(fact.time is None for fact in told):
        if any(not fact.taken_out for fact in told):
            yield Stay(child, parent, EVER, FOREVER, None, None)
        return
    steps = [(fact.time or EVER, 0 if fact.taken_out else 1, fact) for fact in told]
    steps += [(time, 0, PackingFact(child, parent, time, taken_out=True)) for time in emptied]
    inside: Stay | None = None
    for time, _, fact in sorted(steps, key=lambda step: (step[0], step[1], step[2].quantity is None, step[2].quantity or 0)):
        if not fact.taken_out:
            if inside is not None and fact.confirms:
                continue
            amount = _sum(inside, fact) if inside is not None else (fact.quantity, fact.unit)
            if inside is not None and inside.start < time:
                yield _until(inside, time)
            inside = Stay(child, parent, time, FOREVER, *amount)
        elif inside is not None:
            if inside.start < time:
                yield _until(inside, time)
            left = _rest(inside, fact)
            inside = Stay(child, parent, time, FOREVER, *left) if left is not None else None
    if inside is not None:
        yield inside


def _until(stay: Stay, time: str) -> Stay:
    return Stay(stay.child, stay.parent, stay.start, time, stay.quantity, stay.unit)


def _sum(inside: Stay, more: PackingFact) -> tuple[Decimal | None, str | None]:
    if inside.quantity is None or more.quantity is None or inside.unit != more.unit:
        return None, None
    return add(inside.quantity, more.quantity), inside.unit


def _rest(inside: Stay, out: PackingFact) -> tuple[Decimal | None, str | None] | None:
    """What stays inside; None where nothing does."""
    if out.quantity is None:
        return None
    if inside.quantity is None:
        return None, None
    if inside.unit != out.unit:
        return None, None
    rest = subtract(inside.quantity, out.quantity)
    return (rest, inside.unit) if rest > 0 else None


def held(child: str, stays_of: Mapping[str, Sequence[Stay]]) -> list[Held]:
    """Every holder of a thing at every depth, with the time that it was in there; container loops end."""
    found: list[Held] = []
    waiting = [
        (Held(stay.parent, stay.start, stay.end, stay), frozenset({child, stay.parent})) for stay in stays_of.get(child, ())
    ]
    while waiting:
        inner, path = waiting.pop()
        found.append(inner)
        for stay in stays_of.get(inner.holder, ()):
            start, end = max(inner.start, stay.start), min(inner.end, stay.end)
            if start <= end and stay.parent not in path:
                waiting.append((Held(stay.parent, start, end, inner.first), path | {stay.parent}))
    return found


def inside_at(stays_in: Iterable[Stay], at: str | None) -> list[Stay]:
    """Which of these stays hold at a moment; None is now, after everything that is known."""
    moment = FOREVER if at is None else at
    if moment == FOREVER:
        return [stay for stay in stays_in if stay.end == FOREVER]
    return [stay for stay in stays_in if stay.start <= moment < stay.end]
