"""Signatures as Standard Webhooks has them: the scheme `v1a`, keys in its form and in PEM."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from traceapp.domain.errors import FeedSignatureError, InputError
from traceapp.domain.feeds import SignedMessage, key_text
from traceapp.intake.feed_signatures import TOLERANCE, check_signature, parse_public_key

# The key pair and signature of RFC 8032, 7.1, test 2, whose message is the one byte 72.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SENT = datetime(2026, 1, 1, tzinfo=UTC)


def signed(body: bytes = b"r", at: datetime = SENT) -> SignedMessage:
    private, now = Ed25519PrivateKey.from_private_bytes(SEED), str(int(at.timestamp()))
    return SignedMessage("MES:1", now, "v1a," + base64.b64encode(private.sign(f"MES:1.{now}.".encode() + body)).decode(), body)


@pytest.mark.parametrize("late", [timedelta(0), TOLERANCE, -TOLERANCE])
def test_a_message_of_the_source_is_proven(late: timedelta) -> None:
    assert check_signature(signed(), PUBLIC, SENT + late) == SENT


@pytest.mark.parametrize("late", [TOLERANCE, -TOLERANCE])
def test_a_message_from_another_time_is_not(late: timedelta) -> None:
    with pytest.raises(FeedSignatureError, match="five minutes"):
        check_signature(signed(), PUBLIC, SENT + late * 1.01)


@pytest.mark.parametrize("signature", ["", "v1a,", "v1a,AAAA", "v1a,ä", "v1," + "A" * 86 + "==", "v1a," + "A" * 86 + "==", "v1a"])
def test_what_is_no_signature_proves_nothing(signature: str) -> None:
    said = signed()
    with pytest.raises(FeedSignatureError, match="not signed"):
        check_signature(SignedMessage(said.id, said.timestamp, signature, said.body), PUBLIC, SENT)


def test_one_of_several_signatures_has_to_fit_and_of_a_flood_the_first_are_looked_at() -> None:
    said = signed()
    other = "v1a," + base64.b64encode(bytes(64)).decode()

    assert check_signature(SignedMessage(said.id, said.timestamp, f"{other} v2,x {said.signature}", said.body), PUBLIC, SENT)
    with pytest.raises(FeedSignatureError):
        check_signature(SignedMessage(said.id, said.timestamp, " ".join([other] * 8 + [said.signature]), said.body), PUBLIC, SENT)


def test_a_key_is_read_in_both_forms() -> None:
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key()

    assert parse_public_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()) == PUBLIC
    assert parse_public_key(f" {key_text(PUBLIC)}\n") == PUBLIC


def private_text() -> str:
    return "whsk_" + base64.b64encode(SEED + PUBLIC).decode()


def of_another_kind() -> str:
    return generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


SMALL = [
    "01" + "00" * 31,
    "01" + "00" * 30 + "80",
    "ec" + "ff" * 30 + "7f",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize(
    "text",
    ["", "whpk_", "whpk_AAAA", private_text(), of_another_kind(), *(key_text(bytes.fromhex(point)) for point in SMALL)],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="Ed25519 public key"):
        parse_public_key(text)


def test_a_key_of_small_order_would_let_one_signature_fit_every_message() -> None:
    """Why those are refused: the neutral point as key, and a signature that needs no private key."""
    forged = "v1a," + base64.b64encode(bytes.fromhex("01" + "00" * 63)).decode()
    now = str(int(SENT.timestamp()))

    assert check_signature(SignedMessage("MES:1", now, forged, b"anything"), bytes.fromhex("01" + "00" * 31), SENT) == SENT
