"""docs/permissions.md says what the policy says."""

from importlib import resources
from pathlib import Path

import pytest

from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.policy.document import parse_policy, read_policy
from traceapp.policy.page import MEANINGS, render_page

PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
POLICY = read_policy()


def cells(page: str, first: str) -> list[str]:
    """The row that begins with this cell."""
    (row,) = [line for line in page.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_the_page_is_what_the_policy_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(POLICY)


@pytest.mark.parametrize("permission", Permission)
def test_a_mark_stands_where_the_role_may_and_nowhere_else(permission: Permission) -> None:
    page = PAGE.read_text(encoding="utf-8")
    marked = dict(zip(cells(page, "permission"), cells(page, f"`{permission.value}`"), strict=True))

    assert {role.value: marked[role.value] == "✓" for role in Role} == {
        role.value: permission in POLICY.roles[role].permissions for role in Role
    }
    assert (marked["meaning"], marked["含义"]) == MEANINGS[permission]


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_sentence_in_both_languages(role: Role) -> None:
    row = POLICY.roles[role]

    assert cells(PAGE.read_text(encoding="utf-8"), f"`{role.value}`") == [f"`{role.value}`", row.en, row.zh]


def test_another_policy_makes_another_page() -> None:
    default = resources.files("traceapp.policy").joinpath("default_policy.toml").read_text(encoding="utf-8")
    other = parse_policy(default.replace('"batch:show", "batch:trace"', '"batch:show"').encode())

    assert cells(render_page(other), "`batch:show`")[2] == "✓"
    assert cells(render_page(other), "`batch:trace`")[2] == ""
    assert other.digest in render_page(other)
