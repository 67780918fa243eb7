"""The walk: from seeds to everything that material reaches, through lots and transformations only.

Each node is expanded once, whatever the number of paths to it; the cost is linear in the links. Shipments,
containers, parties and products are ends: they are noted and never walked through. A transformation lets a lot pass
to the lots of the same pair; what states no pair meets every pair.
"""

from collections.abc import Callable, Iterable, Sequence

from traceapp.domain.genealogy import DIRECT, Closure, LinkColumns, Passage, is_lot
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.trace import Budget, LimitHit

Expand = Callable[[Sequence[str]], LinkColumns]
"""Next links of a frontier of uids, as `graph/trace_store.py` returns them for one direction."""

INTO = {Direction.FORWARD: LinkType.CONSUMED_IN.value, Direction.BACKWARD: LinkType.PRODUCED.value}
"""The type of link by which a lot enters a transformation, seen in the direction of the walk."""
OUT_OF = {Direction.FORWARD: LinkType.PRODUCED.value, Direction.BACKWARD: LinkType.CONSUMED_IN.value}


class _BudgetSpentError(Exception):
    """A limit bit; the closure holds what was reached."""


class Walk:
    """One walk in one direction; `run` it once."""

    def __init__(self, direction: Direction, expand: Expand, budget: Budget) -> None:
        self._expand = expand
        self._budget = budget
        self._into = INTO[direction]
        self._out_of = OUT_OF[direction]
        self._closure = Closure(direction)
        self._new_lots: list[str] = []

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
                self._pass(uid, "", 0)
                closure.passages[uid].seed = True
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
        frontier, self._new_lots = sorted(self._new_lots), []
        first = self._fetch(frontier)
        links, closure = self._closure.links, self._closure
        entered = set(seeds)
        new = list(seeds)
        direct: list[str] = []
        for row in range(first, len(links)):
            type_ = links.type[row]
            if type_ == self._into:
                far = links.far[row]
                if far not in closure.passages:
                    self._pass(far, None, hop)
                    new.append(far)
                passage = closure.passages[far]
                passage.entries.append(row)
                mark = links.mark[row]
                if mark not in passage.pairs and "" not in passage.pairs:
                    passage.pairs.add(mark)
                    entered.add(far)
            elif type_ in DIRECT:
                closure.direct.append(row)
                direct.append(links.far[row])
            else:
                closure.ends.append(row)
        for far in sorted(set(direct)):
            self._reach(far, hop + 1)
        self._leave(sorted(new), sorted(entered), hop)

    def _leave(self, new: Sequence[str], entered: Sequence[str], hop: int) -> None:
        """Fetch the other side of new transformations; reach the lots there that the pairs of entry allow."""
        links, closure = self._closure.links, self._closure
        first = self._fetch(new)
        for row in range(first, len(links)):
            if links.type[row] == self._out_of:
                closure.passages[links.near[row]].exits.append(row)
            else:
                closure.ends.append(row)
        reached = set()
        for uid in entered:
            passage = closure.passages[uid]
            for row in passage.exits:
                mark = links.mark[row]
                if (not mark or mark in passage.pairs or "" in passage.pairs) and is_lot(links.far_kind[row]):
                    reached.add(links.far[row])
        for far in sorted(reached):
            self._reach(far, hop + 1)

    def _fetch(self, frontier: Sequence[str]) -> int:
        """Append the next links of a frontier; returns the row where they begin."""
        closure = self._closure
        first = len(closure.links)
        if not frontier:
            return first
        found = self._expand(frontier)
        closure.links.extend(found)
        closure.kinds.update(zip(found.far, found.far_kind, strict=True))
        closure.shown.update(zip(found.far, found.far_shown, strict=True))
        if len(closure.links) > self._budget.links:
            closure.limits = (LimitHit("links", self._budget.links),)
            raise _BudgetSpentError
        return first

    def _reach(self, uid: str, hop: int) -> None:
        if uid not in self._closure.hops:
            self._spend()
            self._closure.hops[uid] = hop
            self._new_lots.append(uid)

    def _pass(self, uid: str, pair: str | None, hop: int) -> None:
        if uid not in self._closure.passages:
            self._spend()
            self._closure.passages[uid] = Passage(hop=hop)
        if pair is not None:
            self._closure.passages[uid].pairs.add(pair)

    def _spend(self) -> None:
        if len(self._closure.hops) + len(self._closure.passages) >= self._budget.nodes:
            self._closure.limits = (LimitHit("nodes", self._budget.nodes),)
            raise _BudgetSpentError


def walk(
    direction: Direction,
    expand: Expand,
    budget: Budget,
    *,
    lots: Iterable[str],
    transformations: Iterable[str] = (),
    shown: dict[str, bool],
    kinds: dict[str, str],
) -> Closure:
    """Everything that the seeds reach in one direction; the same whatever their order. See `Walk.run`."""
    return Walk(direction, expand, budget).run(lots, transformations, shown, kinds)
