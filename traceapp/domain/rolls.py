"""The disclosure roll of an answer: which things it showed, and what of each."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

SALT: Final = 16
"""Bytes before the document in what is digested: a digest of a short roll could be guessed at else."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown of a thing: its kind, names of properties that left, and of those that were masked in what left."""

    kind: str
    disclosed: frozenset[str]
    withheld: frozenset[str] = frozenset()


class Roll:
    """Grows while an answer is recorded. A thing that is told of in several places stands in it once, with all of them."""

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}

    def __len__(self) -> int:
        return len(self._shown)

    def add(self, uid: str, shown: Shown) -> None:
        """uid  our own, also of a thing that the answer calls by an id of its own."""
        before = self._shown.get(uid)
        self._shown[uid] = shown if before is None or before is shown else _both(before, shown)

    @property
    def document(self) -> list[dict[str, Any]]:
        """`[{"kind", "disclosed", "withheld", "uids"}]`: things that are alike in all three stand together."""
        alike: dict[Shown, list[str]] = {}
        for uid, shown in self._shown.items():
            alike.setdefault(shown, []).append(uid)
        told = [(one.kind, sorted(one.disclosed), sorted(one.withheld), sorted(uids)) for one, uids in alike.items()]
        return [dict(zip(("kind", "disclosed", "withheld", "uids"), group, strict=True)) for group in sorted(told)]


def plain_document(document: Any) -> bytes:
    """Canonical JSON (RFC 8785) of what holds text, lists and objects alone."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest_of(salt: bytes, document: bytes) -> str:
    """SHA-256 (hex) that a record names; salt: `SALT` random bytes."""
    return hashlib.sha256(salt + document).hexdigest()


@lru_cache(maxsize=4096)
def _both(one: Shown, other: Shown) -> Shown:
    return Shown(one.kind, one.disclosed | other.disclosed, one.withheld | other.withheld)
