"""Whose copy is this? A file that left, or the id that stands in it, leads to the record under which it left."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from traceapp.domain.errors import InputError, LedgerUnavailableError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.segments import newest_records
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.stations import Stations

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a file that is looked into, unpacked."""
_ID: Final = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_COPY: Final = b'"copy":"'


@dataclass(frozen=True, slots=True)
class NamedCopy:
    """One copy that left.

    seq, time         of the record under which it left.   approval  by which, where others agreed.
    username, role    who took it.   act  such as "batch:export".
    whole             the file is, byte for byte, what left; False where its id alone is in it.
    """

    copy: str
    seq: int
    time: str
    username: str
    role: str
    act: str
    approval: str | None
    whole: bool


def name_copy(stations: Stations, actor: Actor, content: bytes) -> Recorded[tuple[NamedCopy, ...]]:
    """Every copy that left and of which this file is one, or holds the id, the newest first.

    content  of a file, changed or not, or the id of a copy as text.
    raises   PermissionDeniedError; InputError: larger than `LARGEST` when unpacked; LedgerUnavailableError; LedgerBrokenError.
    """
    digest = hashlib.sha256(content).hexdigest()
    request = {"file": digest, "bytes": len(content)}
    authorise(stations, actor, Permission.LEDGER_SEARCH, request)
    ids = {found.decode() for part in _parts(content) for found in _ID.findall(part)}
    try:
        named = tuple(_named(record, digest, ids) for record in newest_records(stations.settings.home) if _COPY in record)
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
    found = tuple(one for one in named if one is not None)
    result = {"copies": [one.copy for one in found[:20]], "records": len(found)}
    return stations.ledger.record(
        found, entry(stations, actor, Permission.LEDGER_SEARCH, "answered", request=request, result=result)
    )


def _named(record: bytes, digest: str, ids: set[str]) -> NamedCopy | None:
    told: dict[str, Any] = orjson.loads(record)
    result = told["result"]
    copy, whole = str(result.get("copy")), result.get("file") == digest
    if not whole and copy not in ids:
        return None
    who = told["actor"]
    return NamedCopy(copy, told["seq"], told["time"], who["username"], who["role"], told["act"], told.get("approval"), whole)


def _parts(content: bytes) -> Iterator[bytes]:
    """The file, and what it holds where it is a workbook."""
    yield content
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if sum(part.file_size for part in book.infolist()) > LARGEST:
            raise InputError.wanted("file", f"at most {LARGEST} bytes when it is unpacked")
        for part in book.infolist():
            yield book.read(part)
