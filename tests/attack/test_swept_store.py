"""What does he get who changes the store where no answer looks? The sweep over everything finds and names it."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.attack.four_lots import plant
from tests.flows import SUZHOU, batch, material, order
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.usecases.keys import verify_graph as sweep
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations


@pytest.fixture
def half_void(stations: Stations) -> Stations:
    """The plant of `four_lots.py`, one event of it void."""
    flows = plant()
    flows.void(flows.events[1].key)
    flows.append_to(stations.events, stations.sealer)
    return stations


def findings(stations: Stations) -> tuple[str, ...]:
    return verify_graph(stations, terminal_actor(), lambda _: None).value.findings


def administer(stations: Stations, text: str) -> list[dict[str, Any]]:
    return stations.graph.administer(text, "attack")


def test_promise_an_untouched_store_is_whole(half_void: Stations) -> None:
    assert findings(half_void) == ()

    told = records(half_void, act="graph:verify")[-1]
    assert told["result"]["findings"] == 0
    assert told["result"]["records"] > 0


def test_attacker_who_deletes_a_subtree_has_every_piece_named(half_void: Stations) -> None:
    """A lot is taken away with all its links: the events that made them know of each."""
    lot = half_void.sealer.uid(batch("A1"))
    links = administer(half_void, f"MATCH (n {{uid: '{lot}'}})-[r]-() WHERE r.uid IS NOT NULL RETURN r.uid AS uid")
    administer(half_void, f"MATCH (n {{uid: '{lot}'}}) DETACH DELETE n")

    found = findings(half_void)

    assert f"missing: node {lot}" in found
    assert all(any(link["uid"] in one for one in found) for link in links)


def test_attacker_who_deletes_an_event_with_all_it_made_is_found(half_void: Stations) -> None:
    event = half_void.sealer.event_uid("e2")
    administer(half_void, f"MATCH ()-[r {{event_uid: '{event}'}}]->() DELETE r")
    administer(half_void, f"MATCH (e:Event {{uid: '{event}'}}) DETACH DELETE e")

    assert any(one.startswith("the counter knows") and "events" in one for one in findings(half_void))


def test_attacker_who_puts_a_whole_old_record_back_is_found(half_void: Stations, store_leg: StoreLeg) -> None:
    """A node, with the MAC that it had, as it was before its last change."""
    lot = half_void.sealer.uid(batch("F1"))
    (before,) = administer(half_void, f"MATCH (n {{uid: '{lot}'}}) RETURN properties(n) AS found")
    flows = plant()
    flows.make(order("T9"), batch("F1"), 7, scope=SUZHOU)
    flows.append_to(half_void.events, half_void.sealer, flows.events[-1:])
    (after,) = administer(half_void, f"MATCH (n {{uid: '{lot}'}}) RETURN properties(n) AS found")
    assert before["found"] != after["found"]
    assert findings(half_void) == ()

    with store_leg.session() as session:
        session.run("MATCH (n {uid: $uid}) SET n = $found", uid=lot, found=dict(before["found"])).consume()

    assert any("nodes" in one and "older" in one for one in findings(half_void))


def test_attacker_who_makes_a_void_event_live_again_is_found(half_void: Stations) -> None:
    administer(half_void, "MATCH (e:Event) WHERE e.voided_seq IS NOT NULL REMOVE e.voided_seq, e.voided_by")

    assert findings(half_void) != ()


def test_attacker_who_turns_the_counter_back_is_found(half_void: Stations) -> None:
    administer(half_void, "MATCH (h:Head) SET h.seq = h.seq - 1")

    assert "changed: the counter of records" in findings(half_void)


def test_promise_a_sweep_that_was_killed_goes_on(half_void: Stations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of a page: that page is read again, and no other."""
    monkeypatch.setattr(sweep, "PAGE", 2)
    administer(half_void, f"MATCH (n {{uid: '{half_void.sealer.uid(material('M1'))}'}}) SET n.product = 'OTHER'")
    seen: list[float] = []

    class Killed(BaseException):
        pass

    def until(share: float) -> None:
        seen.append(share)
        if len(seen) == 4:
            raise Killed

    with pytest.raises(Killed):
        verify_graph(half_void, terminal_actor(), until)
    assert (half_void.settings.home / "verify" / "graph.sqlite").exists()
    rest: list[float] = []
    verdict = verify_graph(half_void, terminal_actor(), rest.append).value

    assert verdict.findings == (f"changed: Material {half_void.sealer.uid(material('M1'))}",)
    assert rest[0] >= seen[-1]
    assert not Path(half_void.settings.home / "verify" / "graph.sqlite").exists()


