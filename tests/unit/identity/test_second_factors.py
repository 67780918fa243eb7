"""Codes of six digits, and recovery codes."""

from datetime import UTC, datetime, timedelta

import pytest

from traceapp.identity.second_factors import (
    hash_recovery_code,
    in_groups,
    mint_recovery_codes,
    mint_totp_secret,
    step_of_code,
    totp_address,
)

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of RFC 6238, appendix B; its codes are the last six of eight digits."""
VECTORS = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert step_of_code(SECRET, code, at(seconds), 0) == seconds // 30
    assert step_of_code(SECRET, f" {code[:3]} {code[3:]}", at(seconds), 0) == seconds // 30


@pytest.mark.parametrize(("drift", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(drift: int, taken: bool) -> None:
    now = at(1111111111) + timedelta(seconds=drift)

    assert (step_of_code(SECRET, "050471", now, 0) is not None) is taken


def test_a_code_counts_once() -> None:
    step = 1111111111 // 30

    assert step_of_code(SECRET, "050471", at(1111111111), step - 1) == step
    assert step_of_code(SECRET, "050471", at(1111111111), step) is None


@pytest.mark.parametrize("code", ["", "000000", "05047", "0504711", "０５０４７１x", "\ud800"])
def test_anything_else_is_refused(code: str) -> None:
    assert step_of_code(SECRET, code, at(1111111111), 0) is None


def test_a_key_is_fresh_and_can_be_typed() -> None:
    one, other = mint_totp_secret(), mint_totp_secret()

    assert one != other
    assert in_groups(one).replace(" ", "") == one
    assert totp_address(one, "anna") == f"otpauth://totp/traceapp:anna?secret={one}&issuer=traceapp"


def test_recovery_codes_are_ten_and_forgive_the_way_they_are_typed() -> None:
    codes = mint_recovery_codes()

    assert len(set(codes)) == 10
    assert hash_recovery_code(codes[0]) == hash_recovery_code(codes[0].upper().replace("-", " "))
    assert hash_recovery_code(codes[0]) != hash_recovery_code(codes[1])
