"""Whatever digits and serials a plant uses: written as URN or link, read back, it is the same thing."""

import string
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import examples
from traceapp.formats.gs1 import check_digit, parse_identity, parse_key

GS1_CHARACTERS = string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_"
"""Character set 82 of the GS1 General Specifications (7.11), of which lots and serials are made."""
SERIALS = st.text(GS1_CHARACTERS, min_size=1, max_size=20).filter(lambda text: text != "*")
SOME = settings(max_examples=examples(100, 5000), deadline=None)


@st.composite
def prefix_and_reference(draw: st.DrawFn, together: int) -> tuple[str, str]:
    """A company prefix of 6 to 12 digits, and the reference that fills it up."""
    digits = draw(st.text(string.digits, min_size=together, max_size=together))
    cut = draw(st.integers(6, 12))
    return digits[:cut], digits[cut:]


@SOME
@given(prefix_and_reference(13), SERIALS)
def test_a_lot_and_a_unit_come_back_from_each_form(key: tuple[str, str], serial: str) -> None:
    prefix, reference = key
    body = reference[:1] + prefix + reference[1:]
    for scheme, ai in (("class:lgtin", "10"), ("id:sgtin", "21")):
        identity = parse_identity(f"urn:epc:{scheme}:{prefix}.{reference}.{quote(serial, safe='')}")

        assert identity.parts == ("01", body + check_digit(body), ai, serial)
        assert (identity.product, identity.number) == (body + check_digit(body), serial)
        assert identity.epc is not None
        assert parse_identity(identity.text) == parse_identity(identity.epc) == identity
        assert parse_identity(f"https://brand.example/{identity.epc}?x=1") == identity


@SOME
@given(prefix_and_reference(17))
def test_a_container_has_18_digits_whose_check_digit_fits(key: tuple[str, str]) -> None:
    identity = parse_identity(f"urn:epc:id:sscc:{key[0]}.{key[1]}")

    digits = identity.number
    weighed = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    assert (len(digits), weighed % 10) == (18, 0)
    assert parse_key(identity.text).identity == identity


@SOME
@given(prefix_and_reference(12), SERIALS)
def test_an_asset_and_a_document_come_back(key: tuple[str, str], serial: str) -> None:
    """Their serial follows within the same value, so only the whole can be told apart from others."""
    written = quote(serial, safe="")
    for scheme in ("grai", "gdti"):
        identity = parse_identity(f"urn:epc:id:{scheme}:{key[0]}.{key[1]}.{written}")
        assert identity.number.endswith(serial)
        assert parse_identity(identity.text) == identity


@SOME
@given(prefix_and_reference(13), SERIALS, SERIALS)
def test_two_lots_are_one_only_if_their_numbers_are_equal(key: tuple[str, str], one: str, other: str) -> None:
    def lot(number: str) -> str:
        return parse_identity(f"urn:epc:class:lgtin:{key[0]}.{key[1]}.{quote(number, safe='')}").text

    assert (lot(one) == lot(other)) == (one == other)
