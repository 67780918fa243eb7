"""Look a sealed number up without opening anything: equal numbers meet, nothing else is told.

64 bits for values that are unique and hard to guess (a supplier's lot); a value with few different forms
(a name, pass or fail) must not be indexed at all, or its frequencies would speak.
"""

import hmac
from typing import Final

from traceapp.confidential.envelope import length_prefixed
from traceapp.domain.identifiers import number_key

BITS: Final = 64


class BlindIndex:
    """HMAC-SHA256 of (kind, normalised number), cut to 64 bits, as 16 hex digits."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "BlindIndex()"

    def of(self, kind: str, number: str) -> str:
        return hmac.digest(self._key, length_prefixed(kind, number_key(number)), "sha256")[: BITS // 8].hex()
