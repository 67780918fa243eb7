"""One text per thing, and one key under which a printed number is found whatever keyboard it was typed on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceapp.domain.errors import IdentifierError
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity, number_key

PARTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip() == text)


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("F26-301", "F26-301"),
        ("f26-301", "F26-301"),
        ("  F26-301\t", "F26-301"),
        ("\u3000F26-301\u3000", "F26-301"),
        ("Ｆ２６－３０１", "F26-301"),
        ("Ｆ２６-３０１", "F26-301"),
        ("①", "1"),
        ("ﬁ-1", "FI-1"),
        ("批号１２", "批号12"),
        ("cafe\u0301-1", "CAFÉ-1"),
        ("straße", "STRASSE"),
        ("\u0390-1", "\u03aa\u0301-1"),
        ("\u03aa\u0301-1", "\u03aa\u0301-1"),
        ("A 1", "A 1"),
    ],
)
def test_a_number_is_found_however_it_was_typed(printed: str, key: str) -> None:
    assert number_key(printed) == key


@pytest.mark.parametrize(
    ("one", "other"), [("F26-3O1", "F26-301"), ("A1", "Al"), ("A-1", "A1"), ("01", "1"), ("A 1", "A1"), ("А1", "A1")]
)
def test_numbers_that_only_look_alike_stay_different(one: str, other: str) -> None:
    assert number_key(one) != number_key(other)


@settings(deadline=None)
@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert number_key(number_key(text)) == number_key(text)


def test_a_gs1_key_tells_its_parts() -> None:
    lot = gs1_identity("01", "09521001000185", "10", "A/1%")

    assert lot.text == "https://id.gs1.org/01/09521001000185/10/A%2F1%25"
    assert lot.epc == "01/09521001000185/10/A%2F1%25"
    assert (lot.parts, lot.number) == (("01", "09521001000185", "10", "A/1%"), "A/1%")
    assert (lot.product, lot.owner, lot.is_gs1) == ("09521001000185", None, True)


def test_a_number_of_ones_own_tells_its_parts() -> None:
    lot = local_identity("lot", " LYON ", "TUBE-30", "A:1")

    assert lot.text == "urn:traceapp:lot:LYON:TUBE-30:A%3A1"
    assert (lot.parts, lot.number) == (("lot", "LYON", "TUBE-30", "A:1"), "A:1")
    assert (lot.product, lot.owner, lot.epc, lot.is_gs1) == ("TUBE-30", "LYON", None, False)


@pytest.mark.parametrize(
    ("identity", "product"),
    [
        (gs1_identity("01", "09521001000185"), "09521001000185"),
        (gs1_identity("00", "095210011234567895"), None),
        (local_identity("unit", "LYON", "PUMP", "7"), "PUMP"),
        (local_identity("shipment", "LYON", "DN-1"), None),
        (local_identity("party", "CLINIC-7"), None),
    ],
)
def test_only_lots_and_units_have_a_product(identity: Identity, product: str | None) -> None:
    assert identity.product == product


@pytest.mark.parametrize("parts", [("", "A", "1"), ("LYON", " ", "1"), ("LYON", "A", "\u3000")])
def test_an_empty_part_is_no_identity(parts: tuple[str, ...]) -> None:
    with pytest.raises(IdentifierError, match="lot: wanted owner, code and number without blanks, found 3 parts, one empty"):
        local_identity("lot", *parts)


@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=4))
def test_whatever_is_in_a_part_comes_back(parts: list[str]) -> None:
    assert local_identity("lot", *parts).parts == ("lot", *parts)
    assert gs1_identity(*parts).parts == tuple(parts)


@settings(deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=3), st.lists(PARTS, min_size=1, max_size=3))
def test_two_texts_are_equal_exactly_when_all_parts_are(one: list[str], other: list[str]) -> None:
    assert (local_identity("lot", *one) == local_identity("lot", *other)) == (one == other)
    assert (gs1_identity(*one) == gs1_identity(*other)) == (one == other)
