"""The sealed document of second factors."""

import json
from datetime import UTC, datetime

from traceapp.domain.factors import Factors, Passkey, read_factors

KEPT = Factors(
    totp="A" * 32,
    step=7,
    recovery=frozenset({"1" * 64, "2" * 64}),
    passkeys=(Passkey("id", "key", 3, "a stick", datetime(2026, 3, 2, 10, tzinfo=UTC)),),
    version=4,
)


def test_factors_come_back_as_they_were_kept() -> None:
    assert read_factors(KEPT.to_document()) == KEPT
    assert read_factors(None) == Factors()


def test_a_document_without_a_version_is_of_version_0() -> None:
    told = json.loads(KEPT.to_document())
    del told["version"]

    assert read_factors(json.dumps(told).encode()).version == 0
