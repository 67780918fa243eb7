"""Records of the ledger, as something that may leave as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, overload

import orjson

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.disclosure import Masked
from traceapp.domain.errors import InputError
from traceapp.domain.ledger_search import FACETS, NAMES, FoundRecord, IndexState, LedgerQuery
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Status
from traceapp.ledger.index_search import Place, find_places
from traceapp.usecases.access import entry, result_digest, rights_for
from traceapp.usecases.audit.ledger_reader import LABEL, LedgerReader
from traceapp.usecases.audit.search_ledger import asked_document, with_head
from traceapp.usecases.exports.exportable import Exportable, ExportSubject, Wanted
from traceapp.usecases.stations import Stations

MOST: Final = 50_000
"""Records in one file; of more nothing is sent, whoever agrees."""
_CHUNK: Final = 500
_WORDS: Final = (*FACETS, *NAMES, "number", "uid")
_MOMENTS: Final = ("since", "until")


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """upto  the newest record that counts; None for all that can be found."""

    query: LedgerQuery
    upto: int | None = None


class FoundRecords(Sequence[FoundRecord]):
    """Records as one person may see them, read when they are wanted: of many, few are in memory at a time."""

    def __init__(self, reader: LedgerReader, places: Sequence[Place]) -> None:
        self._reader, self._places = reader, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> FoundRecord: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FoundRecord]: ...
    def __getitem__(self, index: int | slice) -> FoundRecord | Sequence[FoundRecord]:
        if isinstance(index, slice):
            return self._reader.read(self._places[index])
        return self._reader.read([self._places[index]])[0]

    def __iter__(self) -> Iterator[FoundRecord]:
        for start in range(0, len(self), _CHUNK):
            yield from self[start : start + _CHUNK]


@dataclass(frozen=True, slots=True)
class LedgerRows:
    """masked  names of parts that are masked in one of them or another."""

    records: Sequence[FoundRecord]
    masked: Sequence[str]
    state: IndexState
    policy_digest: str
    status: Status


def ask_ledger(stations: Stations, actor: Actor, question: LedgerQuestion, wanted: Wanted) -> Exportable:
    """All records that fit, the newest first.

    raises  PermissionDeniedError; IdentifierError; InputError: more than `MOST` fit, or a tier below what records hold;
            LedgerUnavailableError; LedgerBrokenError; StoreError and its kinds.
    """
    request = asked_document(stations, question.query) | ({"upto": question.upto} if question.upto is not None else {})
    rights = rights_for(stations, actor, Permission.LEDGER_EXPORT, request)
    if wanted.tier < Tier.T1:
        raise _too_much(stations, actor, request, "the policy lets nobody take values of T1 out, as records hold them")
    reader = LedgerReader(stations, actor, rights)
    before = question.upto + 1 if question.upto is not None else None
    places, found = find_places(stations.settings.home, reader.resolve(question.query), before, MOST + 1)
    if len(places) > MOST:
        raise _too_much(stations, actor, request, f"a question that at most {MOST} records fit; export a shorter time at once")
    records = FoundRecords(reader, places)
    shown: set[str] = set()
    masked: set[str] = set()
    rows = []
    for one in records:
        shown |= one.stated
        masked |= {*one.masked}
        rows.append([one.seq, one.leaf, list(one.masked)])
    state = with_head(stations, found)
    status = _status(state, masked)
    digest = result_digest(rows)
    told = {"records": len(rows), "sha256": digest, "indexed": state.indexed, "head": state.head}

    def record(**result: Any) -> LedgerEntry:
        return entry(
            stations,
            actor,
            Permission.LEDGER_EXPORT,
            "answered",
            request=request,
            disclosed={LABEL: sorted(shown - masked)} if shown else {},
            withheld={LABEL: sorted(masked)} if masked else {},
            result=told | result,
            completeness=status.name,
        )

    return Exportable(
        answer=LedgerRows(records, sorted(masked), state, stations.policy.digest, status),
        request=request,
        digest=digest,
        counts={"found": len(rows)},
        completeness=status.name,
        of=(),
        seeds=0,
        values={},
        sample=(),
        head=0,
        record=record,
    )


def pin_ledger(stations: Stations, question: LedgerQuestion) -> LedgerQuestion:
    """What can be found by now."""
    _, state = find_places(stations.settings.home, question.query, None, 0)
    return replace(question, upto=state.indexed if question.upto is None else min(question.upto, state.indexed))


def ledger_document(question: LedgerQuestion) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(question.query, name) for name in _WORDS}
    moments = {name: getattr(question.query, name) for name in _MOMENTS}
    said |= {name: stored_time(moment) for name, moment in moments.items() if moment is not None}
    return {name: value for name, value in said.items() if value is not None} | {"upto": question.upto}


def parse_ledger(told: Mapping[str, Any]) -> LedgerQuestion:
    """raises  KeyError, TypeError, ValueError."""
    if told.keys() - {*_WORDS, *_MOMENTS, "upto"}:
        raise ValueError("wanted no other names")
    words: dict[str, Any] = {name: str(told[name]) for name in _WORDS if name in told}
    moments: dict[str, Any] = {name: parse_stored_time(told[name]) for name in _MOMENTS if name in told}
    upto = told.get("upto")
    return LedgerQuestion(LedgerQuery(**words, **moments), int(upto) if upto is not None else None)


def json_text(value: object) -> bytes:
    """One line of JSON, masks as documents."""
    return orjson.dumps(value, default=_document, option=orjson.OPT_SORT_KEYS)


def _document(value: object) -> object:
    if isinstance(value, Masked):
        return value.document
    raise TypeError(f"a record holds no {type(value).__name__}")


def _status(state: IndexState, masked: set[str]) -> Status:
    """The worst that holds: what could not be found yet, or by what it showed, is missing without a trace."""
    if state.unread:
        return Status.DEGRADED
    if state.lag:
        return Status.TRUNCATED
    return Status.WITHHELD if masked else Status.COMPLETE


def _too_much(stations: Stations, actor: Actor, request: Mapping[str, Any], wanted: str) -> InputError:
    refused = entry(stations, actor, Permission.LEDGER_EXPORT, "failed", request=request, reason="too many records")
    stations.ledger.append(refused)
    return InputError.wanted("question", wanted)


LEDGER: Final = ExportSubject(
    permission=Permission.LEDGER_EXPORT,
    operation=Operation.LEDGER_EXPORT,
    highest=Tier.T1,
    document=ledger_document,
    parse=parse_ledger,
    pin=pin_ledger,
    ask=ask_ledger,
)
