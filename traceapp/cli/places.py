"""`traceapp site`, `traceapp line`: a site or product line moves to another part of the organisation."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable
from traceapp.cli.unfinished import rate_option, say_end, wait
from traceapp.cli.waiting import say_waits
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import stored_time
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.places.finish_moves import finish_moves
from traceapp.usecases.places.move_place import compare_move, list_moves
from traceapp.usecases.places.place_effects import PlaceEffect

follow_option: Callable[[Any], Any] = click.option(
    "--follow", is_flag=True, help="Views of accounts that name the old place name the new one then."
)
reason_option: Callable[[Any], Any] = click.option(
    "--reason", help="Why, in 10 to 1000 characters: others are asked to agree. Without it nothing but the effect is shown."
)


@click.group()
def site() -> None:
    """Sites: one moves to another part of the organisation. See docs/changes.md."""


@click.group()
def line() -> None:
    """Product lines: one moves, or takes another name. See docs/changes.md."""


@site.command("move")
@click.argument("old", metavar="FROM")
@click.argument("new", metavar="TO")
@follow_option
@reason_option
@home_option
def move_site(old: str, new: str, follow: bool, reason: str | None, home: Path | None) -> None:
    """Say what it does that all records of the site FROM belong to the site TO; with --reason, ask others to agree.

    \b
    traceapp site move SUZHOU WUXI --follow
    traceapp site move SUZHOU WUXI --follow --reason "The Suzhou works were closed."

    Exit codes: 0 the effect was shown · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    _move({"site": old, "to_site": new, "follow": follow}, reason, home)


@line.command("move")
@click.argument("old", metavar="FROM")
@click.argument("new", metavar="TO")
@click.option("--site", "of_site", help="Of this site alone; without it at every site.")
@click.option("--to-site", help="At this site from then on; it takes --site.")
@follow_option
@reason_option
@home_option
def move_line(
    old: str, new: str, of_site: str | None, to_site: str | None, follow: bool, reason: str | None, home: Path | None
) -> None:
    """Say what it does that the product line FROM is the line TO; with --reason, ask others to agree.

    \b
    traceapp line move INF INFUSION
    traceapp line move INF INF --site SUZHOU --to-site LYON --reason "Suzhou makes it no more."

    Exit codes: 0 the effect was shown · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    if to_site is not None and of_site is None:
        raise click.UsageError("--to-site takes --site.")
    _move({"site": of_site, "line": old, "to_site": to_site, "to_line": new, "follow": follow}, reason, home)


@site.command()
@home_option
def moves(home: Path | None) -> None:
    """List every move of a site or product line, and how many records still carry the old place."""
    with stations_of(settings_of(home)) as stations:
        found = list_moves(stations, terminal_actor())
    for one in found.value:
        kept, least = one.kept, "at least " if one.cut else ""
        ended = (
            f"finished {stored_time(kept.finished_at)[:19]}Z" if kept.finished_at else f"{least}{one.left} of {kept.records} left"
        )
        agreed = f"  agreed to by {', '.join(kept.approved_by)}" if kept.approved_by else ""
        click.echo(
            printable(
                f"{kept.number}  {stored_time(kept.at)[:19]}Z  {kept.move.old.text} → {kept.move.new.text}  {ended}{agreed}"
            )
        )
    click.echo(f"(ledger record {found.receipt.seq})", err=True)


@site.command()
@rate_option
@home_option
def finish(rate: float | None, home: Path | None) -> None:
    """Bring what still names a place that was moved to the new one, while the service runs; the service does it by itself, too.

    Exit codes: 0 nothing names it any more · 1 something failed · 3 records are left
    """
    with stations_of(settings_of(home)) as stations:
        done = finish_moves(stations, terminal_actor(), rate or stations.settings.reencrypt_rate, wait, _show)
        left = stations.acls.places.unfinished
    say_end(done.broken, left, f"{done.done} records were rewritten; nothing names a place any more that was moved")


def _move(said: Mapping[str, Any], reason: str | None, home: Path | None) -> None:
    with stations_of(settings_of(home)) as stations:
        if reason is not None:
            asked = request_approval(stations, terminal_actor(), Operation.PLACE_MOVE, said, reason)
            say_waits(asked)
        found = compare_move(stations, terminal_actor(), said)
    for told in _told(found.value):
        click.echo(printable(told))
    click.echo(f"(ledger record {found.receipt.seq})", err=True)


def _told(effect: PlaceEffect) -> list[str]:
    least = "at least " if effect.cut else ""
    lines = [f"{least}{effect.records} records change place: {', '.join(effect.places)}"]
    for one in effect.accounts:
        view = f"{', '.join(one.sites)} | {', '.join(one.lines)}"
        follows = ", follows" if one.follows else ""
        lines.append(
            f"account {one.username} ({one.role}; {view}): {least}{one.opened} records come into the view, "
            f"{least}{one.closed} leave it{follows}"
        )
    if effect.tokens:
        lines.append(f"tokens that name the old place: {', '.join(effect.tokens)}")
    if effect.approvals:
        lines.append(f"open requests that would give a view of it: {', '.join(effect.approvals)}")
    return lines


def _show(done: int) -> None:
    click.echo(f"{done} records rewritten", err=True)
