"""`domain.sealing.Sealer` over the data dictionary: T0 and T1 stay plain, T2 and T3 become ciphertext."""

import copy
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from traceapp.confidential.blind_index import BlindIndex
from traceapp.confidential.envelope import Envelope, Keys, Place, field_version, key_of, length_prefixed, sealed_tier
from traceapp.confidential.keys import KeyPurpose
from traceapp.confidential.record_mac import RecordMacs
from traceapp.dictionary.entries import SEALED, PropertyEntry, Tier
from traceapp.dictionary.properties import Dictionary, tier_form
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.disclosure import Gap, Unavailable, Unproven
from traceapp.domain.errors import DictionaryChangedError, DictionaryError, KeyUnavailableError, SealBrokenError
from traceapp.domain.events import PropertyValue
from traceapp.domain.identifiers import Identity
from traceapp.domain.keys import oldest_of
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.sealing import SealedRecord

DOCUMENT_TIER: Final = "T3"
DOCUMENT_TYPE: Final = "document"
UID_BYTES: Final = 16
IDENTITY: Final = "identity"
"""Looked up by the number in it, which the store takes apart."""


class DictionarySealer:
    """Seals and opens what the dictionary governs, under the keys of one organisation."""

    def __init__(
        self,
        keys: Keys,
        dictionary: Dictionary,
        organisation_name: str,
        accepted: Callable[[], str | None] = lambda: None,
    ) -> None:
        """accepted  digest of the dictionary that the home accepted last; None where none was."""
        self._accepted = accepted
        self.macs = RecordMacs(keys, organisation_name)
        self._dictionary = dictionary
        self._envelope = Envelope(keys, organisation_name)
        self._blind_index = BlindIndex(keys.purpose_key(KeyPurpose.BLIND_INDEX))
        self._index_bits: dict[str, int] = {}
        self._identity_key = keys.purpose_key(KeyPurpose.IDENTITY)
        self._content_key = keys.purpose_key(KeyPurpose.CONTENT_DIGEST)
        self._stub_key = keys.purpose_key(KeyPurpose.STUBS)
        self._checks: RecordChecks | None = None

    def checked(self, checks: RecordChecks) -> "DictionarySealer":
        """The same sealer for one question: what does not belong where it was found is told to its checks, and is no error."""
        found = copy.copy(self)
        found._checks = checks
        return found

    def under(self, dictionary: Dictionary) -> "DictionarySealer":
        """The same sealer by another dictionary."""
        found = copy.copy(self)
        found._dictionary = dictionary
        found._index_bits = {}
        return found

    def __repr__(self) -> str:
        return "DictionarySealer()"

    def check_in_force(self) -> None:
        """raises  DictionaryChangedError: another dictionary is in force by now."""
        if self._accepted() not in {None, self._dictionary.digest}:
            raise DictionaryChangedError("Another data dictionary came in force meanwhile.")

    def uid(self, identity: Identity) -> str:
        """32 hex digits of an HMAC under a key that never rotates: any order of import gives the same graph."""
        return hmac.digest(self._identity_key, length_prefixed("node", identity.text), "sha256")[:UID_BYTES].hex()

    def event_uid(self, key: str) -> str:
        """The store's id of an event, by its key."""
        return hmac.digest(self._identity_key, length_prefixed("event", key), "sha256")[:UID_BYTES].hex()

    def digest(self, content_digest: str) -> str:
        """HMAC of a content digest, 64 hex digits: a dump does not let short contents be guessed."""
        return hmac.digest(self._content_key, length_prefixed("content", content_digest), "sha256").hex()

    def stub(self, answer: str, uid: str) -> str:
        """The id of a withheld node inside one answer: the same there, unlinkable to any other answer.

        answer  what makes this answer another one than the next: fresh random text, or question with head and asker.
        """
        return hmac.digest(self._stub_key, length_prefixed("stub", answer, uid), "sha256")[:UID_BYTES].hex()

    def number_index(self, kind: str, number: str) -> str:
        """The blind index under which a sealed number of this kind is looked up; raises DictionaryError: it has none."""
        bits = self._index_bits.get(kind)
        if bits is None:
            bits = self._index_bits[kind] = self._dictionary.index_bits(kind)
        return self._blind_index.of(kind, number, bits)

    def seal(self, label: str, uid: str, properties: Mapping[str, PropertyValue], version: int = 1) -> SealedRecord:
        """Split the properties of one node by tier.

        version  that the node will have: the write counter of every property that is written with it.
        plain carries decimals and times as text; index carries `number_index` where the dictionary asks for one.
        raises  DictionaryError: an unknown property, a value of another type, or two different indexed numbers.
        """
        plain: dict[str, Any] = {}
        sealed: dict[str, bytes] = {}
        index: dict[str, str] = {}
        for name, value in properties.items():
            entry = self._dictionary.entry(label, name)
            text = _as_text(label, name, entry, value)
            if not entry.encrypted:
                plain[name] = value if isinstance(value, bool | int) else text
                continue
            sealed[name] = self._envelope.seal(_place(label, uid, name, entry), text.encode(), version=version)
            if entry.blind_index and name != IDENTITY:
                blind = self.number_index(label, text)
                if index.setdefault("number_index", blind) != blind:
                    raise DictionaryError(f"{label} {name}: a node has one number to be looked up by, found two.")
        return SealedRecord(plain, sealed, index, oldest_key(sealed))

    def check_link(self, link: LinkType, attributes: Mapping[str, str]) -> None:
        """What a source states of a link stands plain in the store, and only as the dictionary knows it.

        raises  DictionaryError: an attribute that no link of this type has, or a value that is none of its closed list.
        """
        self._dictionary.check_link(link, attributes)

    def open(self, label: str, uid: str, stored: Mapping[str, Any]) -> dict[str, PropertyValue]:
        """The reverse of `seal`, over plain and sealed alike.

        stored   as read from the store; nulls and names that the dictionary does not know for this label are left out.
        raises   SealBrokenError: a ciphertext that does not belong here, a sealed property found in clear, or the reverse.
                 DictionaryChangedError: the same where another dictionary is in force by now, by which it may belong here.
        """
        opened: dict[str, PropertyValue] = {}
        for name, found in stored.items():
            if found is None or not self._dictionary.knows(label, name):
                continue
            try:
                opened[name] = self._opened(label, uid, name, found)
            except SealBrokenError:
                self.check_in_force()
                raise
        return opened

    def _opened(self, label: str, uid: str, name: str, found: Any) -> PropertyValue:
        entry = self._dictionary.entry(label, name)
        tier = self._stored_tier(label, name, entry, found)
        if tier is None:
            raise SealBrokenError(f"The {name} of {label} {uid} is not stored in the form that its tier {entry.tier} demands.")
        if isinstance(found, bytes | bytearray):
            found = self._envelope.open(Place(label, uid, name, str(entry.type), tier.value), bytes(found)).decode()
        return _as_value(label, uid, name, entry, found)

    def _stored_tier(self, label: str, name: str, entry: PropertyEntry, found: Any) -> Tier | None:
        """The tier in whose form a value is stored, its own or one of before; None where it has none of these forms."""
        sealed = isinstance(found, bytes | bytearray)
        former = self._dictionary.former_tiers(label, name)
        tiers = [tier for tier in (entry.tier, *former) if (tier in SEALED) == sealed]
        if not sealed or len(tiers) < 2:
            return tiers[0] if tiers else None
        named = sealed_tier(bytes(found))
        return next((tier for tier in tiers if tier.value == named), tiers[0])

    def is_in_form(self, kind: str, stored: Mapping[str, Any]) -> bool:
        """Whether every stored value of a node has the form that its tier asks for; nothing is opened."""
        return not self._out_of_form(kind, stored)

    def _out_of_form(self, kind: str, stored: Mapping[str, Any]) -> list[str]:
        names = self._dictionary.moving.get(NodeKind(kind), frozenset())
        told = ((name, self._dictionary.entry(kind, name), stored.get(name)) for name in sorted(names))
        return [name for name, entry, found in told if found is not None and _form_of(found) != tier_form(entry.tier)]

    def in_form(self, kind: str, uid: str, stored: Mapping[str, Any], version: int) -> dict[str, Any]:
        """The values of a node that are stored in a form of before, as they are to be stored.

        version  of the node; what was sealed before keeps its own field version, so that its record MAC stays.
        raises   SealBrokenError; KeyUnavailableError; DictionaryError: a value that is not of its type.
        """
        made: dict[str, Any] = {}
        for name in self._out_of_form(kind, stored):
            found = stored[name]
            counter = field_version(bytes(found)) if isinstance(found, bytes | bytearray) else version
            record = self.seal(kind, uid, self.open(kind, uid, {name: found}), counter)
            made |= {**record.plain, **record.sealed}
        return made

    def disclose(self, label: str, uid: str, stored: Mapping[str, Any]) -> dict[str, PropertyValue | Gap]:
        """As `open`, for an answer: where a key is not to be had, the value says so and the others stand.

        So does one that does not belong there, where `checked` was said; else it raises SealBrokenError.
        """
        told: dict[str, PropertyValue | Gap] = {}
        for name, found in stored.items():
            try:
                told |= self.open(label, uid, {name: found})
            except KeyUnavailableError:
                told[name] = Unavailable(str(self._dictionary.entry(label, name).tier))
            except SealBrokenError:
                told[name] = self._broken(uid, str(self._dictionary.entry(label, name).tier))
        return told

    def disclose_document(self, label: str, uid: str, name: str, sealed: bytes) -> bytes | Gap:
        """As `open_document`, for an answer; see `disclose`."""
        try:
            return self.open_document(label, uid, name, sealed)
        except KeyUnavailableError:
            return Unavailable(DOCUMENT_TIER)
        except SealBrokenError:
            return self._broken(uid, DOCUMENT_TIER)

    def _broken(self, uid: str, tier: str) -> Unproven:
        """What stands for a value whose SealBrokenError is being handled."""
        if self._checks is None:
            raise
        self._checks.broken(uid)
        return Unproven(tier)

    def seal_document(self, label: str, uid: str, name: str, document: bytes, *, group: str | None = None) -> bytes:
        """Seal one T3 document property (an event's payload), under the key of a shred group where it belongs to one."""
        return self._envelope.seal(Place(label, uid, name, DOCUMENT_TYPE, DOCUMENT_TIER), document, group=group)

    def open_document(self, label: str, uid: str, name: str, sealed: bytes) -> bytes:
        """The reverse; raises SealBrokenError."""
        if not isinstance(sealed, bytes | bytearray):
            raise SealBrokenError(f"The sealed {name} of {label} {uid} is no ciphertext.")
        return self._envelope.open(Place(label, uid, name, DOCUMENT_TYPE, DOCUMENT_TIER), bytes(sealed))

    def reseal(self, label: str, uid: str, name: str, sealed: bytes) -> bytes:
        """The same value of a stored property under the newest key, its field version kept.

        raises  SealBrokenError: a ciphertext that does not belong here; KeyUnavailableError; DictionaryError.
        """
        return self._envelope.reseal(self._stored_place(label, uid, name, bytes(sealed)), bytes(sealed))

    def _stored_place(self, label: str, uid: str, name: str, sealed: bytes) -> Place:
        entry = self._dictionary.stored_on_node(label).get(name)
        tier = entry.tier if entry is not None and entry.encrypted else None
        if isinstance(entry, PropertyEntry):
            tier = self._stored_tier(label, name, entry, sealed)
        if entry is None or tier is None:
            self.check_in_force()
            raise DictionaryError(f"{label} has no sealed property {name!r} in the data dictionary.")
        return Place(label, uid, name, str(entry.type), tier.value)

    def key_of(self, sealed: bytes) -> str:
        """The id of the key that a ciphertext names; raises KeyUnavailableError where it is no ciphertext."""
        return key_of(sealed)


