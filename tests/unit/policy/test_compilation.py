"""Rights as a small set: an acl number may be shown if one of its scopes lies within the actor's sites and lines."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceapp.domain.permissions import SEES_BATCHES
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import AclEntry, Scope, acl_number
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_policy

POLICY = Policy(read_policy())
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
    rights = compile_rights(POLICY, ENTRIES, actor(sites, lines))
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

    assert compile_rights(POLICY, [crossed], actor("LYON", "INF")).see == ()
    assert compile_rights(POLICY, [crossed], actor("LYON SUZHOU", "INF")).see == (7,)


@pytest.mark.parametrize("role", Role)
def test_a_role_without_a_batch_permission_sees_nothing_whatever_its_view(role: Role) -> None:
    see = compile_rights(POLICY, ENTRIES, actor("*", "*", role)).see

    assert (see == ()) == (role is Role.ADMIN)


def test_one_batch_permission_is_enough_and_none_is_not() -> None:
    for permission in SEES_BATCHES:
        some = parse_policy(f'format = 1\n[roles.viewer]\nen = "V"\nzh = "看"\npermissions = ["{permission}"]\n'.encode())
        assert compile_rights(Policy(some), ENTRIES, actor("*", "*")).see
    none = parse_policy('format = 1\n[roles.viewer]\nen = "V"\nzh = "看"\npermissions = ["ledger:verify"]\n'.encode())
    assert compile_rights(Policy(none), ENTRIES, actor("*", "*")).see == ()
    assert compile_rights(Policy(none), ENTRIES, actor("*", "*", Role.QUALITY)).see == ()


def test_rights_carry_the_digest_of_the_policy_and_sorted_numbers() -> None:
    rights = compile_rights(POLICY, reversed(ENTRIES), actor("*", "*"))

    assert rights.see == tuple(sorted(NUMBERS.values()))
    assert rights.policy_digest == POLICY.digest
    assert compile_rights(POLICY, [], actor("*", "*")).see == ()
    assert compile_rights(POLICY, ENTRIES, actor("", "")).policy_digest == POLICY.digest


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
    assert set(compile_rights(POLICY, entries, person).see) == expected


def test_a_narrower_view_never_shows_more() -> None:
    for wide, narrow in product(VIEWS, VIEWS):
        if all(set(part.split()) <= set(other.split()) for part, other in zip(narrow, wide, strict=True)):
            assert VIEWS[narrow] <= VIEWS[wide]
            assert seen(*narrow) <= seen(*wide)
