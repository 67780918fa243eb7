"""Rights as a small set: an acl number may be shown if one of its scopes lies within the actor's sites and lines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.policy.little_policy import granting
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import SEES_BATCHES, Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Rights, Role, Withholding
from traceapp.domain.scopes import AclEntry, Scope, acl_number
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_policy

POLICY = Policy(read_policy(), read_dictionary())
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLACES = {
    # name: scopes of one interned set
    "lyon-inf": "LYON|INF",
    "lyon-ort": "LYON|ORT",
    "suzhou-inf": "SUZHOU|INF",
    "both sites": "LYON|INF SUZHOU|INF",
    "lyon, any line": "LYON|*",
    "any site, inf": "*|INF",
    "shared": "*|*",
}
NUMBERS = {name: number for number, name in enumerate(PLACES, start=101)}
ENTRIES = [AclEntry(NUMBERS[name], frozenset(Scope.parse(text) for text in texts.split())) for name, texts in PLACES.items()]


def actor(sites: str, lines: str, role: Role = Role.VIEWER) -> Actor:
    return Actor("0" * 32, "somebody", role, frozenset(sites.split()), frozenset(lines.split()), through="session")


def seen(sites: str, lines: str) -> set[str]:
    rights = compile_rights(POLICY, ENTRIES, actor(sites, lines), NOW)
    names = {number: name for name, number in NUMBERS.items()}
    return {names[number] for number in rights.see}


VIEWS = {
    # (sites, lines): what may be shown
    ("*", "*"): set(PLACES),
    ("LYON SUZHOU", "INF ORT"): set(PLACES),
    ("LYON", "INF"): {"lyon-inf", "both sites", "lyon, any line", "any site, inf", "shared"},
    ("LYON", "ORT"): {"lyon-ort", "lyon, any line", "shared"},
    ("LYON", "*"): {"lyon-inf", "lyon-ort", "both sites", "lyon, any line", "any site, inf", "shared"},
    ("SUZHOU", "INF"): {"suzhou-inf", "both sites", "any site, inf", "shared"},
    ("SUZHOU", "ORT"): {"shared"},
    ("*", "INF"): set(PLACES) - {"lyon-ort"},
    ("PARIS", "INF"): {"any site, inf", "shared"},
    ("PARIS", "EYE"): {"shared"},
    ("lyon", "inf"): {"shared"},
    ("", "*"): set(),
    ("*", ""): set(),
    ("", ""): set(),
}


@pytest.mark.parametrize("view", VIEWS, ids=" / ".join)
def test_sites_and_lines_are_compiled_to_what_may_be_shown(view: tuple[str, str]) -> None:
    assert seen(*view) == VIEWS[view]


def test_promise_a_site_of_one_scope_and_a_line_of_another_open_nothing() -> None:
    """LYON makes ORT here and SUZHOU makes INF: nobody who sees LYON's INF alone sees this one."""
    crossed = AclEntry(7, frozenset({Scope("LYON", "ORT"), Scope("SUZHOU", "INF")}))

    assert compile_rights(POLICY, [crossed], actor("LYON", "INF"), NOW).see == ()
    assert compile_rights(POLICY, [crossed], actor("LYON SUZHOU", "INF"), NOW).see == (7,)


def test_promise_of_what_belongs_to_several_sites_those_within_the_view_are_told() -> None:
    """A scope is within the view whole or not at all: SUZHOU is, where its line is one of those seen."""
    crossed = AclEntry(7, frozenset({Scope("LYON", "ORT"), Scope("SUZHOU", "INF")}))
    rights = compile_rights(POLICY, [*ENTRIES, crossed], actor("LYON SUZHOU", "INF"), NOW)
    ours = compile_rights(POLICY, ENTRIES, actor("LYON", "INF"), NOW)

    assert (rights.places[7], rights.places[NUMBERS["both sites"]]) == (("SUZHOU",), ("LYON", "SUZHOU"))
    assert (ours.places[NUMBERS["both sites"]], ours.places[NUMBERS["shared"]]) == (("LYON",), ())
    assert tuple(sorted(ours.places)) == ours.see


@pytest.mark.parametrize("role", Role)
def test_a_role_without_a_batch_permission_sees_nothing_whatever_its_view(role: Role) -> None:
    see = compile_rights(POLICY, ENTRIES, actor("*", "*", role), NOW).see

    assert (see == ()) == (role in {Role.ADMIN, Role.IT})


