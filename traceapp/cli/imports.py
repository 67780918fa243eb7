"""`traceapp import`: files of source systems into the graph."""

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.composition import terminal_actor
from traceapp.domain.errors import ImportBrokenOffError, InputError, TraceappError
from traceapp.usecases.intake.import_file import ImportReport, import_file

ALL_IN, NOTHING_DONE, SOME_REJECTED = 0, 1, 2


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option("--source", default="", help="Name of the system that the files come from, e.g. MES-LYON.")
@home_option
def import_files(files: tuple[Path, ...], source: str, home: Path | None) -> None:
    """Import EPCIS 2.0 JSON documents and plain CSV forms (docs/csv.md).

    The same file twice changes nothing; events in any order give the same graph. Rows that cannot be taken go to a
    rejects file with line and reason.

    Exit codes: 0 all in · 2 a part of it · 1 nothing
    """
    if not files or not source:
        raise InputError("wanted at least one file, and --source with the name of the system that it comes from")
    reports: list[ImportReport] = []
    failed: list[TraceappError] = []
    console = Console(stderr=True)
    with (
        stations_of(settings_of(home)) as stations,
        Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=console,
        ) as progress,
    ):
        for path in files:
            task = progress.add_task(path.name, total=1.0)
            try:
                report = import_file(stations, terminal_actor(), path, source, _shown(progress, task))
            except TraceappError as error:
                failed.append(error)
                progress.stop_task(task)
                console.print(f"{path}: {error}\nnext: {error.next_step}", markup=False, style="bold")
                continue
            progress.update(task, completed=1.0)
            reports.append(report)
            click.echo(_sentence(path, report))
    raise SystemExit(_exit_code(reports, failed))


def _shown(progress: Progress, task: TaskID) -> Callable[[float], None]:
    """Moves the bar of one file to the share that is done."""
    return lambda share: progress.update(task, completed=share)


def _sentence(path: Path, report: ImportReport) -> str:
    counts = f"{report.appended} new, {report.known} known, {report.voided} declared void, {report.rejected} rejected"
    said = f"{path.name}: {report.events} events: {counts}"
    return said + (f"; see {report.rejects_file}" if report.rejects_file else "")


def _exit_code(reports: list[ImportReport], failed: list[TraceappError]) -> int:
    taken = any(report.events > report.rejected for report in reports)
    rejected = any(report.rejected for report in reports)
    broken_off = any(isinstance(error, ImportBrokenOffError) for error in failed)
    if not (taken or broken_off) and (failed or rejected):
        return NOTHING_DONE
    return SOME_REJECTED if failed or rejected else ALL_IN
