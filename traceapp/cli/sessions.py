"""`traceapp session`: who is signed in, and the end of it."""

import re
from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.composition import keyless, terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import KeyUnavailableError
from traceapp.usecases.accounts.revoke_without_keys import revoke_session, revoke_sessions_of
from traceapp.usecases.sessions.end_sessions import end_session_of, end_sessions_of, list_sessions


@click.group()
def session() -> None:
    """Sessions of persons."""


@session.command("list")
@click.option("--user", "username", help="Of this person only  [everybody]")
@home_option
def list_all(username: str | None, home: Path | None) -> None:
    """List who is signed in, since when and from where: one session a line."""
    with stations_of(settings_of(home)) as stations:
        found = list_sessions(stations, terminal_actor(), username)
    for one in found.value:
        kept = one.session
        state = "second factor due" if kept.factor_due else f"last use {stored_time(kept.seen_at)[:16]}Z"
        click.echo(
            f"{kept.uid}  {one.username}  since {stored_time(kept.begun_at)[:16]}Z  {state}  {kept.address}  {kept.agent[:60]}"
        )
    click.echo(f"{len(found.value)} sessions (ledger record {found.receipt.seq})", err=True)


@session.command("end")
@click.argument("who")
@home_option
def end(who: str, home: Path | None) -> None:
    """End the session with this id, or every session of this person; it counts at the next request.

    \b
    traceapp session end 9f86d081884c7d65
    traceapp session end anna
    """
    settings, one = settings_of(home), re.fullmatch(r"[0-9a-f]{16}", who)
    try:
        with stations_of(settings) as stations:
            receipt = (end_session_of if one else end_sessions_of)(stations, terminal_actor(), who).receipt
    except KeyUnavailableError as away:
        click.echo(f"{away}; the sessions end all the same", err=True)
        with keyless(settings) as stations_left:
            receipt = (revoke_session if one else revoke_sessions_of)(stations_left, terminal_actor(), who)
    click.echo(f"ended {who} (ledger record {receipt.seq})")