def test_one_batch_permission_is_enough_and_none_is_not() -> None:
    for permission in SEES_BATCHES:
        some = parse_policy(granting(permission).encode())
        assert compile_rights(Policy(some, read_dictionary()), ENTRIES, actor("*", "*"), NOW).see
    none = parse_policy(granting(Permission.LEDGER_VERIFY).encode())
    assert compile_rights(Policy(none, read_dictionary()), ENTRIES, actor("*", "*"), NOW).see == ()
    assert compile_rights(Policy(none, read_dictionary()), ENTRIES, actor("*", "*", Role.QUALITY), NOW).see == ()


BATCH = NodeKind.BATCH
SERVICE = {"number", "identity", "product", "acl"}
"""Some of what the service itself writes of a batch, all of it T1."""


def rights_of(**said: object) -> Rights:
    policy = Policy(parse_policy(granting("batch:show").encode()), read_dictionary())
    return compile_rights(policy, ENTRIES, replace(actor("*", "*"), **said), NOW)  # type: ignore[arg-type]


def test_a_property_is_clear_where_purpose_and_clearance_meet() -> None:
    recall = rights_of(factor_at=NOW)

    assert {name for name in recall.clear[BATCH] if read_dictionary().knows("Batch", name)} == {
        "udi_di",
        "process_parameters",
        "formulation",
    }
    assert recall.clear[BATCH] >= SERVICE
    assert recall.shows(BATCH, "process_parameters")
    assert not recall.shows(BATCH, "sterilisation_dose")
    assert not recall.shows(BATCH, "no such property")
    assert not recall.shows(NodeKind.MATERIAL, "process_parameters")


def test_another_purpose_opens_its_own_fields_only() -> None:
    audit = rights_of(purpose=Purpose.AUDIT, factor_at=NOW)

    assert not {name for name in audit.clear[BATCH] if read_dictionary().knows("Batch", name)}
    assert audit.see


def test_a_purpose_that_is_not_of_the_role_shows_nothing() -> None:
    assert rights_of(purpose=Purpose.RELEASE) == Rights((), rights_of().policy_digest, mode=Withholding.STOP)


@pytest.mark.parametrize(
    ("minutes_ago", "fresh"), [(0, True), (10, True), (10.1, False), (-1, False), (None, False)], ids=lambda value: str(value)
)
def test_a_t3_value_is_clear_only_with_a_fresh_second_factor(minutes_ago: float | None, fresh: bool) -> None:
    rights = rights_of(factor_at=NOW - timedelta(minutes=minutes_ago) if minutes_ago is not None else None)

    assert rights.shows(BATCH, "formulation") == fresh
    assert rights.shows(BATCH, "process_parameters")


def test_what_may_be_searched_by_is_a_part_of_what_is_clear() -> None:
    rights = rights_of(factor_at=NOW)

    assert rights.searches(BATCH, "udi_di")
    assert not rights.searches(BATCH, "process_parameters")
    assert all(names <= rights.clear[kind] for kind, names in rights.search.items())


def test_rights_carry_the_digest_of_the_policy_and_sorted_numbers() -> None:
    rights = compile_rights(POLICY, reversed(ENTRIES), actor("*", "*"), NOW)

    assert rights.see == tuple(sorted(NUMBERS.values()))
    assert rights.policy_digest == POLICY.digest
    assert compile_rights(POLICY, [], actor("*", "*"), NOW).see == ()
    assert compile_rights(POLICY, ENTRIES, actor("", ""), NOW).policy_digest == POLICY.digest


NAMES = st.sampled_from(["LYON", "SUZHOU", "*"])
LINES = st.sampled_from(["INF", "ORT", "*"])
SCOPES = st.frozensets(st.builds(Scope, NAMES, LINES), min_size=1)


@settings(deadline=None)
@given(st.lists(SCOPES, max_size=6), st.frozensets(NAMES), st.frozensets(LINES))
def test_the_set_is_what_asking_one_by_one_would_give(
    sets: list[frozenset[Scope]], sites: frozenset[str], lines: frozenset[str]
) -> None:
    entries = [AclEntry(acl_number(scopes), scopes) for scopes in sets]
    person = replace(actor("", ""), sites=sites, lines=lines)
    own = set(product(sites, lines))

    def may_see(scope: Scope) -> bool:
        return any(site in (scope.site, "*") or scope.site == "*" for site, _ in own) and any(
            line in (scope.line, "*") or scope.line == "*" for _, line in own
        )

    expected = {entry.number for entry in entries if any(may_see(scope) for scope in entry.scopes)}
    assert set(compile_rights(POLICY, entries, person, NOW).see) == expected


def test_a_narrower_view_never_shows_more() -> None:
    for wide, narrow in product(VIEWS, VIEWS):
        if all(set(part.split()) <= set(other.split()) for part, other in zip(narrow, wide, strict=True)):
            assert VIEWS[narrow] <= VIEWS[wide]
            assert seen(*narrow) <= seen(*wide)
