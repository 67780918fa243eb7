"""`traceapp audit …`: is the ledger whole, and what others keep of it so that it stays so."""

from pathlib import Path

import click

from traceapp.cli import audit_trail
from traceapp.cli.options import SEQ, home_option, settings_of, stations_of
from traceapp.composition import terminal_actor
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import HomeError, LedgerBrokenError
from traceapp.domain.ledger_health import NOT_ANCHORED
from traceapp.domain.recorded import LedgerVerdict
from traceapp.settings import Settings
from traceapp.usecases.audit.anchor_ledger import anchor_states, ledger_status
from traceapp.usecases.audit.rotate_ledger_key import rotate_ledger_key
from traceapp.usecases.audit.sign_ledger import prove_record, sign_ledger
from traceapp.usecases.audit.verify_ledger import ledger_state, torn_ends, verify_closed_ledger, verify_ledger

BROKEN = 1
MIB = 1024 * 1024


@click.group()
def audit() -> None:
    """Ask the ledger about itself."""


for command in (
    audit_trail.search,
    audit_trail.show,
    audit_trail.values,
    audit_trail.replay,
    audit_trail.erase,
    audit_trail.prune,
):
    audit.add_command(command)


@audit.command()
@home_option
def verify(home: Path | None) -> None:
    """Check every record of the ledger and name the first bad one.

    Exit codes: 0 whole · 1 broken, the first bad record is named
    """
    settings = settings_of(home)
    verdict = _verdict(settings)
    for path in torn_ends(settings.home):
        click.echo(f"note: an end that a crash left unfinished was cut off and kept: {path}", err=True)
    if not any(state.at is not None for state in anchor_states(settings.home)):
        click.echo(f"note: {NOT_ANCHORED}; docs/ledger.md tells how to keep checkpoints elsewhere", err=True)
    if verdict.pruned:
        click.echo(f"note: records 1–{verdict.pruned} pruned: leaf hashes kept, content not checked", err=True)
    if verdict.ok:
        click.echo(f"whole: {verdict.records} records, head leaf {verdict.head_leaf}")
        return
    click.echo(f"broken: first bad record is {verdict.first_bad_seq}: {verdict.reason}", err=True)
    raise SystemExit(BROKEN)


@audit.command()
@home_option
def status(home: Path | None) -> None:
    """Print how the writer of the ledger and its disk are, and when each anchor had the newest checkpoint."""
    settings = settings_of(home)
    with stations_of(settings) as stations:
        found = ledger_status(settings.home, stations.ledger)
    health = found.health
    kept = f"{found.first_kept} to {health.newest.seq}" if health.newest.seq else "none"
    click.echo(f"records     {kept}, signed up to {health.checkpointed} at {health.checkpoint_at:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"waiting     {health.queue} of {health.queue_most}")
    click.echo(
        f"disk        {health.disk_used:.0%} used, {health.disk_free // MIB} MiB free; reserve {health.reserve // MIB} MiB"
    )
    for state in found.anchors:
        known = f"{state.size} records at {state.at:%Y-%m-%d %H:%M:%S} UTC" if state.at is not None else "nothing yet"
        click.echo(f"{state.name:<11} {known}" + (f"; FAILS: {state.error}" if state.error is not None else ""))
    if not found.is_anchored:
        click.echo(f"note: {NOT_ANCHORED}")


@audit.command()
@home_option
def checkpoint(home: Path | None) -> None:
    """Print a signed checkpoint over every record up to now, to be kept where the host of the ledger cannot change it."""
    with stations_of(settings_of(home)) as stations:
        click.echo(sign_ledger(stations, terminal_actor()).value, nl=False)


@audit.command()
@click.argument("seq", type=SEQ)
@home_option
def prove(seq: int, home: Path | None) -> None:
    """Print a proof that record SEQ is in the ledger; it needs nothing but itself and the ledger's verifier key."""
    with stations_of(settings_of(home)) as stations:
        click.echo(prove_record(stations, terminal_actor(), seq).value, nl=False)


@audit.command()
@home_option
def key(home: Path | None) -> None:
    """Print the verifier key of the ledger; note it on the first day, away from the host."""
    with stations_of(settings_of(home)) as stations:
        click.echo(stations.ledger.get_verifier_key())


@audit.command("rotate-key")
@home_option
def rotate_key(home: Path | None) -> None:
    """Sign the ledger under a new key from now on; the service must be stopped. Prints the new verifier key."""
    click.echo(rotate_ledger_key(settings_of(home).home, SystemClock(), terminal_actor()))


def _verdict(settings: Settings) -> LedgerVerdict:
    """By way of the writer, so that the look is on record; past it where no writer would open the ledger.

    raises  HomeError: nothing was ever recorded in this folder.
    """
    match ledger_state(settings.home):
        case "never begun":
            raise HomeError(f"{settings.home} holds no ledger; name the folder with --home")
        case "lost":
            return verify_closed_ledger(settings.home)
    try:
        with stations_of(settings) as stations:
            return verify_ledger(stations, terminal_actor()).value
    except LedgerBrokenError:
        verdict = verify_closed_ledger(settings.home)
        if verdict.ok:
            raise
        return verdict
