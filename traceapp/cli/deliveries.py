"""`traceapp delivery …`: what was delivered outside, and to whom anything may be."""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable
from traceapp.composition import terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.usecases.exports.deliveries import list_deliveries
from traceapp.usecases.exports.recipients import list_recipients


@click.group()
def delivery() -> None:
    """The register of outside deliveries (docs/exports.md); entries are made by whoever took the file."""


@delivery.command("list")
@click.option("--before", help="Where the page begins, as the page before says it.")
@home_option
def list_all(before: str | None, home: Path | None) -> None:
    """List deliveries, the newest first: id, when, to whom, by which way, SHA-256 of the file, whether they said that it came."""
    with stations_of(settings_of(home)) as stations:
        found = list_deliveries(stations, terminal_actor(), before)
    for one in found.value.deliveries:
        came = f"acknowledged {stored_time(one.acknowledged_at)[:19]}Z" if one.acknowledged_at else "not acknowledged"
        at, to = f"{stored_time(one.entered_at)[:19]}Z", f"{one.to.person}, {one.to.organisation} ({one.to.country})"
        click.echo(printable(f"{one.uid}  {at}  {to}  {one.to.channel}  {one.file}  {one.entered_by}  {came}"))
    if found.value.before is not None:
        click.echo(f"more follow: --before '{found.value.before}'", err=True)
    click.echo(f"{len(found.value.deliveries)} deliveries (ledger record {found.receipt.seq})", err=True)


@delivery.command()
@home_option
def recipients(home: Path | None) -> None:
    """List to whom files may go: id, who, the key, since when."""
    with stations_of(settings_of(home)) as stations:
        found = list_recipients(stations, terminal_actor())
    for one in found.value:
        ended = f"  ended {stored_time(one.ended_at)[:19]}Z" if one.ended_at else ""
        key = one.public_key or "no key"
        click.echo(printable(f"{one.uid}  {one.kind}  {one.text}  {key}  {stored_time(one.added_at)[:19]}Z{ended}"))
    click.echo(f"{len(found.value)} recipients (ledger record {found.receipt.seq})", err=True)
