"""Values before and after a change: a record holds salted commitments, the values lie sealed beside it and can be erased."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from traceapp.domain.errors import SealBrokenError
from traceapp.domain.rolls import plain_document
from traceapp.ledger.records import plain_json
from traceapp.usecases.stations import Stations

Changes: TypeAlias = Mapping[str, tuple[Any, Any]]
"""Field → (before, after); None where there was nothing, or will be nothing."""
Values: TypeAlias = Sequence[Mapping[str, str | None]]
"""As a record holds them: `{"field", "old", "new"}`, commitments in hex."""
SALT: Final = 32


def keep_values(stations: Stations, changes: Changes) -> list[dict[str, str | None]] | None:
    """Make the values durable, sealed, and return what the record says of them; None where nothing changes.

    raises  LedgerUnavailableError: they cannot be kept, and then nothing may be changed.
    """
    told = {
        field: (plain_json(old), plain_json(new))
        for field, (old, new) in sorted(changes.items())
        if plain_json(old) != plain_json(new)
    }
    if not told:
        return None
    salt = secrets.token_bytes(SALT)
    values = _commitments(salt, told)
    digest = _digest(values)
    content = salt + plain_document({field: list(both) for field, both in told.items()})
    stations.values.append(digest, stations.value_seal.seal(digest, content), stations.clock.now())
    return values


def open_values(stations: Stations, values: Values) -> dict[str, tuple[Any, Any]] | None:
    """What a record committed to; None where it was erased, or pruned.

    Only a part of an act that is itself decided and recorded.
    raises  SealBrokenError: it is not what was committed to; LedgerUnavailableError.
    """
    digest = _digest(values)
    sealed = stations.values.read(digest)
    if sealed is None:
        return None
    content = stations.value_seal.open(digest, sealed)
    told: dict[str, tuple[Any, Any]] = {field: (old, new) for field, (old, new) in json.loads(content[SALT:]).items()}
    if _commitments(content[:SALT], told) != list(values):
        raise SealBrokenError("The values beside a record are not those that it committed to.")
    return told


def is_kept(stations: Stations, values: Values) -> bool:
    """Whether they lie beside the ledger still, whatever they say. raises LedgerUnavailableError."""
    return stations.values.read(_digest(values)) is not None


def erase_values(stations: Stations, values: Values) -> bool:
    """Take salt and values away for good; the ledger verifies as before. False where nothing is kept of them.

    raises  LedgerUnavailableError.
    """
    return stations.values.erase(_digest(values))


def fingerprint(secret: str | None) -> str | None:
    """What stands for a secret among values: that it changed, and never what it is."""
    return hashlib.sha256(b"secret\0" + secret.encode()).hexdigest() if secret is not None else None


def _commitments(salt: bytes, told: Mapping[str, tuple[Any, Any]]) -> list[dict[str, str | None]]:
    return [
        {"field": field, "old": _commitment(salt, field, "old", old), "new": _commitment(salt, field, "new", new)}
        for field, (old, new) in told.items()
    ]


def _commitment(salt: bytes, field: str, side: str, value: Any) -> str | None:
    """HMAC-SHA256 under the salt of this record, over field, side and value in canonical JSON."""
    if value is None:
        return None
    return hmac.digest(salt, plain_document([field, side, value]), "sha256").hex()


def _digest(values: Values) -> str:
    """What the values are found by beside the ledger: the commitments of their record."""
    return hashlib.sha256(plain_document([dict(one) for one in values])).hexdigest()
