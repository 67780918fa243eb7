"""A value is what its entry says or it is refused, and a refusal never shows the value."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from traceapp.dictionary.properties import Dictionary, parse_dictionary, read_dictionary
from traceapp.domain.errors import DictionaryError
from traceapp.domain.kinds import LinkType, NodeKind

PROPERTIES = """
[properties.Batch]
note = { type = "text", tier = "T1", en = "Note", zh = "备注" }
grade = { type = "text", tier = "T1", en = "Grade", zh = "等级", values = { first = "一级", second = "二级" } }
count = { type = "integer", tier = "T1", en = "Count", zh = "件数" }
dose = { type = "decimal", tier = "T2", en = "Dose", zh = "剂量", unit = "kGy" }
sterile = { type = "boolean", tier = "T1", en = "Sterile", zh = "无菌" }
day = { type = "date", tier = "T1", en = "Day", zh = "日期" }
moment = { type = "time", tier = "T1", en = "Moment", zh = "时刻" }
"""
CLAUSES = '[rules]\n"ISO 1" = "A rule"\n'


def words(names: type[NodeKind] | type[LinkType]) -> str:
    return "".join(f'{name.value} = {{ en = "{name.value}", zh = "词" }}\n' for name in names)


def written(properties: str = PROPERTIES, *, version: str = "version = 1\n", kinds: str = "", rules: str = CLAUSES) -> bytes:
    return f"{version}[kinds]\n{words(NodeKind)}{kinds}[links]\n{words(LinkType)}{rules}{properties}".encode()


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return parse_dictionary(written())


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD: list[tuple[str, Any, Any]] = [
    ("note", "  批 8\u20324 ", "批 8\u20324"),
    ("note", "x" * 4000, "x" * 4000),
    ("grade", " second", "second"),
    ("count", -3, -3),
    ("dose", Decimal("25.50"), Decimal("25.50")),
    ("sterile", False, False),
    ("day", " 2026-03-02 ", "2026-03-02"),
    ("moment", NOON, NOON),
]


@pytest.mark.parametrize(("name", "value", "kept"), GOOD)
def test_a_right_value_is_kept_in_its_normal_form(dictionary: Dictionary, name: str, value: Any, kept: Any) -> None:
    found = dictionary.check("Batch", {name: value})

    assert found == {name: kept}
    assert type(found[name]) is type(kept)


BAD: list[tuple[str, Any, str]] = [
    ("note", 7, "wanted 1 to 4000 characters, found int"),
    ("note", " ", "wanted 1 to 4000 characters, found another text of 0 characters"),
    ("note", "x" * 4001, "wanted 1 to 4000 characters, found another text of 4001 characters"),
    ("grade", "third", "wanted one of first, second, found another text of 5 characters"),
    ("grade", "一级", "wanted one of first, second, found another text of 2 characters"),
    ("count", 3.0, "wanted an integer, found float"),
    ("count", True, "wanted an integer, found bool"),
    ("count", "3", "wanted an integer, found str"),
    ("dose", 25.5, "wanted a decimal, found float"),
    ("dose", 25, "wanted a decimal, found int"),
    ("dose", Decimal("NaN"), "wanted a decimal, found Decimal"),
    ("dose", Decimal("Infinity"), "wanted a decimal, found Decimal"),
    ("sterile", 1, "wanted a boolean, found int"),
    ("sterile", "yes", "wanted a boolean, found str"),
    ("day", "2026-02-30", "wanted a date, found str"),
    ("day", date(2026, 3, 2), "wanted a date, found date"),
    ("moment", datetime(2026, 3, 2), "wanted a time, found datetime"),
    ("moment", "2026-03-02T12:00:00Z", "wanted a time, found str"),
    ("note", None, "wanted 1 to 4000 characters, found NoneType"),
]


@pytest.mark.parametrize(("name", "value", "reason"), BAD)
def test_a_wrong_value_is_refused_with_what_was_wanted(dictionary: Dictionary, name: str, value: Any, reason: str) -> None:
    with pytest.raises(DictionaryError) as refused:
        dictionary.check("Batch", {name: value})

    assert str(refused.value) == f"Batch {name}: {reason}."


def test_one_wrong_value_refuses_all(dictionary: Dictionary) -> None:
    with pytest.raises(DictionaryError):
        dictionary.check("Batch", {"note": "right", "count": "wrong"})


def test_promise_a_refusal_never_shows_the_value() -> None:
    with pytest.raises(DictionaryError) as refused:
        read_dictionary().check("Batch", {"inspection_result": "the secret verdict"})

    assert "secret" not in str(refused.value)


def test_labels_are_in_the_language_of_the_reader(dictionary: Dictionary) -> None:
    assert [dictionary.label("Batch", "note", language) for language in ("en", "zh", "zh_Hans_CN", "fr")] == [
        "Note",
        "备注",
        "备注",
        "Note",
    ]
    assert dictionary.value_label("Batch", "grade", "first", "zh") == "一级"
    assert dictionary.value_label("Batch", "grade", "first", "en") == "first"
    assert dictionary.value_label("Batch", "dose", Decimal("25.50"), "zh") == "25.50"


def entry(**said: str) -> str:
    told = {"type": '"text"', "tier": '"T1"', "en": '"X"', "zh": '"词"', **said}
    return "[properties.Batch]\nx = { " + ", ".join(f"{name} = {value}" for name, value in told.items() if value) + " }\n"


MALFORMED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "version: Field required"),
    "no TOML": (b"[kinds", "The data dictionary cannot be read: "),
    "no UTF-8": (b"\xff\xfe", "The data dictionary cannot be read: "),
    "cut off": (written()[: len(written()) // 2], "The data dictionary cannot be read: "),
    "an unknown kind": (written(kinds='Robot = { en = "Robot", zh = "词" }\n'), "kinds.Robot"),
    "a field too many": (written(version="version = 1\nowner = 2\n"), "owner: Extra inputs are not permitted"),
    "properties of an unknown kind": (written("[properties.Robot]\n"), "properties.Robot"),
    "an unknown type": (written(entry(type='"money"')), "properties.Batch.x.type"),
    "an unknown tier": (written(entry(tier='"T4"')), "properties.Batch.x.tier"),
    "no English": (written(entry(en="")), "properties.Batch.x.en: Field required"),
    "empty Chinese": (written(entry(zh='""')), "properties.Batch.x.zh"),
    "an unknown field of a property": (written(entry(colour='"red"')), "properties.Batch.x.colour: Extra inputs"),
    "an index of a plain value": (written(entry(blind_index="true", leak_bits="8")), "wanted tier T2 and a leak budget"),
    "an index of a restricted value": (
        written(entry(tier='"T3"', blind_index="true", leak_bits="8")),
        "wanted tier T2 and a leak budget",
    ),
    "an index of a choice": (
        written(entry(tier='"T2"', blind_index="true", leak_bits="8", values='{ first = "一级" }')),
        "wanted no index of what has few different values",
    ),
    "an index of yes or no": (
        written(entry(type='"boolean"', tier='"T2"', blind_index="true", leak_bits="8")),
        "wanted no index of what has few different values",
    ),
    "an index without a budget": (written(entry(tier='"T2"', blind_index="true")), "wanted tier T2 and a leak budget"),
    "a budget without an index": (written(entry(tier='"T2"', leak_bits="8")), "wanted no leak budget without blind_index"),
    "a budget of 65 bits": (written(entry(tier='"T2"', blind_index="true", leak_bits="65")), "properties.Batch.x.leak_bits"),
    "a closed list of nothing": (written(entry(values="{ }")), "wanted a closed list that is not empty"),
    "a closed list of numbers": (written(entry(type='"integer"', values='{ 1 = "一" }')), "wanted a closed list"),
    "a unit of a text": (written(entry(unit='"KGM"')), "wanted a unit of a number only"),
    "kept for no time": (written(entry(retention="0")), "properties.Batch.x.retention"),
    "an unknown mask": (written(entry(mask='"stub"')), "properties.Batch.x.mask"),
    "a mask that shows a sealed value": (written(entry(tier='"T2"', mask='"value"')), "wanted a mask that hides the value"),
    "a part of a restricted value": (written(entry(tier='"T3"', mask='"last4"')), "wanted last4 of a free text of tier T2"),
    "a part of a choice": (
        written(entry(tier='"T2"', mask='"last4"', values='{ first = "一级" }')),
        "wanted last4 of a free text of tier T2",
    ),
    "a pseudonym of what names nothing": (written(entry(tier='"T2"', mask='"pseudonym"')), "Batch.x: wanted a pseudonym of"),
    "a clause of no rule": (written(entry(clause='"ISO 1 4.2; ISO 9 7"')), "Batch.x: wanted a clause of one of the rules"),
}


@pytest.mark.parametrize("defect", MALFORMED)
def test_a_malformed_document_is_refused_at_its_place(defect: str) -> None:
    content, place = MALFORMED[defect]

    with pytest.raises(DictionaryError) as refused:
        parse_dictionary(content)

    assert place in str(refused.value)


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ({"tier": '"T0"'}, "value"),
        ({"tier": '"T1"'}, "masked"),
        ({"tier": '"T1"', "mask": '"value"'}, "value"),
        ({"tier": '"T2"'}, "masked"),
        ({"tier": '"T2"', "mask": '"last4"'}, "last4"),
        ({"tier": '"T3"'}, "masked"),
    ],
)
def test_a_property_without_a_mask_of_its_own_has_that_of_its_tier(said: dict[str, str], form: str) -> None:
    assert parse_dictionary(written(entry(**said))).entry("Batch", "x").mask_form == form


@pytest.mark.parametrize("name", ["Batch", "PACKED_IN"])
def test_a_kind_or_link_without_words_is_refused_by_name(name: str) -> None:
    missing = written().replace(f'{name} = {{ en = "{name}", zh = "词" }}\n'.encode(), b"")

    with pytest.raises(DictionaryError, match=f"The data dictionary has no words for {name}"):
        parse_dictionary(missing)


def test_the_digest_is_of_what_is_said_and_not_of_its_layout() -> None:
    said = parse_dictionary(written()).digest
    spaced = written().replace(b"\n", b"\n\n") + b"# a remark\n"

    assert parse_dictionary(spaced).digest == said
    for change in (written(version="version = 2\n"), written(PROPERTIES.replace("T2", "T3")), written(rules="[rules]\n")):
        assert parse_dictionary(change).digest != said
