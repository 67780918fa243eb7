"""What the effect of another policy tells is what brute force finds: each permission and each property is asked, one by one."""

import random
from dataclasses import replace
from typing import Any

import pytest

from tests.effort import examples
from tests.flows import hour
from tests.property.rights_model import LINES, SITES, draw_policy
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import AclEntry, Scope, acl_number
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument
from traceapp.policy.effects import RightsComparison

DICTIONARY = read_dictionary()
NOW = hour(0)
PROPERTIES = [(kind, name) for kind in NodeKind for name in DICTIONARY.entries(kind)]
SETS = [frozenset({Scope(site, line)}) for site in (*SITES, "*", "?") for line in (*LINES, "*")]
ENTRIES = tuple(AclEntry(acl_number(scopes), scopes) for scopes in SETS)


def draw(chance: random.Random) -> PolicyDocument:
    """Any document of the model but those that no reader takes: who makes accounts decides nothing."""
    document = draw_policy(chance)
    for row in document["roles"].values():
        row["permissions"] = sorted({*row["permissions"]} - {"account:change", "account:create"})
    return PolicyDocument.model_validate(document)


def told(policy: Policy, actor: Actor) -> set[Any]:
    """All that he may, asked one by one; his second factor is fresh, so that every condition of these policies holds."""
    found: set[Any] = {permission for permission in Permission if policy.decide(replace(actor, purpose=None), permission).allowed}
    row = policy.document.roles.get(actor.role)
    for purpose in row.purposes if row is not None else ():
        rights = compile_rights(policy, ENTRIES, replace(actor, purpose=purpose), NOW)
        found |= {purpose, *rights.see}
        found |= {("shown", place, purpose) for place in PROPERTIES if rights.shows(*place)}
        found |= {("searched", place, purpose) for place in PROPERTIES if rights.searches(*place)}
    return found


def moved(moves: Any, numbers: frozenset[int]) -> set[Any]:
    fields = {"shown": moves.shown, "searched": moves.searched}
    said = {(word, (one.kind, one.name), purpose) for word, found in fields.items() for one in found for purpose in one.purposes}
    return {*moves.permissions, *moves.purposes, *numbers, *said}


@pytest.mark.parametrize("seed", range(examples(15, 300)))
def test_promise_the_effect_of_a_policy_is_what_brute_force_finds(seed: int) -> None:
    chance = random.Random(seed)
    before, after = draw(chance), draw(chance)
    comparison = RightsComparison((before, DICTIONARY), (after, DICTIONARY), ENTRIES, NOW)
    for role in Role:
        sites = frozenset(chance.sample(SITES, chance.randint(0, 2))) or frozenset({"*"})
        actor = Actor("0" * 32, role.value, role, sites, frozenset({chance.choice(LINES)}), through="session", factor_at=NOW)
        was, becomes = (told(Policy(document, DICTIONARY), actor) for document in (before, after))

        change = comparison.of(actor)

        assert moved(change.gained, change.opened) == becomes - was
        assert moved(change.lost, change.closed) == was - becomes
