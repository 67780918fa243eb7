"""Any plant, any policy, any role: what the service tells is what brute force tells, and nothing else leaves."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Final

import orjson
import pytest

from tests.effort import examples
from tests.emptied import empty
from tests.flows import hour
from tests.property.rights_model import LINES, SITES, Fact, Told, View, World, draw_policy, draw_world, view_of
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError, PermissionDeniedError
from traceapp.domain.kinds import LOTS, Certainty, Direction
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import LEAST_TOLD, OUTSIDE, Actor, Role, Withholding
from traceapp.domain.scopes import Scope
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

PARTS: Final = examples(1, 20)
"""Stores that are loaded one after the other, each with plants of its own: a test lasts a few minutes at most."""
WORLDS: Final = 100
"""Plants that share one store."""
POLICIES: Final = examples(20, 50)
EVERYTHING: Final = View(None, None, frozenset(), placed=True)
ROLES: Final = tuple(Role)
DRAWN: Final = "drawn once"
"""The key of the ids of every answer."""


@dataclass(frozen=True)
class Case:
    """One question of one person under one policy."""

    world: World
    row: dict[str, Any] | None
    policy: PolicyDocument
    actor: Actor
    view: View
    direction: Direction
    seed: str

    def is_masked(self, thing: str) -> bool:
        """Whether it is told under an id of the answer alone. No material of a world has a receipt number."""
        if self.row is None or thing[0] not in "MP":
            return False
        purpose = self.actor.purpose or Purpose(self.row["default_purpose"])
        opened = getattr(self.policy.purposes[purpose], "fields")  # noqa: B009 - `fields` of the model, not of its class
        return self.row["clearance"] < "T2" or {"M": "what", "P": "who"}[thing[0]] not in opened


def draw_case(chance: random.Random, world: World, role: Role, uid_of: Callable[[World, str], str]) -> Case:
    document = draw_policy(chance)
    row = document["roles"].get(role.value)
    sites = {site for site in SITES if chance.random() < 0.5} or chance.choice([set(), {"*"}])
    lines = {line for line in LINES if chance.random() < 0.6} or chance.choice([set(), {"*"}])
    lots = {thing for thing in world.things if thing[0] != "P" and chance.random() < 0.1}
    purpose = chance.choice([None, None, *(Purpose(one) for one in (row or {}).get("purposes", [])), *Purpose][:8])
    actor = Actor(
        f"{role.value:0<32}"[:32],
        role.value,
        role,
        frozenset(sites),
        frozenset(lines),
        through="session",
        address="127.0.0.1",
        purpose=purpose,
        lots=frozenset(uid_of(world, thing) for thing in lots),
    )
    view = view_of(row, sites, lines, lots) if row is not None else View(frozenset(), frozenset(), frozenset(), placed=False)
    seeds = [thing for thing in world.things if thing[0] in "LM"]
    seen = [thing for thing in seeds if view.shows(world, thing)]
    seed = chance.choice(seen if seen and chance.random() < 0.9 else seeds)
    direction = chance.choice((Direction.FORWARD, Direction.BACKWARD))
    return Case(world, row, PolicyDocument.model_validate(document), actor, view, direction, seed)


@dataclass(frozen=True)
class Certain:
    """What is certain of one question to somebody who sees everything."""

    links: frozenset[tuple[str, str, str | None]]
    things: frozenset[str]


Whole = dict[tuple[Direction, str], Certain]
"""Of one world, by question; worked out once for all the cases that ask it."""


def certain(case: Case, whole: Whole) -> Certain:
    question = case.direction, case.seed
    if question not in whole:
        told = Told(case.world, EVERYTHING, Withholding.PASS, *question)
        whole[question] = Certain(frozenset(link for link, exact in told.links.items() if exact), frozenset(told.certain))
    return whole[question]


def check(stations: Stations, case: Case, uids: dict[str, str], whole: Whole) -> str:
    """Ask the service and the model; returns how it ended."""
    asked = replace(stations, policy=Policy(case.policy, stations.dictionary))
    question = TraceQuestion((Seed(uid=uids[case.seed]),), case.direction)
    wrong_purpose = case.row is not None and case.actor.purpose is not None and case.actor.purpose not in case.row["purposes"]
    if case.row is None or "batch:trace" not in case.row["permissions"] or wrong_purpose:
        with pytest.raises(PermissionDeniedError):
            trace_batch(asked, case.actor, question)
        return "denied"
    if not case.view.shows(case.world, case.seed) or case.is_masked(case.seed):
        with pytest.raises(BatchNotFoundError):
            trace_batch(asked, case.actor, question)
        return "unseen"
    answer = trace_batch(asked, case.actor, question).value
    mode = Withholding(case.row["withholding"])
    told = Told(case.world, case.view, mode, case.direction, case.seed)
    ids = {thing: stations.sealer.stub(DRAWN, uid) if case.is_masked(thing) else uid for thing, uid in uids.items()}
    names = {ids[thing]: thing for thing in uids if case.view.shows(case.world, thing)}
    assert {names[node.uid] for node in answer.nodes if node.masked} == {
        names[node.uid] for node in answer.nodes if not node.stub and case.is_masked(names[node.uid])
    }
    assert {uid for link in answer.links for uid in (link.source, link.target, link.via) if uid} <= names.keys()
    assert lots_of(answer, names) == {
        lot: (hop, Certainty.EXACT if lot in told.certain else Certainty.POSSIBLE) for lot, hop in told.lots.items()
    }
    links, sure = told.links, certain(case, whole)
    assert {link for link, exact in links.items() if exact} <= sure.links, "no more is claimed than the whole graph says"
    assert told.certain & told.lots.keys() <= sure.things
    assert ends_of(answer, names) == {end: end in told.certain_ends for end in told.ends[0]}
    assert links_of(answer, names) == links
    assert sum(node.stub for node in answer.nodes) == told.stubs
    least = LEAST_TOLD if case.actor.role in OUTSIDE else 1
    said = answer.completeness
    assert dict(said.withheld) == {name: count for name, count in told.withheld.items() if count >= least}
    assert set(said.few) == {name for name, count in told.withheld.items() if count < least}
    assert said.boundary is told.stops
    assert leaked(answer, case, uids) == set()
    return mode.value


def lots_of(answer: TraceAnswer, names: dict[str, str]) -> dict[str, tuple[int | None, Certainty]]:
    return {names[node.uid]: (node.hop, node.certainty) for node in answer.nodes if node.kind in LOTS}


def ends_of(answer: TraceAnswer, names: dict[str, str]) -> dict[str, bool]:
    """Shipments and parties → whether they are certain."""
    ends = [node for node in answer.nodes if not node.stub and node.kind not in LOTS]
    return {names[node.uid]: node.certainty is Certainty.EXACT for node in ends}


def links_of(answer: TraceAnswer, names: dict[str, str]) -> dict[tuple[str, str, str | None], bool]:
    """Links between lots."""
    told = [(names[link.source], names[link.target], link) for link in answer.links]
    return {
        (source, target, names[link.via] if link.via is not None else None): link.certainty is Certainty.EXACT
        for source, target, link in told
        if "S" not in source + target and "P" not in source + target
    }


def leaked(answer: TraceAnswer, case: Case, uids: dict[str, str]) -> set[str]:
    """Things outside the view, or masked, of which a uid or number stands anywhere in the answer."""
    said = orjson.dumps(answer, default=str).decode()
    hidden = [thing for thing in case.world.things if not case.view.shows(case.world, thing) or case.is_masked(thing)]
    return {thing for thing in hidden if uids[thing] in said or f'{case.world.name}-{thing}"' in said}


@pytest.fixture
def renewed(stations: Stations, empty_leg: Any) -> Iterator[Callable[[], Stations]]:
    def renew() -> Stations:
        empty(empty_leg, stations)
        return stations

    return renew  # type: ignore[return-value]


def load(stations: Stations, *worlds: World) -> list[dict[str, str]]:
    """Bring worlds into the store; returns the uids of the things of each."""
    for world in worlds:
        world.flows().append_to(stations.events, stations.sealer)
    return [{thing: stations.sealer.uid(world.identity(thing)) for thing in world.things} for world in worlds]


@pytest.mark.usefixtures("one_draw")
@pytest.mark.parametrize("part", range(PARTS))
def test_promise_no_policy_no_role_and_no_plant_gives_more_or_less_than_brute_force(
    part: int, renewed: Callable[[], Stations]
) -> None:
    chance = random.Random(4 + part)
    stations = renewed()
    worlds = [draw_world(chance, f"G{number}") for number in range(WORLDS)]
    ended: dict[str, int] = {}
    for world, uids in zip(worlds, load(stations, *worlds), strict=True):
        whole: Whole = {}
        for number in range(POLICIES):
            case = draw_case(chance, world, ROLES[number % len(ROLES)], lambda _, thing, found=uids: found[thing])  # type: ignore[misc]
            outcome = check(stations, case, uids, whole)
            ended[outcome] = ended.get(outcome, 0) + 1
    print(f"\n{sum(ended.values())} cases, 0 leaks: {ended}")
    assert sum(ended.values()) == WORLDS * POLICIES
    assert min(ended.get(outcome, 0) for outcome in ("pass", "stop", "denied", "unseen")) > WORLDS * POLICIES / 50


@pytest.fixture
def one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer draws the same key for its stubs and pseudonyms."""
    for place in ("access", "disclosed.answer_ids"):
        monkeypatch.setattr(f"traceapp.usecases.{place}.secrets", SimpleNamespace(token_hex=lambda _: DRAWN))


