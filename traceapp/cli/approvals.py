"""`traceapp approval …`: what others have to agree to before it happens."""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable, signature_line
from traceapp.composition import terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.usecases.approvals.decide_approval import cancel_approval
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.list_approvals import ListedApproval, list_approvals, show_approval


@click.group()
def approval() -> None:
    """What was asked for here and waits for others; they agree on the page /approvals, each in a session of his own."""


@approval.command("list")
@home_option
def list_all(home: Path | None) -> None:
    """List what is open and was asked for here: id, state, operation, who asked, until when, and whose word is missing."""
    with stations_of(settings_of(home)) as stations:
        found = list_approvals(stations, terminal_actor())
    for one in found.value.approvals:
        click.echo(_line(one))
    click.echo(f"{len(found.value.approvals)} open (ledger record {found.receipt.seq})", err=True)


@approval.command()
@click.argument("uid")
@home_option
def show(uid: str, home: Path | None) -> None:
    """Show the approval UID in full: what would happen, and who said what."""
    with stations_of(settings_of(home)) as stations:
        found = show_approval(stations, terminal_actor(), uid)
    shown = found.value
    click.echo(_line(shown.listed))
    if shown.in_vain:
        click.echo("spent, and did not happen: ask for it anew")
    click.echo(f"digest  {shown.listed.approval.digest}")
    for name, value in [*shown.listed.parameters.items(), *shown.preview.items()]:
        click.echo(printable(f"{name}  {value}"))
    for signature in shown.signatures:
        click.echo(printable(f"signed  {signature_line(signature)}"))
    for one in shown.words:
        click.echo(printable(f"{stored_time(one.at)[:19]}Z  {one.account}  {one.act}  {one.text}"))
    click.echo(f"(ledger record {found.receipt.seq})", err=True)


@approval.command()
@click.argument("uid")
@click.option("--reason", required=True, help="Why, in 10 to 1000 characters.")
@home_option
def cancel(uid: str, reason: str, home: Path | None) -> None:
    """Take back what was asked for here as UID."""
    with stations_of(settings_of(home)) as stations:
        done = cancel_approval(stations, terminal_actor(), uid, reason)
    click.echo(f"{done.value.state} (ledger record {done.receipt.seq})")


@approval.command()
@click.argument("uid")
@home_option
def execute(uid: str, home: Path | None) -> None:
    """Carry out what was asked for here as UID, once others agreed.

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        done = execute_approval(stations, terminal_actor(), uid)
    click.echo(f"done (ledger record {done.receipt.seq})")


def _line(one: ListedApproval) -> str:
    found = one.approval
    waits_for = f"  waits for {' or '.join(one.waits_for)}" if one.waits_for else ""
    until = f"{stored_time(found.expires_at)[:19]}Z"
    return printable(f"{found.uid}  {found.state}  {found.operation}  {one.requester}  until {until}{waits_for}")
