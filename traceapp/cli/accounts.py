"""`traceapp account` and `traceapp token`: who may come in."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from traceapp.cli.options import home_option, settings_of
from traceapp.composition import backing, terminal_actor
from traceapp.domain.errors import InputError
from traceapp.domain.rights import Role
from traceapp.usecases.change_account import set_disabled, set_password, set_role
from traceapp.usecases.create_account import create_account
from traceapp.usecases.issue_token import issue_token

role_option = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
sites_option = click.option("--site", "sites", multiple=True, default=("*",), help="Sites seen; repeat for several  [all]")
lines_option = click.option(
    "--line", "lines", multiple=True, default=("*",), help="Product lines seen; repeat for several  [all]"
)


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@role_option
@sites_option
@lines_option
@click.option("--label", default="made on the terminal", show_default=True, help="What the token is for.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="Days until it expires.")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, readable=False),
    help="Write it to this file (0600) instead of the terminal.",
)
@home_option
def create_token(
    role: str, sites: tuple[str, ...], lines: tuple[str, ...], label: str, days: int, path: Path | None, home: Path | None
) -> None:
    """Make a token; it is shown once and stored as a hash only.

    \b
    traceapp token create --role integrator --site LYON --days 30
    traceapp token create --role coordinator --file var/token
    """
    with _private_file(path) as file:
        with backing(settings_of(home), say=lambda text: click.echo(text, err=True)) as stations:
            made = issue_token(stations, terminal_actor(), Role(role), frozenset(sites), frozenset(lines), label, days)
        file.write(made.value + "\n")
    if path is not None:
        click.echo(f"token written to {path} (ledger record {made.receipt.seq})", err=True)


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


@click.group()
def account() -> None:
    """Persons who sign in."""


@account.command("create")
@click.argument("username")
@role_option
@sites_option
@lines_option
@click.option("--printed-name", help="Name as printed in records  [USERNAME]")
@home_option
def create(
    username: str, role: str, sites: tuple[str, ...], lines: tuple[str, ...], printed_name: str | None, home: Path | None
) -> None:
    """Make an account; the password is asked for, or read from standard input when that is no terminal."""
    password = _ask_password()
    with backing(settings_of(home), say=lambda text: click.echo(text, err=True)) as stations:
        made = create_account(
            stations,
            terminal_actor(),
            username,
            password,
            printed_name or username,
            Role(role),
            frozenset(sites),
            frozenset(lines),
        )
    click.echo(f"account {username} made as {role} (ledger record {made.receipt.seq})")


@account.command("password")
@click.argument("username")
@home_option
def change_password(username: str, home: Path | None) -> None:
    """Give a person a new password, asked for or read from standard input. All sessions of the person end."""
    password = _ask_password()
    with backing(settings_of(home), say=lambda text: click.echo(text, err=True)) as stations:
        done = set_password(stations, terminal_actor(), username, password)
    click.echo(f"password of {username} changed, sessions ended (ledger record {done.receipt.seq})")


@account.command("role")
@click.argument("username")
@role_option
@sites_option
@lines_option
@home_option
def change_role(username: str, role: str, sites: tuple[str, ...], lines: tuple[str, ...], home: Path | None) -> None:
    """Give a person another role and view. All sessions of the person end."""
    with backing(settings_of(home), say=lambda text: click.echo(text, err=True)) as stations:
        done = set_role(stations, terminal_actor(), username, Role(role), frozenset(sites), frozenset(lines))
    click.echo(f"{username} is {role} now, sessions ended (ledger record {done.receipt.seq})")


@account.command("close")
@click.argument("username")
@home_option
def close_account(username: str, home: Path | None) -> None:
    """Close an account: its sessions end and its tokens are refused, at once."""
    with backing(settings_of(home), say=lambda text: click.echo(text, err=True)) as stations:
        done = set_disabled(stations, terminal_actor(), username, disabled=True)
    click.echo(f"account {username} closed (ledger record {done.receipt.seq})")


@account.command("open")
@click.argument("username")
@home_option
def open_account(username: str, home: Path | None) -> None:
    """Open a closed account again."""
    with backing(settings_of(home), say=lambda text: click.echo(text, err=True)) as stations:
        done = set_disabled(stations, terminal_actor(), username, disabled=False)
    click.echo(f"account {username} open (ledger record {done.receipt.seq})")


def _ask_password() -> str:
    if os.isatty(0):
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
