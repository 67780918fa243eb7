"""Documents that are kept as a whole: sealed with a salt, so that their digest tells nothing, and opened again."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from traceapp.domain.errors import SealBrokenError
from traceapp.domain.kept_documents import KeptDocument
from traceapp.ledger.records import plain_json
from traceapp.usecases.stations import Stations

SALT: Final = 16


def seal_kept(stations: Stations, label: str, uid: str, at: datetime, told: Mapping[str, Any], state: str) -> KeptDocument:
    """A new document of this label."""
    sealed, digest = _sealed(stations, label, uid, told)
    return KeptDocument(uid, at, sealed, digest, state)


def with_told(stations: Stations, label: str, kept: KeptDocument, told: Mapping[str, Any], state: str) -> KeptDocument:
    """The same document with other words in it."""
    sealed, digest = _sealed(stations, label, kept.uid, told)
    return replace(kept, document=sealed, digest=digest, state=state)


def open_kept(stations: Stations, label: str, kept: KeptDocument) -> dict[str, Any]:
    """What it says; raises SealBrokenError: it is not what its digest is of; KeyUnavailableError."""
    content = stations.sealer.open_document(label, kept.uid, "document", kept.document)
    if hashlib.sha256(content).hexdigest() != kept.digest:
        raise SealBrokenError(f"What a {label.lower()} says is not what its digest is of.")
    found: dict[str, Any] = json.loads(content)
    return {name: value for name, value in found.items() if name != "salt"}


def _sealed(stations: Stations, label: str, uid: str, told: Mapping[str, Any]) -> tuple[bytes, str]:
    said = {**plain_json(told), "salt": secrets.token_hex(SALT)}
    content = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return stations.sealer.seal_document(label, uid, "document", content), hashlib.sha256(content).hexdigest()
