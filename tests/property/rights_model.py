"""Who may see what of a plant, told once more by brute force: no statement, no compiled set, no frontier.

A world is a handful of facts with places. A view is what somebody carries. `Told` walks the facts one by one and asks of each
thing whether it lies within the view; a service's answer must be the same.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from tests.flows import Flows, amount, batch, hour, material, order, party, shipment
from traceapp.domain.events import LinkStatement
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role, ScopeKind, Withholding
from traceapp.domain.scopes import Scope

SITES: Final = ("LYON", "SUZHOU", "PARIS")
LINES: Final = ("INF", "ORT")
TYPES: Final = {
    "use": LinkType.CONSUMED_IN,
    "make": LinkType.PRODUCED,
    "split": LinkType.SPLIT_INTO,
    "supply": LinkType.SUPPLIED,
    "ship": LinkType.SHIPPED_IN,
    "deliver": LinkType.DELIVERED_TO,
}
ENDS: Final = {
    # kind of fact → kinds of its source and target
    "use": "LT",
    "make": "TL",
    "split": "LL",
    "supply": "PM",
    "ship": "LS",
    "deliver": "SP",
}
MAKERS: Final = {"L": batch, "M": material, "T": order, "S": shipment, "P": party}


@dataclass(frozen=True)
class Fact:
    """One link of the plant. Things go by a letter (L lot, M material, T order, S shipment, P party) and a number."""

    kind: str
    source: str
    target: str
    quantity: int = 1
    at: int = 1


@dataclass(frozen=True)
class World:
    """name    a prefix of every number, so that many worlds share one store.
    places  thing → where events put it; empty where none does. Parties belong to nobody.
    """

    name: str
    facts: tuple[Fact, ...]
    places: Mapping[str, frozenset[Scope]]

    def identity(self, thing: str) -> Identity:
        return MAKERS[thing[0]](f"{self.name}-{thing}")

    @cached_property
    def things(self) -> list[str]:
        return sorted({*self.places, *(end for fact in self.facts for end in (fact.source, fact.target))})

    def flows(self) -> Flows:
        """One event a place of a thing, then one a fact, always in the same order; each goes by what it says."""
        flows = Flows()
        for thing in self.things:
            identity = self.identity(thing)
            for number, scope in enumerate(sorted(self.places.get(thing, ())) or [None]):
                flows.event([], describes=[identity], scopes={identity: scope}, at=hour(0), key=f"{self.name} {thing} {number}")
        times: Counter[tuple[str, str, str]] = Counter()
        for fact in self.facts:
            ends = (fact.kind, fact.source, fact.target)
            times[ends] += 1
            source, target = self.identity(fact.source), self.identity(fact.target)
            report = {"report": "despatch"} if fact.kind in {"ship", "deliver"} else {}
            told = LinkStatement(TYPES[fact.kind], source, target, hour(fact.at), amount(fact.quantity), "EA", report)
            flows.event([told], scopes={source: None, target: None}, at=hour(fact.at), key=f"{self.name} {ends} {times[ends]}")
        return flows


def draw_world(chance: random.Random, name: str, size: int = 24) -> World:
    """Up to 3 × size things: lots, materials, orders, shipments, parties; some of them placed nowhere, some at two sites."""
    lots, orders = chance.randint(2, size), chance.randint(1, size)
    pool = {
        "L": [f"L{number}" for number in range(lots)],
        "M": [f"M{number}" for number in range(chance.randint(1, 4))],
        "T": [f"T{number}" for number in range(orders)],
        "S": [f"S{number}" for number in range(chance.randint(1, 6))],
        "P": [f"P{number}" for number in range(chance.randint(1, 4))],
    }
    weights = {"use": 5, "make": 5, "split": 2, "supply": 1, "ship": 2, "deliver": 2}
    facts = []
    for _ in range(chance.randint(lots, 4 * size)):
        (kind,) = chance.choices(list(weights), list(weights.values()))
        near, far = ENDS[kind]
        source, target = chance.choice(pool[near]), chance.choice(pool[far])
        if kind == "use" and chance.random() < 0.2:
            source = chance.choice(pool["M"])
        if source != target:
            facts.append(Fact(kind, source, target, chance.randint(1, 9), chance.randint(1, 99)))
    placed = {thing: draw_places(chance) for letter in "LMTS" for thing in pool[letter]}
    return World(name, tuple(facts), {**placed, **{thing: frozenset() for thing in pool["P"]}})


def draw_places(chance: random.Random) -> frozenset[Scope]:
    count = chance.choices([0, 1, 2], [1, 8, 2])[0]
    return frozenset(Scope(chance.choice(SITES), chance.choice((*LINES, "*"))) for _ in range(count))


@dataclass(frozen=True)
class View:
    """What bounds somebody: None for a side that bounds him not; `lots` were approved one by one."""

    sites: frozenset[str] | None
    lines: frozenset[str] | None
    lots: frozenset[str]
    placed: bool

    @property
    def is_none(self) -> bool:
        return not self.placed and not self.lots

    @property
    def everywhere(self) -> bool:
        return self.placed and all(side is None or "*" in side for side in (self.sites, self.lines))

    def shows(self, world: World, thing: str) -> bool:
        """Whether one thing may be shown; a party where anything may be."""
        if thing[0] == "P":
            return not self.is_none
        if thing in self.lots:
            return True
        if not self.placed:
            return False
        return any(self.holds(scope) for scope in world.places.get(thing) or {Scope("?", "*")})

    def holds(self, scope: Scope) -> bool:
        """Whether a place is within it."""
        site = self.sites is None or "*" in self.sites or scope.site in self.sites
        line = self.lines is None or "*" in self.lines or scope.line in self.lines or scope.line == "*"
        return site and line


@dataclass
class Told:
    """What may be told of one question, worked out fact by fact."""

    world: World
    view: View
    mode: Withholding
    direction: Direction
    seed: str
    hops: dict[str, int] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.hops[self.seed] = 0
        waiting = [self.seed]
        while waiting:
            lot = waiting.pop(0)
            for via, other in self._next(lot):
                if other not in self.hops:
                    self.hops[other] = self.hops[lot] + 1
                    waiting.append(other)
                del via

    def shows(self, thing: str) -> bool:
        return self.view.shows(self.world, thing)

    def _goes(self, thing: str) -> bool:
        return self.mode is Withholding.PASS or self.shows(thing)

    def _beyond(self, thing: str, *kinds: str) -> list[str]:
        """Ends of facts of these kinds on the other side of a thing, in the direction of the question."""
        forward = self.direction is Direction.FORWARD
        return [
            fact.target if forward else fact.source
            for fact in self.world.facts
            if fact.kind in kinds and (fact.source if forward else fact.target) == thing
        ]

    def _next(self, lot: str) -> list[tuple[str | None, str]]:
        into, out = ("use", "make") if self.direction is Direction.FORWARD else ("make", "use")
        found: list[tuple[str | None, str]] = [(None, other) for other in self._beyond(lot, "split") if self._goes(other)]
        for done in self._beyond(lot, into):
            if self._goes(done):
                self.passed.add(done)
                found += [(done, other) for other in self._beyond(done, out) if self._goes(other)]
        return found

    @property
    def stops(self) -> bool:
        """Whether the answer ends where the view does."""
        return self.mode is Withholding.STOP and not self.view.everywhere

    @property
    def lots(self) -> dict[str, int | None]:
        """Lots that may be shown → distance by links that may be shown, None where there are none."""
        links, forward = self.links, self.direction is Direction.FORWARD
        shown, waiting = {self.seed: 0}, [self.seed]
        while waiting:
            near = waiting.pop(0)
            for source, target, _ in links:
                start, end = (source, target) if forward else (target, source)
                if start == near and end not in shown:
                    shown[end] = shown[near] + 1
                    waiting.append(end)
        return {lot: shown.get(lot) for lot in self.hops if self.shows(lot)}

    @property
    def stubs(self) -> int:
        return sum(not self.shows(thing) for thing in (*self.hops, *self.passed))

    @property
    def links(self) -> dict[tuple[str, str, str | None], bool]:
        """(source, target, via) of links of which nothing is withheld → exact."""
        return {link: exact for link, exact in self._all_links().items() if all(map(self.shows, filter(None, link)))}

    def _all_links(self) -> dict[tuple[str, str, str | None], bool]:
        forward = self.direction is Direction.FORWARD
        found: dict[tuple[str, str, str | None], bool] = {}
        for lot in self.hops:
            for via, other in self._next(lot):
                link = (lot, other, via) if forward else (other, lot, via)
                found[link] = via is None or self._is_single(via)
        return found

    def _is_single(self, done: str) -> bool:
        """One input or one output of all there are; never where the answer ends with the view, and nobody asks what there is."""
        used = {fact.source for fact in self.world.facts if fact.kind == "use" and fact.target == done}
        made = {fact.target for fact in self.world.facts if fact.kind == "make" and fact.source == done}
        return not self.stops and (len(used) <= 1 or len(made) <= 1)

    @property
    def certain(self) -> set[str]:
        """Lots that a path of exact links joins to the seed, through stubs as well."""
        forward = self.direction is Direction.FORWARD
        exact = [(one, other) if forward else (other, one) for (one, other, _), sure in self._all_links().items() if sure]
        found = {self.seed}
        while more := {far for near, far in exact if near in found} - found:
            found |= more
        return found

    @property
    def certain_ends(self) -> set[str]:
        """Shipments and parties that a certain lot leads to, one after the other; none by what it shares with another lot."""
        if self.direction is Direction.BACKWARD:
            return {supplier for lot in self.certain for supplier in self._beyond(lot, "supply")}
        sent = {one for lot in self.certain for one in self._beyond(lot, "ship") if self._goes(one)}
        return sent | {party for one in sent for party in self._beyond(one, "deliver")}

    @property
    def ends(self) -> tuple[set[str], set[str]]:
        """(shipments and parties that may be shown, those that are withheld)."""
        shown: set[str] = set()
        hidden: set[str] = set()
        if self.direction is Direction.BACKWARD:
            for lot in self.hops:
                for supplier in self._beyond(lot, "supply"):
                    (shown if self.shows(lot) else hidden).add(supplier)
            return shown, hidden - shown
        carried = {sent for lot in self.hops for sent in self._beyond(lot, "ship") if self._goes(sent)}
        for sent in carried:
            (shown if self.shows(sent) else hidden).add(sent)
            for consignee in self._beyond(sent, "deliver"):
                (shown if self.shows(sent) else hidden).add(consignee)
        return shown, hidden - shown

    @property
    def withheld(self) -> dict[str, int]:
        hidden = [thing for thing in (*self.hops, *self.passed) if not self.shows(thing)] + sorted(self.ends[1])
        names = {"L": "lots", "M": "lots", "T": "transformations", "S": "shipments", "P": "parties"}
        found: dict[str, int] = {}
        for thing in hidden:
            found[names[thing[0]]] = found.get(names[thing[0]], 0) + 1
        return found


def draw_policy(chance: random.Random) -> dict[str, Any]:
    """A document with a row for most roles, as a table of TOML would be read."""
    roles = [role.value for role in Role if chance.random() < 0.95] or ["viewer"]
    return {
        "format": 2,
        "version": 1,
        "routed_to": chance.choice(roles),
        "fields": {
            "who": {"en": "Who", "zh": "谁", "Party": ["identity", "name"]},
            "what": {"en": "What", "zh": "什么", "Batch": ["model", "formulation"], "Material": ["number", "supplier_lot"]},
        },
        "purposes": {
            purpose.value: {"en": "Why", "zh": "目的", "fields": [name for name in ("who", "what") if chance.random() < 0.6]}
            for purpose in Purpose
        },
        "roles": {role: draw_role(chance) for role in roles},
    }


def draw_role(chance: random.Random) -> dict[str, Any]:
    """Nobody decides about approvals: a document in which he makes accounts as well is none."""
    clearance = chance.choice(("T0", "T1", "T2", "T3"))
    bounds = [kind.value for kind in (ScopeKind.SITE, ScopeKind.LINE, ScopeKind.CASE) if chance.random() < 0.6]
    purposes = chance.sample([purpose.value for purpose in Purpose], chance.randint(1, 4))
    permissions = [
        one.value
        for one in Permission
        if one not in {Permission.ACCOUNT_REVIEW, Permission.APPROVAL_DECIDE} and chance.random() < 0.3
    ]
    row: dict[str, Any] = {
        "en": "Role",
        "zh": "角色",
        "permissions": permissions + (["batch:look_up", "batch:show", "batch:trace"] if chance.random() < 0.9 else []),
        "scope": bounds or ["organisation"],
        "purposes": purposes,
        "default_purpose": purposes[0],
        "clearance": clearance,
        "search": f"T{chance.randint(0, int(clearance[1]))}",
        "withholding": chance.choice(("pass", "stop")),
    }
    if clearance == "T3":
        row["t3"] = {"factor_minutes": 15} if chance.random() < 0.5 else {}
    return row


def view_of(row: Mapping[str, Any], sites: Iterable[str], lines: Iterable[str], lots: Iterable[str]) -> View:
    """What a row of the document and an account's own scope come to."""
    scope, at, of = row["scope"], frozenset(sites), frozenset(lines)
    named = frozenset(lots) if "case" in scope else frozenset()
    lacking = ("site" in scope and not at) or ("line" in scope and not of) or scope == ["case"]
    return View(at if "site" in scope else None, of if "line" in scope else None, named, not lacking)
