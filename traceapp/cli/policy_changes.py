"""`traceapp policy diff`, `propose`, `apply`, `versions`: another document is compared, asked for, and put in force."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable
from traceapp.cli.unfinished import rate_option, say_end, wait
from traceapp.cli.waiting import say_waits
from traceapp.composition import terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.domain.governed import DocumentKind, Effect, Moves
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.governed.change_documents import compare_document, list_documents
from traceapp.usecases.governed.migrate_values import migrate_values, migration_of
from traceapp.usecases.governed.propose_document import propose_document

document_option: Callable[[Any], Any] = click.option(
    "--document",
    type=click.Choice([kind.value for kind in DocumentKind]),
    default=DocumentKind.POLICY.value,
    show_default=True,
    help="Which of the governed documents.",
)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@document_option
@home_option
def diff(file: Path, document: str, home: Path | None) -> None:
    """Say what FILE would change, and who would gain or lose what by it; nothing happens.

    \b
    traceapp policy diff next_policy.toml
    traceapp policy diff next_dictionary.toml --document dictionary
    """
    with stations_of(settings_of(home)) as stations:
        found = compare_document(stations, terminal_actor(), DocumentKind(document), file.read_bytes())
    click.echo(f"in force  {found.value.before}")
    click.echo(f"proposed  {found.value.after}")
    for one in found.value.differences:
        click.echo(printable(f"{' · '.join(one.place)}:"))
        for sign, texts in (("-", one.gone), ("+", one.new)):
            for text in texts:
                click.echo(printable(f"  {sign} {text}"))
    for line in _told(found.value.effect):
        click.echo(printable(line))
    click.echo(f"(ledger record {found.receipt.seq})", err=True)


@click.command()
@click.argument("file", type=FILE, required=False)
@click.option("--version", "number", type=click.IntRange(1, 999_999), help="Bring a former version back, in place of FILE.")
@click.option("--reason", required=True, help="Why, in 10 to 1000 characters.")
@document_option
@home_option
def propose(file: Path | None, number: int | None, reason: str, document: str, home: Path | None) -> None:
    """Ask that FILE come in force, or that a former version come back; others agree on the page /approvals.

    \b
    traceapp policy propose next_policy.toml --reason "Viewers need dates."
    traceapp policy propose --version 1 --reason "It was a mistake."

    Exit codes: 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    if (file is None) == (number is None):
        raise click.UsageError("Name FILE or --version, and not both.")
    content = file.read_bytes() if file is not None else None
    with stations_of(settings_of(home)) as stations:
        made = propose_document(stations, terminal_actor(), DocumentKind(document), content, reason, number)
    say_waits(made, "traceapp policy apply {uid}")


@click.command()
@click.argument("approval")
@home_option
def apply(approval: str, home: Path | None) -> None:
    """Put in force what was proposed here as APPROVAL and agreed to; every process goes by it from its next request on.

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        done = execute_approval(stations, terminal_actor(), approval)
    click.echo(f"in force (ledger record {done.receipt.seq})")


@click.command()
@rate_option
@home_option
def migrate(rate: float | None, home: Path | None) -> None:
    """Bring stored values in the form that the data dictionary in force wants; the service does it by itself, too.

    Exit codes: 0 every value has its form · 1 something failed · 3 records are left
    """
    with stations_of(settings_of(home)) as stations:
        done = migrate_values(stations, terminal_actor(), rate or stations.settings.reencrypt_rate, wait, _show)
        left = migration_of(stations.documents.renewed(stations))
    say_end(done.broken, left, f"{done.done} records were sealed anew or opened; every value has the form that its tier wants")


@click.command()
@home_option
def versions(home: Path | None) -> None:
    """List the versions of every governed document: number, since when, digest, who proposed it, who agreed."""
    with stations_of(settings_of(home)) as stations:
        found = list_documents(stations, terminal_actor())
    for one in found.value:
        click.echo(f"{one.kind.value}  version {one.present.number}  {one.present.digest}")
        if one.fault is not None:
            click.echo(f"  {one.fault}")
        if one.migration is not None:
            under_way = one.migration
            click.echo(f"  stored values are being brought to version {under_way.number}: {', '.join(under_way.fields)}")
            click.echo(f"  {under_way.done} records so far, {under_way.share:.0%} looked at (traceapp policy migrate)")
        for version in one.versions:
            agreed = f"  agreed to by {', '.join(version.approved_by)}" if version.approved_by else ""
            by = f"  proposed by {version.proposed_by}" if version.proposed_by else ""
            click.echo(printable(f"  {version.number}  {stored_time(version.at)[:19]}Z  {version.digest[:12]}{by}{agreed}"))
    click.echo(f"(ledger record {found.receipt.seq})", err=True)


def _show(done: int, share: float) -> None:
    click.echo(f"{done} records, {share:.0%} looked at", err=True)


def _told(effect: Effect) -> list[str]:
    least = "at least " if effect.cut else ""
    lines = []
    for role in effect.roles:
        for word, moves in (("gains", role.gained), ("loses", role.lost)):
            lines += [f"role {role.role} {word} {said}" for said in _moves(moves, least)]
    for account in effect.accounts:
        said = [
            f"{least}{count} {words}"
            for count, words in (
                (account.opened, "records come into the view"),
                (account.closed, "records leave the view"),
                (account.shown, "records show a value more"),
                (account.hidden, "records show a value less"),
            )
            if count
        ]
        if said:
            lines.append(f"account {account.username} ({account.role}): {', '.join(said)}")
    for one in effect.reencrypted:
        lines.append(f"{one.kind}.{one.name}: {one.before} becomes {one.after}, {least}{one.records} records {one.work}")
    if effect.tokens:
        lines.append(f"tokens that can do nothing any more: {', '.join(effect.tokens)}")
    if effect.approvals:
        lines.append(f"open approvals that end: {effect.approvals}")
    for operation, missing in (effect.stuck or {}).items():
        lines.append(f"nobody could agree to {operation} any more" + (f": {missing} is missing" if missing else ""))
    return lines or ["nobody gains or loses anything"]


def _moves(moves: Moves, least: str) -> list[str]:
    said = [str(one) for one in moves.permissions] + [f"the purpose {one}" for one in moves.purposes]
    for one in moves.shown:
        said.append(f"{one.kind}.{one.name} ({one.tier}) for {', '.join(one.purposes)}: {least}{one.records} records")
    said += [f"search by {one.kind}.{one.name} for {', '.join(one.purposes)}" for one in moves.searched]
    return said
