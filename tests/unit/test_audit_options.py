"""What cannot be on record is a wrong option of `traceapp audit`, said before anything is started."""

import pytest
from click.testing import CliRunner

from traceapp.cli.audit import audit

NO_RECORD = ["0", "-1", "99999999999999999999999999", "x"]
NO_SEARCH = [
    "--act=batch:tracr",
    "--role=boss",
    "--outcome=good",
    "--since=2026-13-01",
    "--limit=0",
    "--before=99999999999999999999",
]


@pytest.mark.parametrize("command", ["show", "replay", "prove"])
@pytest.mark.parametrize("seq", NO_RECORD)
def test_a_number_that_no_record_has_is_a_wrong_option(command: str, seq: str) -> None:
    said = CliRunner().invoke(audit, [command, "--home", "/nowhere", "--", seq])

    assert said.exit_code == 2
    assert "SEQ" in said.output


@pytest.mark.parametrize("wrong", NO_SEARCH)
def test_a_search_for_what_there_is_not_finds_not_nothing(wrong: str) -> None:
    said = CliRunner().invoke(audit, ["search", "--home", "/nowhere", wrong])

    assert said.exit_code == 2
    assert wrong.partition("=")[0] in said.output
