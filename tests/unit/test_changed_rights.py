"""Who may be somebody, and of which role, is changed behind few doors: nobody else names the functions that do it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import traceapp

PROGRAM: Final = Path(traceapp.__file__).parent
ACCOUNTS: Final = "usecases/accounts"
DOORS: Final = {
    "create_account": {f"{ACCOUNTS}/give_role.py", "usecases/load_demo.py"},
    "set_role": {f"{ACCOUNTS}/give_role.py"},
    "set_person": {f"{ACCOUNTS}/give_role.py", f"{ACCOUNTS}/account_person.py"},
    "put_role": {f"{ACCOUNTS}/give_role.py", f"{ACCOUNTS}/account_role.py"},
    "give_account_role": {"usecases/approvals/approved_operations.py"},
    "give_account_person": {"usecases/approvals/approved_operations.py"},
    "set_password": {"cli/accounts.py"},
    "put_account": {
        f"{ACCOUNTS}/change_account.py",
        f"{ACCOUNTS}/create_account.py",
        f"{ACCOUNTS}/leave_account.py",
        f"{ACCOUNTS}/own_password.py",
        f"{ACCOUNTS}/review_access.py",
        "usecases/places/finish_moves.py",
        "usecases/sessions/second_factors.py",
        "usecases/sessions/sign_in_by_provider.py",
    },
}
"""Function → the files that name it, beside its own: `give_role` asks others first, the rest carries out what they agreed to,
or takes rights away. Whoever adds one says in `docs/accounts.md` who agrees to it.
"""


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.AST]:
    """Of every file that names one of the doors, by its path."""
    texts = {path.relative_to(PROGRAM).as_posix(): path.read_text(encoding="utf-8") for path in PROGRAM.rglob("*.py")}
    return {name: ast.parse(text) for name, text in texts.items() if any(door in text for door in (*DOORS, "set_disabled"))}


def names_in(tree: ast.AST) -> Iterator[str]:
    """Whatever is imported, called, handed on, or named in a text that could be looked up by."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(names=names):
                yield from (one.name for one in names)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                yield name


@pytest.mark.parametrize("door", DOORS)
def test_promise_accounts_and_roles_are_changed_behind_these_doors_alone(door: str, trees: dict[str, ast.AST]) -> None:
    assert {name for name, tree in trees.items() if door in names_in(tree)} == DOORS[door]


def test_promise_an_account_is_opened_again_by_one_use_case_alone(trees: dict[str, ast.AST]) -> None:
    """All others close: `disabled` is written out where `set_disabled` is called, and nothing else hands it on."""
    said = {
        (name, ast.unparse(word.value))
        for name, tree in trees.items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("set_disabled")
        for word in call.keywords
        if word.arg == "disabled"
    }
    named = {name for name, tree in trees.items() if "set_disabled" in names_in(tree)}

    assert {name for name, value in said if value != "True"} == {f"{ACCOUNTS}/give_role.py"}
    assert {name for name, _ in said} == named, "it is called where it is named, with the word `disabled`"
