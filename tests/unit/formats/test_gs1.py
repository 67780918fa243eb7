"""One thing, one canonical identity, in whatever form its GS1 key was written."""

import pytest

from traceapp.domain.errors import IdentifierError
from traceapp.domain.kinds import NodeKind
from traceapp.formats.gs1 import check_digit, gtin14, is_gtin, is_other_scheme, parse_identity, parse_key

LOT, UNIT, ITEM = "01/09521001000185/10/A1", "01/09521001000185/21/S-7", "01/09521001000185"
THINGS = {
    # canonical: (what it names, its other written forms)
    LOT: (
        None,
        "urn:epc:class:lgtin:9521001.000018.A1",
        "urn:epc:id:lgtin:9521001.000018.A1",
        "URN:EPC:CLASS:LGTIN:9521001.000018.A1",
        "  urn:epc:class:lgtin:9521001.000018.A1\n",
    ),
    UNIT: (NodeKind.UNIT, "urn:epc:id:sgtin:9521001.000018.S-7", "urn:epc:id:sgtin:9521001.000018.S%2D7"),
    "01/09521001000185/235/U1": (NodeKind.UNIT, "urn:epc:id:upui:9521001.000018.U1"),
    ITEM: (NodeKind.PRODUCT, "urn:epc:idpat:sgtin:9521001.000018.*", "urn:epc:idpat:lgtin:9521001.000018.*"),
    "00/095210011234567895": (NodeKind.CONTAINER, "urn:epc:id:sscc:9521001.0123456789"),
    "8003/09521001000253R1": (NodeKind.CONTAINER, "urn:epc:id:grai:9521001.00025.R1"),
    "8003/09521001000253": (NodeKind.PRODUCT, "urn:epc:idpat:grai:9521001.00025.*"),
    "8004/9521001PUMP-1": (NodeKind.UNIT, "urn:epc:id:giai:9521001.PUMP-1"),
    "8018/952100100000000121": (None, "urn:epc:id:gsrn:9521001.0000000012"),
    "8017/952100100000000121": (None, "urn:epc:id:gsrnp:9521001.0000000012"),
    "414/9521001000178": (
        NodeKind.PARTY,
        "urn:epc:id:sgln:9521001.00017.0",
        "urn:epc:id:sgln:9521001.00017",
        "urn:epc:idpat:sgln:9521001.00017.*",
        "https://id.gs1.org/414/9521001000178/254/0",
    ),
    "414/9521001000178/254/DOCK-2": (NodeKind.PARTY, "urn:epc:id:sgln:9521001.00017.DOCK-2"),
    "417/9521001000178": (NodeKind.PARTY, "urn:epc:id:pgln:9521001.00017"),
    "253/9521001000338D1": (None, "urn:epc:id:gdti:9521001.00033.D1"),
    "253/9521001000338": (NodeKind.PRODUCT, "urn:epc:idpat:gdti:9521001.00033.*"),
    "255/9521001000413123456": (None, "urn:epc:id:sgcn:9521001.00041.123456"),
    "8010/9521001PART-1/8011/55": (NodeKind.UNIT, "urn:epc:id:cpi:9521001.PART-1.55"),
    "8010/9521001PART-1": (NodeKind.PRODUCT, "urn:epc:idpat:cpi:9521001.PART-1.*"),
    "8006/095210010001850102/21/S1": (NodeKind.UNIT, "urn:epc:id:itip:9521001.000018.01.02.S1"),
    "8006/095210010001850102": (NodeKind.PRODUCT, "urn:epc:idpat:itip:9521001.000018.01.02.*"),
    "402/95210010000001236": (NodeKind.SHIPMENT, "urn:epc:id:gsin:9521001.000000123"),
    "401/9521001CONS-4": (None, "urn:epc:id:ginc:9521001.CONS-4"),
}


@pytest.mark.parametrize("canonical", THINGS)
def test_every_written_form_is_one_canonical_identity(canonical: str) -> None:
    kind, *urns = THINGS[canonical]
    links = [
        canonical,
        f"https://id.gs1.org/{canonical}",
        f"http://id.gs1.org/{canonical}/",
        f"HTTPS://ID.GS1.ORG/{canonical}",
        f"https://brand.example/p/shop/{canonical}",
        f"https://id.gs1.org/{canonical}?17=261231&linkType=gs1:pip#top",
    ]

    for text in (*urns, *links):
        key = parse_key(text)
        assert (key.identity.text, key.kind) == (f"https://id.gs1.org/{canonical}", kind), text
        assert key.lot == (canonical == LOT)


