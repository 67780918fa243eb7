"""The policy document: allow-list only, and one wrong word grants nothing at all."""

from pathlib import Path

import pytest

from traceapp.domain.errors import PolicyError
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_policy

GRANTED = {
    # by hand, from what each role is there for; a role must gain or lose a right here first
    "account:create": {"admin"},
    "batch:look_up": {"auditor", "coordinator", "integrator", "quality", "viewer"},
    "batch:show": {"auditor", "coordinator", "integrator", "quality", "viewer"},
    "batch:trace": {"auditor", "coordinator", "integrator", "quality", "viewer"},
    "event:import": {"admin", "integrator"},
    "ledger:verify": {"admin", "auditor"},
    "source:show": {"auditor", "coordinator", "quality"},
    "token:create": {"admin"},
}
ROLES = {"admin", "auditor", "coordinator", "integrator", "quality", "viewer"}
LITTLE = """\
format = 1
[roles.viewer]
en = "Looks."
zh = "查看。"
permissions = ["batch:look_up", "batch:show"]
[roles.admin]
en = "Runs."
zh = "运行。"
permissions = []
"""


def of_role(role: Role) -> Actor:
    return Actor("0" * 32, "somebody", role, frozenset({"*"}), frozenset({"*"}), through="session")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy(read_policy())


def test_the_tables_of_this_test_name_every_role_and_permission() -> None:
    assert {role.value for role in Role} == ROLES
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
    little = Policy(parse_policy(LITTLE.encode()))

    assert little.decide(of_role(Role.VIEWER), Permission.BATCH_SHOW).allowed
    for role in set(Role) - {Role.VIEWER}:
        assert [little.decide(of_role(role), permission).allowed for permission in Permission] == [False] * len(Permission)


MALFORMED = {
    "empty": ("", "format: Field required"),
    "cut in a word": (LITTLE[:-12], "cannot be read"),
    "cut after a line": (LITTLE[: LITTLE.index("permissions")], "roles.viewer.permissions: Field required"),
    "no TOML": ("roles: viewer", "cannot be read"),
    "no roles": ("format = 1\n[roles]\n", "roles: "),
    "no format": (LITTLE.replace("format = 1\n", ""), "format: Field required"),
    "another format": (LITTLE.replace("format = 1", "format = 2"), "format: "),
    "an unknown role": (LITTLE.replace("roles.viewer", "roles.superuser"), "roles.superuser"),
    "a role in capitals": (LITTLE.replace("roles.viewer", "roles.Viewer"), "roles.Viewer"),
    "an unknown permission": (LITTLE.replace("batch:show", "batch:delete"), "roles.viewer.permissions"),
    "a wildcard": (LITTLE.replace("batch:show", "*"), "roles.viewer.permissions"),
    "an unknown field": (LITTLE + "sites = []\n", "roles.admin.sites: Extra inputs are not permitted"),
    "an unknown table": (LITTLE + "[exceptions]\n", "exceptions: Extra inputs are not permitted"),
    "permissions that are none": (LITTLE.replace("permissions = []", 'permissions = "all"'), "roles.admin.permissions"),
    "a role without its sentence": (LITTLE.replace('en = "Runs."\n', ""), "roles.admin.en: Field required"),
    "an empty sentence": (LITTLE.replace("运行。", ""), "roles.admin.zh"),
    "a role twice": (LITTLE + LITTLE.partition("\n")[2], "cannot be read"),
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


@pytest.mark.parametrize("size", range(0, len(LITTLE.encode()), 7))
def test_attacker_cannot_win_a_right_by_cutting_the_document(size: int) -> None:
    """What is left is refused, or grants a part of what the whole one granted."""
    try:
        cut = parse_policy(LITTLE.encode()[:size])
    except PolicyError:
        return
    whole = parse_policy(LITTLE.encode())
    assert all(row.permissions <= whole.roles[role].permissions for role, row in cut.roles.items())


def test_a_file_is_read_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(LITTLE, encoding="utf-8")

    assert read_policy(tmp_path / "policy.toml") == parse_policy(LITTLE.encode())
    with pytest.raises(PolicyError, match="cannot be read: No such file or directory"):
        read_policy(tmp_path / "missing.toml")


SAME = {
    "remarks and empty lines": LITTLE.replace("\n", "\n\n# a remark\n"),
    "windows line ends": LITTLE.replace("\n", "\r\n"),
    "roles in another order": "format = 1\n"
    + LITTLE[LITTLE.index("[roles.admin]") :]
    + LITTLE[11 : LITTLE.index("[roles.admin]")],
    "permissions in another order": LITTLE.replace('"batch:look_up", "batch:show"', '"batch:show", "batch:look_up"'),
    "a permission twice": LITTLE.replace('"batch:show"]', '"batch:show", "batch:show"]'),
}
OTHER = {
    "a right more": LITTLE.replace("permissions = []", 'permissions = ["ledger:verify"]'),
    "a right less": LITTLE.replace(', "batch:show"', ""),
    "one right for another": LITTLE.replace('"batch:show"', '"batch:trace"'),
    "a role less": LITTLE[: LITTLE.index("[roles.admin]")],
    "the same rights of another role": LITTLE.replace("roles.viewer", "roles.auditor"),
    "another sentence": LITTLE.replace("Looks.", "Looks, and more."),
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
    assert Policy(changed).digest == changed.digest
