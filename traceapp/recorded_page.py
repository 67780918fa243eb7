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
BY_ITSELF = (Act.ALERT_RAISE, Act.LEDGER_RECOVER, Act.LEDGER_START, Permission.LEDGER_VERIFY, Act.ROWS_TRUST, Act.SESSION_MOVE)
"""What no address and no command has to be asked for."""


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
    return "\n".join(parts)


def _told(said: tuple[Permission | Act, ...] | str) -> str:
    return f"nothing: {said}" if isinstance(said, str) else ", ".join(f"`{act.value}`" for act in said)


def _table(name: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join([f"| {name} | on record |", "|---|---|", *(f"| {one} | {told} |" for one, told in rows), ""])


def _no_stations() -> Stations:
    raise StoreUnavailableError("this page asks no store")


def build_page() -> str:
    return page(recorded_endpoints(create_app(_no_stations, bytes(32))))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(build_page(), encoding="utf-8")
