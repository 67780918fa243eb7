"""The policy document: allow-list only, and one wrong word grants nothing at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.policy.little_policy import ADMIN, APPROVAL, HEAD, LITTLE, VIEWER
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.errors import PolicyError
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_policy

EVERYBODY = {
    "admin",
    "auditor",
    "coordinator",
    "customer",
    "integrator",
    "it",
    "lab",
    "production",
    "quality",
    "regulator",
    "supplier",
    "viewer",
    "warehouse",
}
GRANTED = {
    # by hand, from what each role is there for; a role must gain or lose a right here first
    "account:change": {"admin"},
    "account:create": {"admin"},
    "account:list": {"admin", "auditor", "quality"},
    "account:review": {"auditor", "quality"},
    "batch:export": {"auditor", "coordinator", "quality", "regulator"},
    "batch:look_up": EVERYBODY - {"admin", "it"},
    "batch:show": EVERYBODY - {"admin", "it"},
    "batch:trace": EVERYBODY - {"admin", "it"},
    "break_glass:begin": {"coordinator", "lab", "production", "quality", "warehouse"},
    "break_glass:list": {"admin", "auditor", "quality"},
    "break_glass:review": {"auditor", "quality"},
    "change:list": {"admin", "auditor", "it", "production", "quality"},
    "change:propose": {"admin", "it", "quality"},
    "recipient:change": {"coordinator", "quality"},
    "referral:list": {"quality"},
    "event:import": {"admin", "integrator"},
    "feed:change": {"admin"},
    "feed:list": {"admin", "auditor", "quality"},
    "feed:send": {"integrator"},
    "key:destroy": {"admin"},
    "key:officers": {"admin"},
    "ledger:erase": {"admin"},
    "delivery:enter": {"auditor", "coordinator", "quality"},
    "delivery:list": {"admin", "auditor", "coordinator", "quality"},
    "ledger:export": {"auditor"},
    "ledger:search": {"admin", "auditor", "quality"},
    "ledger:verify": {"admin", "auditor", "it"},
    "alert:acknowledge": {"admin", "quality"},
    "alert:list": {"admin", "auditor", "it", "quality"},
    "alert:silence": {"admin", "quality"},
    "approval:decide": {"auditor", "it", "production", "quality"},
    "approval:list": {"admin", "auditor", "coordinator", "it", "production", "quality"},
    "approval:request": {"admin", "auditor", "coordinator", "it", "quality"},
    "metrics:read": {"admin"},
    "session:list": {"admin"},
    "session:stop": {"admin"},
    "policy:explain": {"admin"},
    "source:show": {"auditor", "coordinator", "quality", "regulator"},
    "token:create": {"admin"},
    "token:list": {"admin"},
    "token:revoke": {"admin"},
}


def of_role(role: Role) -> Actor:
    return Actor("0" * 32, "somebody", role, frozenset({"*"}), frozenset({"*"}), through="session")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy(read_policy(), read_dictionary())


def test_the_tables_of_this_test_name_every_role_and_permission() -> None:
    assert {role.value for role in Role} == EVERYBODY
    assert {permission.value for permission in Permission} == set(GRANTED)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_promise_every_role_may_do_what_is_written_and_nothing_else(policy: Policy, role: Role, permission: Permission) -> None:
    decision = policy.decide(of_role(role), permission)
    verb = "allows" if decision.allowed else "does not allow"

    assert decision.allowed == (role.value in GRANTED[permission.value])
    assert decision.rule == (f"{role.value}/{permission.value}" if decision.allowed else "default/deny")
    assert decision.reason == f"The role {role.value} {verb} {permission.value}."


def test_promise_an_administrator_sees_no_batch(policy: Policy) -> None:
    allowed = {permission for permission in Permission if policy.decide(of_role(Role.ADMIN), permission).allowed}

    assert not {permission for permission in allowed if permission.startswith(("batch:", "source:"))}


def test_a_role_that_the_document_does_not_name_may_do_nothing() -> None:
    little = Policy(parse_policy(LITTLE.encode()), read_dictionary())

    assert little.decide(of_role(Role.VIEWER), Permission.BATCH_SHOW).allowed
    for role in set(Role) - {Role.VIEWER}:
        assert [little.decide(of_role(role), permission).allowed for permission in Permission] == [False] * len(Permission)


MALFORMED = {
    "empty": ("", "format: Field required"),
    "cut in a word": (LITTLE[:-12], "cannot be read"),
    "cut after a line": (LITTLE[: LITTLE.index("permissions")], "roles.viewer.permissions: Field required"),
    "cut before the last line": (LITTLE.replace("permissions = []\n", ""), "roles.admin.permissions: Field required"),
    "no TOML": ("roles: viewer", "cannot be read"),
    "no roles": (HEAD + "[roles]\n", "roles: "),
    "no format": (LITTLE.replace("format = 2\n", ""), "format: Field required"),
    "another format": (LITTLE.replace("format = 2", "format = 1"), "format: "),
    "an unknown role": (LITTLE.replace("roles.viewer", "roles.superuser"), "roles.superuser"),
    "a role in capitals": (LITTLE.replace("roles.viewer", "roles.Viewer"), "roles.Viewer"),
    "an unknown permission": (LITTLE.replace("batch:show", "batch:delete"), "roles.viewer.permissions"),
    "a wildcard": (LITTLE.replace("batch:show", "*"), "roles.viewer.permissions"),
    "an unknown field": (LITTLE + "sites = []\n", "roles.admin.sites: Extra inputs are not permitted"),
    "an operation that there is not": (LITTLE + APPROVAL.replace("alert_silence", "anything"), "approvals.anything"),
    "a step without a role": (LITTLE + APPROVAL.replace('["viewer"]', "[]"), "approvals.alert_silence.steps.0.roles"),
    "no steps": (LITTLE + APPROVAL.replace('[{ roles = ["viewer"] }]', "[]"), "approvals.alert_silence.steps"),
    "a step of a role that decides nothing": (LITTLE + APPROVAL, "wanted roles that may decide, found viewer"),
    "somebody who decides and makes accounts": (
        LITTLE.replace("permissions = []", 'permissions = ["account:create", "approval:decide"]'),
        "wanted nobody who makes or changes accounts among those who decide, found admin",
    ),
    "somebody who reviews accounts and makes them": (
        LITTLE.replace("permissions = []", 'permissions = ["account:create", "account:review"]'),
        "wanted nobody who makes or changes accounts among those who review them, found admin",
    ),
    "an unknown table": (LITTLE + "[exceptions]\n", "exceptions: Extra inputs are not permitted"),
    "permissions that are none": (LITTLE.replace("permissions = []", 'permissions = "all"'), "roles.admin.permissions"),
    "a role without its sentence": (LITTLE.replace('en = "Runs."\n', ""), "roles.admin.en: Field required"),
    "an empty sentence": (LITTLE.replace("运行。", ""), "roles.admin.zh"),
    "a role twice": (LITTLE + VIEWER, "cannot be read"),
    "a role to route to that is no role of it": (
        LITTLE.replace('routed_to = "viewer"', 'routed_to = "quality"'),
        "routed_to: wanted one of the roles",
    ),
    "an unknown scope": (LITTLE.replace('["site", "line"]', '["site", "country"]'), "roles.viewer.scope"),
    "no scope": (LITTLE.replace('scope = ["site", "line"]\n', ""), "roles.viewer.scope: Field required"),
    "a scope beside the organisation": (LITTLE.replace('["site", "line"]', '["site", "organisation"]'), "wanted no other scope"),
    "no version": (LITTLE.replace("version = 1\n", ""), "version: Field required"),
    "an unknown kind of field": (LITTLE.replace("Batch = [", "Lot = ["), "fields.thing: Value error, wanted kinds of the model"),
    "a set of fields that is not there": (
        LITTLE.replace('["thing"]', '["thing", "all"]'),
        "wanted sets of fields that are there",
    ),
    "an unknown purpose": (LITTLE.replace("purposes.recall", "purposes.curiosity"), "purposes.curiosity"),
    "a purpose that is not there": (LITTLE.replace('["recall"]', '["recall", "audit"]'), "wanted purposes that are there"),
    "a default that is no purpose of the role": (
        LITTLE.replace('default_purpose = "recall"', 'default_purpose = "audit"'),
        "wanted a default purpose that is one of the purposes",
    ),
    "an unknown tier": (LITTLE.replace('"T1"', '"T4"'), "roles.viewer.clearance"),
    "search beyond the clearance": (LITTLE.replace('search = "T1"', 'search = "T2"'), "wanted no search beyond the clearance"),
    "a third way to withhold": (LITTLE.replace('"stop"', '"hide"'), "roles.admin.withholding"),
    "clearance T3 without its conditions": (LITTLE.replace('"T1"', '"T3"'), "wanted the table t3"),
    "conditions without clearance T3": (LITTLE.replace('"T3"', '"T2"'), "wanted the table t3"),
    "an unknown condition": (LITTLE.replace("factor_minutes", "factor_hours"), "t3.factor_hours: Extra inputs"),
    "a shift that is no time": (LITTLE.replace("06:00", "25:00"), "t3.shift"),
    "no network at all": (LITTLE.replace('["10.0.0.0/8"]', "[]"), "t3.networks"),
    "a network that is none": (LITTLE.replace("10.0.0.0/8", "10.0.0.1/8"), "t3.networks"),
}


@pytest.mark.parametrize("defect", MALFORMED)
def test_a_document_with_one_wrong_word_is_refused_at_its_place(defect: str) -> None:
    content, place = MALFORMED[defect]

    with pytest.raises(PolicyError) as refused:
        parse_policy(content.encode())

    assert place in str(refused.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", LITTLE.encode("utf-16"), LITTLE.encode("gbk")])
def test_a_document_in_another_encoding_is_refused(content: bytes) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        parse_policy(content)


def test_attacker_cannot_win_a_right_by_cutting_the_document() -> None:
    """After whatever byte: what is left is refused, or grants a part of what the whole one granted."""
    content, read = LITTLE.encode(), 0
    whole = parse_policy(content)
    for size in range(len(content)):
        try:
            cut = parse_policy(content[:size])
        except PolicyError:
            continue
        read += 1
        assert all(row.clearance <= whole.roles[role].clearance for role, row in cut.roles.items()), size
        assert all(row.permissions <= whole.roles[role].permissions for role, row in cut.roles.items()), size
    assert read > 0, "some are still policies"


def test_a_file_is_read_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(LITTLE, encoding="utf-8")

    assert read_policy(tmp_path / "policy.toml") == parse_policy(LITTLE.encode())
    with pytest.raises(PolicyError, match="cannot be read: No such file or directory"):
        read_policy(tmp_path / "missing.toml")


SAME = {
    "remarks and empty lines": LITTLE.replace("\n", "\n\n# a remark\n"),
    "windows line ends": LITTLE.replace("\n", "\r\n"),
    "roles in another order": HEAD + ADMIN + VIEWER,
    "permissions in another order": LITTLE.replace('"batch:look_up", "batch:show"', '"batch:show", "batch:look_up"'),
    "a permission twice": LITTLE.replace('"batch:show"]', '"batch:show", "batch:show"]'),
}
OTHER = {
    "a right more": LITTLE.replace("permissions = []", 'permissions = ["ledger:verify"]'),
    "a right less": LITTLE.replace(', "batch:show"', ""),
    "one right for another": LITTLE.replace('"batch:show"', '"batch:trace"'),
    "a role less": HEAD + VIEWER,
    "the same rights of another role": LITTLE.replace("roles.viewer", "roles.auditor").replace(
        'routed_to = "viewer"', 'routed_to = "auditor"'
    ),
    "another sentence": LITTLE.replace("Looks.", "Looks, and more."),
    "another role to route to": LITTLE.replace('routed_to = "viewer"', 'routed_to = "admin"'),
    "another scope": LITTLE.replace('["site", "line"]', '["site"]'),
    "another version": LITTLE.replace("version = 1", "version = 2"),
    "a field more": LITTLE.replace('"udi_di"', '"udi_di", "model"'),
    "a clearance lower": LITTLE.replace('clearance = "T1"', 'clearance = "T0"').replace('search = "T1"', 'search = "T0"'),
    "the other mode": LITTLE.replace('"pass"', '"stop"'),
    "a longer factor": LITTLE.replace("factor_minutes = 5", "factor_minutes = 6"),
    "a shift turned round": LITTLE.replace('["22:00", "06:00"]', '["06:00", "22:00"]'),
    "another Chinese sentence": LITTLE.replace("查看", "看"),
}


@pytest.mark.parametrize("writing", SAME)
def test_the_digest_does_not_depend_on_layout(writing: str) -> None:
    assert SAME[writing] != LITTLE
    assert parse_policy(SAME[writing].encode()).digest == parse_policy(LITTLE.encode()).digest


@pytest.mark.parametrize("change", OTHER)
def test_the_digest_depends_on_every_word(change: str) -> None:
    changed = parse_policy(OTHER[change].encode())

    assert changed.digest != parse_policy(LITTLE.encode()).digest
    assert Policy(changed, read_dictionary()).digest == changed.digest


def test_a_field_that_the_dictionary_does_not_know_is_refused() -> None:
    unknown = parse_policy(LITTLE.replace("udi_di", "udi").encode())

    with pytest.raises(PolicyError, match=r"fields\.thing: Batch has no property 'udi' in the data dictionary"):
        Policy(unknown, read_dictionary())


def test_a_token_allows_no_more_than_it_was_made_for(policy: Policy) -> None:
    narrow = replace(of_role(Role.VIEWER), only=frozenset({Permission.BATCH_SHOW, Permission.ACCOUNT_CREATE}))

    assert {one for one in Permission if policy.decide(narrow, one).allowed} == {Permission.BATCH_SHOW}
    assert policy.decide(narrow, Permission.BATCH_TRACE).rule == "token/scope"


def test_a_purpose_that_is_not_of_the_role_is_denied_with_its_reason(policy: Policy) -> None:
    curious = replace(of_role(Role.WAREHOUSE), purpose=Purpose.RECALL)
    decision = policy.decide(curious, Permission.BATCH_SHOW)

    assert (decision.allowed, decision.rule) == (False, "warehouse/purposes")
    assert decision.reason == "The role warehouse does not look for the purpose recall."
    assert policy.decide(replace(curious, purpose=Purpose.INBOUND), Permission.BATCH_SHOW).allowed
