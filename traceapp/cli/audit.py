"""`traceapp audit verify`: is the ledger whole?"""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of
from traceapp.composition import backing, terminal_actor
from traceapp.domain.errors import LedgerBrokenError
from traceapp.usecases.verify_ledger import verify_closed_ledger, verify_ledger

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
    try:
        with backing(settings, say=lambda text: click.echo(text, err=True)) as stations:
            verdict = verify_ledger(stations, terminal_actor()).value
    except LedgerBrokenError:
        # No writer opens it, so this look is not recorded; which record is bad is said all the same.
        verdict = verify_closed_ledger(settings.home)
        if verdict.ok:
            raise
    if verdict.ok:
        click.echo(f"whole: {verdict.records} records, head leaf {verdict.head_leaf}")
        return
    click.echo(f"broken: first bad record is {verdict.first_bad_seq}: {verdict.reason}", err=True)
    raise SystemExit(BROKEN)
