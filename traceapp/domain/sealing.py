"""What the store needs of confidentiality, without a key: the use case hands a `Sealer` over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from traceapp.domain.events import PropertyValue
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import LinkType
from traceapp.domain.record_macs import RecordMacs


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """The stored form of a set of properties: T0 and T1 in `plain`, T2 and T3 as ciphertext in `sealed`.

    index       blind-index scalars, e.g. {"number_index": "9f…"}: equal values meet, nothing else is told.
    oldest_key  id of the oldest key among the ciphertexts, None where nothing is sealed.
    """

    plain: Mapping[str, Any]
    sealed: Mapping[str, bytes]
    index: Mapping[str, str]
    oldest_key: str | None


class Sealer(Protocol):
    """One implementation, `confidential/sealer.py`; a protocol only because `graph` may not import it."""

    @property
    def macs(self) -> RecordMacs:
        """What proves that a record stands as it was written."""

    def check_in_force(self) -> None:
        """Raises DictionaryChangedError where another data dictionary than this one seals by is in force by now."""

    def uid(self, identity: Identity) -> str:
        """The store's id of a thing: 32 hex digits of an HMAC under a key that never rotates."""

    def event_uid(self, key: str) -> str:
        """The store's id of an event, by its key."""

    def digest(self, content_digest: str) -> str:
        """HMAC of a content digest, so that a dump does not let short contents be guessed."""

    def seal(self, label: str, uid: str, properties: Mapping[str, PropertyValue], version: int = 1) -> SealedRecord:
        """Seal the properties of a node as the dictionary says, for the version that it will have.

        raises  DictionaryError: an unknown property.
        """

    def check_link(self, link: LinkType, attributes: Mapping[str, str]) -> None:
        """Raises DictionaryError for an attribute that the dictionary does not know of such a link; it is stored plain."""

    def open(self, label: str, uid: str, stored: Mapping[str, Any]) -> dict[str, PropertyValue]:
        """The reverse, over plain and sealed alike; raises SealBrokenError for a ciphertext that does not belong."""

    def seal_document(self, label: str, uid: str, name: str, document: bytes) -> bytes:
        """Seal one T3 document property (an event's payload)."""

    def open_document(self, label: str, uid: str, name: str, sealed: bytes) -> bytes:
        """The reverse; raises SealBrokenError."""

    def reseal(self, label: str, uid: str, name: str, sealed: bytes) -> bytes:
        """The same value under the newest key; raises SealBrokenError, KeyUnavailableError, DictionaryError."""

    def is_in_form(self, kind: str, stored: Mapping[str, Any]) -> bool:
        """Whether every stored value of a node has the form that its tier asks for."""

    def in_form(self, kind: str, uid: str, stored: Mapping[str, Any], version: int) -> dict[str, Any]:
        """Those that have not, in that form; version as for `seal`. Raises SealBrokenError, KeyUnavailableError."""

    def key_of(self, sealed: bytes) -> str:
        """The id of the key that a ciphertext names."""

    def number_index(self, kind: str, number: str) -> str:
        """The blind index under which a sealed number of this kind is looked up."""
