"""Sites and product lines that were moved to another part of the organisation, and where by that everything belongs now.

A place that was moved away is over, and nothing is moved to it again. So to move twice what was moved once changes nothing, and
it does not matter of which record the store says the new place already.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from traceapp.domain.errors import InputError
from traceapp.domain.scopes import ANY, NOWHERE, AclEntry, Scope

LONGEST: Final = 100
"""Characters of a code."""
_NONE_OF_ONE: Final = {ANY, NOWHERE}


@dataclass(frozen=True, slots=True)
class Place:
    """A site with all its lines (line None), a product line at all sites (site None), or a line at one site."""

    site: str | None
    line: str | None

    @property
    def text(self) -> str:
        return " · ".join(part for part in (self.site, self.line) if part is not None)

    def holds(self, scope: Scope) -> bool:
        return (self.site is None or self.site == scope.site) and (self.line is None or self.line == scope.line)

    def meets(self, other: "Place") -> bool:
        """Whether something can belong to both."""
        pairs = ((self.site, other.site), (self.line, other.line))
        return all(one is None or two is None or one == two for one, two in pairs)

    def covers(self, other: "Place") -> bool:
        """Whether all that belongs to the other belongs here."""
        return self.site in {None, other.site} and self.line in {None, other.line}

    def is_named_by(self, sites: frozenset[str], lines: frozenset[str]) -> bool:
        """Whether a view shows this place and says so by a name, not only because it shows everything."""
        if not all(
            wanted is None or ANY in shown or wanted in shown for wanted, shown in ((self.site, sites), (self.line, lines))
        ):
            return False
        return self.site in sites or self.line in lines


@dataclass(frozen=True, slots=True)
class PlaceMove:
    """What belongs to the old place belongs to the new one; what the new one leaves open (None) stays as it is."""

    old: Place
    new: Place

    def of(self, scope: Scope) -> Scope:
        if not self.old.holds(scope):
            return scope
        site = scope.site if self.new.site is None else self.new.site
        return Scope(site, scope.line if self.new.line is None else self.new.line)

    def view(self, sites: frozenset[str], lines: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Sites and lines of somebody who follows the move.

        A site or a line that went as a whole is named no more. Of a line that went from one site alone both names stay, as there
        is more at either.
        """
        if not self.old.is_named_by(sites, lines):
            return sites, lines
        whole = self.old.site is None or self.old.line is None
        return (
            _followed(sites, self.old.site, self.new.site, whole=whole),
            _followed(lines, self.old.line, self.new.line, whole=whole),
        )


@dataclass(frozen=True, slots=True)
class KeptMove:
    """One that others agreed to.

    accounts     uids of those whose view follows it.
    proposed_by, approved_by   user names.   records  nodes that named the old place when it began.
    finished_at  when nothing named the old place any more; None while it goes on.
    """

    number: int
    move: PlaceMove
    accounts: tuple[str, ...]
    proposed_by: str
    approved_by: tuple[str, ...]
    approval: str
    at: datetime
    records: int
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """All moves up to a moment, one after the other."""

    kept: tuple[KeptMove, ...] = ()
    _known: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.kept)

    def of(self, scope: Scope) -> Scope:
        for one in self.kept:
            scope = one.move.of(scope)
        return scope

    def text(self, text: str) -> str:
        """The same of the text of a scope."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self.of(Scope.parse(text)).text
        return found

    def texts(self, texts: Iterable[str]) -> set[str]:
        return {self.text(text) for text in texts} if self.kept else set(texts)

    def entry(self, entry: AclEntry) -> AclEntry:
        """What a number means now; the very same where nothing of it was moved."""
        scopes = frozenset(map(self.of, entry.scopes))
        return entry if scopes == entry.scopes else AclEntry(entry.number, scopes)

    def until(self, moment: datetime) -> "PlaceMap":
        """Those that were in force at a moment."""
        return PlaceMap(tuple(one for one in self.kept if one.at <= moment))

    def with_move(self, kept: KeptMove) -> "PlaceMap":
        return PlaceMap((*self.kept, kept))

    @property
    def unfinished(self) -> tuple[KeptMove, ...]:
        return tuple(one for one in self.kept if one.finished_at is None)

    def is_over(self, place: Place) -> bool:
        """Whether it was moved away, wholly."""
        return any(one.move.old.covers(place) for one in self.kept)


NO_MOVES: Final = PlaceMap()


def check_move(move: PlaceMove, before: Sequence[KeptMove]) -> PlaceMove:
    """raises  InputError: codes that are none, a move within itself, from or to a place that was moved away."""
    for name, code in _codes(move):
        if code in _NONE_OF_ONE or not 1 <= len(code) <= LONGEST or not code.isprintable() or code != code.strip() or "|" in code:
            raise InputError.wanted(name, f"a code of 1 to {LONGEST} printable characters, without | * ? and blanks at its ends")
    if (move.old.site, move.old.line) == (None, None) or _shape(move.old) != _shape(move.new):
        raise InputError.wanted("to", "a site for a site, or a line for a line")
    if move.old.meets(move.new):
        raise InputError.wanted("to", "another place than the old one")
    for one in before:
        if one.move.old.covers(move.old):
            raise InputError.wanted(
                "from", f"a place that was not moved away; {one.move.old.text} is {one.move.new.text} since then"
            )
        if _takes_back(one.move.old, move.new):
            raise InputError.wanted(
                "to", f"a place that nothing was moved away from; {one.move.old.text} is {one.move.new.text} now"
            )
    return move


def _takes_back(gone: Place, new: Place) -> bool:
    """Whether something would come to a place that was moved away. What the new place leaves open stays as it is, and nothing
    is there any more that was gone by that alone: after a whole site went, a line can still be renamed at every site.
    """
    pairs = ((gone.site, new.site), (gone.line, new.line))
    return gone.meets(new) and any(one is not None and two is not None for one, two in pairs)


def _codes(move: PlaceMove) -> Iterator[tuple[str, str]]:
    for name, place in (("from", move.old), ("to", move.new)):
        yield from ((name, code) for code in (place.site, place.line) if code is not None)


def _shape(place: Place) -> tuple[bool, bool]:
    return place.site is None, place.line is None


def _followed(names: frozenset[str], old: str | None, new: str | None, *, whole: bool) -> frozenset[str]:
    if old is None or new is None or ANY in names:
        return names
    return (names - {old} if whole else names) | {new}
