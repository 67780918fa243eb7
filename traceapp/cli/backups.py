"""`traceapp backup make|check|restore`: a home and its store as one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from traceapp.backing import offline, restore_home
from traceapp.cli.options import home_option, settings_of
from traceapp.cli.printing import printable
from traceapp.composition import terminal_actor
from traceapp.domain.errors import BundleError, HomeError
from traceapp.usecases.audit.verify_ledger import ledger_state
from traceapp.usecases.backup.check_backup import check_backup
from traceapp.usecases.backup.home_files import Progress as Show
from traceapp.usecases.backup.make_backup import make_backup

WRONG, UNREADABLE = 1, 2
MOST_NAMED = 20


@click.group()
def backup() -> None:
    """Back a home and its store up into one file, check one, restore one (docs/backup.md)."""


@backup.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--keys", type=click.Path(path_type=Path), help="New folder for a copy of the keys, away from the bundle.")
@home_option
def make(target: Path, keys: Path | None, home: Path | None) -> None:
    """Back everything up into the new file TARGET; the service must be stopped.

    The bundle holds no keys: what is sealed stays sealed in it. Make a copy of them each time, and keep it elsewhere.

    Exit codes: 0 made · 1 not made, and nothing is left · 2 wrong option

    \b
    traceapp backup make /mnt/backup/2026-03-02.bundle --keys /media/safe/2026-03-02
    """
    settings = settings_of(home)
    if ledger_state(settings.home) == "never begun":
        raise HomeError(f"{settings.home} holds no ledger, so there is nothing to back up")
    with offline(settings, _say) as stations, _bar("backup") as show:
        recorded = make_backup(stations, terminal_actor(), target, show, keys)
    made = recorded.value
    for name in made.left_out:
        _say(printable(f"note: not in it, since nobody knows what it is: {name}"))
    if keys is None:
        _say("note: the keys are not in it: copy HOME/keys and HOME/ledger/signing.pem, or say --keys next time")
    click.echo(f"{target}: {made.nodes} nodes, {made.links} links, {made.ledger} ledger records, {made.bytes} bytes")
    click.echo(f"graph {made.graph} (ledger record {recorded.receipt.seq})")


@backup.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Public key of signatures, as traceapp signature key printed it; keep it away from the bundles.",
)
def check(bundle: Path, key: Path) -> None:
    """Say whether BUNDLE is what was made: its signature, and every member. It needs no home and no store.

    Exit codes: 0 whole · 1 something is wrong, which is named by its member · 2 it cannot be read, or is no bundle
    """
    try:
        with _bar("check") as show:
            found = check_backup(bundle, key, show)
    except BundleError as error:
        click.echo(printable(f"{bundle}: {error}"), err=True)
        click.echo(f"next: {error.next_step}", err=True)
        raise SystemExit(UNREADABLE) from None
    for fault in found.faults[:MOST_NAMED]:
        click.echo(printable(f"{fault.member}: {fault.what}"))
    if found.faults:
        click.echo(f"{len(found.faults)} members are wrong", err=True)
        raise SystemExit(WRONG)
    assert found.manifest is not None  # noqa: S101 - without faults there is one
    told = found.manifest
    click.echo(f"whole: {len(told.members)} members, made at {told.made_at} by traceapp {told.product}")
    click.echo(f"ledger: {told.ledger.size} records, root {told.ledger.root}")


@backup.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder with the copy of the keys: its keyring, and signing.pem of the ledger.",
)
@home_option
def restore(bundle: Path, keys: Path, home: Path | None) -> None:
    """Bring BUNDLE back into an empty --home and an empty store, and prove that what is there is what was backed up.

    The store is the one of the settings, embedded or NEO4J_URI, whichever the bundle was made from. Broken off, run it again
    with the same --home: it begins anew, and no service starts in a half of it.

    Exit codes: 0 restored and proven · 1 refused, or not proven; it says what · 2 wrong option

    \b
    traceapp backup restore /mnt/backup/2026-03-02.bundle --keys /media/safe/2026-03-02 --home /srv/traceapp-new
    """
    with _bar("restore") as show:
        recorded = restore_home(settings_of(home), bundle, keys.expanduser().resolve(), _say, show)
    for proof in recorded.value:
        click.echo(printable(proof.said))
    click.echo(f"restored and proven (ledger record {recorded.receipt.seq})")


@contextmanager
def _bar(name: str) -> Iterator[Show]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=1.0)
        yield lambda share: progress.update(task, completed=share)


def _say(text: str) -> None:
    click.echo(text, err=True)
