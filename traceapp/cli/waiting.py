"""What a command says that only asked for something: others agree first, and its exit code tells a script so."""

from typing import Final, NoReturn

import click

from traceapp.domain.approvals import Approval
from traceapp.domain.recorded import Recorded

WAITS: Final = 3


def say_waits(asked: Recorded[Approval], then: str = "traceapp approval execute {uid}") -> NoReturn:
    """Name the approval and what comes next, and end with `WAITS`.   then  how it is carried out once others agreed."""
    made = asked.value
    click.echo(f"{made.uid}  waits for approval  {made.operation} (ledger record {asked.receipt.seq})")
    click.echo(f"next: others agree on the page /approvals; then {then.format(uid=made.uid)}", err=True)
    raise SystemExit(WAITS)
