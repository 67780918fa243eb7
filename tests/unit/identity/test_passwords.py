"""Passwords: costly to guess, cheap to refuse, and an unknown name costs what a known one does."""

import threading
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from traceapp.domain.errors import InputError, SignInError
from traceapp.identity import passwords
from traceapp.identity.passwords import hash_password, verify_password

GOOD = "correct horse battery"


@pytest.fixture(scope="module")
def stored() -> str:
    return hash_password(GOOD)


def test_a_password_is_kept_as_argon2id_with_64_mib_and_three_passes(stored: str) -> None:
    found = extract_parameters(stored)

    assert (found.type, found.memory_cost, found.time_cost) == (Type.ID, 64 * 1024, 3)
    assert (found.salt_len, found.hash_len) == (16, 32)
    assert GOOD not in stored


def test_equal_passwords_are_kept_under_salts_of_their_own(stored: str) -> None:
    assert hash_password(GOOD) != stored


def test_the_right_password_fits(stored: str) -> None:
    assert verify_password(stored, GOOD)


@pytest.mark.parametrize("wrong", ["", "Correct horse battery", "correct horse battery ", "correct horse batter", "x" * 257])
def test_a_wrong_password_does_not(stored: str, wrong: str) -> None:
    assert not verify_password(stored, wrong)


@pytest.mark.parametrize("broken", ["", "plain text", "$argon2id$v=19$m=65536,t=3,p=4$", "$2b$12$abc"])
def test_a_damaged_hash_fits_nothing(broken: str) -> None:
    assert not verify_password(broken, GOOD)


@pytest.mark.parametrize("password", [GOOD, "", "x" * 10_000])
def test_nobody_signs_in_under_a_name_that_nobody_has(password: str) -> None:
    assert not verify_password(None, password)


def test_promise_an_unknown_name_costs_what_a_known_one_costs(stored: str) -> None:
    """Not measured but read: the hash that is tried for nobody has the parameters of one that is kept."""
    assert extract_parameters(passwords._NOBODY) == extract_parameters(stored)


@pytest.mark.parametrize("known", [True, False])
def test_promise_every_sign_in_tries_a_hash_once(monkeypatch: pytest.MonkeyPatch, stored: str, known: bool) -> None:
    """No shortcut for a name that nobody has, nor for a password that is too long to be one."""
    tried: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
            tried.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    for password in (GOOD, "x" * 10_000):
        verify_password(stored if known else None, password)

    assert len(tried) == 2


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (256, True), (257, False), (0, False)])
def test_a_password_has_12_to_256_characters(length: int, taken: bool) -> None:
    password = "密" * length
    if taken:
        assert hash_password(password)
        return
    with pytest.raises(InputError) as refused:
        hash_password(password)
    assert str(refused.value) == f"password: wanted 12 to 256 characters, found {length}"


def test_one_password_fits_from_every_keyboard() -> None:
    assert verify_password(hash_password("ｃａｆｅ\u0301 密码 １２３４"), "caf\u00e9 密码 1234")


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_error(stored: str) -> None:
    assert not verify_password(stored, "\ud800" * 12)


@pytest.fixture
def full_house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As many sign-ins at work as may be at once, and little patience."""
    gate = threading.BoundedSemaphore(passwords._AT_ONCE)
    monkeypatch.setattr(passwords, "_gate", gate)
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    for _ in range(passwords._AT_ONCE):
        gate.acquire()
    yield
    for _ in range(passwords._AT_ONCE):
        gate.release()


@pytest.mark.usefixtures("full_house")
def test_a_flood_of_sign_ins_is_turned_away(stored: str) -> None:
    with pytest.raises(SignInError, match="Too many people are signing in"):
        verify_password(stored, GOOD)
    with pytest.raises(SignInError):
        verify_password(None, GOOD)


def test_a_turn_is_given_back_after_a_failure(stored: str) -> None:
    for _ in range(2 * passwords._AT_ONCE + 1):
        assert not verify_password("damaged", GOOD)

    assert verify_password(stored, GOOD)
