"""`traceapp alerts …`: what rang, and who has seen to it."""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable
from traceapp.cli.waiting import say_waits
from traceapp.composition import build_watch, terminal_actor
from traceapp.domain.alerts import AlertFilter, AlertLevel, AlertState
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import KeyUnavailableError, StoreUnavailableError, TraceappError
from traceapp.usecases.alerts.acknowledge_alert import acknowledge_alert
from traceapp.usecases.alerts.alerts_without_store import acknowledge_without_store, list_alerts_without_store
from traceapp.usecases.alerts.list_alerts import ListedAlert, alert_words, list_alerts
from traceapp.usecases.alerts.silence_rule import LONGEST_HOURS
from traceapp.usecases.approvals.request_approval import request_approval

ALL = "all"
AWAY = (StoreUnavailableError, KeyUnavailableError)


@click.group()
def alerts() -> None:
    """What the ledger shows that somebody has to look at; docs/alerts.md says what rings."""


@alerts.command("list")
@click.option("--state", type=click.Choice([*(one.value for one in AlertState), ALL]), default="open", show_default=True)
@click.option("--level", type=click.Choice([one.value for one in AlertLevel]), help="Those of one level.")
@click.option("--rule", default="", help="Those of one rule.")
@home_option
def list_all(state: str, level: str | None, rule: str, home: Path | None) -> None:
    """List alerts, the newest first: id, level, when, rule, who, title, records."""
    wanted = AlertFilter(None if state == ALL else AlertState(state), AlertLevel(level) if level is not None else None, rule)
    settings = settings_of(home)
    try:
        with stations_of(settings) as stations:
            found = list_alerts(stations, terminal_actor(), wanted)
    except AWAY as error:
        _say_away(error)
        found = list_alerts_without_store(build_watch(settings), terminal_actor(), wanted)
    for one in found.value.alerts:
        click.echo(_line(one))
    more = "; there are more" if found.value.cut else ""
    click.echo(f"{len(found.value.alerts)} alerts{more} (ledger record {found.receipt.seq})", err=True)


@alerts.command()
@click.argument("uid")
@home_option
def acknowledge(uid: str, home: Path | None) -> None:
    """Put your name to the alert UID: you have seen to it."""
    settings = settings_of(home)
    try:
        with stations_of(settings) as stations:
            done = acknowledge_alert(stations, terminal_actor(), uid)
    except AWAY as error:
        _say_away(error)
        done = acknowledge_without_store(build_watch(settings), terminal_actor(), uid)
    click.echo(f"acknowledged by {done.value.acknowledged_by} (ledger record {done.receipt.seq})")


@alerts.command()
@click.argument("rule")
@click.option("--hours", type=click.IntRange(1, LONGEST_HOURS), required=True, help="For how long.")
@click.option("--reason", required=True, help="Why, so that others can judge it.")
@home_option
def silence(rule: str, hours: int, reason: str, home: Path | None) -> None:
    """Ask that a RULE be silent for a while; once others agreed: traceapp approval execute.

    Exit codes: 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    with stations_of(settings_of(home)) as stations:
        asked = {"rule": rule, "hours": hours}
        made = request_approval(stations, terminal_actor(), Operation.ALERT_SILENCE, asked, reason)
    say_waits(made)


def _say_away(error: TraceappError) -> None:
    click.echo(f"{error} Without it nobody's role is asked; what you do is on record.", err=True)


def _line(one: ListedAlert) -> str:
    alert = one.kept.alert
    who = alert.username or alert.group or "-"
    state = f"  acknowledged by {one.kept.acknowledged_by}" if one.kept.acknowledged_at is not None else ""
    records = ", ".join(map(str, alert.records)) or "none"
    moment = f"{stored_time(alert.at)[:19]}Z"
    title = alert_words(alert.rule, "en").title
    said = f"{alert.uid}  {alert.level.value:<8}  {moment}  {alert.rule}  {who}  {title}  records {records}{state}"
    return printable(said)
