"""`traceapp policy`: why somebody may do something, and which document decides."""

from pathlib import Path

import click

from traceapp.cli.options import home_option, officers_of, pair_of, settings_of, stations_of
from traceapp.cli.policy_changes import apply, diff, migrate, propose, versions
from traceapp.cli.printing import print_explanation
from traceapp.composition import terminal_actor
from traceapp.domain.purposes import Purpose
from traceapp.usecases.explain_decision import explain_decision
from traceapp.usecases.governed.accept_policy import accept_policy


@click.group()
def policy() -> None:
    """Who may do what, and why."""


@policy.command()
@click.argument("user")
@click.argument("action")
@click.argument("object_", metavar="[OBJECT]", required=False)
@click.option("--purpose", type=click.Choice([one.value for one in Purpose]), help="Instead of that of the latest session.")
@home_option
def explain(user: str, action: str, object_: str | None, purpose: str | None, home: Path | None) -> None:
    """Say whether USER may do ACTION (on OBJECT, a number or uid), by which rule, and what it stands on.

    \b
    traceapp policy explain anna batch:trace
    traceapp policy explain anna batch:show B-2031 --purpose recall

    Exit codes: 0 allowed · 2 denied
    """
    with stations_of(settings_of(home)) as stations:
        wanted = Purpose(purpose) if purpose is not None else None
        found = explain_decision(stations, terminal_actor(), user, action, object_, wanted)
    print_explanation(found.value)
    click.echo(f"(ledger record {found.receipt.seq})", err=True)
    if not found.value.decision.allowed:
        raise SystemExit(2)


@policy.command()
@officers_of()
@click.option("--anyway", metavar="REASON", help="Accept it although too few of today's persons could agree under it; on record.")
@home_option
def accept(officers: tuple[Path, ...], anyway: str | None, home: Path | None) -> None:
    """Accept the document that TRACEAPP_POLICY names, on record, with the files of both officers of the recovery key.

    To recover where the policy was lost, so that nobody could agree to another. The first start accepts what it finds, and
    everything else is proposed and agreed to (traceapp policy propose). What is not the accepted document denies everything.
    A document under which too few of today's persons could agree is refused, naming operation and step.
    """
    with stations_of(settings_of(home)) as stations:
        done = accept_policy(stations, terminal_actor(), pair_of(officers), anyway)
    click.echo(f"accepted: policy {done.value} (ledger record {done.receipt.seq}); start the service again")


for command in (apply, diff, migrate, propose, versions):
    policy.add_command(command)
