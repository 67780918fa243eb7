"""`traceapp account`: persons who come in, what they may see, and how they leave."""

import os
import sys
from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable
from traceapp.cli.views import lines_option, lots_option, role_option, sites_option, view_of
from traceapp.cli.waiting import say_waits
from traceapp.composition import keyless, terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import KeyUnavailableError
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.change_account import set_password
from traceapp.usecases.accounts.give_role import (
    Given,
    give_by_officers,
    give_person,
    give_role,
    hire,
    return_account,
    suspend_account,
)
from traceapp.usecases.accounts.leave_account import Left, leave_account
from traceapp.usecases.accounts.list_accounts import list_accounts
from traceapp.usecases.accounts.review_access import begin_review, list_reviews, show_review
from traceapp.usecases.accounts.revoke_without_keys import close_account as close_account_without_keys
from traceapp.usecases.sessions.second_factors import reset_factors

anyway_option = click.option(
    "--anyway",
    is_flag=True,
    help="Although too few would be left who could agree to something: on record with --reason, and rings.",
)
reason_option = click.option("--reason", help="Why, in 10 to 1000 characters; wanted where others have to agree.")


@click.group()
def account() -> None:
    """Persons who sign in."""


@account.command("create")
@click.argument("username")
@role_option
@sites_option
@lines_option
@lots_option
@click.option("--printed-name", help="Name as printed in records  [USERNAME]")
@click.option("--person", help="Id of the person, the same for every account of his  [has no other account]")
@reason_option
@home_option
def create(
    username: str,
    role: str,
    sites: tuple[str, ...],
    lines: tuple[str, ...],
    lots: tuple[str, ...],
    printed_name: str | None,
    person: str | None,
    reason: str | None,
    home: Path | None,
) -> None:
    """Make an account; the password is asked for, or read from standard input when that is no terminal.

    A role that decides over others, or is shown what is confidential, takes others' word once a plant has persons who can give
    it: until then the account is suspended.

    \b
    traceapp account create anna --role coordinator --site LYON --reason "Takes over recalls of the Lyon site."
    traceapp account create nmpa --role regulator --lot B-26-0417 --reason "Inspection of 2026-04-17, order 2026-118."

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    password = _ask_password()
    with stations_of(settings_of(home)) as stations:
        made = hire(
            stations,
            terminal_actor(),
            username,
            password,
            printed_name or username,
            Role(role),
            *view_of(sites, lines, lots),
            lots,
            person,
            reason,
        )
    _say(made, f"account {username} made as {role}", f"account {username} is suspended")


@account.command("password")
@click.argument("username")
@home_option
def change_password(username: str, home: Path | None) -> None:
    """Give a person a new password, asked for or read from standard input. All sessions of the person end."""
    password = _ask_password()
    with stations_of(settings_of(home)) as stations:
        done = set_password(stations, terminal_actor(), username, password)
    click.echo(f"password of {username} changed, sessions ended (ledger record {done.receipt.seq})")


@account.command("role")
@click.argument("username")
@role_option
@sites_option
@lines_option
@lots_option
@reason_option
@anyway_option
@click.option(
    "--officer",
    "officers",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Part of the recovery key, of each of its two officers, where nobody is left who could agree; twice.",
)
@home_option
def change_role(
    username: str,
    role: str,
    sites: tuple[str, ...],
    lines: tuple[str, ...],
    lots: tuple[str, ...],
    reason: str | None,
    anyway: bool,
    officers: tuple[Path, ...],
    home: Path | None,
) -> None:
    """Give a person another role and view; single lots are named anew. All sessions of the person end.

    More than he has takes others' word: it is asked for, and carried out with `traceapp approval execute`.

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    if officers and (len(officers) != 2 or lots):
        raise click.UsageError("wanted --officer twice, and no --lot beside it")
    with stations_of(settings_of(home)) as stations:
        if officers:
            first, second = officers
            view = view_of(sites, lines, lots)
            done = Given(give_by_officers(stations, terminal_actor(), username, Role(role), *view, (first, second)))
        else:
            done = give_role(stations, terminal_actor(), username, Role(role), *view_of(sites, lines, lots), lots, reason, anyway)
    _say(done, f"{username} is {role} now, sessions ended", f"{username} stays as he is")