def told_bytes(stations: Stations, case: Case, uids: dict[str, str]) -> bytes:
    asked = replace(stations, policy=Policy(case.policy, stations.dictionary))
    answer = trace_batch(asked, case.actor, TraceQuestion((Seed(uid=uids[case.seed]),), case.direction)).value
    return orjson.dumps(replace(answer, as_of=hour(0), head=0), default=str, option=orjson.OPT_SORT_KEYS)


def page_bytes(stations: Stations, case: Case, uids: dict[str, str]) -> bytes:
    """The page of the seed, without what every event moves on."""
    asked = replace(stations, policy=Policy(case.policy, stations.dictionary))
    record = show_batch(asked, case.actor, BatchQuery(uid=uids[case.seed])).value
    facts = tuple(replace(fact, record_time=hour(0)) for fact in record.facts)
    told = replace(record, as_of=hour(0), head=0, facts=facts)
    return orjson.dumps(told, default=plain, option=orjson.OPT_SORT_KEYS)


def plain(value: object) -> object:
    """A mask in its own form, a quantity as text."""
    return getattr(value, "document", None) or str(value)


def found_bytes(stations: Stations, case: Case) -> bytes:
    """What each number of the world, and one that nobody gave, finds."""
    asked = replace(stations, policy=Policy(case.policy, stations.dictionary))
    numbers = [case.world.identity(thing).number for thing in case.world.things] + ["NEVER-GIVEN"]
    found = [look_up_batches(asked, case.actor, BatchQuery(number)).value for number in numbers]
    return orjson.dumps(found, default=plain)