def one_change(stations: Stations, draw: random.Random) -> str:
    """One random change of one property, label or end, or one deletion."""
    nodes = administer(
        stations,
        "MATCH (n) WHERE n.kind IS NOT NULL OR n:Event RETURN n.uid AS uid, properties(n) AS found ORDER BY uid",
    )
    links = administer(
        stations,
        "MATCH (s)-[r]->(t) RETURN s.uid AS source, t.uid AS target, type(r) AS type, properties(r) AS found "
        "ORDER BY source, target, type",
    )
    ours = {"uid", "mac"}
    if draw.random() < 0.5:
        node = draw.choice(nodes)
        where = f"MATCH (n {{uid: '{node['uid']}'}})"
        plain = sorted(name for name, value in node["found"].items() if name not in ours and isinstance(value, str | int | bool))
        name = draw.choice(plain)
        value = node["found"][name]
        other = f"'{value}x'" if isinstance(value, str) else str(not value).lower() if isinstance(value, bool) else value + 1
        return draw.choice(
            [f"{where} SET n.{name} = {other}", f"{where} REMOVE n.{name}", f"{where} SET n:Forged", f"{where} DETACH DELETE n"]
        )
    link = draw.choice(links)
    where = f"MATCH (s {{uid: '{link['source']}'}})-[r:{link['type']}]->(t {{uid: '{link['target']}'}})"
    plain = sorted(name for name, value in link["found"].items() if name not in ours and isinstance(value, str | int))
    name = draw.choice(plain)
    value = link["found"][name]
    other = f"'{value}x'" if isinstance(value, str) else value + 1
    end = draw.choice([node["uid"] for node in nodes if node["uid"] not in {link["source"], link["target"]}])
    made = f"CREATE (s)-[n:{link['type']}]"
    moved = f"MATCH (o {{uid: '{end}'}}) WITH s, r, o, properties(r) AS found DELETE r"
    rewired = f"{where} {moved} {made}->(o) SET n = found"
    copied = f"{where} WITH s, t, properties(r) AS found {made}->(t) SET n = found"
    return draw.choice([f"{where} SET r.{name} = {other}", f"{where} REMOVE r.{name}", f"{where} DELETE r", rewired, copied])


@pytest.mark.parametrize("seed", range(12))
def test_attacker_is_found_whatever_one_thing_he_changes(half_void: Stations, seed: int) -> None:
    """Any one plain property, label or end, any one deletion or copy, anywhere in the graph."""
    change = one_change(half_void, random.Random(seed))
    administer(half_void, change)

    assert findings(half_void) != (), change


def test_attacker_who_hides_an_event_from_the_rotation_of_keys_is_found(half_void: Stations) -> None:
    """An event that names no key is passed over by a rotation, and its words would be lost with the old key."""
    event = half_void.sealer.event_uid("e2")
    administer(half_void, f"MATCH (e:Event {{uid: '{event}'}}) REMOVE e.oldest_key")

    assert findings(half_void) == (f"changed: event {event} names another key than it is sealed under",)


def test_attacker_who_pastes_the_words_of_an_event_elsewhere_is_found(half_void: Stations) -> None:
    event, other = (half_void.sealer.event_uid(key) for key in ("e2", "e4"))
    administer(half_void, f"MATCH (e:Event {{uid: '{event}'}}), (o:Event {{uid: '{other}'}}) SET e.payload = o.payload")

    assert findings(half_void) == (f"changed: event {event} holds a payload that does not belong there",)
