"""`traceapp audit verify`: is the ledger whole?"""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of
from traceapp.composition import backing, terminal_actor
from traceapp.domain.errors import HomeError, LedgerBrokenError
from traceapp.domain.recorded import LedgerVerdict
from traceapp.settings import Settings
from traceapp.usecases.verify_ledger import ledger_state, torn_ends, verify_closed_ledger, verify_ledger

BROKEN = 1


@click.group()
def audit() -> None:
    """Ask the ledger about itself."""


@audit.command()
@home_option
def verify(home: Path | None) -> None:
    """Check every record of the ledger and name the first bad one.

    Exit codes: 0 whole · 1 broken, the first bad record is named
    """
    settings = settings_of(home)
    verdict = _verdict(settings)
    for path in torn_ends(settings.home):
        click.echo(f"note: an end that a crash left unfinished was cut off and kept: {path}", err=True)
    if verdict.ok:
        click.echo(f"whole: {verdict.records} records, head leaf {verdict.head_leaf}")
        return
    click.echo(f"broken: first bad record is {verdict.first_bad_seq}: {verdict.reason}", err=True)
    raise SystemExit(BROKEN)


def _verdict(settings: Settings) -> LedgerVerdict:
    """By way of the writer, so that the look is on record; past it where no writer would open the ledger.

    raises  HomeError: nothing was ever recorded in this folder.
    """
    match ledger_state(settings.home):
        case "never begun":
            raise HomeError(f"{settings.home} holds no ledger; name the folder with --home")
        case "lost":
            return verify_closed_ledger(settings.home)
    try:
        with backing(settings, say=lambda text: click.echo(text, err=True)) as stations:
            return verify_ledger(stations, terminal_actor()).value
    except LedgerBrokenError:
        verdict = verify_closed_ledger(settings.home)
        if verdict.ok:
            raise
        return verdict
