"""The command group and its one way to say that something went wrong."""

import os
import sys
from pathlib import Path

import click

from traceapp import __version__
from traceapp.cli.accounts import account
from traceapp.cli.alerts import alerts
from traceapp.cli.approvals import approval
from traceapp.cli.audit import audit
from traceapp.cli.backups import backup
from traceapp.cli.break_glass import break_glass
from traceapp.cli.deliveries import delivery
from traceapp.cli.exports import export
from traceapp.cli.feeds import feed
from traceapp.cli.imports import import_files
from traceapp.cli.keys import keys
from traceapp.cli.places import line, site
from traceapp.cli.policy import policy
from traceapp.cli.run import run
from traceapp.cli.serve import serve
from traceapp.cli.sessions import session
from traceapp.cli.signatures import signature
from traceapp.cli.tls import tls
from traceapp.cli.tokens import token
from traceapp.cli.trace import trace
from traceapp.cli.verify import verify
from traceapp.cli.waiting import WAITS
from traceapp.domain.errors import ApprovalWaitsError, TraceappError

FAILED, WRONG = 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="traceapp")
def commands() -> None:
    """Where did a batch come from, where did it go, what state is it in, who touched it.

    The home folder (keys, ledger, embedded store, raw files) is --home, else TRACEAPP_HOME, else var/.
    """


for command in (
    account,
    alerts,
    approval,
    audit,
    backup,
    break_glass,
    delivery,
    export,
    feed,
    import_files,
    keys,
    line,
    policy,
    run,
    serve,
    session,
    signature,
    site,
    tls,
    token,
    trace,
    verify,
):
    commands.add_command(command)


def main() -> None:
    """Entry point; an error of ours is two lines on stderr, what happened and what to do next, and exit code 1.

    What others still have to agree to has the exit code 3, as has asking for it. Words that are no UTF-8 are a wrong option: a
    terminal with another encoding sends others than were typed. A file may be called so.
    """
    strange = next((word for word in sys.argv[1:] if not _is_utf8(word) and not Path(word).exists()), None)
    if strange is not None:
        click.echo(f"traceapp: {os.fsencode(strange).decode('utf-8', 'backslashreplace')} is no UTF-8", err=True)
        click.echo("next: Set the terminal to UTF-8, and type it again.", err=True)
        sys.exit(WRONG)
    try:
        commands(standalone_mode=True)
    except TraceappError as error:
        click.echo(f"traceapp: {error}", err=True)
        click.echo(f"next: {error.next_step}", err=True)
        sys.exit(WAITS if isinstance(error, ApprovalWaitsError) else FAILED)


def _is_utf8(word: str) -> bool:
    return os.fsencode(word).decode("utf-8", "replace") == word
