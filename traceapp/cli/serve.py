"""`traceapp serve`: owns store, ledger and web service until it is told to stop."""

from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of, with_tls
from traceapp.cli.supervision import Service
from traceapp.composition import key_warnings


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the web service  [TRACEAPP_PORT, else 8000]; 0 takes a free one."
)
@click.option("--tls", is_flag=True, help="Speak HTTPS, with the certificate that traceapp tls init made.")
@home_option
def serve(port: int | None, tls: bool, home: Path | None) -> None:
    """Start store, ledger and web service, and serve until Ctrl-C.

    The first time make the recovery key before: traceapp keys officers --officer FILE --officer FILE.

    Exit codes: 0 stopped by you · 1 something failed, the reason is printed
    """
    settings = settings_of(home, port=port)
    if tls:
        settings = with_tls(settings)
    with Service(settings, say=lambda text: click.echo(text, err=True)) as service:
        service.start_backing()
        for warning in key_warnings(settings):
            click.echo(f"warning: {warning}", err=True)
        service.start_web()
        click.echo(f"traceapp serves {service.url}  (Ctrl-C stops it)")
        service.wait()
