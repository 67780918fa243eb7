"""Bring the newest checkpoint of the ledger to where its host cannot change it. Nothing is disclosed: it is a hash."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from traceapp.domain.clock import Clock
from traceapp.domain.errors import TraceappError
from traceapp.domain.ledger_health import AnchorState, LedgerStatus
from traceapp.ledger.anchors.port import Anchor
from traceapp.ledger.anchors.states import read_states, write_states
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.segments import first_kept


def anchor_ledger(home: Path, ledger: LedgerClient, anchors: Sequence[Anchor], clock: Clock) -> tuple[AnchorState, ...]:
    """Ask every anchor whose time has come; how each is afterwards, in order. One that fails stops no other.

    raises  OSError: how they are cannot be kept.
    """
    before = {state.name: state for state in read_states(home)}
    states = tuple(_asked(anchor, before.get(anchor.name), ledger, clock) for anchor in anchors)
    if states or before:
        write_states(home, states)
    return states


def ledger_status(home: Path, ledger: LedgerClient) -> LedgerStatus:
    """How the writer is, and what is kept of the ledger elsewhere; raises LedgerUnavailableError."""
    return LedgerStatus(ledger.get_health(), read_states(home), first_kept(home))


def anchor_states(home: Path) -> tuple[AnchorState, ...]:
    """The same of the anchors alone, whether the ledger runs or not."""
    return read_states(home)


def _asked(anchor: Anchor, before: AnchorState | None, ledger: LedgerClient, clock: Clock) -> AnchorState:
    now = clock.now()
    known = before or AnchorState(anchor.name, None, None, None, None)
    if known.tried is not None and known.error is None and now < known.tried + timedelta(seconds=anchor.every) and known.at:
        return known
    try:
        done = anchor.put(ledger.prove_growth)
    except TraceappError as error:
        return AnchorState(anchor.name, known.size, known.at, now, str(error))
    except OSError as error:
        return AnchorState(anchor.name, known.size, known.at, now, f"The place cannot be used: {error.strerror}.")
    if done is None:
        return AnchorState(anchor.name, known.size, known.at, now, None)
    return AnchorState(anchor.name, done.size, done.at, now, None)
