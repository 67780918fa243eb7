"""Options that every command shares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from traceapp.settings import Settings, read_settings

home_option: Callable[[Any], Any] = click.option(
    "--home", type=click.Path(path_type=Path, readable=False), help="Home folder  [TRACEAPP_HOME, else var/]"
)


def settings_of(home: Path | None, **overrides: object) -> Settings:
    """Environment, then options; the home folder is absolute from here on."""
    settings = read_settings(home=home, **overrides)
    return settings.model_copy(update={"home": settings.home.expanduser().resolve()})
