"""What of the ledger's records their reader may see: no more through the ledger than in an answer of his own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from traceapp.domain.disclosure import Masked
from traceapp.domain.errors import KeyUnavailableError, LedgerBrokenError, LedgerUnavailableError, SealBrokenError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.ledger_search import FoundRecord, LedgerQuery
from traceapp.domain.permissions import SEES_BATCHES
from traceapp.domain.rights import Actor, Rights
from traceapp.domain.trace import Seed
from traceapp.ledger.index_search import Place
from traceapp.ledger.records import leaf_of
from traceapp.ledger.segments import first_kept, read_frame
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.access import disclosure_of, recorded_name
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_seeds import find_candidates

LABEL: Final = "LedgerRecord"
"""What records of a look call the records that were looked at."""
NUMBERS: Final = frozenset({"number", "epc", "uid", "uids", "seeds", "lots", "product", "site", "asked", "source", "note"})
"""Parts of a record that tell which thing it was about: shown where the reader sees that thing."""
MASK: Final = Masked("T1")
_KINDS: Final = frozenset({"Traceable", *(kind.value for kind in NodeKind)})
INTERNAL: Final = frozenset({"prev", "v", "append_id"})
"""Parts that the verifier needs and nobody reads."""


@dataclass(frozen=True, slots=True)
class LedgerReader:
    """One person who reads records, and the rights that he has at this moment."""

    stations: Stations
    actor: Actor
    rights: Rights

    @property
    def disclosure(self) -> Disclosure:
        return disclosure_of(self.stations, self.rights)

    def resolve(self, query: LedgerQuery) -> LedgerQuery:
        """The same question with what its number or uid stands for, within the view: what lies outside finds nothing.

        raises  IdentifierError; RowAlteredError.
        """
        if query.number is None and query.uid is None:
            return query
        if not self.sees_batches:
            return replace(query, uids=())
        head = self.stations.heads.get_head()
        found = find_candidates(self.stations, self.disclosure, head, Seed(number=query.number, uid=query.uid))
        return replace(query, uids=tuple(sorted(one.uid for one in found)))

    @property
    def sees_batches(self) -> bool:
        policy = self.stations.policy
        return all(policy.decide(self.actor, permission).allowed for permission in SEES_BATCHES)

    def read(self, places: Sequence[Place]) -> tuple[FoundRecord, ...]:
        """The records at these places, masked.

        raises  LedgerUnavailableError: the index names what is not there; LedgerBrokenError: something there is no record.
        """
        return self.masked([self._content(place) for place in places])

    def masked(self, contents: Sequence[bytes]) -> tuple[FoundRecord, ...]:
        """Each as the reader may see it: all of it where he sees everything that it is about."""
        told = [orjson.loads(content) for content in contents]
        seen = self._seen({uid for one in told for uid in _uids(one)})
        return tuple(
            self._found(content, one, clear=seen is None or (bool(_uids(one)) and _uids(one) <= seen))
            for content, one in zip(contents, told, strict=True)
        )

    def printed_name(self, told: Mapping[str, Any]) -> str | None:
        """Of whoever acted; None where it has none that can be opened."""
        try:
            return recorded_name(self.stations, told["actor"])
        except (KeyUnavailableError, SealBrokenError, KeyError):
            return None

    def _seen(self, uids: set[str]) -> set[str] | None:
        """Those of these things that lie within the view; None for everything."""
        if not self.sees_batches:
            return set()
        if self.rights.everywhere:
            return None
        if not uids:
            return set()
        return set(self.stations.traces.find_seeds(sorted(uids), self.rights, self.stations.heads.get_head()))

    def _found(self, content: bytes, told: Mapping[str, Any], *, clear: bool) -> FoundRecord:
        kept = {name: value for name, value in told.items() if name not in INTERNAL}
        masked: set[str] = set()
        if not clear:
            kept = {name: _without(value, name, masked) for name, value in kept.items()}
        return FoundRecord(told["seq"], leaf_of(content).hex(), kept, tuple(sorted(masked)))

    def _content(self, place: Place) -> bytes:
        try:
            content = read_frame(self.stations.settings.home, place.segment, place.place)
        except OSError as error:
            raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
        if content is None and place.seq < first_kept(self.stations.settings.home):
            raise LedgerUnavailableError(f"Record {place.seq} of the ledger was pruned this moment.")
        if content is None:
            raise LedgerBrokenError(f"Record {place.seq} of the ledger is not where it was; verify the ledger.")
        if orjson.loads(content)["seq"] != place.seq:
            raise LedgerUnavailableError("The search index is not of this ledger; take it away, and it is made anew.")
        return content


def _uids(told: Mapping[str, Any]) -> set[str]:
    """Of the things of the graph that it is about; accounts, sessions and files are none."""
    return {str(thing["uid"]) for thing in told.get("object") or () if thing["kind"] in _KINDS}


def _without(value: Any, name: str, masked: set[str]) -> Any:
    """The value, with a mask in place of every part that tells a number or a uid; empty ones tell nothing."""
    if name in NUMBERS and value not in (None, [], {}):
        masked.add(name)
        return MASK
    if name == "object" and value:
        masked |= {"object"} if any(thing["kind"] in _KINDS for thing in value) else set()
        return [MASK if thing["kind"] in _KINDS else thing for thing in value]
    if isinstance(value, dict):
        return {part: _without(inner, part, masked) for part, inner in value.items()}
    return value
