"""Files sealed to a recipient: the format of age, byte for byte, and keys as age writes them."""

import io

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.age_reader import open_age
from traceapp.confidential.age_file import CHUNK, parse_recipient_key, seal_file
from traceapp.domain.errors import InputError
from traceapp.formats.bech32 import bech32_decode, bech32_encode

IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
"""The pair of the specification."""


def secret() -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bech32_decode(IDENTITY)[1])


def sealed(content: bytes, recipient: str = RECIPIENT) -> bytes:
    file = io.BytesIO()
    seal_file(content, recipient, file)
    return file.getvalue()


def test_the_pair_of_the_specification_is_read_as_it_is_written() -> None:
    assert parse_recipient_key(RECIPIENT) == secret().public_key()
    assert bech32_encode("age", secret().public_key().public_bytes_raw()) == RECIPIENT


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_promise_the_recipient_opens_every_byte(size: int) -> None:
    content = bytes(place % 251 for place in range(size))
    assert open_age(sealed(content), secret()) == content


def test_promise_two_files_of_the_same_rows_share_nothing() -> None:
    one, two = sealed(b"rows" * 100), sealed(b"rows" * 100)
    assert one[22:] != two[22:]
    assert b"rowsrows" not in one


@pytest.mark.parametrize("place", [30, 100, 160, 200, -1])
def test_attacker_who_changes_a_byte_of_a_sealed_file_is_noticed(place: int) -> None:
    changed = bytearray(sealed(b"rows" * 100))
    changed[place] ^= 1
    with pytest.raises((InvalidTag, AssertionError, ValueError)):
        open_age(bytes(changed), secret())


def test_attacker_who_cuts_a_sealed_file_is_noticed() -> None:
    with pytest.raises(InvalidTag):
        open_age(sealed(bytes(2 * CHUNK))[: -(CHUNK + 16)], secret())


def test_attacker_with_another_key_opens_nothing() -> None:
    with pytest.raises(InvalidTag):
        open_age(sealed(b"rows"), X25519PrivateKey.generate())


WRONG = {
    "none": "",
    "a secret": IDENTITY,
    "capitals": RECIPIENT.upper(),
    "one letter wrong": RECIPIENT[:-1] + "p",
    "cut": RECIPIENT[:-8],
    "another prefix": bech32_encode("agf", bytes(range(32))),
    "short": bech32_encode("age", bytes(range(31))),
    "a point whose secret everybody knows": bech32_encode("age", bytes(32)),
    "another one": bech32_encode("age", (1).to_bytes(32, "little")),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_attacker_whose_key_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="age1"):
        parse_recipient_key(text)
