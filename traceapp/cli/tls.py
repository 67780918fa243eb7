"""`traceapp tls`: a local certificate authority and the host certificate of the service."""

from datetime import UTC, datetime
from pathlib import Path

import click

from traceapp.cli.options import home_option, settings_of
from traceapp.host.certificates import RENEW_DAYS, CertificateFacts, TlsFolder, init_tls, read_facts, renew_tls

DUE = 3

names_argument = click.argument("names", nargs=-1)


@click.group()
def tls() -> None:
    """Certificates for the service: docs/tls.md says what to do in a browser."""


@tls.command()
@names_argument
@home_option
def init(names: tuple[str, ...], home: Path | None) -> None:
    """Make a local authority and a certificate for NAMES, DNS names or addresses of this host.

    The loopback names are always in it. The authority can sign for these names and no others.

    \b
    traceapp tls init trace.example.org 10.1.0.7
    traceapp serve --tls --port 8443
    """
    settings = settings_of(home)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = init_tls(settings.home, names, _now())
    files = TlsFolder(settings.home)
    _say_host(read_facts(files.host))
    click.echo(f"authority:    {files.authority}, until {authority.ends:%Y-%m-%d}")
    click.echo(f"fingerprint:  {authority.fingerprint} (SHA-256)")
    click.echo("Give the authority's file to whoever shall trust it, and let him compare the fingerprint by another way.")
    click.echo(f"Keep {files.authority_key} elsewhere: only traceapp tls renew needs it.")


@tls.command()
@names_argument
@home_option
def renew(names: tuple[str, ...], home: Path | None) -> None:
    """Make the host certificate anew, for NAMES or for the names it has; a running service takes it up by itself."""
    _say_host(renew_tls(settings_of(home).home, names, _now()))


@tls.command()
@home_option
def status(home: Path | None) -> None:
    """Say what the certificate is for and how many days are left.

    Exit codes: 0 good · 1 none, or it has ended · 3 a renewal is due
    """
    settings = settings_of(home)
    files = TlsFolder(settings.home)
    host = read_facts(settings.tls_cert_file or files.host)
    _say_host(host)
    if files.authority.exists():
        authority = read_facts(files.authority)
        click.echo(f"authority:    {files.authority}, until {authority.ends:%Y-%m-%d}")
        click.echo(f"fingerprint:  {authority.fingerprint} (SHA-256)")
    left = host.days_left(_now())
    if left < RENEW_DAYS:
        click.echo("It has ended." if left < 0 else "A renewal is due: traceapp tls renew", err=True)
        raise SystemExit(1 if left < 0 else DUE)


def _say_host(facts: CertificateFacts) -> None:
    click.echo(f"certificate:  {', '.join(facts.names)}")
    click.echo(f"valid until:  {facts.ends:%Y-%m-%d}, {facts.days_left(_now())} days left")
    click.echo(f"its own:      {facts.fingerprint} (SHA-256)")


def _now() -> datetime:
    return datetime.now(UTC)
