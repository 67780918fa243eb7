"""`traceapp keys`: which there are, new ones, old ones out of use, and what two officers can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from traceapp.backing import recover_keys
from traceapp.cli.options import home_option, officers_of, pair_of, settings_of, stations_of
from traceapp.cli.printing import console
from traceapp.cli.unfinished import UNFINISHED, rate_option, wait
from traceapp.cli.waiting import say_waits
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.keys.destroy_approved_key import destroy_approved_key
from traceapp.usecases.keys.make_approved_recovery_key import make_approved_recovery_key
from traceapp.usecases.keys.make_recovery_key import make_recovery_key
from traceapp.usecases.keys.retire_key import retire_key
from traceapp.usecases.keys.rotate_keys import Reencryption, Show, reencrypt, rewrap_keys, rotate_keys
from traceapp.usecases.keys.show_keys import KeyStatus, show_keys


@click.group()
def keys() -> None:
    """Keys of the home: status, rotation, recovery, destruction. See docs/keys.md."""


@keys.command()
@home_option
def status(home: Path | None) -> None:
    """Show every key, its state, and how many records an old one still seals."""
    with stations_of(settings_of(home)) as stations:
        _print(show_keys(stations))


@keys.command()
@click.option("--kek", is_flag=True, help="A new key-encryption key instead: keys are wrapped anew, no value is touched.")
@click.option("--resume", is_flag=True, help="No new keys: only go on with what an earlier rotation left.")
@rate_option
@home_option
def rotate(kek: bool, resume: bool, rate: float | None, home: Path | None) -> None:
    """Make new data keys, use them at once, and bring everything under them, while the service runs.

    Break it off whenever you like: the service goes on with it, or --resume does.
    Exit codes: 0 nothing names an old key any more · 1 something failed · 3 records are left, they are named
    """
    if kek and resume:
        raise click.UsageError("--kek has nothing to resume.")
    with stations_of(settings_of(home)) as stations:
        if kek:
            made = rewrap_keys(stations, terminal_actor())
            click.echo(
                f"every key is wrapped under {made.value} now (ledger record {made.receipt.seq}); the former one is destroyed"
            )
            return
        if not resume:
            fresh = rotate_keys(stations, terminal_actor())
            click.echo(f"new keys {', '.join(fresh.value)} seal from now on (ledger record {fresh.receipt.seq})")
        with _progress() as show:
            done = reencrypt(stations, terminal_actor(), rate or stations.settings.reencrypt_rate, wait, show)
    _tell(done)


@keys.command()
@click.argument("key")
@home_option
def retire(key: str, home: Path | None) -> None:
    """Take an old data key, such as T2.1, out of use; refused while anything names it."""
    with stations_of(settings_of(home)) as stations:
        made = retire_key(stations, terminal_actor(), key)
    click.echo(
        f"{made.value.alias} is retired (ledger record {made.receipt.seq}): it is kept, wrapped, and opens nothing any more"
    )


@keys.command()
@click.argument("group")
@click.option("--reason", help="Why, so that others can judge it: asks for their approval.")
@click.option("--approval", help="Approval that others gave: the key is destroyed.")
@officers_of(required=False)
@click.option("--confirm", help="The name of the group once more; with --approval.")
@home_option
def destroy(
    group: str, reason: str | None, approval: str | None, officers: tuple[Path, ...], confirm: str | None, home: Path | None
) -> None:
    """Destroy the key of a shred group (account:UID) for good. Two others approve it, then both officers do it.

    \b
    traceapp keys destroy account:UID --reason "Left five years ago, asks for it."
    traceapp keys destroy account:UID --approval ID --officer A --officer B --confirm account:UID

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    if (reason is None) == (approval is None):
        raise click.UsageError("Say --reason to ask for it, or --approval to carry it out.")
    if approval is not None and confirm != group:
        raise click.UsageError("--confirm names another group.")
    with stations_of(settings_of(home)) as stations:
        if approval is None:
            asked = request_approval(stations, terminal_actor(), Operation.KEY_DESTROY, {"group": group}, reason or "")
            say_waits(asked, f"traceapp keys destroy {group} --approval {{uid}} …")
        made = destroy_approved_key(stations, terminal_actor(), approval, group, pair_of(officers))
    click.echo(
        f"{made.value} is destroyed (ledger record {made.receipt.seq}): nobody reads any more what it sealed. What is restored "
        "from an older backup of the store stays unreadable too, and an older copy of the keys does not open under the new "
        "key-encryption key. Only the two officers could still open such a copy: see that none is kept."
    )


