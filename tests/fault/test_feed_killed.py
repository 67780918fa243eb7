"""Whoever takes a feed's message is killed at every step: sent again, it is there once, and no gap is hidden."""

import base64
import signal
import subprocess
import sys
from typing import Final

from tests.processes import ROOT, environment_of
from tests.recorded import records
from tests.signed_feed import Source, connect, receipt
from traceapp.composition import terminal_actor
from traceapp.domain.recorded import ABORTED, COMMITTED
from traceapp.domain.rights import Actor, Role
from traceapp.ledger.verdict import verify
from traceapp.usecases.audit.settle_intents import IntentSweep
from traceapp.usecases.intake.take_feed_message import take_feed_message
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})
MES = Actor("1" * 32, "token:mes", Role.INTEGRATOR, EVERYWHERE, EVERYWHERE, through="token")
PROGRAM: Final = """
import base64, os, signal, sys
from {module} import {owner}
from traceapp.cli.options import settings_of
from traceapp.composition import connected
from traceapp.domain.feeds import SignedMessage
from traceapp.graph.endpoint import read_server_file
from tests.fault.test_feed_killed import MES
from traceapp.usecases.intake.take_feed_message import take_feed_message

original = {owner}.{method}
calls = 0

def cut(*given, **named):
    global calls
    calls += 1
    if calls == {call} and {before}:
        os.kill(os.getpid(), signal.SIGKILL)
    found = original(*given, **named)
    if calls == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return found

{owner}.{method} = cut
id, timestamp, signature, body = sys.argv[1:]
with connected(settings_of(None)) as stations:
    message = SignedMessage(id, timestamp, signature, base64.b64decode(body))
    take_feed_message(stations, MES, "MES-LYON", message)
"""
CLIENT, COMMIT, REGISTER = (
    ("traceapp.ledger.client", "LedgerClient", "append"),
    ("neo4j", "Transaction", "commit"),
    ("traceapp.host.row_register", "RowRegister", "settle"),
)
STEPS: Final[dict[str, tuple[tuple[str, str, str], int, bool, str | None]]] = {
    "before the intent": (CLIENT, 1, True, None),
    "after the intent": (CLIENT, 1, False, ABORTED),
    "before COMMIT": (COMMIT, 1, True, ABORTED),
    "after COMMIT": (COMMIT, 1, False, COMMITTED),
    "before the feed is settled": (REGISTER, 1, True, COMMITTED),
    "after the feed is settled": (REGISTER, 1, False, COMMITTED),
    "before the outcome": (CLIENT, 2, True, COMMITTED),
    "after the outcome": (CLIENT, 2, False, "done"),
}


def test_promise_a_message_whose_taker_was_killed_is_there_once(stations: Stations) -> None:
    """Every second message skips one, so that each kill may hide a gap."""
    source = Source("MES-LYON")
    connect(stations, source)
    gaps: list[str] = []
    for number, (step, (where, call, before, outcome)) in enumerate(STEPS.items(), 1):
        sequence, body = 2 * number, receipt(f"K{number}")
        gaps.append(str(sequence - 1))
        message, head = source.sign(sequence, body), stations.ledger.get_head().seq
        program = PROGRAM.format(module=where[0], owner=where[1], method=where[2], call=call, before=before)
        done = subprocess.run(
            [sys.executable, "-c", program, message.id, message.timestamp, message.signature, base64.b64encode(body).decode()],
            env={**environment_of(stations), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, (step, done.stderr)
        IntentSweep(stations.settings.home).look(stations, terminal_actor())

        told = take_feed_message(stations, MES, source.name, source.sign(sequence, body)).value

        outcomes = [one["outcome"] for one in records(stations, act="feed:send", after=head)]
        assert outcomes[:2] == (["intended", outcome] if outcome else ["intended", "done"]), step
        assert told.repeated == (outcome in {COMMITTED, "done"}), step
        assert (told.receipt.appended, told.receipt.events) == (1, 1), step
        assert stations.heads.get_head() == number, step
        assert [gap.text for gap in told.feed.gaps] == gaps, step
        last = records(stations, act="feed:send", after=head)[-1]
        assert (last["result"]["gap"], last["result"]["gaps"]) == (gaps[-1], gaps), step
    assert verify(stations.settings.home).ok
