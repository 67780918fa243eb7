"""The path of a link names the thing; its domain and its query string do not."""

import pytest

from traceapp.domain.errors import IdentifierError
from traceapp.formats.digital_link import is_canonical_host, read_link

GTIN = "09521001000185"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (f"https://id.gs1.org/01/{GTIN}", ["01", GTIN]),
        (f"https://id.gs1.org/01/{GTIN}/10/A1", ["01", GTIN, "10", "A1"]),
        (f"01/{GTIN}/10/A1", ["01", GTIN, "10", "A1"]),
        (f"https://shop.example:8443/de/p/01/{GTIN}/21/7?17=260101#x", ["01", GTIN, "21", "7"]),
        (f"https://shop.example/01/cards/01/{GTIN}", ["01", GTIN]),
        (f"https://shop.example/00/01/{GTIN}/10/00", ["01", GTIN, "10", "00"]),
        (f"https://id.gs1.org/01/{GTIN}/10/01/21/10", ["01", GTIN, "10", "01", "21", "10"]),
        (f"https://id.gs1.org//01/{GTIN}/", ["01", GTIN]),
        ("https://id.gs1.org/8018/952100100000000121/8019/3", ["8018", "952100100000000121", "8019", "3"]),
        ("https://id.gs1.org/417/9521001000178/7040/1ABC", ["417", "9521001000178", "7040", "1ABC"]),
    ],
)
def test_a_link_is_read_into_keys_and_values(text: str, steps: list[str]) -> None:
    assert read_link(text) == steps


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://id.gs1.org/", "found no GS1 key in its path"),
        ("https://example.com/products/tube-30", "found no GS1 key in its path"),
        ("https://[::1", "found a malformed address"),
        ("https://id.gs1.org/01", "found no GS1 key in its path"),
        ("https://id.gs1.org/01/952100100", "wanted 8, 12, 13 or 14 digits after /01/, found '952100100'"),
        ("https://id.gs1.org/01/TUBE/10/A1", "wanted 8, 12, 13 or 14 digits after /01/, found 'TUBE'"),
        ("https://id.gs1.org/00/12345", "wanted 18 digits after /00/, found '12345'"),
        ("https://id.gs1.org/414/952100100017", "wanted 13 digits after /414/, found '952100100017'"),
        ("https://id.gs1.org/8003/9521001000253", "wanted 14 digits and a serial after /8003/, found '9521001000253'"),
        ("https://id.gs1.org/8018/1", "wanted 18 digits after /8018/, found '1'"),
        (f"https://id.gs1.org/01/{GTIN}/17/260101", "wanted nothing after the key but its qualifiers, found '17/260101'"),
        (f"https://id.gs1.org/01/{GTIN}/10", "wanted nothing after the key but its qualifiers, found '10'"),
        (f"https://id.gs1.org/01/{GTIN}/254/1", "wanted nothing after the key but its qualifiers, found '254/1'"),
        (f"https://id.gs1.org/01/{GTIN}/10/A/10/B", "wanted each qualifier once"),
        (f"https://id.gs1.org/01/{GTIN}/10/%20", "wanted a value in each of its parts, found none"),
        (f"https://id.gs1.org/01/{GTIN}/10//21/1", "wanted a value in each of its parts, found none"),
        (f"https://id.gs1.org/01/{GTIN}/10/%C3", "wanted UTF-8 behind its percent signs"),
        (f"https://id.gs1.org/01/{GTIN}/10/A%0AB", "wanted printable characters only"),
    ],
)
def test_a_link_without_a_whole_key_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        read_link(text)

    assert str(refused.value).startswith(f"identifier {text!r}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://id.gs1.org/01/1", True),
        ("HTTP://ID.GS1.ORG:443/x", True),
        ("https://id.gs1.org.evil.example/01/1", False),
        ("https://evil.example/id.gs1.org", False),
        ("https://[::1", False),
        ("id.gs1.org/01/1", False),
    ],
)
def test_only_the_host_of_gs1_claims_to_be_a_key(text: str, expected: bool) -> None:
    assert is_canonical_host(text) == expected