PREFIXES = {
    # one number range cut after 6 to 12 digits: the prefix may be any of these lengths, and each has check digits of its own
    "952100": ("39521007777778", "495210055555555559", "9521008888885", "952100666666666663"),
    "9521001": ("39521001777774", "495210015555555553", "9521001888882", "952100166666666668"),
    "95210012": ("39521001277779", "495210012555555552", "9521001288880", "952100126666666662"),
    "952100123": ("39521001237773", "495210012355555554", "9521001238885", "952100123666666661"),
    "9521001234": ("39521001234772", "495210012345555557", "9521001234887", "952100123466666663"),
    "95210012345": ("39521001234574", "495210012345555557", "9521001234580", "952100123456666666"),
    "952100123456": ("39521001234567", "495210012345655554", "9521001234566", "952100123456666666"),
}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_company_prefix_of_6_to_12_digits_is_put_together_right(prefix: str) -> None:
    gtin, sscc, gln, gsrn = PREFIXES[prefix]
    item, place = "3" + "7" * (12 - len(prefix)), "8" * (12 - len(prefix))
    case, person = "4" + "5" * (16 - len(prefix)), "6" * (17 - len(prefix))
    expected = {
        f"urn:epc:class:lgtin:{prefix}.{item}.L": f"01/{gtin}/10/L",
        f"urn:epc:id:sgtin:{prefix}.{item}.1": f"01/{gtin}/21/1",
        f"urn:epc:id:sscc:{prefix}.{case}": f"00/{sscc}",
        f"urn:epc:id:sgln:{prefix}.{place}.0": f"414/{gln}",
        f"urn:epc:id:pgln:{prefix}.{place}": f"417/{gln}",
        f"urn:epc:id:grai:{prefix}.{place}.1": f"8003/0{gln}1",
        f"urn:epc:id:gdti:{prefix}.{place}.1": f"253/{gln}1",
        f"urn:epc:id:gsrn:{prefix}.{person}": f"8018/{gsrn}",
        f"urn:epc:id:giai:{prefix}.X": f"8004/{prefix}X",
        f"urn:epc:id:cpi:{prefix}.X.1": f"8010/{prefix}X/8011/1",
    }

    assert {urn: parse_identity(urn).epc for urn in expected} == expected


@pytest.mark.parametrize(
    "canonical", ["01/09521001000186/10/A1", "00/095210011234567890", "414/9521001000170", "8003/09521001000250R1"]
)
def test_a_wrong_check_digit_is_kept_as_it_was_sent(canonical: str) -> None:
    assert parse_identity(f"https://id.gs1.org/{canonical}").epc == canonical


@pytest.mark.parametrize(
    ("body", "expected"), [("0952100100018", "5"), ("09521001123456789", "5"), ("952100100017", "8"), ("0", "0")]
)
def test_check_digits_are_those_of_the_general_specifications(body: str, expected: str) -> None:
    assert check_digit(body) == expected


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("95212340", "00000095212340"),
        ("952100123458", "00952100123458"),
        ("9521001234566", "09521001234566"),
        ("09521001000185", "09521001000185"),
    ],
)
def test_a_gtin_of_any_length_is_kept_as_14_digits(written: str, kept: str) -> None:
    assert gtin14(written) == kept
    assert parse_identity(f"https://id.gs1.org/01/{written}/10/A1").epc == f"01/{kept}/10/A1"


@pytest.mark.parametrize("written", ["", "1234567", "123456789", "095210010001850", "0952100100018X", "９５２１２３４０"])
def test_what_is_no_gtin_is_refused_with_what_was_wanted(written: str) -> None:
    with pytest.raises(IdentifierError, match=f"wanted 8, 12, 13 or 14 digits, found {len(written)} characters"):
        gtin14(written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("09521001000185", True), ("09521001000186", False), ("9521001000185", False), ("TUBE-30", False), ("", False)],
)
def test_a_product_code_is_a_gtin_with_14_digits_and_the_right_check_digit(text: str, expected: bool) -> None:
    assert is_gtin(text) == expected


def test_a_unit_names_its_lot_where_the_identifier_does() -> None:
    key = parse_key("https://id.gs1.org/01/09521001000185/10/A1/21/S-7")

    assert (key.identity.epc, key.kind) == (UNIT, NodeKind.UNIT)
    assert key.of_lot is not None
    assert key.of_lot.epc == LOT
    assert parse_key("https://id.gs1.org/01/09521001000185/21/S-7/10/A1") == key
    assert parse_key(UNIT).of_lot is None


@pytest.mark.parametrize(
    ("written", "canonical"), [(f"{ITEM}/22/V2", ITEM), (f"{ITEM}/22/V2/10/A1", LOT), (f"{ITEM}/10/A1/22/V2", LOT)]
)
def test_a_variant_of_a_product_makes_no_other_lot(written: str, canonical: str) -> None:
    assert parse_identity(f"https://id.gs1.org/{written}").epc == canonical