def oldest_key(sealed: Mapping[str, bytes]) -> str | None:
    """The id of the oldest key among ciphertexts: what a rotation looks for."""
    return oldest_of(key_of(ciphertext) for ciphertext in sealed.values())


def _place(label: str, uid: str, name: str, entry: PropertyEntry) -> Place:
    return Place(label, uid, name, str(entry.type), str(entry.tier))


def _form_of(found: Any) -> str | None:
    """As `tier_form` of the tier whose keys a stored value is sealed under, or "plain"; None of what is no ciphertext at all."""
    return sealed_tier(bytes(found)) if isinstance(found, bytes | bytearray) else "plain"


def _as_text(label: str, name: str, entry: PropertyEntry, value: PropertyValue) -> str:
    """The exact text of a value of the declared type; a Decimal keeps its digits and its exponent."""
    match str(entry.type), value:
        case "boolean", bool():
            return "true" if value else "false"
        case "integer", int() if not isinstance(value, bool):
            return str(value)
        case "decimal", Decimal() if value.is_finite():
            return str(value)
        case "time", datetime() if value.tzinfo is not None:
            return stored_time(value)
        case (("boolean" | "integer" | "decimal" | "time"), _):
            raise DictionaryError(f"{label} {name}: wanted {entry.type}, found {type(value).__name__}.")
        case _, str() if _is_storable(value):
            return value
        case _:
            raise DictionaryError(
                f"{label} {name}: wanted {entry.type} as text, found {type(value).__name__} that cannot be stored."
            )


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_value(label: str, uid: str, name: str, entry: PropertyEntry, found: Any) -> PropertyValue:
    try:
        match str(entry.type):
            case "boolean":
                return found if isinstance(found, bool) else {"true": True, "false": False}[found]
            case "integer":
                return int(found)
            case "decimal":
                return Decimal(found)
            case "time":
                return parse_stored_time(found)
            case _:
                return str(found)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise SealBrokenError(f"The {name} of {label} {uid} is not a {entry.type}.") from None
