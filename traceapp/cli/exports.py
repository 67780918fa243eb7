"""`traceapp export …`: files that left."""

import re
from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.composition import terminal_actor
from traceapp.domain.errors import InputError
from traceapp.usecases.exports.name_copy import LARGEST, name_copy

UNNAMED = 1


@click.group()
def export() -> None:
    """Files that left (docs/exports.md)."""


@export.command()
@click.argument("copy", metavar="FILE_OR_ID")
@home_option
def who(copy: str, home: Path | None) -> None:
    """Name who took the copy FILE_OR_ID out: a file that left, even one that was changed since, or the id that stands in it.

    Exit codes: 0 named · 1 no copy that left here · 2 wrong option
    """
    content = copy.encode() if re.fullmatch(r"[0-9a-f]{32}", copy) else _read(Path(copy))
    with stations_of(settings_of(home)) as stations:
        found = name_copy(stations, terminal_actor(), content)
    for one in found.value:
        how = "the very file" if one.whole else "its id stands in it"
        approved = f"  approval {one.approval}" if one.approval else ""
        click.echo(f"{one.copy}  {one.username} ({one.role})  {one.time}  {one.act}  ledger record {one.seq}{approved}  {how}")
    click.echo(f"{len(found.value)} copies (ledger record {found.receipt.seq})", err=True)
    if not found.value:
        raise SystemExit(UNNAMED)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None
    if len(content) > LARGEST:
        raise InputError(f"{path}: wanted at most {LARGEST} bytes")
    return content