@pytest.mark.parametrize(
    ("urn_part", "link_part", "number"),
    [
        ("A%2FB", "A%2FB", "A/B"),
        ("A%2fB", "A%2fB", "A/B"),
        ("A%25B", "A%25B", "A%B"),
        ("A%26B%3FC", "A&B%3FC", "A&B?C"),
        ("A+B", "A+B", "A+B"),
        ("A.B.C", "A.B.C", "A.B.C"),
        ("A%22%3C%3E", "A%22%3C%3E", 'A"<>'),
        ("%E6%89%B9", "批", "批"),
        ("A%zz", "A%zz", "A%zz"),
    ],
)
def test_percent_encoding_says_the_same_in_urn_and_link(urn_part: str, link_part: str, number: str) -> None:
    from_urn = parse_identity(f"urn:epc:class:lgtin:9521001.000018.{urn_part}")

    assert from_urn.number == number
    assert parse_identity(f"https://id.gs1.org/01/09521001000185/10/{link_part}") == from_urn


REFUSED = {
    # written: (wanted, found)
    "TUBE-30": ("an EPC URN or a GS1 Digital Link", ""),
    "": ("an EPC URN or a GS1 Digital Link", ""),
    "urn:uuid:5b8c": ("an EPC URN or a GS1 Digital Link", ""),
    "urn:epc:id:gid:1.2.3": ("of a GS1 key", "another"),
    "urn:epc:id:sgtin": ("of a GS1 key", "another"),
    "urn:epc:raw:64.x1": ("of a GS1 key", "another"),
    "urn:epc:id:sgtin:9521001.000018": ("3 parts of sgtin", "found 2"),
    "urn:epc:id:sgtin:9521001.000018.*": ("3 parts of sgtin", "found 3"),
    "urn:epc:idpat:sgtin:9521001.*.*": ("3 parts of sgtin", "found 1"),
    "urn:epc:idpat:sgtin:*.*.*": ("3 parts of sgtin", "found 0"),
    "urn:epc:id:sscc:0123456789": ("2 parts of sscc", "found 1"),
    "urn:epc:id:sgtin:9521001.000018.": ("a value in each of its parts", "none"),
    "urn:epc:id:sgtin:9521001.000018.%20": ("a value in each of its parts", "none"),
    "urn:epc:id:sgtin:9521001.000018.%FF": ("UTF-8 behind its percent signs", ""),
    "urn:epc:id:sgtin:9521001.000018.A%00": ("printable characters only", ""),
    "urn:epc:id:sgtin:9521001.000018.A%E2%80%AE": ("printable characters only", ""),
    "urn:epc:id:sgtin:95210.00000018.A": ("a company prefix of 6 to 12 digits", "'95210'"),
    "urn:epc:id:sgtin:9521001234567..A": ("a company prefix of 6 to 12 digits", "'9521001234567'"),
    "urn:epc:id:giai:ABCDEFG.1": ("a company prefix of 6 to 12 digits", "'ABCDEFG'"),
    "urn:epc:id:sgtin:９５２１００１.000018.A": ("a company prefix of 6 to 12 digits", "'９５２１００１'"),
    "urn:epc:id:sgtin:9521001.00018.A": ("13 digits of company prefix and reference", "found 12"),
    "urn:epc:id:sgtin:9521001.0000X8.A": ("13 digits of company prefix and reference", "found 13"),
    "urn:epc:id:sscc:9521001.01234567890": ("17 digits of company prefix and reference", "found 18"),
    "urn:epc:id:gsrn:9521001.1": ("17 digits of company prefix and reference", "found 8"),
    "urn:epc:id:sgln:9521001.000170.0": ("12 digits of company prefix and reference", "found 13"),
    "urn:epc:id:grai:9521001.0002.1": ("12 digits of company prefix and reference", "found 11"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_malformed_key_is_refused_with_what_was_wanted_and_found(text: str) -> None:
    wanted, found = REFUSED[text]

    with pytest.raises(IdentifierError) as refused:
        parse_key(text)

    said = str(refused.value)
    assert said.startswith(f"identifier {text!r}: wanted ")
    assert wanted in said
    assert found in said.partition(": wanted ")[2]


def test_an_endless_identifier_is_refused_without_being_repeated() -> None:
    with pytest.raises(IdentifierError, match="wanted at most 500 characters, found 1000038") as refused:
        parse_key("urn:epc:class:lgtin:9521001.000018.A1" + "9" * 1_000_001)

    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("urn:epc:id:gid:1.2.3", True),
        ("URN:EPC:ID:USDOD:CAGEY.1", True),
        ("urn:epc:id:bic:CSQU3054383", True),
        ("urn:epc:id:sgtin:9521001.000018.A", False),
        ("https://example.com/gid", False),
    ],
)
def test_other_epc_schemes_are_known_for_what_they_are(text: str, expected: bool) -> None:
    assert is_other_scheme(text) == expected
