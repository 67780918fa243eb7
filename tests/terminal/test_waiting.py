"""A command that asked for something and did nothing yet tells a script so by its exit code."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.approving import agree
from tests.fault.test_approvals_killed import WHY, colleague
from tests.processes import start_command
from tests.signing import signed_by
from traceapp.cli.commands import commands
from traceapp.cli.recorded_acts import RECORDED
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Role
from traceapp.recorded_page import list_commands
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

DOCS = (Path(__file__).parents[2] / "docs" / "approvals.md").read_text(encoding="utf-8")
ASKING = {
    name
    for name in list_commands()
    if not isinstance(RECORDED[name], str) and {Permission.APPROVAL_REQUEST, Act.APPROVAL_EXECUTE} & set(RECORDED[name])
}


@pytest.mark.parametrize("name", sorted(ASKING))
def test_promise_a_command_that_others_have_to_agree_to_says_its_exit_codes(name: str) -> None:
    shown = CliRunner().invoke(commands, [*name.split(), "--help"])

    assert "3 it waits for others, nothing happened yet" in " ".join(shown.output.split())
    assert f"`{name}`" in DOCS or f"`{name} --" in DOCS


def test_promise_what_waits_for_others_ends_with_three(stations: Stations) -> None:
    persons = [colleague(stations, name) for name in ("anna", "ben", "cora")]
    colleague(stations, "vera", Role.VIEWER)

    def run(*words: str) -> tuple[int, str]:
        process = start_command(stations, *words)
        out, _ = process.communicate()
        return process.returncode, out

    asked = {
        "silence": run("alerts", "silence", "denials", "--hours", "4", "--reason", WHY),
        "role": run("account", "role", "vera", "--role", "auditor", "--site", "*", "--line", "*", "--reason", WHY),
        "wrong option": run("alerts", "silence", "denials", "--hours", "0", "--reason", WHY),
    }
    assert {name: code for name, (code, _) in asked.items()} == {"silence": 3, "role": 3, "wrong option": 2}
    uid = asked["silence"][1].split()[0]
    early, _ = run("approval", "execute", uid)
    for person in persons[:2]:
        agree(stations, person, uid, WHY, signed_by(person))

    done, _ = run("approval", "execute", uid)
    again, _ = run("approval", "execute", uid)

    assert (early, done, again) == (3, 0, 1)
