"""A unit is a UN/ECE code, or an everyday word that means one."""

import pytest

from traceapp.domain.errors import IdentifierError
from traceapp.formats.units import PIECE, parse_unit


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("KGM", "KGM"),
        ("kgm", "KGM"),
        (" MTR ", "MTR"),
        ("H87", "H87"),
        ("EA", PIECE),
        ("Pieces", PIECE),
        ("支", PIECE),
        ("kg", "KGM"),
        ("公斤", "KGM"),
        ("吨", "TNE"),
        ("G", "GRM"),
        ("mL", "MLT"),
        ("升", "LTR"),
        ("m", "MTR"),
        ("M2", "MTK"),
        ("m3", "MTQ"),
    ],
)
def test_codes_and_words_in_any_case_are_one_code(written: str, code: str) -> None:
    assert parse_unit(written) == code


@pytest.mark.parametrize("written", ["", " ", "kilogram", "K", "KG/M", "千", "ＫＧＭ", "KGMM"])
def test_what_is_neither_is_refused_with_what_was_wanted(written: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        parse_unit(written)

    assert str(refused.value) == f"unit: wanted a UN/ECE code such as KGM or EA, or a word such as kg, found {written!r}"
