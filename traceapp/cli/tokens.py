"""`traceapp token`: programs that come in."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.views import lines_option, lots_option, sites_option, view_of
from traceapp.composition import keyless, terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import InputError, KeyUnavailableError
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.issue_token import LONGEST_DAYS, TokenRequest, issue_token
from traceapp.usecases.accounts.manage_tokens import list_tokens, revoke_token
from traceapp.usecases.accounts.revoke_without_keys import revoke_token as revoke_token_without_keys


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Role of a service token.")
@click.option("--owner", help="Account that it belongs to; its role and view bound the token, now and later  [a service token]")
@sites_option
@lines_option
@lots_option
@click.option(
    "--only", "only", multiple=True, type=click.Choice([one.value for one in Permission]), help="For this alone; repeat."
)
@click.option("--purpose", type=click.Choice([one.value for one in Purpose]), help="Why it looks  [as its role does]")
@click.option("--from", "networks", multiple=True, help="Address or network that it may come from; repeat  [any]")
@click.option("--label", default="made on the terminal", show_default=True, help="What the token is for.")
@click.option(
    "--days", type=click.IntRange(1, LONGEST_DAYS), default=LONGEST_DAYS, show_default=True, help="Days until it expires."
)
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, readable=False),
    help="Write it to this file (0600) instead of the terminal.",
)
@home_option
def create_token(
    role: str | None,
    owner: str | None,
    sites: tuple[str, ...],
    lines: tuple[str, ...],
    lots: tuple[str, ...],
    only: tuple[str, ...],
    purpose: str | None,
    networks: tuple[str, ...],
    label: str,
    days: int,
    path: Path | None,
    home: Path | None,
) -> None:
    """Make a token; it is shown once and stored as a hash only.

    With --owner it may do no more than that person may at the time, and is refused once he has another role or a closed
    account. Without, it is a service token: its role is --role, and whoever has the service's files answers for it.

    \b
    traceapp token create --role integrator --site LYON --days 30 --from 10.2.0.0/16
    traceapp token create --owner anna --only batch:look_up --file var/token
    """
    if (role is None) == (owner is None):
        raise click.UsageError("wanted --role for a service token, or --owner for a token of a person")
    wanted = TokenRequest(
        Role(role) if role else None,
        *view_of(sites, lines, lots),
        label,
        days,
        owner,
        frozenset(map(Permission, only)) if only else None,
        Purpose(purpose) if purpose else None,
        networks,
        lots,
    )
    with _private_file(path) as file:
        with stations_of(settings_of(home)) as stations:
            made = issue_token(stations, terminal_actor(), wanted)
        file.write(made.value + "\n")
    if path is not None:
        click.echo(f"token written to {path} (ledger record {made.receipt.seq})", err=True)


@token.command("list")
@home_option
def list_all(home: Path | None) -> None:
    """List every token that has not expired: id, owner, role, label, last use, end."""
    with stations_of(settings_of(home)) as stations:
        found = list_tokens(stations, terminal_actor())
    for one in found.value:
        kept = one.token
        used = f"last use {stored_time(kept.used_at)[:16]}Z" if kept.used_at else "never used"
        state = "revoked" if kept.revoked else "counts" if one.counts else "refused: its owner lost the right"
        only = ",".join(sorted(kept.only)) if kept.only is not None else "all of the role"
        click.echo(
            f"{kept.uid}  {one.owner}  {kept.role.value}  {kept.label}  {used}  "
            f"ends {stored_time(kept.expires_at)[:10]}  {state}  {only}  {' '.join(kept.networks) or 'any address'}"
        )
    click.echo(f"{len(found.value)} tokens (ledger record {found.receipt.seq})", err=True)


@token.command("revoke")
@click.argument("uid")
@home_option
def revoke(uid: str, home: Path | None) -> None:
    """Revoke the token with this id (the 16 digits after `tat_`); it is refused from the next request on."""
    settings = settings_of(home)
    try:
        with stations_of(settings) as stations:
            receipt = revoke_token(stations, terminal_actor(), uid).receipt
    except KeyUnavailableError as away:
        click.echo(f"{away}; the token is taken away all the same", err=True)
        with keyless(settings) as stations_left:
            receipt = revoke_token_without_keys(stations_left, terminal_actor(), uid)
    click.echo(f"token {uid} revoked (ledger record {receipt.seq})")


@contextmanager
def _private_file(path: Path | None) -> Iterator[TextIO]:
    """Open before the token is made, which is shown once; standard output where there is no path.

    raises  InputError: the file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    staged = path.with_name(f".{path.name}.new")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise InputError(f"--file {path} cannot be written ({error.strerror}); no token was made") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
