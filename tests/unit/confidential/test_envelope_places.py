import dataclasses
import os
import struct

import pytest

from traceapp.confidential.envelope import Envelope, Place, key_of, length_prefixed, padded, unpadded
from traceapp.confidential.keys import DataKey, KeyRing
from traceapp.domain.errors import KeyUnavailableError, SealBrokenError
from traceapp.domain.keys import KeyState, key_number

PLACE = Place("Material", "a" * 32, "supplier_lot", "string", "T2")
SECRET = b"LOT-77/B with a secret"
ELSEWHERE = {
    "label": {"label": "Batch"},
    "uid": {"uid": "b" * 32},
    "property": {"property": "supplier_name"},
    "type": {"type": "decimal"},
    "tier": {"tier": "T3"},
}


def ring() -> KeyRing:
    data = {key_id: DataKey(key_id, KeyState.ACTIVE, os.urandom(32)) for key_id in ("T2.1", "T2.2", "T3.1")}
    return KeyRing(data, {}, {}, "owner")


@pytest.fixture
def keys() -> KeyRing:
    return ring()


@pytest.fixture
def envelope(keys: KeyRing) -> Envelope:
    return Envelope(keys, "Ourselves")


def test_a_sealed_property_opens_in_its_own_place(envelope: Envelope) -> None:
    assert envelope.open(PLACE, envelope.seal(PLACE, SECRET)) == SECRET


@pytest.mark.parametrize("moved", ELSEWHERE.values(), ids=ELSEWHERE)
def test_attacker_cannot_move_a_ciphertext(envelope: Envelope, moved: dict[str, str]) -> None:
    stored = envelope.seal(PLACE, SECRET)

    with pytest.raises(SealBrokenError):
        envelope.open(dataclasses.replace(PLACE, **moved), stored)


def test_attacker_cannot_carry_a_ciphertext_to_another_organisation(keys: KeyRing, envelope: Envelope) -> None:
    with pytest.raises(SealBrokenError):
        Envelope(keys, "Others").open(PLACE, envelope.seal(PLACE, SECRET))


def header(stored: bytes, *, scheme: int = 1, key_id: str = "T2.2", version: int = 1) -> bytes:
    return struct.pack(">BII", scheme, key_number(key_id), version) + stored[9:]


HEADERS = {
    "scheme": {"scheme": 2},
    "key id": {"key_id": "T2.1"},
    "key of another tier": {"key_id": "T3.1"},
    "field version": {"version": 2},
}


@pytest.mark.parametrize("edit", HEADERS.values(), ids=HEADERS)
def test_attacker_cannot_edit_the_header(envelope: Envelope, edit: dict[str, object]) -> None:
    stored = envelope.seal(PLACE, SECRET)
    assert header(stored) == stored

    with pytest.raises(SealBrokenError):
        envelope.open(PLACE, header(stored, **edit))  # type: ignore[arg-type]


def test_attacker_cannot_flip_cut_or_lengthen_a_ciphertext(envelope: Envelope) -> None:
    stored = envelope.seal(PLACE, SECRET)

    flips = [stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :] for place in range(len(stored))]
    cuts = [stored[:length] for length in range(len(stored))]
    for edited in [*flips, *cuts, stored + b"\x00"]:
        with pytest.raises((SealBrokenError, KeyUnavailableError)):
            envelope.open(PLACE, edited)


def test_the_newest_epoch_seals_and_older_ones_still_open(keys: KeyRing) -> None:
    old = KeyRing({"T2.1": keys.opening_key("T2.1")}, {}, {}, "owner")
    stored = Envelope(old, "Ourselves").seal(PLACE, SECRET)

    assert key_of(stored) == "T2.1"
    assert Envelope(keys, "Ourselves").open(PLACE, stored) == SECRET
    assert key_of(Envelope(keys, "Ourselves").seal(PLACE, SECRET)) == "T2.2"


def test_header_names_its_key_and_binds_the_field_version(envelope: Envelope) -> None:
    stored = envelope.seal(PLACE, SECRET, version=7)

    assert key_of(stored) == "T2.2"
    assert envelope.open(PLACE, stored) == SECRET


def test_equal_values_have_different_ciphertexts(envelope: Envelope) -> None:
    assert len({envelope.seal(PLACE, SECRET) for _ in range(1000)}) == 1000


def test_length_tells_a_bucket_only(envelope: Envelope) -> None:
    lengths = {len(envelope.seal(PLACE, b"x" * length)) for length in range(1, 13)}

    assert lengths == {1 + 4 + 4 + 12 + 16 + 16}


@pytest.mark.parametrize(
    ("length", "wanted"), [(0, 16), (12, 16), (13, 32), (28, 32), (29, 64), (4092, 4096), (4093, 8192), (8189, 12288)]
)
def test_padding_goes_to_powers_of_two_then_pages(length: int, wanted: int) -> None:
    assert len(padded(b"x" * length)) == wanted
    assert unpadded(padded(b"x" * length)) == b"x" * length


def test_no_two_lists_of_parts_are_joined_alike() -> None:
    assert length_prefixed("a", "bc") != length_prefixed("ab", "c")
    assert length_prefixed("a") != length_prefixed("a", "")


def test_a_broken_seal_names_the_place_and_no_value(envelope: Envelope) -> None:
    stored = envelope.seal(PLACE, SECRET)

    with pytest.raises(SealBrokenError, match=f"supplier_lot of Material {'b' * 32}") as raised:
        envelope.open(dataclasses.replace(PLACE, uid="b" * 32), stored)
    assert raised.value.__cause__ is None
    assert SECRET.decode() not in str(raised.value)
