"""`traceapp verify graph`: is everything in the store as the service wrote it?"""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.composition import terminal_actor
from traceapp.usecases.keys.verify_graph import verify_graph

CHANGED = 1


@click.group()
def verify() -> None:
    """Check what is stored."""


@verify.command()
@home_option
def graph(home: Path | None) -> None:
    """Check every node, link and event in the store, and name what was changed, made up or taken away.

    Broken off, it goes on where it was. The outcome is on record in the ledger.

    Exit codes: 0 all is as it was written · 1 something is not, or the check could not be made; it says which · 2 wrong option
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with (
        stations_of(settings_of(home)) as stations,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task("graph", total=1.0)
        verdict = verify_graph(stations, terminal_actor(), lambda share: progress.update(task, completed=share)).value
    for finding in verdict.findings:
        click.echo(finding)
    if verdict.moved:
        click.echo("note: records were added meanwhile, so that the counter was not compared; run it again when all is quiet")
    click.echo(f"{verdict.records} records and {verdict.links} links: {len(verdict.findings) or 'nothing'} found", err=True)
    if verdict.findings:
        raise SystemExit(CHANGED)
