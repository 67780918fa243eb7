"""What an answer discloses, gathered while it is recorded: property names for the record, and the roll of things beside it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from traceapp.domain.batch import Candidate
from traceapp.domain.disclosure import Masked
from traceapp.domain.recorded import WrittenRoll
from traceapp.domain.rolls import SALT, Roll, Shown, digest_of, plain_document
from traceapp.usecases.stations import Stations

NO_IDS: Final[Mapping[str, str]] = {}


class Fields:
    """Which properties leave, and which are masked, by kind and by thing; a property that no thing has did not leave."""

    def __init__(self, own: Mapping[str, str] = NO_IDS) -> None:
        """own  ids of this answer alone → the uids that they stand for: the roll names things by those."""
        self.roll = Roll()
        self._own = own
        self._shown: dict[Shown, None] = {}

    def add(self, kind: str, told: Mapping[str, object], uid: str | None = None) -> None:
        """Names and values of one thing; None and () are no values. uid: as the answer calls it, None where it has none."""
        shown = _shown(kind, told)
        self._shown[shown] = None
        if uid is not None:
            self._enrol(uid, shown)

    def add_stated(self, uid: str, kind: str, names: Iterable[str]) -> None:
        """In the roll alone: what the words of an event say of this thing, which left with them."""
        self._enrol(uid, Shown(kind, frozenset({"identity", *names})))

    def add_all(self, things: Iterable[Any], names: Sequence[str]) -> None:
        """The attributes `names` of many things that have uid and kind; of those alike in kind and gaps one is looked at."""
        values, seen = attrgetter("uid", "kind", *names), dict[Any, Shown]()
        for thing in things:
            uid, kind, *found = values(thing)
            if kind is None:
                continue
            alike = (kind, *map(type, found))
            shown = seen.get(alike)
            if shown is None:
                shown = seen[alike] = _shown(kind.value, dict(zip(names, found, strict=True)))
                self._shown[shown] = None
            self._enrol(uid, shown)

    @property
    def disclosed(self) -> dict[str, list[str]]:
        return _by_kind((one.kind, one.disclosed) for one in self._shown)

    @property
    def withheld(self) -> dict[str, list[str]]:
        return _by_kind((one.kind, one.withheld) for one in self._shown)

    def _enrol(self, uid: str, shown: Shown) -> None:
        self.roll.add(self._own.get(uid, uid), shown)


def candidate_fields(candidates: Iterable[Candidate]) -> Fields:
    """Of things that a number fits: what tells them apart."""
    fields = Fields()
    add_candidates(fields, candidates)
    return fields


def add_candidates(fields: Fields, candidates: Iterable[Candidate]) -> None:
    for one in candidates:
        told = {"epc": one.epc, "number": one.number, "product": one.product, "site": one.sites}
        fields.add(one.kind.value, told, one.uid)


def keep_roll(stations: Stations, roll: Roll) -> WrittenRoll | None:
    """Seal the roll and write it; what the record says of it: digest, number of things, where it lies.

    It becomes durable while the record does, and the record is acknowledged when both are: `LedgerClient.append`.
    returns  None where nothing was shown.
    raises   LedgerUnavailableError: it cannot be kept, and then nothing may be answered.
    """
    if not len(roll):
        return None
    salt, document = secrets.token_bytes(SALT), plain_document(roll.document)
    digest = digest_of(salt, document)
    at, make_durable = stations.rolls.begin(digest, stations.roll_seal.seal(digest, salt + document), stations.clock.now())
    return WrittenRoll({"sha256": digest, "things": len(roll), "at": at}, make_durable)


def _shown(kind: str, told: Mapping[str, object]) -> Shown:
    said = {name: isinstance(value, Masked) for name, value in told.items() if value is not None and value != ()}
    masked = frozenset(name for name, is_masked in said.items() if is_masked)
    return Shown(kind, frozenset(said) - masked, masked)


def _by_kind(found: Iterable[tuple[str, frozenset[str]]]) -> dict[str, list[str]]:
    names: dict[str, set[str]] = {}
    for kind, some in found:
        if some:
            names.setdefault(kind, set()).update(some)
    return {kind: sorted(some) for kind, some in sorted(names.items())}
