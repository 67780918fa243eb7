"""Bearer tokens: shown once, kept as a hash, refused when cut, and over when they are over."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from traceapp.domain.accounts import Token
from traceapp.domain.errors import NotSignedInError
from traceapp.domain.rights import Role
from traceapp.identity.tokens import mint_token, parse_token

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_a_minted_token_is_recognised_again() -> None:
    minted = mint_token()
    presented = parse_token(minted.text)

    assert presented.token_id == minted.token_id
    assert presented.fits(minted.secret_hash)
    assert not presented.fits(mint_token().secret_hash)
    assert not presented.fits("")


def test_a_token_has_a_prefix_for_scanners_and_256_random_bits() -> None:
    prefix, token_id, secret, checksum = mint_token().text.split("_")

    assert (prefix, len(token_id), len(secret), len(checksum)) == ("tat", 16, 64, 8)
    assert len({mint_token().text for _ in range(200)}) == 200


def test_promise_only_the_hash_of_the_secret_is_kept() -> None:
    minted = mint_token()
    secret = minted.text.split("_")[2]

    assert minted.secret_hash == hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    assert secret not in minted.secret_hash
    assert secret not in repr(minted) + repr(parse_token(minted.text))


def altered(text: str, place: int) -> str:
    """With another digit at this place."""
    return text[:place] + ("1" if text[place] == "0" else "0") + text[place + 1 :]


GOOD = mint_token().text
MALFORMED = {
    "nothing": "",
    "cut off": GOOD[:-1],
    "cut in the secret": GOOD[:40],
    "with a blank": GOOD + " ",
    "with a line end": GOOD + "\n",
    "in capitals": GOOD.upper(),
    "another prefix": "ghp" + GOOD[3:],
    "another id": altered(GOOD, 5),
    "another secret": altered(GOOD, 30),
    "another checksum": altered(GOOD, len(GOOD) - 1),
    "full-width digits": GOOD.replace("0", "０").replace("1", "１"),
    "two tokens": GOOD + GOOD,
    "megabytes": "tat_" + "0" * 1_000_000,
}


@pytest.mark.parametrize("defect", MALFORMED)
def test_a_malformed_token_is_refused_without_being_repeated(defect: str) -> None:
    with pytest.raises(NotSignedInError) as refused:
        parse_token(MALFORMED[defect])

    assert str(refused.value) == "The token is not one of ours: it is cut off or mistyped."
    assert not re.search("[0-9a-f]{8}", str(refused.value))


def token(**changes: object) -> Token:
    kept = Token(
        uid="0" * 16,
        token_hash="f" * 64,
        account_uid="a" * 32,
        role=Role.INTEGRATOR,
        sites=frozenset({"LYON"}),
        lines=frozenset({"INF"}),
        label="ERP",
        created_at=NOW - timedelta(days=30),
        expires_at=NOW,
    )
    return replace(kept, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kept", "moment", "valid"),
    [
        (token(), NOW - INSTANT, True),
        (token(), NOW, False),
        (token(), NOW + timedelta(days=365), False),
        (token(revoked=True), NOW - timedelta(days=1), False),
        (token(expires_at=NOW + timedelta(days=1)), NOW, True),
    ],
)
def test_a_token_is_valid_until_it_expires_or_is_revoked(kept: Token, moment: datetime, valid: bool) -> None:
    assert kept.is_valid(moment) == valid


def test_a_program_acts_under_the_name_and_the_view_of_its_token() -> None:
    actor = token().actor(address="10.0.0.9")

    assert (actor.username, actor.role, actor.through, actor.address) == ("token:ERP", Role.INTEGRATOR, "token", "10.0.0.9")
    assert (actor.sites, actor.lines) == (frozenset({"LYON"}), frozenset({"INF"}))
    assert "f" * 64 not in repr(token())
