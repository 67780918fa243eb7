"""`traceapp signature …`: are electronic signatures what their persons gave?"""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, stations_of
from traceapp.cli.printing import printable, signature_line
from traceapp.composition import terminal_actor
from traceapp.usecases.signatures.verify_signatures import verify_signatures

BAD = 1


@click.group()
def signature() -> None:
    """Electronic signatures of approvals (docs/signatures.md)."""


@signature.command()
@click.argument("which", metavar="[APPROVAL|all]", default="all")
@home_option
def verify(which: str, home: Path | None) -> None:
    """Check the signatures of one approval, or all: by their seals, by the store and by the ledger.

    Exit code 0: all hold. 1: one does not, which is named: record-changed, forged, or gone.

    \b
    traceapp signature verify
    traceapp signature verify 9f86d081884c7d65
    """
    with stations_of(settings_of(home)) as stations:
        found = verify_signatures(stations, terminal_actor(), None if which == "all" else which)
    report = found.value
    for one in report.signatures:
        click.echo(printable(f"{one.record.uid}  {signature_line(one)}"))
    bad = len(report.bad)
    counted = f"{len(report.signatures)} signatures of {report.approvals} approvals, {bad} of them bad"
    click.echo(f"{counted} (ledger record {found.receipt.seq})", err=True)
    if bad:
        raise SystemExit(BAD)


@signature.command()
@home_option
def key(home: Path | None) -> None:
    """Print the public key that signatures are sealed with (Ed25519, PEM): whoever has it can check them without us."""
    with stations_of(settings_of(home)) as stations:
        click.echo(stations.signature_key.public_pem, nl=False)
