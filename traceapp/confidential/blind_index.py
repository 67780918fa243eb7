"""Look a sealed number up without opening anything: equal numbers meet, nothing else is told.

As many bits as the data dictionary allows (`leak_bits`): 64 for values that are unique and hard to guess (a supplier's lot).
Fewer let values meet that differ, so that whoever looks one up checks what he found after opening it. A value with few
different forms (pass or fail) is not indexed at all: the reader of the dictionary refuses it, or its frequencies would speak.
"""

import hmac
from typing import Final

from traceapp.confidential.envelope import length_prefixed
from traceapp.domain.identifiers import number_key

MOST_BITS: Final = 64


class BlindIndex:
    """HMAC-SHA256 of (kind, normalised number), cut to the budget, as hex digits."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "BlindIndex()"

    def of(self, kind: str, number: str, bits: int = MOST_BITS) -> str:
        """bits  1 to 64."""
        whole = hmac.digest(self._key, length_prefixed(kind, number_key(number)), "sha256")[: MOST_BITS // 8]
        return f"{int.from_bytes(whole) >> (MOST_BITS - bits):0{-(-bits // 4)}x}"
