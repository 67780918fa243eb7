"""The data dictionary that comes with the program: closed, in both languages, and complete for a batch record."""

import re
from pathlib import Path

import pytest

from traceapp.dictionary.entries import MaskForm, PropertyEntry, PropertyType, Tier
from traceapp.dictionary.page import render_page
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.errors import DictionaryError
from traceapp.domain.kinds import LinkType, NodeKind

PAGE = Path(__file__).parents[3] / "docs" / "dictionary.md"
CHINESE = re.compile(r"[一-鿿]")
KNOWN = read_dictionary()
ENTRIES = {(kind.value, name): entry for kind in NodeKind for name, entry in KNOWN.entries(kind).items()}

BATCH_RECORD = {
    # what the record of a batch must say (批记录): its tier, and a clause that asks for it
    "registration_certificate": ("T0", "标签管理规定 第十三条"),
    "model": ("T0", "标签管理规定 第十三条"),
    "specification": ("T0", "规范 2014 第五十条"),
    "registrant": ("T1", "标签管理规定 第十三条"),
    "contract_maker": ("T1", "ISO 13485:2016 4.1.5"),
    "udi_di": ("T0", "ISO 13485:2016 7.5.8"),
    "udi_pi": ("T1", "21 CFR 820.35"),
    "sterilisation_lot": ("T1", "ISO 13485:2016 7.5.5"),
    "production_date": ("T1", "标签管理规定 第十三条"),
    "expiry_date": ("T1", "标签管理规定 第十三条"),
    "quantity_made": ("T1", "ISO 13485:2016 7.5.1"),
    "quantity_approved": ("T1", "ISO 13485:2016 7.5.1"),
    "environment": ("T2", "ISO 13485:2016 6.4.1, 7.5.9.2"),
    "key_processes": ("T2", "规范 2014 第四十六条"),
    "special_processes": ("T2", "ISO 13485:2016 7.5.6"),
    "process_parameters": ("T2", "规范 2014 第五十条"),
    "inspection_result": ("T2", "ISO 13485:2016 8.2.6"),
    "release_decision": ("T2", "ISO 13485:2016 8.2.6"),
    "releaser": ("T2", "ISO 13485:2016 8.2.6"),
    "ncr_number": ("T1", "ISO 13485:2016 8.3.1"),
    "capa_number": ("T1", "ISO 13485:2016 8.5.2, 8.5.3"),
    "complaint_number": ("T1", "ISO 13485:2016 8.2.2"),
}
SEALED = {
    # DESIGN: who supplied, who received, how it was made, who judged, who worked
    ("Material", "supplier_lot"): Tier.T2,
    ("Party", "name"): Tier.T2,
    ("Batch", "process_parameters"): Tier.T2,
    ("Inspection", "value"): Tier.T2,
    ("Batch", "release_decision"): Tier.T2,
    ("Batch", "releaser"): Tier.T2,
    ("Operator", "name"): Tier.T3,
    ("Operator", "contact"): Tier.T3,
    ("Batch", "formulation"): Tier.T3,
    ("Batch", "deviation"): Tier.T3,
}


@pytest.mark.parametrize(("name", "expected"), BATCH_RECORD.items(), ids=BATCH_RECORD)
def test_a_batch_carries_what_a_complete_record_needs_and_the_clause_that_asks(name: str, expected: tuple[str, str]) -> None:
    tier, clause = expected
    entry = KNOWN.entry("Batch", name)

    assert entry.tier == tier
    assert clause in (entry.clause or "").split("; ")


def test_every_kind_and_link_has_words_in_both_languages() -> None:
    for kind in NodeKind:
        assert KNOWN.kind_label(kind, "en").isascii(), kind
        assert CHINESE.search(KNOWN.kind_label(kind, "zh-Hans")), kind
    for link in LinkType:
        assert KNOWN.link_label(link, "en").isascii(), link
        assert CHINESE.search(KNOWN.link_label(link, "zh_Hans_CN")), link


@pytest.mark.parametrize("place", ENTRIES, ids=".".join)
def test_every_property_has_words_in_both_languages_and_so_has_each_choice(place: tuple[str, str]) -> None:
    entry = ENTRIES[place]

    assert (KNOWN.label(*place, "en"), KNOWN.label(*place, "zh")) == (entry.en, entry.zh)
    assert entry.en.isascii()
    assert CHINESE.search(entry.zh)
    assert all(CHINESE.search(chinese) for chinese in (entry.values or {}).values())


@pytest.mark.parametrize("place", ENTRIES, ids=".".join)
def test_promise_confidential_and_restricted_properties_are_encrypted(place: tuple[str, str]) -> None:
    entry = ENTRIES[place]

    assert entry.encrypted == (entry.tier in {"T2", "T3"})
    assert not entry.blind_index or (entry.tier is Tier.T2 and entry.leak_bits > 0), "a leak is said"


@pytest.mark.parametrize("place", ENTRIES, ids=".".join)
def test_promise_no_mask_of_a_sealed_property_is_its_value(place: tuple[str, str]) -> None:
    entry = ENTRIES[place]

    assert not (entry.encrypted and entry.mask_form is MaskForm.VALUE)
    assert entry.tier is not Tier.T3 or entry.mask_form in {MaskForm.MASKED, MaskForm.PSEUDONYM}


def test_whoever_may_not_know_a_person_can_still_speak_of_him() -> None:
    assert {KNOWN.entry("Operator", name).mask_form for name in ("identity", "name")} == {MaskForm.PSEUDONYM}
    assert {KNOWN.entry("Party", name).mask_form for name in ("identity", "name")} == {MaskForm.PSEUDONYM}


@pytest.mark.parametrize(("place", "tier"), SEALED.items(), ids=map(".".join, SEALED))
def test_promise_secrets_of_the_plant_are_sealed(place: tuple[str, str], tier: Tier) -> None:
    assert ENTRIES[place].tier is tier
    assert ENTRIES[place].encrypted


def test_one_name_means_one_thing_whatever_the_kind_of_lot() -> None:
    """A verdict or a hold reads the same on a material, a batch and a unit."""
    shared = set(KNOWN.entries("Material")) & set(KNOWN.entries("Batch")) & set(KNOWN.entries("Unit"))

    assert {"inspection_result", "release_stage", "release_decision", "hold", "hold_number", "expiry_date"} <= shared
    for name in shared:
        meanings = {_meaning(ENTRIES[kind, name]) for kind in ("Material", "Batch", "Unit")}
        assert len(meanings) == 1, name


def _meaning(entry: PropertyEntry) -> tuple[PropertyType, Tier, str, str, tuple[str, ...]]:
    return entry.type, entry.tier, entry.en, entry.zh, tuple(entry.values or ())


@pytest.mark.parametrize(("kind", "name"), [("Batch", "colour"), ("Batch", "Model"), ("Unit", "formulation"), ("Lot", "model")])
def test_an_unknown_property_is_refused(kind: str, name: str) -> None:
    with pytest.raises(DictionaryError, match=f"{kind} has no property '{name}' in the data dictionary"):
        KNOWN.entry(kind, name)
    with pytest.raises(DictionaryError):
        KNOWN.check(kind, {name: "x"})
    assert not KNOWN.knows(kind, name)


def test_the_page_is_what_the_dictionary_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(KNOWN)


def test_the_page_names_every_property_with_its_clause() -> None:
    rows = render_page(KNOWN).splitlines()

    for (_, name), entry in ENTRIES.items():
        assert any(row.startswith(f"| `{name}` | {entry.en} |") and row.endswith(f"{entry.clause or ''} |") for row in rows), name