@account.command("person")
@click.argument("username")
@click.argument("person")
@reason_option
@anyway_option
@home_option
def change_person(username: str, person: str, reason: str | None, anyway: bool, home: Path | None) -> None:
    """Say whose account it is: accounts that name one PERSON are one pair of eyes. All sessions of the person end.

    Where the account named somebody before, or another account names this person, it is asked for, and carried out with
    `traceapp approval execute`.

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        done = give_person(stations, terminal_actor(), username, person, reason, anyway)
    _say(done, f"{username} is an account of {person}, sessions ended", f"{username} stays as it is")


@account.command("reset-factors")
@click.argument("username")
@home_option
def reset(username: str, home: Path | None) -> None:
    """Take the second factors of a person away, for who lost device and recovery codes. All sessions of the person end."""
    with stations_of(settings_of(home)) as stations:
        done = reset_factors(stations, terminal_actor(), username)
    click.echo(f"second factors of {username} taken away, sessions ended (ledger record {done.receipt.seq})")


@account.command("list")
@home_option
def list_all(home: Path | None) -> None:
    """List all accounts: role, state, what they see, tokens, second factors, last use."""
    with stations_of(settings_of(home)) as stations:
        found = list_accounts(stations, terminal_actor())
    for one in found.value.accounts:
        used = f"last used {stored_time(one.last_used)[:16]}Z" if one.last_used is not None else "never used"
        view = f"sites {' '.join(sorted(one.sites)) or 'none'}, lines {' '.join(sorted(one.lines)) or 'none'}"
        more = f"{len(one.tokens)} tokens, {one.factors} second factors, up to {one.clearance or 'nothing'}"
        marked = ", dormant" if one.is_dormant else ""
        click.echo(printable(f"{one.username}  {one.role}  {one.state}  {view}  {more}  {used}{marked}"))
    click.echo(f"{len(found.value.accounts)} accounts (ledger record {found.receipt.seq})", err=True)


@account.command("suspend")
@click.argument("username")
@reason_option
@anyway_option
@home_option
def suspend(username: str, reason: str | None, anyway: bool, home: Path | None) -> None:
    """Suspend an account: its sessions end and its tokens are refused, at once, until `traceapp account return`."""
    settings = settings_of(home)
    try:
        with stations_of(settings) as stations:
            receipt = suspend_account(stations, terminal_actor(), username, reason, anyway).receipt
    except KeyUnavailableError as away:
        click.echo(f"{away}; the account is suspended all the same", err=True)
        with keyless(settings) as stations_left:
            receipt = close_account_without_keys(stations_left, terminal_actor(), username)
    click.echo(f"account {username} suspended (ledger record {receipt.seq})")


@account.command("return")
@click.argument("username")
@reason_option
@home_option
def come_back(username: str, reason: str | None, home: Path | None) -> None:
    """Open a suspended account again; of a role that takes others' word it is asked for.

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        done = return_account(stations, terminal_actor(), username, reason)
    _say(done, f"account {username} open", f"account {username} stays suspended")


@account.command("leave")
@click.argument("username")
@click.option("--reason", required=True, help="Why, in 10 to 1000 characters.")
@click.option("--successor", help="Colleague of the same role, who is asked for what is open in the person's name  [cancel it]")
@anyway_option
@home_option
def leave(username: str, reason: str, successor: str | None, anyway: bool, home: Path | None) -> None:
    """Somebody leaves, for good: every account of the person is closed, and what depended on him is named.

    Sessions, tokens, second factors and accesses end. What he had asked for is cancelled, or goes to --successor; his word is
    taken back where it was not used yet. What he signed stays readable under his name.
    """
    with stations_of(settings_of(home)) as stations:
        done = leave_account(stations, terminal_actor(), username, reason, successor, anyway)
    for line in _left_lines(done.value):
        click.echo(printable(line))
    click.echo(f"{username} left (ledger record {done.receipt.seq})")


@account.command("review")
@click.option("--begin", is_flag=True, help="Begin a review of all accounts.")
@home_option
def review(begin: bool, home: Path | None) -> None:
    """Say when who may see what has to be reviewed next, and what waits in the open review.

    Accounts are confirmed and withdrawn on the page /access-reviews, by persons in sessions of their own.
    """
    with stations_of(settings_of(home)) as stations:
        if begin:
            begin_review(stations, terminal_actor())
        found = list_reviews(stations, terminal_actor())
        opened = found.value.due.open_uid
        shown = show_review(stations, terminal_actor(), opened) if opened is not None else None
    due = found.value.due
    if due.at is not None:
        late = "overdue since" if due.is_overdue else "to be finished by" if shown is not None else "next review due"
        click.echo(f"{late} {stored_time(due.at)[:16]}Z")
    for one in shown.value.items if shown is not None else ():
        said = f"{one.item.decision} by {one.item.by or 'nobody'}" if one.item.decision is not None else "waits for a word"
        click.echo(printable(f"{one.item.username}  {said}"))
    finished = [one for one in found.value.reviews if one.finished_at is not None]
    for done in finished:
        assert done.finished_at is not None  # noqa: S101  chosen by it
        click.echo(f"review {done.uid} finished {stored_time(done.finished_at)[:16]}Z")
    click.echo(f"{len(found.value.reviews)} reviews (ledger record {found.receipt.seq})", err=True)


def _left_lines(left: Left) -> list[str]:
    """What became of everything, a line for each."""
    lines = []
    for one in left.ended:
        programs = f" ({', '.join(one.labels)})" if one.labels else ""
        ended = f"{one.sessions} sessions, {len(one.tokens)} tokens{programs}, {len(one.grants)} accesses ended"
        lines.append(f"{one.username}: closed; {ended}")
    for passed in left.passed:
        became = f"asked for anew as {passed.heir_uid}" if passed.heir_uid is not None else "cancelled"
        lines.append(f"request {passed.uid} {passed.operation}: {became}{_dash(passed.because)}{_dash(passed.stuck)}")
    for freed in left.freed:
        word = "word taken back; " if freed.was_signed else ""
        who = ", ".join(freed.who) or "nobody"
        lines.append(
            f"request {freed.uid} {freed.operation} of {freed.requester}: {word}can be signed by {who}{_dash(freed.stuck)}"
        )
    lines += [f"feed {name}: was looked after by this person" for name in left.feeds]
    lines += [f"alert {uid}: open, about this person" for uid in left.alerts]
    lines += [f"{operation}: {why}" for operation, why in left.stuck.items()]
    return lines


def _dash(text: str | None) -> str:
    return f" - {text}" if text is not None else ""


def _say(given: Given, done: str, waits: str) -> None:
    """What happened, or what waits for others."""
    if given.asked is None:
        assert given.done is not None  # noqa: S101  one of the two
        click.echo(f"{done} (ledger record {given.done.receipt.seq})")
        return
    click.echo(f"{waits}: it takes others' word ({', '.join(sorted(given.gains))})")
    say_waits(given.asked)


def _ask_password() -> str:
    if os.isatty(0):
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
