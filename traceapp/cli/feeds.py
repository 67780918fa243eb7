"""`traceapp feed …`: source systems that send signed messages."""

from pathlib import Path
from typing import Any

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.waiting import say_waits
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval, Operation
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import InputError
from traceapp.domain.feeds import Feed
from traceapp.domain.recorded import Recorded
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.intake.manage_feeds import end_feed, list_feeds, open_feed
from traceapp.usecases.stations import Stations

LONGEST_KEY = 4_096

key_option = click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, readable=False),
    help="File with the Ed25519 public key that the source system gave: whpk_… or PEM.",
)

reason_option = click.option("--reason", required=True, help="Why, in 10 to 1000 characters, so that others can judge it.")


@click.group()
def feed() -> None:
    """Feeds: the signed messages of source systems (docs/feeds.md)."""


@feed.command()
@click.argument("name")
@key_option
@click.option("--next", "first", type=click.IntRange(min=1), default=1, show_default=True, help="Sequence of its first message.")
@reason_option
@home_option
def create(name: str, key: Path, first: int, reason: str, home: Path | None) -> None:
    """Ask for the feed NAME, the source of its events from then on; once others agreed: traceapp approval execute.

    Exit codes: 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        made = _ask(stations, {"feed": name, "key": _read_key(key), "next": first}, reason)
    say_waits(made)


@feed.command("list")
@home_option
def list_all(home: Path | None) -> None:
    """List every feed: the sequence that comes next, when the last message came, and what is missing."""
    with stations_of(settings_of(home)) as stations:
        found = list_feeds(stations, terminal_actor())
    for one in found.value.feeds:
        click.echo(_line(one))
    for uid, fault in found.value.altered.items():
        click.echo(f"{uid}  takes nothing: its row in the store is {fault.value}; run traceapp verify graph")
    click.echo(f"{len(found.value.feeds)} feeds (ledger record {found.receipt.seq})", err=True)


@feed.command("key")
@click.argument("name")
@key_option
@reason_option
@home_option
def replace_key(name: str, key: Path, reason: str, home: Path | None) -> None:
    """Ask that the feed NAME get another key; once carried out, messages signed with the former alone are refused.

    Exit codes: 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        open_feed(stations, name)
        made = _ask(stations, {"feed": name, "key": _read_key(key)}, reason)
    say_waits(made)


@feed.command()
@click.argument("name")
@home_option
def end(name: str, home: Path | None) -> None:
    """End the feed NAME for good; what it sent stays, and no other feed will have this name."""
    with stations_of(settings_of(home)) as stations:
        done = end_feed(stations, terminal_actor(), name)
    click.echo(f"feed {done.value.name} takes nothing any more (ledger record {done.receipt.seq})")


def _ask(stations: Stations, said: dict[str, Any], reason: str) -> Recorded[Approval]:
    return request_approval(stations, terminal_actor(), Operation.INTERFACE_ADD, said, reason)


def _read_key(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_KEY).decode("ascii", "replace")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from None


def _line(one: Feed) -> str:
    last = f"{stored_time(one.received_at)[:19]}Z" if one.received_at is not None else "never"
    missing = ", ".join(gap.text for gap in one.gaps)
    state = "  ended" if one.ended_at is not None else ""
    return f"{one.name}  next {one.next}  last message {last}  {f'missing {missing}' if missing else 'nothing missing'}{state}"