def is_hidden(case: Case, fact: Fact) -> bool:
    return not all(case.view.shows(case.world, end) for end in (fact.source, fact.target))


def other_values(chance: random.Random, case: Case) -> World:
    """Every value outside the view is another one: quantities and times of links, and sites and lines outside it."""
    facts = [
        replace(fact, quantity=chance.randint(10, 99), at=chance.randint(100, 999)) if is_hidden(case, fact) else fact
        for fact in case.world.facts
    ]
    places = {thing: other_places(chance, case, thing) for thing in case.world.places}
    return replace(case.world, facts=tuple(facts), places=places)


def other_places(chance: random.Random, case: Case, thing: str) -> frozenset[Scope]:
    """As many, those within the view among them; what was approved by itself is told with all its own."""
    places = case.world.places[thing]
    if thing in case.view.lots or not places:
        return places
    every = {Scope(site, line) for site in SITES for line in (*LINES, "*")}
    within = {scope for scope in every if case.view.placed and case.view.holds(scope)}
    outside = sorted(every - within)
    return frozenset([*(places & within), *chance.sample(outside, len(places - within))])


def other_link(chance: random.Random, case: Case) -> World | None:
    """One link outside the view ends elsewhere, also outside it; None where there is none."""
    hidden = [number for number, fact in enumerate(case.world.facts) if is_hidden(case, fact)]
    if not hidden:
        return None
    number = chance.choice(hidden)
    fact, facts = case.world.facts[number], list(case.world.facts)
    others = [
        replace(fact, target=thing)
        for thing in case.world.things
        if thing[0] == fact.target[0] and thing not in {fact.target, fact.source}
    ] + [
        replace(fact, source=thing)
        for thing in case.world.things
        if thing[0] == fact.source[0] and thing not in {fact.target, fact.source}
    ]
    possible = [one for one in others if is_hidden(case, one)]
    if not possible:
        return None
    facts[number] = chance.choice(possible)
    return replace(case.world, facts=tuple(facts))


