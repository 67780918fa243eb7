"""Options that every command shares."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

import click

from traceapp.backing import backing
from traceapp.domain.errors import CertificateError
from traceapp.domain.recorded import NEWEST_SEQ
from traceapp.host.certificates import TlsFolder
from traceapp.settings import Settings, forget_secrets, read_settings
from traceapp.usecases.stations import Stations

home_option: Callable[[Any], Any] = click.option(
    "--home", type=click.Path(path_type=Path, readable=False), help="Home folder  [TRACEAPP_HOME, else var/]"
)


def officers_of(*, required: bool = True) -> Callable[[Any], Any]:
    """`--officer`, twice; `pair_of` makes the two files of it."""
    return click.option(
        "--officer",
        "officers",
        type=click.Path(path_type=Path, dir_okay=False),
        multiple=True,
        required=required,
        help="File of one officer of the recovery key; give it twice, once for each.",
    )


def pair_of(paths: tuple[Path, ...], name: str = "--officer") -> tuple[Path, Path]:
    """raises  click.UsageError: not two."""
    if len(paths) != 2:
        raise click.UsageError(f"{name} has to be given twice.")
    return paths[0], paths[1]


SEQ: Final = click.IntRange(1, NEWEST_SEQ)
"""The number of a record."""


def settings_of(home: Path | None, **overrides: object) -> Settings:
    """Environment, then options; the home folder is absolute from here on."""
    settings = read_settings(home=home, **overrides)
    forget_secrets()
    return settings.model_copy(update={"home": settings.home.expanduser().resolve()})


def stations_of(settings: Settings) -> AbstractContextManager[Stations]:
    """What a command needs to act, with its parts started where they do not run; their words go to standard error."""
    return backing(settings, say=lambda text: click.echo(text, err=True))


def with_tls(settings: Settings) -> Settings:
    """`--tls`: the certificate of the settings, else the one of the home; raises CertificateError where there is none."""
    if settings.tls:
        return settings
    files = TlsFolder(settings.home)
    if not files.host.exists():
        raise CertificateError(f"{files.host} is not there")
    return settings.model_copy(update={"tls_cert_file": files.host, "tls_key_file": files.host_key})
