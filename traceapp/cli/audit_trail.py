"""`traceapp audit search|show|values|replay|erase|prune`: what is on record, at the terminal.

Whoever sits there is the administrator, who sees no batch data: numbers are masked. An auditor asks with his token, over HTTP.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from traceapp.cli.options import SEQ, home_option, settings_of, stations_of
from traceapp.cli.waiting import say_waits
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.permissions import ACTS
from traceapp.domain.recorded import OUTCOMES
from traceapp.domain.rights import Role
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.audit.erase_record_values import show_record_values
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.audit.prune_ledger import find_due
from traceapp.usecases.audit.search_ledger import LONGEST_PAGE, PAGE, search_ledger, show_record
from traceapp.usecases.exports.exported_ledger import json_text
from traceapp.usecases.trace.replay_trace import replay_trace

DIFFERS = 1
_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d"])


def _known_act(_context: click.Context, _option: click.Parameter, act: str | None) -> str | None:
    if act is not None and act not in ACTS:
        raise click.BadParameter(f"wanted a permission or an act, such as batch:trace, found {act!r}")
    return act


@click.command()
@click.option("--person", help="User name, or uid of the account.")
@click.option("--act", callback=_known_act, help="Permission or act, such as batch:trace.")
@click.option("--outcome", type=click.Choice(OUTCOMES))
@click.option("--role", type=click.Choice([*Role]), help="Role that the person had.")
@click.option("--field", help="Property that left in clear, as name or Kind.name.")
@click.option("--address", help="Address of the client.")
@click.option("--request-id", help="All that one request did.")
@click.option("--since", type=_MOMENT, help="Not before this moment, in UTC.")
@click.option("--until", type=_MOMENT, help="Not after this moment, in UTC.")
@click.option("--before", type=SEQ, help="Only records before this one.")
@click.option("--limit", type=click.IntRange(1, LONGEST_PAGE), default=PAGE, show_default=True)
@home_option
def search(
    home: Path | None, before: int | None, limit: int, since: datetime | None, until: datetime | None, **said: Any
) -> None:
    """List the newest records that fit, one JSON document a line; all that is said must hold.

    \b
    traceapp audit search --outcome denied
    traceapp audit search --person rc-01 --field Party.name --since 2026-03-01
    """
    query = LedgerQuery(**said, since=_utc(since), until=_utc(until))
    with stations_of(settings_of(home)) as stations:
        index_ledger(stations, lambda text: click.echo(text, err=True), lambda: True)
        page = search_ledger(stations, terminal_actor(), query, before, limit).value
    for one in page.records:
        click.echo(json_text(one.document).decode())
    if page.before is not None:
        click.echo(f"more follow: --before {page.before}", err=True)
    if page.state.lag or page.state.unread:
        click.echo(
            f"found up to record {page.state.indexed} of {page.state.head}; {page.state.unread} rolls cannot be opened", err=True
        )


@click.command()
@click.argument("seq", type=SEQ)
@home_option
def show(seq: int, home: Path | None) -> None:
    """Print record SEQ as JSON."""
    with stations_of(settings_of(home)) as stations:
        click.echo(json_text(show_record(stations, terminal_actor(), seq).value.document).decode())


@click.command()
@click.argument("seq", type=SEQ)
@home_option
def values(seq: int, home: Path | None) -> None:
    """Print what record SEQ changed: a JSON line for each field, with its value before and after."""
    with stations_of(settings_of(home)) as stations:
        found = show_record_values(stations, terminal_actor(), seq)
    for field, (old, new) in (found.value or {}).items():
        click.echo(json_text({"field": field, "old": old, "new": new}).decode())
    if found.value is None:
        click.echo(f"nothing is kept of record {seq}: it changed nothing, or its values were erased or pruned", err=True)


@click.command()
@click.argument("seq", type=SEQ)
@click.option("--reason", required=True, help="Why, so that others can judge it.")
@home_option
def erase(seq: int, reason: str, home: Path | None) -> None:
    """Ask that old and new values of record SEQ be erased for good; two others agree, and then `traceapp approval execute`
    erases them. The record stays, and the ledger verifies as before.

    Exit codes: 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        made = request_approval(stations, terminal_actor(), Operation.VALUE_ERASE, {"record": seq}, reason)
    say_waits(made)


@click.command()
@click.argument("seq", type=SEQ)
@click.option(
    "--number", "numbers", multiple=True, help="A number or key that was asked for and of which the record keeps a MAC."
)
@click.option("--numbers-from", type=click.File(encoding="utf-8"), help="The same, one a line; - reads standard input.")
@home_option
def replay(seq: int, numbers: tuple[str, ...], numbers_from: Any, home: Path | None) -> None:
    """Ask the trace of record SEQ again, as of its moment and under the rights that the record states.

    Nothing of the answer is printed; its digest is compared with the one on record.

    Exit codes: 0 the same answer · 1 another one · 2 wrong option
    """
    typed = [line.strip() for line in numbers_from] if numbers_from is not None else []
    with stations_of(settings_of(home)) as stations:
        found = replay_trace(stations, terminal_actor(), seq, (*numbers, *filter(None, typed))).value
    for name in found.changed:
        click.echo(f"note: the {name} is another one than then", err=True)
    if found.same:
        click.echo(f"same: record {seq} was answered as it is answered today ({found.then})")
        return
    click.echo(f"differs: then {found.then}, now {found.now or found.refused}", err=True)
    for name, (then, now) in found.counts.items():
        click.echo(f"  {name}: then {then}, now {now}", err=True)
    raise SystemExit(DIFFERS)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None else None


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what has passed its date.")
@click.option("--reason", default="", help="Why, so that others can judge it; wanted where it is no dry run.")
@home_option
def prune(dry_run: bool, reason: str, home: Path | None) -> None:
    """Say which of the oldest records have passed their date, and ask that they go; two others agree, and then
    `traceapp approval execute` lets them go.

    Exit codes: 0 said what is due · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    if not dry_run and not reason:
        raise click.UsageError("Say why with --reason, or only look with --dry-run.")
    with stations_of(settings_of(home)) as stations:
        due = find_due(stations, terminal_actor()).value
        made = None if dry_run else request_approval(stations, terminal_actor(), Operation.LEDGER_PRUNE, {}, reason)
    if due.range is None:
        click.echo("due: nothing")
    else:
        told = due.range
        click.echo(
            f"due: {due.segments} segments, records {told.first_seq} to {told.last_seq}, of which the newest is of {told.until}"
        )
    if due.blocked is not None:
        seq, act, name = due.blocked
        click.echo(f"record {seq} ({act}; {name}) has not passed its date")
    if made is not None:
        say_waits(made)
