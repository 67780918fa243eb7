"""`traceapp break-glass list`: who saw more than he may, and waits for a review."""

from datetime import datetime
from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.composition import terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.usecases.sessions.break_glass import list_break_glass


@click.group("break-glass")
def break_glass() -> None:
    """Emergency accesses; they are begun and reviewed on the page /break-glass."""


@break_glass.command("list")
@home_option
def list_all(home: Path | None) -> None:
    """List what waits for a review: id, person, tier, from, to, reason. Quality closes it on the page."""
    with stations_of(settings_of(home)) as stations:
        found = list_break_glass(stations, terminal_actor())
    for one in found.value:
        if one.fault is not None:
            click.echo(
                f"{one.uid}  {one.username}  its row was {one.fault.value} in the database; reason and times are not known"
            )
            continue
        times = f"{_minute(one.begun_at)} to {_minute(one.ends_at)}"
        reason = "its reason cannot be opened now" if one.reason is None else one.reason
        click.echo(f"{one.uid}  {one.username}  {one.role}  {one.tier}  {times}{'  lasts' if one.lasts else ''}  {reason}")
    click.echo(f"{len(found.value)} wait for a review (ledger record {found.receipt.seq})", err=True)


def _minute(moment: datetime | None) -> str:
    return f"{stored_time(moment)[:16]}Z" if moment is not None else "?"
