"""Promise: a quantity that was stated is never rounded, and neither is a sum of them."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from traceapp.domain.consignees import sum_by_unit, total
from traceapp.domain.packing import FOREVER, PackingFact, stays
from traceapp.domain.quantities import add, exact_sum, subtract

LONG = Decimal("123456789012345678.123456789012345678901234567890")
LEAST = Decimal("0.000000000000000000000000000001")
TOGETHER = Decimal("123456789012345678.123456789012345678901234567891")
STATED = st.decimals(min_value=0, max_value=10**18, places=30)


def test_promise_the_last_of_48_digits_counts() -> None:
    assert add(LONG, LEAST) == TOGETHER
    assert subtract(TOGETHER, LEAST) == LONG
    assert exact_sum([LEAST, LONG]) == TOGETHER
    assert exact_sum([]) == 0


@settings(deadline=None)
@given(st.lists(STATED, max_size=20))
def test_a_sum_is_the_sum_of_fractions(quantities: list[Decimal]) -> None:
    assert Fraction(exact_sum(quantities)) == sum(map(Fraction, quantities))


def test_promise_totals_of_an_answer_are_exact() -> None:
    assert total([(LONG, "KGM"), (LEAST, "KGM")]) == (TOGETHER, "KGM")
    assert sum_by_unit([(LONG, "KGM"), (Decimal("1.10"), "MTR"), (LEAST, "KGM")]) == {"KGM": TOGETHER, "MTR": Decimal("1.10")}


def test_promise_what_is_left_in_a_container_is_exact() -> None:
    packed = PackingFact("lot", "case", "2026-01-01", LONG, "KGM")
    more = PackingFact("lot", "case", "2026-01-02", LEAST, "KGM")
    out = PackingFact("lot", "case", "2026-01-03", LONG, "KGM", taken_out=True)

    found = [(stay.quantity, stay.end) for stay in stays([packed, more, out], {})["lot"]]

    assert found == [(LONG, "2026-01-02"), (TOGETHER, "2026-01-03"), (LEAST, FOREVER)]
