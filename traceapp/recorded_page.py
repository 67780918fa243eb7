"""What is recorded, from what endpoints and commands declare: `python -m traceapp.recorded_page docs/recorded.md`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from flask import Flask

from traceapp.app import create_app
from traceapp.cli.commands import commands
from traceapp.cli.recorded_acts import RECORDED
from traceapp.domain.errors import StoreUnavailableError
from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.stations import Stations
from traceapp.web.access import Records, records_of

HEAD = """# What is recorded

Every address of the web service and every command of the terminal, with the acts that it is on record with in the ledger; of
several, those that it did. This page is made by `python -m traceapp.recorded_page docs/recorded.md`; a test compares it with
the addresses and commands that there are, and another one calls each of them and looks for the record.

Refusals are on record besides: under the act that was refused, with the outcome `denied`, or as `request:refuse` where no act
had begun. The service itself records {by_itself},
and what became of acts that a crash cut off.
"""
BY_ITSELF = (
    Act.ALERT_RAISE,
    Act.APPROVAL_EXPIRE,
    Permission.APPROVAL_REQUEST,
    Act.APPROVAL_SPENT,
    Act.APPROVAL_SUPERSEDE,
    Act.LEDGER_RECOVER,
    Act.LEDGER_START,
    Permission.LEDGER_VERIFY,
    Act.ROWS_TRUST,
    Act.SESSION_MOVE,
)
"""What no address and no command has to be asked for."""

WITHOUT_INTENT = """## Writes without an intent of their own

A change of the store, of keys, of the policy or of the ledger itself is on record twice: what is intended before it begins, and
what became of it ([ledger](ledger.md)). These few are not, each since nothing can come of it that is not on record:
"""
STANDS_FOR = {
    "a session that begins": (
        "its record, `session:start`, is there before it and names its command: a crash between leaves a record of a session "
        "that never was"
    ),
    "the last step of one-time codes, the counter of a passkey": (
        "they only take away: what was used opens nothing more. Whoever showed it is let in by the record that follows, and that "
        "comes before the cookie; a crash between leaves a code that is used, and nobody let in. A **recovery code** is one "
        "fewer for good, and so has an intent (`factor:change`)"
    ),
    "the new secret of a session": (
        "nobody has it before the answer leaves, and that leaves after the record of the act around: the factor that was shown, "
        "the purpose that was chosen, the access that was begun or ended"
    ),
    "the last use of a session or token": "the records of what it was used for say the same",
    "whoever signs out, while the ledger is away": (
        "he is shut out all the same, and is told that it is not on record; with the ledger there, leaving has its intent"
    ),
    "a session that is taken for stolen": (
        "it is shut out first, and `session:end` says so then, since that never waits for a ledger"
    ),
}
"""Write → what is on record in place of its intent."""


def recorded_endpoints(app: Flask) -> dict[str, tuple[str, Records | None]]:
    """Endpoint → its methods and address, and what it promises."""
    found = {}
    for rule in app.url_map.iter_rules():
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found[rule.endpoint] = f"{methods} {rule.rule}", records_of(app, rule.endpoint)
    return found


def list_commands(group: click.Command = commands, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, by its words."""
    if not isinstance(group, click.Group):
        yield " ".join(path)
        return
    for name, command in group.commands.items():
        yield from list_commands(command, (*path, name))


def page(endpoints: Mapping[str, tuple[str, Records | None]]) -> str:
    rows = [(f"`{address}`", _told(said.acts or said.because)) for address, said in endpoints.values() if said is not None]
    words = [(f"`traceapp {name}`", _told(said)) for name, said in RECORDED.items()]
    head = HEAD.format(by_itself=", ".join(f"`{act.value}`" for act in BY_ITSELF))
    parts = [head, "## Addresses\n", _table("address", sorted(rows)), "## Commands\n", _table("command", sorted(words))]
    parts += [WITHOUT_INTENT, _table("write", [*STANDS_FOR.items()], "what stands for it")]
    return "\n".join(parts)


def _told(said: tuple[Permission | Act, ...] | str) -> str:
    return f"nothing: {said}" if isinstance(said, str) else ", ".join(f"`{act.value}`" for act in said)


def _table(name: str, rows: list[tuple[str, str]], told: str = "on record") -> str:
    return "\n".join([f"| {name} | {told} |", "|---|---|", *(f"| {one} | {said} |" for one, said in rows), ""])


def _no_stations() -> Stations:
    raise StoreUnavailableError("this page asks no store")


def build_page() -> str:
    return page(recorded_endpoints(create_app(_no_stations, bytes(32))))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(build_page(), encoding="utf-8")
