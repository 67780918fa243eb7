"""Exact or possible: computed from the live links of a transformation, never stored."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from traceapp.domain.genealogy import Closure, LotLink, Passage, is_lot
from traceapp.domain.kinds import Certainty, Direction, LinkType
from traceapp.domain.trace import LimitHit


@dataclass(frozen=True, slots=True)
class Sides:
    """How many different things, class-level ones counted, went into a transformation and came out of it."""

    inputs: int
    outputs: int

    @property
    def single(self) -> bool:
        """With one input, or one output, each link between them is exact."""
        return self.inputs <= 1 or self.outputs <= 1


def undecided(closure: Closure, *, windowed: bool) -> list[str]:
    """Transformations whose sides must be counted in the store, sorted; of the others the walk has seen enough.

    windowed  links outside a window were left out of the walk, so that it has seen no whole side.
    """
    if windowed:
        return sorted(closure.passages)
    far = closure.links.far
    return sorted(
        uid
        for uid, passage in closure.passages.items()
        if len(passage.exits) > 1 and len({far[row] for row in passage.exits}) > 1
    )


def meet(pair: str, other: str) -> bool:
    """Whether two links of one transformation belong together: equal pairs do, and what states none meets every one."""
    return not pair or not other or pair == other


@dataclass(frozen=True, slots=True)
class LotLinks:
    """Links between lots, and what was left out of them by the limit."""

    links: tuple[LotLink, ...]
    limits: tuple[LimitHit, ...]


def lot_links(closure: Closure, sides: Mapping[str, Sides], limit: int) -> LotLinks:
    """Every link between two lots of the closure, one for each transformation between them.

    sides   of those that `undecided` names.
    limit   how many links of the all × all kind may be listed; exact ones are always listed. Each node stays in the
            answer, whatever the limit.
    """
    links = closure.links
    found = _direct_links(closure)
    room = limit
    cut = False
    for uid, passage in closure.passages.items():
        single = uid not in sides or sides[uid].single
        entries = _by_lot(passage.entries, links.near)
        exits = _by_lot((row for row in passage.exits if is_lot(links.far_kind[row])), links.far)
        if passage.seed:
            found += [
                LotLink(uid, far, _exit_type(closure), None, tuple(rows), True)
                for far, rows in exits.items()
                if far in closure.hops
            ]
        paired = any(links.mark[row] for row in (*passage.entries, *passage.exits))
        if not single and not paired and len(entries) * len(exits) > room:
            cut = True
            continue
        made = list(_through(closure, uid, entries, exits, single=single, paired=paired))
        room -= len(made)
        found += made
    return LotLinks(tuple(found), (LimitHit("links", limit),) if cut else ())


def _direct_links(closure: Closure) -> list[LotLink]:
    """Splits and serialisations; several of them between the same two lots are one link."""
    links = closure.links
    rows: dict[tuple[str, str, str], list[int]] = {}
    for row in closure.direct:
        rows.setdefault((links.near[row], links.far[row], links.type[row]), []).append(row)
    return [
        LotLink(near, far, type_, None, tuple(found), True) for (near, far, type_), found in rows.items() if far in closure.hops
    ]


def _through(
    closure: Closure, uid: str, entries: Mapping[str, list[int]], exits: Mapping[str, list[int]], *, single: bool, paired: bool
) -> Iterable[LotLink]:
    mark, forward, hops = closure.links.mark, closure.direction is Direction.FORWARD, closure.hops
    type_ = LinkType.CONSUMED_IN.value
    for near, ins in entries.items():
        for far, outs in exits.items():
            if far not in hops:
                continue
            exact, used = single, ins if forward else outs
            if paired:
                meeting = [(one, other) for one in ins for other in outs if meet(mark[one], mark[other])]
                if not meeting:
                    continue
                exact = exact or any(mark[one] and mark[one] == mark[other] for one, other in meeting)
                used = sorted({pair[0 if forward else 1] for pair in meeting})
            yield LotLink(near, far, type_, uid, tuple(used), exact)


def _exit_type(closure: Closure) -> str:
    return LinkType.PRODUCED.value if closure.direction is Direction.FORWARD else LinkType.CONSUMED_IN.value


def _by_lot(rows: Iterable[int], column: list[str]) -> dict[str, list[int]]:
    by_lot: dict[str, list[int]] = {}
    for row in rows:
        by_lot.setdefault(column[row], []).append(row)
    return by_lot


def exact_nodes(seeds: Collection[str], links: Iterable[LotLink]) -> set[str]:
    """Nodes that some path of exact links joins to a seed; seeds are exact."""
    ahead: dict[str, list[str]] = {}
    for link in links:
        if link.exact:
            ahead.setdefault(link.near, []).append(link.far)
    exact = set(seeds)
    waiting = list(exact)
    while waiting:
        for far in ahead.get(waiting.pop(), ()):
            if far not in exact:
                exact.add(far)
                waiting.append(far)
    return exact


def certainty_of(exact: bool) -> Certainty:
    return Certainty.EXACT if exact else Certainty.POSSIBLE


def class_level_rows(closure: Closure) -> list[int]:
    """Rows of products that were direct output (forward) or input (backward) of what was walked."""
    links = closure.links
    return [row for passage in closure.passages.values() for row in _products(passage, links.far_kind, links.mark)]


def _products(passage: Passage, far_kind: list[str], mark: list[str]) -> list[int]:
    return [row for row in passage.exits if not is_lot(far_kind[row]) and any(meet(mark[row], pair) for pair in passage.pairs)]
