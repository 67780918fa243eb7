"""How long a record is kept: every act has a class, and none goes before its date."""

from datetime import UTC, datetime, timedelta

import pytest

from traceapp.domain.permissions import Act, Permission
from traceapp.domain.retention import PEOPLE, PRODUCT, PROOF, YEAR_DAYS, is_due, retention_of

NOW = datetime(2046, 3, 1, tzinfo=UTC)
ACTS = [one.value for kind in (Permission, Act) for one in kind]


@pytest.mark.parametrize("act", ACTS)
def test_promise_no_record_goes_before_its_date(act: str) -> None:
    days = retention_of(act).years * YEAR_DAYS

    assert not is_due(act, NOW - timedelta(days=days), NOW)
    assert is_due(act, NOW - timedelta(days=days + 1), NOW)


CLASSES = {"batch:trace": PRODUCT, "event:import": PRODUCT, "session:start": PEOPLE, "ledger:search": PEOPLE, "key:rotate": PROOF}


@pytest.mark.parametrize(("act", "expected"), CLASSES.items(), ids=CLASSES)
def test_promise_an_act_has_the_class_of_what_it_is_about(act: str, expected: object) -> None:
    assert retention_of(act) is expected


def test_promise_an_act_that_nobody_placed_is_kept_like_a_product_record() -> None:
    assert retention_of("recall:begin") is PRODUCT
