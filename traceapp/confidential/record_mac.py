"""Record MACs: what somebody changed in the store behind the service's back is found when it is read.

How its bytes lie: `mac_layout.py`.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any, Final

from traceapp.confidential.envelope import Keys, field_version, length_prefixed
from traceapp.confidential.link_prover import link_prover
from traceapp.confidential.mac_layout import (
    ACCESS,
    ACL,
    BOUND,
    BROKEN,
    HEAD,
    HEADER,
    MADE,
    NODE_PARTS,
    NOTHING,
    PAIR,
    PROJECTED,
    REPORT,
    SCHEME,
    SEQS,
    SHOWN,
    SIZE,
    STATED,
    TAG,
    TAGGED,
    UID,
    UNPROVEN,
    VALUES,
    WALKED,
    WRITTEN,
    Tagger,
)
from traceapp.domain.errors import KeyUnavailableError
from traceapp.domain.record_macs import LABEL_SETS, STATE_STAMPS, LinkProver, Made, Marks

_LABEL_LISTS: Final = {kind: [[*order] for order in permutations(labels)] for kind, labels in LABEL_SETS.items()}
_LINK_HEAD: Final = frozenset(
    ("uid", "record_seq", "voided_seq", "mac", "pair", "report", "quantity", "unit", "event_time", "place")
)
_NODE_HEAD: Final = frozenset(("uid", "kind", "acl", "record_seq", "projected_seq", "version", "mac", "oldest_key"))
_EVENT_HEAD: Final = frozenset(("uid", "acl", "record_seq", "voided_seq", "mac", "oldest_key"))


class RecordMacs:
    """Makes and checks the MACs of one organisation; the contract stands in `domain/record_macs.py`."""

    def __init__(self, keys: Keys, organisation: str) -> None:
        self._keys = keys
        self._organisation = organisation
        self._tagger: Callable[..., Tagger] = lru_cache(maxsize=1024)(self._make_tagger)

    def __repr__(self) -> str:
        return "RecordMacs()"

    def link(self, type_: str, source: str, target: str, properties: Mapping[str, Any]) -> bytes:
        return self._link(self._header(), type_, source, target, properties)

    def proves_link(
        self, type_: str, source: str, target: str, told: Sequence[Any], mac: Any, head: int, marks: Marks = Marks.EITHER
    ) -> bool:
        if type(mac) is bytearray:
            mac = bytes(mac)
        if type(mac) is not bytes or len(mac) != WALKED:
            return False
        record_seq, voided_seq = SEQS.unpack_from(mac, HEADER.size)
        if record_seq > head or 0 < voided_seq <= head:
            return False
        try:
            size = len(told)
            if size > 1:
                if marks is not Marks.NONE and _text(told[1]) != _marked(mac, marks):
                    return False
                if size > 2 and _values(told[2], told[3], told[4], told[5] if size > 5 else None) != mac[VALUES]:
                    return False
            found = self._tagger(mac[HEAD], "link", type_)((source + target).encode() + mac[BOUND])
        except BROKEN:
            return False
        return found == mac[TAGGED] and len(source) == len(target) == UID

    def link_prover(self, head: int, *, marks: Marks, outward: bool) -> LinkProver:
        return link_prover(self, self._tagger, self._header(), head, marks, outward=outward)

    def proves_dead_link(self, type_: str, source: str, target: str, mac: Any, head: int) -> bool:
        if type(mac) is bytearray:
            mac = bytes(mac)
        if type(mac) is not bytes or len(mac) != WALKED:
            return False
        record_seq, voided_seq = SEQS.unpack_from(mac, HEADER.size)
        if record_seq <= head and not 0 < voided_seq <= head:
            return False
        try:
            return self._tagger(mac[HEAD], "link", type_)((source + target).encode() + mac[BOUND]) == mac[TAGGED]
        except BROKEN:
            return False

    def proves_whole_link(self, type_: str, source: str, target: str, properties: Mapping[str, Any]) -> bool:
        return self._is_same(properties.get("mac"), "link", lambda epoch: self._link(epoch, type_, source, target, properties))

    def renewed_link(self, type_: str, source: str, target: str, before: Mapping[str, Any], voided_seq: int) -> bytes | None:
        if not self.proves_whole_link(type_, source, target, before):
            return None
        return self.link(type_, source, target, {**before, "voided_seq": voided_seq})

    def node(self, uid: str, kind: str, properties: Mapping[str, Any]) -> bytes:
        return self._node(self._header(), uid, kind, properties)

    def renewed_node(self, uid: str, kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bytes | None:
        mac = before.get("mac")
        if self.proven_acl(uid, kind, LABEL_SETS.get(kind, ()), mac) is None or not isinstance(mac, bytes):
            return None
        try:
            stood = self._node(mac[: HEADER.size], uid, kind, before)
            made = self.node(uid, kind, after)
        except BROKEN:
            return None
        if stood[: NODE_PARTS["shown"].start] != mac[: NODE_PARTS["shown"].start]:
            return None
        parts = [made[part] if stood[part] == mac[part] else UNPROVEN for part in NODE_PARTS.values()]
        header = made[: NODE_PARTS["shown"].start] + b"".join(parts)
        return header + self._tagger(header[: HEADER.size], "node", kind)(uid.encode() + header)

    def proven_acl(self, uid: str, kind: str, labels: Iterable[str], mac: Any) -> int | None:
        if type(mac) is bytearray:
            mac = bytes(mac)
        if type(mac) is not bytes or len(mac) != WALKED or not _carries(kind, labels) or len(uid) != UID:
            return None
        try:
            tag = self._tagger(mac[HEAD], "node", kind)
            inner = tag.inner.copy()
            inner.update(uid.encode() + mac[BOUND])
            outer = tag.outer.copy()
            outer.update(inner.digest())
        except BROKEN:
            return None
        return int.from_bytes(mac[ACL]) if outer.digest()[:TAG] == mac[TAGGED] else None

    def acl_of(self, mac: bytes) -> int:
        return int.from_bytes(mac[ACL])

    def written_at(self, mac: bytes) -> int:
        return int.from_bytes(mac[WRITTEN])

    def projected_at(self, mac: bytes) -> int:
        return int.from_bytes(mac[PROJECTED])

    def proves_shown(
        self, mac: bytes, number: str | None, product: str | None, identity: str | None, projected_seq: int | None = None
    ) -> bool:
        if projected_seq is not None and projected_seq != int.from_bytes(mac[PROJECTED]):
            return False
        return _part(_of_texts, number or None, product or None, identity or None) == mac[SHOWN]

    def proves_told(
        self,
        mac: bytes,
        acl: int,
        number: str,
        product: str,
        identity: str,
        projected_seq: int,
        described: bool,
        stated: Sequence[str],
        expiry_date: str,
    ) -> bool:
        if acl != int.from_bytes(mac[ACL]) or projected_seq != int.from_bytes(mac[PROJECTED]):
            return False
        try:
            "".join((number, product, identity))  # raises where one of them is no text
            text = (
                (f"{len(number)}:{number}" if number else "-")
                + (f"{len(product)}:{product}" if product else "-")
                + (f"{len(identity)}:{identity}" if identity else "-")
            )
            shown = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:TAG]
        except BROKEN:
            return False
        if shown != mac[SHOWN]:
            return False
        state = (
            _NOTHING_STATED
            if described is True and not stated and not expiry_date
            else _part(_state, described, stated, expiry_date)
        )
        return state == mac[STATED]

    def proves_names(self, mac: bytes, identity: bytes | None, name: str | bytes | None, country: str | None) -> bool:
        return _part(_names, identity, name, country) == mac[NODE_PARTS["names"]]

    def proves_whole_node(self, uid: str, kind: str, labels: Iterable[str], properties: Mapping[str, Any]) -> bool:
        if LABEL_SETS.get(kind) != frozenset(labels) or properties.get("kind") != kind or properties.get("uid") != uid:
            return False
        return self._is_same(properties.get("mac"), "node", lambda epoch: self._node(epoch, uid, kind, properties))

    def event(self, properties: Mapping[str, Any], made: Made) -> bytes:
        return self._event(self._header(), properties, made)

    def renewed_event(self, before: Mapping[str, Any], after: Mapping[str, Any], made: Made | None = None) -> bytes | None:
        if not self.proves_event(("Event",), before):
            return None
        return self.event(after, made or self.made_by(before["mac"]) or Made())

    def proves_event(self, labels: Iterable[str], properties: Mapping[str, Any]) -> bool:
        mac = properties.get("mac")
        made = self.made_by(mac)
        if made is None or [*labels] != ["Event"]:
            return False
        return self._is_same(mac, "event", lambda epoch: self._event(epoch, properties, made))

    def made_by(self, mac: Any) -> Made | None:
        if not isinstance(mac, bytes) or len(mac) != SIZE["event"]:
            return None
        count, digest = MADE.unpack_from(mac, HEADER.size)[3:]
        return Made(count, int.from_bytes(digest))

    def recorded(self, event: str, label: str, node: str, act: str) -> bytes:
        return self._other(self._header(), ("recorded", label), _of_texts(event, node, act))

    def proves_recorded(self, event: str, label: str, node: str, act: Any, mac: Any) -> bool:
        return self._is_same(mac, "other", lambda epoch: self._other(epoch, ("recorded", label), _of_texts(event, node, act)))

    def made_link(self, type_: str, source: str, target: str, uid: str) -> Made:
        return Made(1, int.from_bytes(self._tagger(HEADER.pack(SCHEME, 1), "made", type_)(_of_texts(source, target, uid))))

    def present(self, kind: str, *numbers: int | str) -> Made:
        return Made(1, int.from_bytes(self._tagger(HEADER.pack(SCHEME, 1), "present", kind)(length_prefixed(*numbers))))

    def row(self, label: str, row: Mapping[str, Any]) -> bytes:
        return self._other(self._header(), ("row", label), _of_row(row))

    def proves_row(self, label: str, row: Mapping[str, Any]) -> bool:
        return self._is_same(row.get("mac"), "other", lambda epoch: self._other(epoch, ("row", label), _of_row(row)))

    def _link(self, header: bytes, type_: str, source: str, target: str, properties: Mapping[str, Any]) -> bytes:
        get = properties.get
        told = (
            header
            + SEQS.pack(properties["record_seq"], get("voided_seq") or 0)
            + bytes.fromhex(properties["uid"])
            + _text(get("pair"))
            + _text(get("report"))
            + _values(get("quantity"), get("unit"), get("event_time"), get("place"))
            + _rest(properties, _LINK_HEAD)
        )
        return told + self._tagger(header, "link", type_)((source + target).encode() + told)

    def _node(self, header: bytes, uid: str, kind: str, properties: Mapping[str, Any]) -> bytes:
        get = properties.get
        identity = get("identity")
        sealed = isinstance(identity, bytes | bytearray)
        told = (
            header
            + ACCESS.pack(properties["acl"], properties["record_seq"], properties["projected_seq"], properties["version"])
            + _part(_of_texts, get("number") or None, get("product") or None, None if sealed else identity or None)
            + _part(_state, get("described"), get("stated") or (), get("expiry_date"))
            + _part(_names, identity if sealed else None, get("name"), get("country"))
            + _rest(properties, _NODE_HEAD)
        )
        return told + self._tagger(header, "node", kind)(uid.encode() + told)

    def _event(self, header: bytes, properties: Mapping[str, Any], made: Made) -> bytes:
        told = (
            header
            + MADE.pack(
                properties["acl"],
                properties["record_seq"],
                properties.get("voided_seq") or 0,
                made.count,
                made.digest.to_bytes(16),
            )
            + _rest(properties, _EVENT_HEAD)
        )
        return told + self._tagger(header, "event")(properties["uid"].encode() + told)

    def _other(self, header: bytes, context: tuple[str, ...], message: bytes) -> bytes:
        return header + self._tagger(header, *context)(message)

    def _is_same(self, mac: Any, form: str, make: Callable[[bytes], bytes]) -> bool:
        """Whether a MAC is the one that is made of the record now, under the key that it names."""
        if not isinstance(mac, bytes) or len(mac) != SIZE[form]:
            return False
        try:
            return hmac.compare_digest(make(mac[: HEADER.size]), mac)
        except BROKEN:
            return False

    def _header(self) -> bytes:
        return HEADER.pack(SCHEME, self._keys.mac_epoch)

    def _make_tagger(self, header: bytes, *context: str) -> Tagger:
        scheme, epoch = HEADER.unpack(header)
        if scheme != SCHEME:
            raise KeyUnavailableError(f"No record MAC is of scheme {scheme}.")
        return Tagger(self._keys.mac_key(epoch), length_prefixed("traceapp record mac", SCHEME, self._organisation, *context))


def _carries(kind: str, labels: Iterable[str]) -> bool:
    """Whether these are the labels of a node of this kind, in whatever order a store lists them."""
    return labels in _LABEL_LISTS.get(kind, ()) or LABEL_SETS.get(kind) == frozenset(labels)


def _marked(mac: bytes, marks: Marks) -> bytes:
    if marks is Marks.REPORT:
        return mac[REPORT]
    return mac[REPORT] if marks is Marks.EITHER and mac[PAIR] == NOTHING else mac[PAIR]


@lru_cache(maxsize=4096)
def _text(text: str | None) -> bytes:
    """Digest of a text; of none, zeros."""
    return NOTHING if text is None else hashlib.sha256(_told(text).encode("utf-8", "surrogatepass")).digest()[:TAG]


def _told(text: str | None) -> str:
    """A text with its length; none is told apart from the empty one."""
    if text is None:
        return "-"
    if type(text) is not str:
        raise TypeError("no text")
    return f"{len(text)}:{text}"


def _of_texts(*texts: str | None) -> bytes:
    return "".join(map(_told, texts)).encode("utf-8", "surrogatepass")


def _values(quantity: str | None, unit: str | None, event_time: str | None, place: str | None) -> bytes:
    """Written out, since a trace reads 25,000 of them: `_of_texts` is the same."""
    text = (
        (f"{len(quantity)}:{quantity}" if type(quantity) is str else _told(quantity))
        + (f"{len(unit)}:{unit}" if type(unit) is str else _told(unit))
        + (f"{len(event_time)}:{event_time}" if type(event_time) is str else _told(event_time))
        + (f"{len(place)}:{place}" if type(place) is str else _told(place))
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:TAG]


def _part(form: Callable[..., bytes], *values: Any) -> bytes:
    """Digest of a part; of values of another type than the service writes, one that no part has."""
    try:
        return hashlib.sha256(form(*values)).digest()[:TAG]
    except BROKEN:
        return b""


def _state(described: bool | None, stated: Sequence[str], expiry_date: str | None) -> bytes:
    stamps = [entry for entry in stated if entry.startswith(STATE_STAMPS)]
    return _of_texts("described" if described else None, expiry_date or None, *stamps)


_NOTHING_STATED: Final = _part(_state, True, (), None)
"""The state of most lots."""


def _names(identity: bytes | None, name: str | bytes | None, country: str | None) -> bytes:
    return length_prefixed(_typed(identity), _typed(name), _typed(country))


def _rest(properties: Mapping[str, Any], head: frozenset[str]) -> bytes:
    return hashlib.sha256(_of_all(properties, head)).digest()[:TAG]


def _of_all(properties: Mapping[str, Any], head: frozenset[str]) -> bytes:
    """Every other property by name, with its type."""
    named = [(name, value) for name, value in properties.items() if name not in head and value is not None]
    return b"".join(length_prefixed(name, _typed(value)) for name, value in sorted(named, key=lambda item: item[0]))


def _of_row(row: Mapping[str, Any]) -> bytes:
    """The same of a record that is written whole whenever it is: its bytes count as they are."""
    plain = {name: f"bytes {value.hex()}" if isinstance(value, bytes) else value for name, value in row.items()}
    return _of_all(plain, frozenset({"mac"}))


def _typed(value: Any) -> bytes:
    """Bytes that no other value has, whatever its type; of a ciphertext, its field version."""
    match value:
        case None:
            return b"0"
        case bool():
            return b"b1" if value else b"b0"
        case int():
            return b"i%d" % value
        case str():
            return b"s" + value.encode("utf-8", "surrogatepass")
        case bytes() | bytearray():
            return b"c%d" % field_version(bytes(value))
        case list() | tuple():
            return b"l" + length_prefixed(*map(_typed, value))
        case _:
            return b"?" + repr(value).encode()