@keys.command()
@officers_of(required=False)
@click.option(
    "--former", type=click.Path(path_type=Path, dir_okay=False), multiple=True, help="Files of the officers until now, twice."
)
@click.option(
    "--reason", help="Why, so that others can judge it, where a file of the officers until now is lost: asks for approval."
)
@click.option("--approval", help="Approval that others gave.")
@home_option
def officers(
    officers: tuple[Path, ...], former: tuple[Path, ...], reason: str | None, approval: str | None, home: Path | None
) -> None:
    """Make the recovery key: one half goes to each of two officers, in two new files outside the home.

    A former recovery key ends with it: that takes both its files, or, where one is lost, the word of others.

    \b
    traceapp keys officers --officer /media/a/part --officer /media/b/part
    traceapp keys officers --former OLD-A --former OLD-B --officer NEW-A --officer NEW-B
    traceapp keys officers --reason "The safe of B burnt."
    traceapp keys officers --approval ID --officer NEW-A --officer NEW-B

    Exit codes: 0 done · 1 refused or failed · 2 wrong option · 3 it waits for others, nothing happened yet
    """
    if sum(map(bool, (former, reason, approval))) > 1:
        raise click.UsageError("Say one of --former, --reason and --approval.")
    with stations_of(settings_of(home)) as stations:
        if reason is not None:
            asked = request_approval(stations, terminal_actor(), Operation.KEY_OFFICERS, {}, reason)
            say_waits(asked, "traceapp keys officers --approval {uid} …")
        files = pair_of(officers)
        if approval is not None:
            made = make_approved_recovery_key(stations, terminal_actor(), approval, files)
        else:
            made = make_recovery_key(stations, terminal_actor(), files, pair_of(former, "--former") if former else None)
    click.echo(f"recovery key made (ledger record {made.receipt.seq}); hand each file to one officer, and keep no copy here")


@keys.command()
@officers_of()
@home_option
def recover(officers: tuple[Path, ...], home: Path | None) -> None:
    """Open the keys without their provider, and wrap them under a new key-encryption key of TRACEAPP_KEY_PROVIDER."""
    settings = settings_of(home)
    kek = recover_keys(settings, pair_of(officers), say=lambda text: click.echo(text, err=True))
    click.echo(f"every key is wrapped under {kek} of the provider {settings.key_provider} now; make a new recovery key")


@contextmanager
def _progress() -> Iterator[Show]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("under the new keys", total=None)
        yield lambda done, left: progress.update(task, completed=done, total=done + left)


def _tell(done: Reencryption) -> None:
    if done.is_finished:
        click.echo(f"{done.done} records were brought under the new keys; nothing names an old one any more")
        return
    click.echo(f"{done.left} records still name an old key", err=True)
    for uid in done.broken:
        click.echo(f"a ciphertext of {uid} does not belong there: nothing of it was touched", err=True)
    raise SystemExit(UNFINISHED)


def _print(found: KeyStatus) -> None:
    ring = found.ring
    table = Table(title=f"Keys, wrapped by {ring.provider} under {ring.kek}", title_justify="left")
    for column in ("Key", "State", "Made", "By", "State since", "Group", "Records left"):
        table.add_column(column)
    for key in ring.keys:
        named = found.named.get(key.alias)
        left = "" if named is None else str(named)
        table.add_row(key.alias, key.state.value, key.created_at[:16], key.created_by, key.changed_at[:16], key.group or "", left)
    console.print(table)
    console.print(
        "recovery key: with two officers" if ring.recovery else "recovery key: none, make it with traceapp keys officers"
    )
