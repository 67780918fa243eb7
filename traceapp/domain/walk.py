"""The walk: from seeds to everything that material reaches, through lots and transformations only.

Each lot is expanded once, whatever the number of paths to it; the cost is linear in the links. Shipments, containers,
parties and products are ends: they are noted and never walked through. A transformation lets a lot pass to the lots of
the same pair; what states no pair meets every pair.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from traceapp.domain.genealogy import DIRECT, LOT_KINDS, NEAR, Bundle, Closure, Exit, Expansion, Passage, mark_of
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.trace import Budget, LimitHit

Expand = Callable[[Sequence[str], Sequence[str]], Expansion]
"""(frontier, wide) → next links of a frontier of uids, as `graph/trace_store.py` returns them for one direction.

wide  transformations with many exits that are known already; the store need not open them again.
"""
PassThrough = Callable[[Sequence[str]], list[Exit]]
"""The other side of transformations, for those that an expansion did not open."""

INTO = {Direction.FORWARD: LinkType.CONSUMED_IN.value, Direction.BACKWARD: LinkType.PRODUCED.value}
"""The type of link by which a lot enters a transformation, seen in the direction of the walk."""
WIDE = 50


class _BudgetSpentError(Exception):
    """A limit bit; the closure holds what was reached."""


class Walk:
    """One walk in one direction; `run` it once."""

    def __init__(self, direction: Direction, expand: Expand, pass_through: PassThrough, budget: Budget) -> None:
        self._expand = expand
        self._pass_through = pass_through
        self._budget = budget
        self._into = INTO[direction]
        self._closure = Closure(direction)
        self._new_lots: list[str] = []
        self._wide: list[str] = []
        self._links = 0

    def run(self, lots: Iterable[str], transformations: Iterable[str], shown: dict[str, bool], kinds: dict[str, str]) -> Closure:
        """Walk from these seeds, in any order.

        shown, kinds  of the seeds.
        returns       the closure; `limits` is empty unless the budget bit.
        """
        closure = self._closure
        closure.shown.update(shown)
        closure.kinds.update(kinds)
        try:
            for uid in sorted(set(lots)):
                self._reach(uid, 0)
            seeds = sorted(set(transformations))
            for uid in seeds:
                passage = self._meet(uid, 0)
                passage.seed = True
                passage.pairs.add("")
            self._step(0, seeds)
            hop = 1
            while self._new_lots:
                self._step(hop)
                hop += 1
        except _BudgetSpentError:
            pass
        return closure

    def _step(self, hop: int, seeds: Sequence[str] = ()) -> None:
        """Expand all lots of one distance, then the transformations that they go into, and those that are seeds."""
        closure, passages = self._closure, self._closure.passages
        frontier, self._new_lots = sorted(self._new_lots), []
        found = self._expand(frontier, self._wide) if frontier else Expansion()
        self._count(found.size)
        new, entered, next_lots = set(seeds), set(seeds), set()
        for bundle in self._in_order(found.bundles):
            far, type_, kind, shown, links = bundle
            closure.leading.update([link[NEAR] for link in links])
            if far not in closure.kinds:
                closure.kinds[far] = kind
                closure.shown[far] = shown
            if type_ == self._into:
                passage = passages.get(far)
                if passage is None:
                    passage = self._meet(far, hop)
                    new.add(far)
                passage.entries += links
                if "" not in passage.pairs:
                    before = len(passage.pairs)
                    passage.pairs.update(map(mark_of, links))
                    if len(passage.pairs) > before:
                        entered.add(far)
            elif type_ in DIRECT:
                closure.direct.append(bundle)
                next_lots.add(far)
            else:
                closure.ends.append(bundle)
        self._leave(found, new)
        for uid in entered:
            passage = passages[uid]
            for _, far, kind, _, links in passage.exits:
                if kind in LOT_KINDS and (
                    "" in passage.pairs or any(not mark or mark in passage.pairs for mark in map(mark_of, links))
                ):
                    next_lots.add(far)
        for far in sorted(next_lots):
            self._reach(far, hop + 1)

    def _leave(self, found: Expansion, new: set[str]) -> None:
        """Note the other side of transformations that are new; the store is asked for those that did not come along."""
        closure = self._closure
        brought = {uid for uid in found.opened if uid in new and not closure.passages[uid].seed}
        exits = [other for other in found.exits if other[0] in brought]
        rest = sorted(new - brought)
        if rest:
            more = self._pass_through(rest)
            self._count(sum(len(other[4]) for other in more))
            exits += more
        for other in exits:
            uid, far, kind, shown, _ = other
            if far not in closure.kinds:
                closure.kinds[far] = kind
                closure.shown[far] = shown
            passage = closure.passages[uid]
            passage.exits.append(other)
            if len(passage.exits) == WIDE:
                self._wide.append(uid)

    def _in_order(self, bundles: list[Bundle]) -> list[Bundle]:
        """Sorted where the limit may bite in this step, so that it leaves out the same nodes every time."""
        if len(self._closure.hops) + len(self._closure.passages) + len(bundles) < self._budget.nodes:
            return bundles
        return sorted(bundles, key=itemgetter(0, 1))

    def _count(self, links: int) -> None:
        self._links += links
        if self._links > self._budget.links:
            self._closure.limits = (LimitHit("links", self._budget.links),)
            raise _BudgetSpentError

    def _reach(self, uid: str, hop: int) -> None:
        if uid not in self._closure.hops:
            self._spend()
            self._closure.hops[uid] = hop
            self._new_lots.append(uid)

    def _meet(self, uid: str, hop: int) -> Passage:
        self._spend()
        passage = self._closure.passages[uid] = Passage(hop=hop)
        return passage

    def _spend(self) -> None:
        if len(self._closure.hops) + len(self._closure.passages) >= self._budget.nodes:
            self._closure.limits = (LimitHit("nodes", self._budget.nodes),)
            raise _BudgetSpentError


def walk(
    direction: Direction,
    expand: Expand,
    pass_through: PassThrough,
    budget: Budget,
    *,
    lots: Iterable[str],
    transformations: Iterable[str] = (),
    shown: dict[str, bool],
    kinds: dict[str, str],
) -> Closure:
    """Everything that the seeds reach in one direction; the same whatever their order. See `Walk.run`."""
    return Walk(direction, expand, pass_through, budget).run(lots, transformations, shown, kinds)