def visible_set(case: Case, world: World) -> tuple[object, ...]:
    """What is shown, with its certainty, and how many stubs there are: all that an answer under PASS may depend on."""
    assert case.row is not None
    told = Told(world, case.view, Withholding(case.row["withholding"]), case.direction, case.seed)
    passed = {thing for thing in told.passed if told.shows(thing)}
    ends = told.ends[0]
    return told.lots.keys(), passed, ends, told.withheld, told.links, told.certain & told.lots.keys(), told.certain_ends & ends


def fewer_links(chance: random.Random, case: Case) -> World:
    """Without one link outside the view."""
    facts = list(case.world.facts)
    facts.remove(chance.choice([fact for fact in facts if is_hidden(case, fact)]))
    return replace(
        case.world, facts=tuple(facts), places={thing: case.world.places.get(thing, frozenset()) for thing in case.world.things}
    )


@pytest.mark.parametrize("part", range(examples(1, 20)))
@pytest.mark.usefixtures("one_draw")
def test_attacker_learns_nothing_from_what_lies_outside_his_view(part: int, renewed: Callable[[], Stations]) -> None:
    """Another value where he may not look: his answer is the same to the byte. Another link there, or one less: under STOP it is
    the same as well, whatever the link; under PASS it is while the visible set and the number of stubs are. So is the page of the
    lot, but that under PASS a link may be one of its own; and what numbers find, whatever was changed.
    """
    chance = random.Random(11 + part)
    wanted = examples(12, 20)
    compared = {"pass": 0, "stop": 0, "links under pass": 0, "links under stop": 0, "pages": 0}
    while min(compared.values()) < wanted:
        world = draw_world(chance, "W", size=12)
        stations = renewed()
        (uids,) = load(stations, world)
        cases = []
        for _ in range(400):
            case = draw_case(chance, world, chance.choice(ROLES), lambda _, thing: uids[thing])  # noqa: B023
            allowed = case.row is not None and {"batch:look_up", "batch:show", "batch:trace"} <= {*case.row["permissions"]}
            fits = allowed and (case.actor.purpose is None or case.actor.purpose in case.row["purposes"])  # type: ignore[index]
            if (
                fits
                and case.view.shows(world, case.seed)
                and not case.is_masked(case.seed)
                and any(is_hidden(case, fact) for fact in world.facts)
            ):
                cases.append(case)
        cases = cases[:6]
        before = [told_bytes(stations, case, uids) for case in cases]
        pages = [(page_bytes(stations, case, uids), found_bytes(stations, case)) for case in cases]
        for case, first, (page, found) in zip(cases, before, pages, strict=True):
            mode = case.row["withholding"] if case.row is not None else ""
            changes = [("values", other_values(chance, case))]
            if mode == "stop":
                changes.append(("links", fewer_links(chance, case)))
            for _ in range(20):
                moved = other_link(chance, case)
                if moved is not None and (mode == "stop" or visible_set(case, moved) == visible_set(case, world)):
                    changes.append(("links", moved))
                    break
            for what, changed in changes:
                stations = renewed()
                load(stations, changed)
                again = told_bytes(stations, case, uids)
                assert again == first, (what, mode)
                assert found_bytes(stations, case) == found, (what, mode)
                if what == "values" or mode == "stop":
                    assert page_bytes(stations, case, uids) == page, (what, mode)
                    compared["pages"] += 1
                compared[mode] += 1
                compared[f"links under {mode}"] += what == "links"
    print(f"\nbyte for byte: {compared}")
