"""`traceapp run`, what scripts/run starts: set-up, demo at the first start, a first question, then serve."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from traceapp.backing import backing
from traceapp.cli.client import get_json, trust
from traceapp.cli.options import home_option, settings_of, with_tls
from traceapp.cli.printing import console, print_trace
from traceapp.cli.supervision import Service
from traceapp.cli.trace import read_token
from traceapp.composition import place_demo_organisation, terminal_actor
from traceapp.domain.errors import SettingsError, StoreUnavailableError, TraceappError
from traceapp.host.certificates import TlsFolder, init_tls
from traceapp.settings import Settings, read_settings
from traceapp.usecases.load_demo import DemoLoaded, load_demo, may_load_demo, read_demo

LOCAL_NEO4J = Path(__file__).resolve().parents[2] / "scripts" / "neo4j"


@click.command()
@click.option("--check", is_flag=True, help="Ask the first question on a free port, then stop.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port of the web service  [TRACEAPP_PORT, else 8000]")
@click.option("--demo/--no-demo", default=True, show_default=True, help="Load the demo at the first start.")
@click.option("--store", type=click.Choice(["embedded", "neo4j"]), help="neo4j starts a real server with scripts/neo4j.")
@click.option("--tls", is_flag=True, help="Speak HTTPS; a certificate for this host is made where there is none.")
@home_option
def run(check: bool, port: int | None, demo: bool, store: str | None, tls: bool, home: Path | None) -> None:
    """Set up, start everything, ask the first question, print its answer, serve until Ctrl-C."""
    settings = settings_of(home, port=0 if check else port)
    if store == "embedded" and not settings.embedded:
        raise SettingsError("--store embedded contradicts NEO4J_URI; unset one of them")
    try:
        if store == "neo4j":
            settings = _with_local_neo4j(settings)
        if tls:
            settings = _with_certificate(settings)
        _serve(settings, demo=demo, check=check)
    finally:
        if store == "neo4j":
            _neo4j("stop", settings)


def _serve(settings: Settings, *, demo: bool, check: bool) -> None:
    with Service(settings, say=_say, trial=demo) as service:
        service.start_backing()
        loaded = _demo(settings, service) if demo else None
        service.start_web()
        if loaded is not None:
            _ask_first(service.url, settings, loaded, check=check)
        _invitation(service.url, loaded)
        if not check:
            service.wait()


def _demo(settings: Settings, service: Service) -> DemoLoaded | None:
    """Load it where it may be; who we are is told only then, since it says whose lots are our own."""
    with backing(settings, say=_say) as stations:
        known = read_demo(stations)
        if known is not None or not may_load_demo(stations):
            return known
    place_demo_organisation(settings)
    with backing(settings, say=_say) as stations:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("loading the demo", total=1.0)

            def show(share: float) -> None:
                service.check_stopped()
                progress.update(task, completed=share)

            return load_demo(stations, terminal_actor(), show)


def _ask_first(url: str, settings: Settings, loaded: DemoLoaded, *, check: bool) -> None:
    """A demo whose token was changed or revoked keeps nobody from being served."""
    try:
        _first_question(url, settings, loaded)
    except TraceappError as error:
        if check:
            raise
        _say(f"the first question was not answered: {error}")


def _first_question(url: str, settings: Settings, loaded: DemoLoaded) -> None:
    answer = get_json(
        url,
        "/api/v1/traces",
        read_token(settings.home / "token"),
        trust(settings),
        number=loaded.first_question,
        direction="forward",
    )
    print_trace(answer, title=f"First question: where did material lot {loaded.first_question} go?")


def _invitation(url: str, loaded: DemoLoaded | None) -> None:
    console.print(f"\ntraceapp serves [bold]{url}[/bold]  (Ctrl-C stops it and all it started)")
    if loaded is None:
        console.print("Make the first account with: traceapp account create NAME --role coordinator")
        return
    table = Table(title="Demo accounts, one per role", title_justify="left")
    for column in ("User name", "Password", "Role"):
        table.add_column(column)
    for account in loaded.accounts:
        table.add_row(account.username, account.password, account.role.value)
    console.print(table)


def _with_certificate(settings: Settings) -> Settings:
    """The certificate of the settings or the home; the first start makes one for the name of this host."""
    if not settings.tls and not TlsFolder(settings.home).folder.exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = init_tls(settings.home, (socket.gethostname(),), datetime.now(UTC))
        _say(f"made a certificate authority of this home: {TlsFolder(settings.home).authority}")
        _say(f"its fingerprint (SHA-256): {authority.fingerprint}; docs/tls.md says what to do in a browser")
    return with_tls(settings)


def _with_local_neo4j(settings: Settings) -> Settings:
    """Start the real server and point the settings at it; the password travels as the name of a 0600 file."""
    printed = _neo4j("start", settings)
    exports = dict(
        line.removeprefix("export ").split("=", 1) for line in printed.splitlines() if line.startswith("export NEO4J_")
    )
    os.environ.update({name: value.strip("'\"") for name, value in exports.items()})
    return read_settings(home=settings.home, port=settings.port)


def _neo4j(act: str, settings: Settings) -> str:
    if not LOCAL_NEO4J.is_file():
        raise SettingsError("--store neo4j needs a checkout with scripts/neo4j; with an installed package set NEO4J_URI instead")
    done = subprocess.run(
        [sys.executable, str(LOCAL_NEO4J), act, "--home", str(settings.home / "neo4j")],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StoreUnavailableError(f"scripts/neo4j {act} ended with code {done.returncode}; its own words stand above")
    return done.stdout


def _say(text: str) -> None:
    click.echo(text, err=True)
