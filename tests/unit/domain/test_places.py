"""Where everything belongs after moves: all at once, once and for all, whatever the order of writing."""

from datetime import UTC, datetime, timedelta
from itertools import count, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceapp.domain.errors import InputError
from traceapp.domain.places import NO_MOVES, KeptMove, Place, PlaceMap, PlaceMove, check_move
from traceapp.domain.scopes import AclEntry, Scope, acl_number

START = datetime(2026, 3, 1, tzinfo=UTC)
SITES, LINES = ("A", "B", "C", None), ("X", "Y", None)
SCOPES = [Scope(site, line) for site, line in product(("A", "B", "C", "*", "?"), ("X", "Y", "*"))]
places = st.builds(Place, st.sampled_from(SITES), st.sampled_from(LINES))


def kept(move: PlaceMove, number: int) -> KeptMove:
    return KeptMove(number, move, (), "anna", ("ben",), f"{number:016x}", START + timedelta(days=number), 0)


def after(*moves: PlaceMove) -> PlaceMap:
    found = NO_MOVES
    for number, move in zip(count(1), moves, strict=False):
        found = found.with_move(kept(check_move(move, found.kept), number))
    return found


@given(st.lists(st.builds(PlaceMove, places, places), max_size=6))
def test_promise_to_move_twice_is_to_move_once(moves: list[PlaceMove]) -> None:
    """Of whatever moves are taken: so it does not matter whether a record was rewritten before it is told."""
    taken = NO_MOVES
    for move in moves:
        try:
            taken = taken.with_move(kept(check_move(move, taken.kept), len(taken.kept) + 1))
        except InputError:
            continue
    for scope in SCOPES:
        once = taken.of(scope)
        assert taken.of(once) == once, (taken, scope)
        assert not any(one.move.old.holds(once) for one in taken.kept)


def test_a_site_takes_its_lines_with_it_and_a_line_leaves_its_site() -> None:
    found = after(
        PlaceMove(Place("A", "X"), Place("B", "X")),
        PlaceMove(Place("A", None), Place("C", None)),
        PlaceMove(Place(None, "Y"), Place(None, "Z")),
    )
    told = {scope.text: found.of(scope).text for scope in SCOPES if found.of(scope) != scope}
    assert told == {"A|X": "B|X", "A|Y": "C|Z", "A|*": "C|*", "B|Y": "B|Z", "C|Y": "C|Z", "*|Y": "*|Z", "?|Y": "?|Z"}


def test_a_set_is_told_under_its_own_number() -> None:
    scopes = frozenset({Scope("A", "X"), Scope("B", "X")})
    entry, other = AclEntry(acl_number(scopes), scopes), AclEntry(1, frozenset({Scope("C", "X")}))
    found = after(PlaceMove(Place("A", None), Place("B", None)))
    assert found.entry(entry) == AclEntry(entry.number, frozenset({Scope("B", "X")}))
    assert found.entry(other) is other
    assert found.until(START).entry(entry) is entry


REFUSED = {
    "to itself": PlaceMove(Place("A", None), Place("A", None)),
    "within itself": PlaceMove(Place(None, "X"), Place(None, "X")),
    "a site to a line": PlaceMove(Place("A", None), Place(None, "X")),
    "everything": PlaceMove(Place(None, None), Place(None, None)),
    "whatever is nobody's": PlaceMove(Place("?", None), Place("A", None)),
    "to everybody": PlaceMove(Place("A", None), Place("*", None)),
    "two scopes in one": PlaceMove(Place("A", None), Place("B\nC", None)),
    "a code with the bar": PlaceMove(Place("A", None), Place("B|C", None)),
    "back": PlaceMove(Place("T", None), Place("S", None)),
    "away again": PlaceMove(Place("S", None), Place("A", None)),
    "a line of it away again": PlaceMove(Place("S", "X"), Place("A", "X")),
    "a line back to it": PlaceMove(Place("A", "X"), Place("S", "X")),
    "a line to all its sites": PlaceMove(Place(None, "X"), Place(None, "Y")),
}


@pytest.mark.parametrize("move", REFUSED.values(), ids=REFUSED)
def test_what_is_no_move_is_refused(move: PlaceMove) -> None:
    gone = after(PlaceMove(Place("S", None), Place("T", None)))
    if move == REFUSED["a line to all its sites"]:
        gone = after(PlaceMove(Place("S", "Y"), Place("T", "Y")))
    with pytest.raises(InputError):
        check_move(move, gone.kept)


VIEWS = {
    "site": (PlaceMove(Place("A", None), Place("B", None)), {"A", "C"}, {"X"}, {"B", "C"}, {"X"}),
    "another site": (PlaceMove(Place("A", None), Place("B", None)), {"C"}, {"X"}, {"C"}, {"X"}),
    "all sites": (PlaceMove(Place("A", None), Place("B", None)), {"*"}, {"X"}, {"*"}, {"X"}),
    "line": (PlaceMove(Place(None, "X"), Place(None, "Z")), {"A"}, {"X", "Y"}, {"A"}, {"Z", "Y"}),
    "line of a site": (PlaceMove(Place("A", "X"), Place("B", "Z")), {"A"}, {"X"}, {"A", "B"}, {"X", "Z"}),
    "line of a site, every line seen": (PlaceMove(Place("A", "X"), Place("B", "Z")), {"A"}, {"*"}, {"A", "B"}, {"*"}),
    "other line of the site": (PlaceMove(Place("A", "X"), Place("B", "Z")), {"A"}, {"Y"}, {"A"}, {"Y"}),
}


@pytest.mark.parametrize(("move", "sites", "lines", "then_sites", "then_lines"), VIEWS.values(), ids=VIEWS)
def test_a_view_that_follows(
    move: PlaceMove, sites: set[str], lines: set[str], then_sites: set[str], then_lines: set[str]
) -> None:
    once = move.view(frozenset(sites), frozenset(lines))
    assert once == (then_sites, then_lines)
    assert move.view(*once) == once
