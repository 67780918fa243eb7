"""What commands share that do at once what the service does by itself: how quick, and an exit code where records are left."""

from collections.abc import Callable, Iterable
from time import sleep
from typing import Any, Final

import click

UNFINISHED: Final = 3
"""Exit code: records are left."""
rate_option: Callable[[Any], Any] = click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), help="Records a second  [TRACEAPP_REENCRYPT_RATE]"
)


def wait(seconds: float) -> bool:
    """Rest between two chunks; never says stop, since whoever is at the terminal breaks it off himself."""
    sleep(seconds)
    return False


def say_end(broken: Iterable[str], left: object, done: str) -> None:
    """Name what was left alone, and end with `UNFINISHED` where something is left; else say that it is done."""
    for uid in broken:
        click.echo(f"{uid} is not as it was written: nothing of it was touched", err=True)
    if left:
        raise SystemExit(UNFINISHED)
    click.echo(done)
