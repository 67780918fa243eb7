"""Exact or possible: computed from the live links of a transformation, never stored."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from traceapp.domain.genealogy import LOT_KINDS, MARK, NEAR, Closure, Exit, Link, LotLink, Passage, mark_of
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.trace import LimitHit

CONSUMED = LinkType.CONSUMED_IN.value


@dataclass(frozen=True, slots=True)
class Sides:
    """How many different things went into a transformation and came out of it, class-level ones counted.

    whole  whether that is all. Where the view ends beside it, nothing is exact that no pair makes so: never more is claimed
           than the whole graph says.
    """

    inputs: int
    outputs: int
    whole: bool = True

    @property
    def single(self) -> bool:
        """With one input, or one output, each link between them is exact."""
        return self.whole and (self.inputs <= 1 or self.outputs <= 1)


@dataclass(frozen=True, slots=True)
class LotLinks:
    """Links between lots, and what was left out of them by the limit."""

    links: tuple[LotLink, ...]
    limits: tuple[LimitHit, ...] = ()


def unseen_sides(transformations: Iterable[str]) -> dict[str, Sides]:
    """Where the view ends, nobody asks what else went into a transformation or came out of it: no side is whole."""
    return {uid: Sides(0, 0, whole=False) for uid in transformations}


def undecided(closure: Closure, *, partial: bool) -> list[str]:
    """Transformations whose sides must be counted in the store, sorted; of the others the walk has seen enough.

    partial  links outside a window, or to what may not be shown, were left out of the walk: it may have seen no whole side.
    """
    if partial:
        return sorted(closure.passages)
    return sorted(uid for uid, passage in closure.passages.items() if len(passage.exits) > 1)


def meet(pair: str, other: str) -> bool:
    """Whether two links of one transformation belong together: equal pairs do, and what states none meets every one."""
    return not pair or not other or pair == other


def lot_links(closure: Closure, sides: Mapping[str, Sides], limit: int) -> LotLinks:
    """Every link between two lots of the closure, one for each transformation between them.

    sides   of those that `undecided` names.
    limit   how many links of the all × all kind may be listed; exact ones are always listed. Each node stays in the
            answer, whatever the limit.
    """
    found = _direct_links(closure)
    room, cut, hops = limit, False, closure.hops
    for uid, passage in closure.passages.items():
        if passage.seed:
            found += _seed_links(closure, uid, passage)
        single = uid not in sides or sides[uid].single
        paired = _is_paired(passage)
        entries = _by_lot(passage.entries)
        exits = [other for other in passage.exits if other[2] in LOT_KINDS and other[1] in hops]
        if not single and not paired and len(entries) * len(exits) > room:
            cut = True
            continue
        before = len(found)
        if paired:
            found += _paired_links(closure.direction, uid, entries, exits, single=single)
        else:
            found += _all_links(closure.direction, uid, entries, exits, single=single)
        room -= len(found) - before
    return LotLinks(tuple(found), (LimitHit("links", limit),) if cut else ())


def _direct_links(closure: Closure) -> list[LotLink]:
    """Splits and serialisations; several of them between the same two lots are one link."""
    found: dict[tuple[str, str, str], list[Link]] = {}
    for far, type_, _, _, links in closure.direct:
        for link in links if far in closure.hops else ():
            found.setdefault((link[NEAR], far, type_), []).append(link)
    return [LotLink(near, far, type_, None, links, True) for (near, far, type_), links in found.items()]


def _seed_links(closure: Closure, uid: str, passage: Passage) -> list[LotLink]:
    type_ = LinkType.PRODUCED if closure.direction is Direction.FORWARD else LinkType.CONSUMED_IN
    return [
        LotLink(uid, far, type_.value, None, links, True)
        for _, far, kind, _, links in passage.exits
        if kind in LOT_KINDS and far in closure.hops
    ]


def _all_links(
    direction: Direction, uid: str, entries: Mapping[str, list[Link]], exits: list[Exit], *, single: bool
) -> list[LotLink]:
    if direction is Direction.FORWARD:
        return [LotLink(near, far, CONSUMED, uid, ins, single) for _, far, _, _, _ in exits for near, ins in entries.items()]
    return [LotLink(near, far, CONSUMED, uid, outs, single) for _, far, _, _, outs in exits for near in entries]


def _paired_links(
    direction: Direction, uid: str, entries: Mapping[str, list[Link]], exits: list[Exit], *, single: bool
) -> Iterable[LotLink]:
    side = 0 if direction is Direction.FORWARD else 1
    for _, far, _, _, outs in exits:
        for near, ins in entries.items():
            meeting = [(one, other) for one in ins for other in outs if meet(mark_of(one), mark_of(other))]
            if meeting:
                exact = single or any(mark_of(one) and mark_of(one) == mark_of(other) for one, other in meeting)
                yield LotLink(near, far, CONSUMED, uid, _each_once(pair[side] for pair in meeting), exact)


def _is_paired(passage: Passage) -> bool:
    """Whether any link of it states a pair."""
    if any(passage.pairs):
        return True
    for other in passage.exits:
        for link in other[4]:
            if len(link) > MARK and link[MARK]:
                return True
    return False


def _each_once(links: Iterable[Link]) -> list[Link]:
    """Parallel links may be equal in all they state; each of them counts."""
    return list({id(link): link for link in links}.values())


def _by_lot(links: Iterable[Link]) -> dict[str, list[Link]]:
    by_lot: dict[str, list[Link]] = {}
    for link in links:
        near = link[NEAR]
        if near in by_lot:
            by_lot[near].append(link)
        else:
            by_lot[near] = [link]
    return by_lot


def exact_nodes(seeds: Collection[str], links: Collection[LotLink]) -> set[str]:
    """Nodes that some path of exact links joins to a seed; seeds are exact."""
    ahead: dict[str, list[str]] = {}
    for near, far, _, _, _, exact in links:
        if not exact:
            continue
        if near in ahead:
            ahead[near].append(far)
        else:
            ahead[near] = [far]
    reached = set(seeds)
    waiting = list(reached)
    while waiting:
        for far in ahead.get(waiting.pop(), ()):
            if far not in reached:
                reached.add(far)
                waiting.append(far)
    return reached


def class_level_exits(closure: Closure) -> list[Exit]:
    """Products that were direct output (forward) or input (backward) of what was walked, with those links that count."""
    found = []
    for passage in closure.passages.values():
        for uid, far, kind, shown, links in passage.exits:
            if kind in LOT_KINDS:
                continue
            met = [link for link in links if any(meet(mark_of(link), pair) for pair in passage.pairs)]
            if met:
                found.append([uid, far, kind, shown, met])
    return found
