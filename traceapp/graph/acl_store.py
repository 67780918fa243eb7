"""The interned sets of scopes, from which the rights of a person are compiled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from traceapp.domain.places import PlaceMap
from traceapp.domain.scopes import AclEntry
from traceapp.graph.connection import Graph
from traceapp.host.place_moves import PlaceMoves
from traceapp.host.row_register import RowRegister

LABELS: Final = ("traceable", "location", "order", "disposal", "equipment", "operator", "inspection", "product")
PAGE: Final = 20_000


@dataclass(frozen=True, slots=True)
class NodeCounts:
    """(kind, acl number) → nodes; cut: there are more than were counted."""

    of: Mapping[tuple[str, int], int]
    cut: bool

    def total(self, kinds: Collection[str] | None, numbers: Collection[int]) -> int:
        """How many carry one of these numbers; kinds: None for any."""
        return sum(n for (kind, acl), n in self.of.items() if acl in numbers and (kinds is None or kind in kinds))


@dataclass(frozen=True, slots=True)
class AclFaults:
    """Numbers of sets that the store holds no more, or holds as others than they are; sorted."""

    gone: tuple[int, ...]
    changed: tuple[int, ...]


class AclStore:
    """Sets are told by the union of what the store proves and what the register remembers: one that was deleted or changed in the
    database is told as it was, and hides nothing of what carries its number.

    Each is told by the places of this moment: what belongs to a site that was moved belongs to the new one from the moment of the
    move on, whether or not its nodes carry the number of the new set by then."""

    def __init__(self, graph: Graph, register: RowRegister, moment: datetime | None = None) -> None:
        """moment  by whose moves places are told; None for now."""
        self._graph = graph
        self._register = register
        self._moment = moment
        self._moves = PlaceMoves(register.home)
        self._known: dict[int, AclEntry] = {}
        self._told: tuple[PlaceMap, int, tuple[AclEntry, ...]] | None = None

    def at(self, moment: datetime) -> "AclStore":
        """The same store, by the places of a moment that is over: for whoever asks again what was answered then."""
        return AclStore(self._graph, self._register, moment)

    @property
    def places(self) -> PlaceMap:
        """Where everything belongs; raises HomeError."""
        found = self._moves.current()
        return found if self._moment is None else found.until(self._moment)

    def list_entries(self) -> tuple[AclEntry, ...]:
        """What every number means that a node carries, by number. raises StoreError and its kinds; HomeError."""
        kept, places = self.list_kept(), self.places
        if not places:
            return kept
        told = self._told
        if told is None or told[0] != places or told[1] != len(kept):
            told = self._told = places, len(kept), tuple(map(places.entry, kept))
        return told[2]

    def list_kept(self) -> tuple[AclEntry, ...]:
        """Every set of scopes as it was interned, by number; remembered from now on. raises StoreError and its kinds; HomeError.

        The number is a digest of the set: an entry that somebody made or changed by hand is none, and gives no rights.
        """
        known = self._remembered()
        new = {entry.number: entry for entry in self._stored().values() if entry is not None and entry.number not in known}
        if new:
            self._register.put_scope_sets({number: _text(entry) for number, entry in new.items()})
            known = self._known = known | new
        return tuple(known[number] for number in sorted(known))

    def explains(self, number: int) -> bool:
        """Whether there is a set behind a number that a node carries; the store is asked once more where none is known."""
        return number in self._known or any(entry.number == number for entry in self.list_kept())

    def count_nodes(self, most: int) -> NodeCounts:
        """How many nodes of each kind carry each number, of the first `most` of each label."""
        found: dict[tuple[str, int], int] = {}
        cut = False
        for label in LABELS:
            after, left = "", most
            while left > 0 and (rows := self._graph.read(f"acl.count_{label}", after=after, page=min(PAGE, left))):
                after, read = max(row["last"] for row in rows), sum(row["nodes"] for row in rows)
                left -= read
                for row in rows:
                    if isinstance(row["acl"], int):
                        place = row["kind"], row["acl"]
                        found[place] = found.get(place, 0) + row["nodes"]
                if read < PAGE:
                    break
            cut = cut or left <= 0
        return NodeCounts(found, cut)

    def faults(self) -> AclFaults:
        """What of the store's own entries is not as the service wrote it."""
        stored, remembered = self._stored(), self._remembered()
        changed = (number for number, entry in stored.items() if entry is None and isinstance(number, int))
        return AclFaults(tuple(sorted(remembered.keys() - stored.keys())), tuple(sorted(changed)))

    def _stored(self) -> dict[Any, AclEntry | None]:
        """By number as it stands; None where it is not that of its set."""
        known = self._known
        found: dict[Any, AclEntry | None] = {}
        for row in self._graph.read("acl.list_entries"):
            number = row["number"]
            held = known.get(number)
            texts = row["scopes"]
            if held is not None and texts == sorted(scope.text for scope in held.scopes):
                found[number] = held
            else:
                found[number] = AclEntry.proven(number, texts)
        return found

    def _remembered(self) -> dict[int, AclEntry]:
        """Nothing is ever forgotten or changed in the register, so that their count says whether there are more."""
        if self._register.count_scope_sets() != len(self._known):
            texts = self._register.list_scope_sets()
            entries = (AclEntry.proven(number, text.split("\n")) for number, text in texts.items())
            self._known = {entry.number: entry for entry in entries if entry is not None}
        return self._known


def _text(entry: AclEntry) -> str:
    return "\n".join(sorted(scope.text for scope in entry.scopes))
