import pytest

from tests.unit.domain.little_graph import LittleGraph
from traceapp.domain.certainty import LotLink, Sides, class_level_exits, exact_nodes, lot_links, meet, undecided
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.trace import LimitHit

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


def judged(graph: LittleGraph, direction: Direction, *seeds: str) -> dict[tuple[str, str], bool]:
    """(lot, next lot in the direction of the walk) → exact."""
    closure = graph.walk(direction, *seeds)
    sides = {uid: found for uid, found in graph.sides().items() if uid in undecided(closure, partial=False)}
    return {(link.near, link.far): link.exact for link in lot_links(closure, sides, 1000).links}


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ("a", "x", {("a", "x"): True}),
        ("a", "x y", {("a", "x"): True, ("a", "y"): True}),
        ("a b", "x", {("a", "x"): True}),
        ("a b", "x y", {("a", "x"): False, ("a", "y"): False}),
        ("a:1 b:2", "x:1 y:2", {("a", "x"): True}),
        ("a:1 b:2", "x y:2", {("a", "x"): False}),
        ("a b", "x P1", {("a", "x"): False}),
        ("a P1", "x y", {("a", "x"): False, ("a", "y"): False}),
        ("a P1", "x", {("a", "x"): True}),
    ],
)
def test_exact_with_one_input_one_output_or_equal_pair(inputs: str, outputs: str, expected: dict[tuple[str, str], bool]) -> None:
    assert judged(LittleGraph().turn("T1", inputs, outputs), FORWARD, "a") == expected


def test_the_store_is_asked_only_where_the_walk_did_not_see_enough() -> None:
    graph = LittleGraph().turn("T1", "a b c", "x").turn("T2", "x", "y z")

    assert undecided(graph.walk(FORWARD, "a"), partial=False) == ["T2"]
    assert undecided(graph.walk(FORWARD, "a"), partial=True) == ["T1", "T2"]
    assert undecided(graph.walk(BACKWARD, "y"), partial=False) == ["T1"]


def test_the_same_link_is_judged_alike_from_both_sides() -> None:
    graph = LittleGraph().turn("T1", "a b", "x y").turn("T2", "x", "u v").turn("T3", "u w", "z")
    forward = judged(graph, FORWARD, "a", "b", "w")
    backward = {(far, near): exact for (near, far), exact in judged(graph, BACKWARD, "z", "y", "v").items()}

    assert forward == backward


def test_a_split_is_exact() -> None:
    graph = LittleGraph().link("a", LinkType.SPLIT_INTO, "a1").link("a1", LinkType.SERIALISED_AS, "u1")

    assert judged(graph, FORWARD, "a") == {("a", "a1"): True, ("a1", "u1"): True}


def test_a_node_is_exact_if_some_path_of_exact_links_leads_there() -> None:
    links = [
        LotLink("a", "b", "CONSUMED_IN", "T1", (), False),
        LotLink("a", "c", "CONSUMED_IN", "T2", (), True),
        LotLink("c", "b", "CONSUMED_IN", "T3", (), True),
        LotLink("b", "d", "CONSUMED_IN", "T4", (), False),
    ]

    assert exact_nodes({"a"}, links) == {"a", "b", "c"}


def test_an_order_of_all_by_all_is_cut_by_the_limit_and_says_so() -> None:
    inputs, outputs = " ".join(f"i{n}" for n in range(20)), " ".join(f"o{n}" for n in range(20))
    graph = LittleGraph().turn("T1", inputs, outputs)
    closure = graph.walk(FORWARD, *inputs.split())

    assert len(lot_links(closure, graph.sides(), 400).links) == 400
    assert lot_links(closure, graph.sides(), 399).limits == (LimitHit("links", 399),)
    assert set(closure.hops) >= set(outputs.split())


def test_class_level_ids_are_named_on_the_side_of_the_walk() -> None:
    graph = LittleGraph().turn("T1", "a P1", "b P2")
    forward, backward = graph.walk(FORWARD, "a"), graph.walk(BACKWARD, "b")

    assert [other[1] for other in class_level_exits(forward)] == ["P2"]
    assert [other[1] for other in class_level_exits(backward)] == ["P1"]


def test_what_states_no_pair_meets_every_one() -> None:
    assert [meet("", ""), meet("1", ""), meet("", "1"), meet("1", "1"), meet("1", "2")] == [True, True, True, True, False]
    assert Sides(1, 9).single
    assert not Sides(2, 2).single
    assert not Sides(1, 1, whole=False).single
