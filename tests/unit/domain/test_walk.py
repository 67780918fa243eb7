import itertools

import pytest

from tests.unit.domain.little_graph import LittleGraph
from traceapp.domain.genealogy import cycles
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.trace import Budget, LimitHit

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


def test_a_walk_goes_with_the_arrows_or_against_them_and_never_turns() -> None:
    graph = LittleGraph().turn("T1", "resin glue", "tube").turn("T2", "tube wire", "pump")

    assert graph.walk(FORWARD, "resin").hops == {"resin": 0, "tube": 1, "pump": 2}
    assert graph.walk(BACKWARD, "tube").hops == {"tube": 0, "resin": 1, "glue": 1}
    assert graph.walk(FORWARD, "tube").hops == {"tube": 0, "pump": 1}


def test_promise_the_same_set_whatever_the_order_of_seeds() -> None:
    graph = LittleGraph().turn("T1", "a b", "c").turn("T2", "c d", "e f").turn("T3", "f", "a")
    answers = {tuple(sorted(graph.walk(FORWARD, *seeds).hops.items())) for seeds in itertools.permutations(["a", "b", "d"])}

    assert len(answers) == 1


def test_promise_each_node_is_expanded_once_in_a_lattice_of_countless_paths() -> None:
    graph = LittleGraph()
    for layer in range(1, 12):
        for target in range(8):
            graph.turn(f"T{layer}-{target}", " ".join(f"l{layer}-{n}" for n in range(8)), f"l{layer + 1}-{target}")

    closure = graph.walk(FORWARD, "l1-0")
    asked = list(itertools.chain.from_iterable(graph.asked))

    assert len(closure.hops) == 1 + 11 * 8
    assert len(asked) == len(set(asked))


def test_a_cycle_ends_and_is_named() -> None:
    graph = LittleGraph().turn("T1", "b", "w").turn("T2", "w glue", "b").turn("T3", "b", "f")
    links = [("b", "w"), ("w", "b"), ("glue", "b"), ("b", "f")]

    assert graph.walk(FORWARD, "w").hops == {"w": 0, "b": 1, "f": 2}
    assert cycles(links) == (("b", "w"),)
    assert cycles([("a", "a"), ("a", "b")]) == (("a",),)
    assert cycles([("a", "b"), ("b", "a"), ("b", "b")]) == (("a", "b"),)
    assert cycles([("a", "b"), ("b", "c"), ("a", "c")]) == ()


def test_a_chain_of_any_depth_is_walked_to_its_end() -> None:
    graph = LittleGraph()
    for hop in range(200):
        graph.turn(f"T{hop}", f"c{hop}", f"c{hop + 1}")

    assert graph.walk(FORWARD, "c0").hops["c200"] == 200


def test_a_pair_leads_to_its_own_outputs_and_what_has_none_to_all() -> None:
    graph = LittleGraph().turn("T1", "c:1 d:2 oil", "u:1 v:1 w:2")

    assert set(graph.walk(FORWARD, "c").hops) == {"c", "u", "v"}
    assert set(graph.walk(FORWARD, "d").hops) == {"d", "w"}
    assert set(graph.walk(FORWARD, "oil").hops) == {"oil", "u", "v", "w"}
    assert set(graph.walk(BACKWARD, "w").hops) == {"w", "d", "oil"}
    assert set(graph.walk(FORWARD, "d", "c").hops) == {"c", "d", "u", "v", "w"}


def test_a_pair_that_is_entered_later_opens_the_rest() -> None:
    graph = LittleGraph().turn("T1", "c:1 d:2", "u:1 w:2").turn("T2", "u", "d")

    assert graph.walk(FORWARD, "c").hops == {"c": 0, "u": 1, "d": 2, "w": 3}


def test_products_containers_and_shipments_are_ends() -> None:
    graph = LittleGraph().turn("T1", "a", "b P1").turn("T2", "P1 x", "y")
    graph.link("b", LinkType.PACKED_IN, "C1").link("z", LinkType.PACKED_IN, "C1").link("C1", LinkType.SHIPPED_IN, "S1")

    closure = graph.walk(FORWARD, "a")

    assert set(closure.hops) == {"a", "b"}
    assert [bundle[0] for bundle in closure.ends] == ["C1"]


def test_a_hidden_lot_is_walked_through() -> None:
    graph = LittleGraph(hidden={"b"}).turn("T1", "a", "b").turn("T2", "b", "c")

    closure = graph.walk(FORWARD, "a")

    assert set(closure.hops) == {"a", "b", "c"}
    assert closure.shown == {"a": True, "T1": True, "b": False, "T2": True, "c": True}


def test_a_transformation_as_a_seed_reaches_all_its_outputs() -> None:
    graph = LittleGraph().turn("T1", "a:1 b:2", "u:1 w:2").turn("T2", "u", "x")

    assert graph.walk(FORWARD, "T1").hops == {"u": 1, "w": 1, "x": 2}
    assert graph.walk(BACKWARD, "T1").hops == {"a": 1, "b": 1}


@pytest.mark.parametrize("nodes", [1, 2, 3, 5, 9])
def test_promise_a_limit_that_bites_is_said_and_kept(nodes: int) -> None:
    graph = LittleGraph()
    for hop in range(10):
        graph.turn(f"T{hop}", f"c{hop}", f"c{hop + 1}")

    closure = graph.walk(FORWARD, "c0", budget=Budget(nodes=nodes))

    assert len(closure.hops) + len(closure.passages) == nodes
    assert closure.limits == (LimitHit("nodes", nodes),)


def test_a_limit_on_links_is_said() -> None:
    graph = LittleGraph().turn("T1", "a", "b c d e")

    assert graph.walk(FORWARD, "a", budget=Budget(links=3)).limits == (LimitHit("links", 3),)
    assert graph.walk(FORWARD, "a", budget=Budget(links=5)).limits == ()


def test_the_other_side_is_asked_for_where_it_did_not_come_along() -> None:
    graph = LittleGraph().turn("T1", "a:1", "b:1 c:2").turn("T2", "b", "d")
    whole = graph.walk(FORWARD, "a")
    graph.closed = {"T1", "T2"}

    assert graph.walk(FORWARD, "a").hops == whole.hops == {"a": 0, "b": 1, "d": 2}


def test_promise_a_wide_order_is_opened_once() -> None:
    outputs = " ".join(f"o{n}" for n in range(60))
    graph = LittleGraph().turn("T1", "a b", outputs).turn("T2", "o7", "b")

    closure = graph.walk(FORWARD, "a")

    assert len(closure.hops) == 62
    assert len(closure.passages["T1"].exits) == 60
    assert sorted(link[0] for link in closure.passages["T1"].entries) == ["a", "b"]
