"""Records of the ledger as a file: finished and hashed first, on record with its digest next, and only then sent."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson

from traceapp.domain.disclosure import Masked
from traceapp.domain.errors import InputError
from traceapp.domain.ledger_search import ExportForm, FoundRecord, LedgerExport, LedgerQuery
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.formats.csv_cells import harmless
from traceapp.ledger.index_search import Place, find_places
from traceapp.usecases.access import entry, rights_for
from traceapp.usecases.ledger_reader import LABEL, LedgerReader
from traceapp.usecases.search_ledger import asked_document, with_head
from traceapp.usecases.stations import Stations
from traceapp.usecases.unnamed_file import unnamed_file

MOST: Final = 50_000
"""Records in one file; of more nothing is sent."""
_CHUNK: Final = 500
_OF_ACTOR: Final = ("username", "role", "organisation", "purpose", "through", "address")
_PLAIN: Final = ("seq", "time", "act", "outcome")
_REST: Final = ("completeness", "reason", "approval", "request_id", "object", "request")
_TOLD: Final = ("disclosed", "withheld", "result", "roll")
_DIGESTS: Final = ("policy", "dictionary")
COLUMNS: Final = (*_PLAIN, *_OF_ACTOR, *_REST, *_TOLD, *_DIGESTS, "leaf", "masked")


def export_ledger(stations: Stations, actor: Actor, query: LedgerQuery, form: ExportForm) -> Recorded[LedgerExport]:
    """All records that fit, the newest first, with a checkpoint over the record of the export itself.

    raises  PermissionDeniedError; InputError: more than `MOST` fit; HomeError: the file cannot be written;
            LedgerUnavailableError; LedgerBrokenError; StoreError and its kinds.
    """
    asked = asked_document(stations, query) | {"form": form.value}
    reader = LedgerReader(stations, actor, rights_for(stations, actor, Permission.LEDGER_EXPORT, asked))
    places, state = find_places(stations.settings.home, reader.resolve(query), None, MOST + 1)
    if len(places) > MOST:
        refused = entry(stations, actor, Permission.LEDGER_EXPORT, "failed", request=asked, reason="too many records")
        stations.ledger.append(refused)
        wanted = f"a question that at most {MOST} records fit"
        raise InputError(f"since: wanted {wanted}; export a shorter time at once", (("since", wanted),))
    shown: set[str] = set()
    masked: set[str] = set()
    with unnamed_file(stations.settings.home) as file:
        size, digest = _write(file, form, _noted(_records(reader, places), shown, masked))
        state = with_head(stations, state)
        result = {"records": len(places), "sha256": digest, "bytes": size, "indexed": state.indexed, "head": state.head}
        made = entry(
            stations,
            actor,
            Permission.LEDGER_EXPORT,
            "answered",
            request=asked,
            disclosed={LABEL: sorted(shown - masked)},
            withheld={LABEL: sorted(masked)} if masked else {},
            result=result,
        )
        recorded = stations.ledger.record(LedgerExport(form, file, size, digest, len(places), state), made)
        stations.ledger.make_checkpoint()
        file.seek(0)
    return recorded


def json_text(value: object) -> bytes:
    """One line of JSON, masks as documents."""
    return orjson.dumps(value, default=_document, option=orjson.OPT_SORT_KEYS)


def _document(value: object) -> object:
    if isinstance(value, Masked):
        return value.document
    raise TypeError(f"a record holds no {type(value).__name__}")


def _records(reader: LedgerReader, places: list[Place]) -> Iterator[FoundRecord]:
    for start in range(0, len(places), _CHUNK):
        yield from reader.read(places[start : start + _CHUNK])


def _noted(records: Iterable[FoundRecord], shown: set[str], masked: set[str]) -> Iterator[FoundRecord]:
    """The same, with the names of what leaves and of what is masked put into the two sets."""
    for one in records:
        shown.update(one.stated)
        masked.update(one.masked)
        yield one


def _write(file: BinaryIO, form: ExportForm, records: Iterable[FoundRecord]) -> tuple[int, str]:
    """Bytes and SHA-256 of what was written."""
    digest, size = hashlib.sha256(), 0
    lines = _csv_lines(records) if form is ExportForm.CSV else (json_text(one.document) + b"\n" for one in records)
    for line in lines:
        file.write(line)
        digest.update(line)
        size += len(line)
    file.flush()
    return size, digest.hexdigest()


def _csv_lines(records: Iterable[FoundRecord]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _csv_line(COLUMNS)
    for one in records:
        yield _csv_line([harmless(_cell(one, name)) for name in COLUMNS])


def _csv_line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cells)
    return text.getvalue().encode()


def _cell(found: FoundRecord, name: str) -> str:
    who: Mapping[str, Any] = found.told.get("actor") or {}
    beside: dict[str, Any] = {"leaf": found.leaf, "masked": " ".join(found.masked)}
    value: Any = beside[name] if name in beside else who.get(name) if name in _OF_ACTOR else found.told.get(name)
    if value in (None, [], {}):
        return ""
    return value if isinstance(value, str) else json_text(value).decode()
