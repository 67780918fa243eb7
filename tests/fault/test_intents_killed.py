"""Whoever changes something is killed at every step: then ledger and store say the same, and no write stands without either."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT, environment_of
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.errors import StoreConflictError
from traceapp.domain.recorded import ABORTED, COMMITTED, LedgerEntry
from traceapp.domain.rights import Role
from traceapp.graph.command_store import ABANDONED
from traceapp.ledger.open_intents import INTENTS, held_intent, is_held
from traceapp.ledger.records import FOLDER
from traceapp.ledger.verdict import verify
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.audit.settle_intents import ENDINGS, SETTLED, IntentSweep
from traceapp.usecases.keys.make_recovery_key import make_recovery_key
from traceapp.usecases.keys.rotate_keys import rewrap_keys
from traceapp.usecases.stations import Stations

PASSWORD = "correct horse battery"
EVERYWHERE = frozenset({"*"})
CUT = """
import os, signal
from {module} import {owner}

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
"""
"""Before whatever a process does: it is killed at this call of that method."""
PROGRAM = f"""from traceapp.cli.commands import main
{CUT}
main()
"""
Step = tuple[tuple[str, str, str], int, bool, str | None]
"""(module, class, method), which call of it, whether before or after, and what the ledger says then."""
CLIENT, WRITE, COMMIT = (
    ("traceapp.ledger.client", "LedgerClient", "append"),
    ("traceapp.graph.connection", "_Write", "run"),
    ("neo4j", "Transaction", "commit"),
)
STEPS: dict[str, Step] = {
    "before the intent": (CLIENT, 1, True, None),
    "after the intent": (CLIENT, 1, False, ABORTED),
    "before the write": (WRITE, 1, True, ABORTED),
    "before COMMIT": (COMMIT, 1, True, ABORTED),
    "after COMMIT": (COMMIT, 1, False, COMMITTED),
    "between its two writes": (WRITE, 1, False, COMMITTED),
    "before the outcome": (CLIENT, 2, True, COMMITTED),
    "after the outcome": (CLIENT, 2, False, "done"),
}


def run_killed(stations: Stations, step: Step, *words: str) -> None:
    (module, owner, method), call, before, _ = step
    program = PROGRAM.format(module=module, owner=owner, method=method, call=call, before=before)
    environment = {**environment_of(stations), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program, *words], env=environment, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def sweep(stations: Stations) -> list[tuple[int, str]]:
    return IntentSweep(stations.settings.home).look(stations, terminal_actor())


def check_agreement(stations: Stations) -> None:
    """Every command of an act has its intent, every intent one outcome, and every committed one its command."""
    commands = stations.graph.administer("MATCH (c:Command) RETURN c.uid AS uid, c.intent AS intent, c.act AS act", "test")
    written = {row["uid"] for row in commands if row["act"] != ABANDONED}
    told = records(stations)
    intents = {record["command"]: record for record in told if record["outcome"] == "intended" and "command" in record}
    outcomes: dict[int, list[dict[str, Any]]] = {}
    for record in told:
        if record["outcome"] in ENDINGS and "intent" in record["request"]:
            outcomes.setdefault(record["request"]["intent"], []).append(record)
    assert {row["intent"] for row in commands if row["intent"]} <= intents.keys()
    for command, intent in intents.items():
        (outcome,) = outcomes[intent["seq"]]
        assert (outcome.get("command") == command) == (command in written), (intent, outcome)
    assert verify(stations.settings.home).ok


@pytest.mark.parametrize("step", STEPS)
def test_promise_an_act_that_was_killed_is_settled_as_the_store_says(step: str, stations: Stations) -> None:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    head, wanted = stations.ledger.get_head().seq, STEPS[step][3]

    run_killed(stations, STEPS[step], "account", "suspend", "anna")
    settled = sweep(stations)

    told = [record["outcome"] for record in records(stations, after=head) if record["act"] == "account:change"]
    assert told == ([] if wanted is None else ["intended", wanted])
    assert [outcome for _, outcome in settled] == [outcome for outcome in told if outcome.startswith("recovered")]
    account = stations.accounts.get_account_by_username("anna")
    assert account is not None
    assert account.disabled == (wanted in {COMMITTED, "done"})
    assert sweep(stations) == [], "once and for all"
    check_agreement(stations)
    set_disabled(stations, terminal_actor(), "anna", disabled=True)
    check_agreement(stations)


def test_promise_what_was_settled_as_aborted_can_never_be_written_any_more(stations: Stations) -> None:
    """A process that hung before its write, and was taken for dead, finds its command taken."""
    command = "7f" * 16

    assert not stations.commands.was_carried_out(command)

    with pytest.raises(StoreConflictError):
        stations.graph.write(lambda _: None, command=command, act="late")
    assert not stations.commands.was_carried_out(command), "asked again, the same"


def test_promise_a_note_beyond_the_end_of_the_ledger_hides_no_intent(stations: Stations) -> None:
    """A crash can take from the end of the ledger what was read of it already."""
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    run_killed(stations, STEPS["after COMMIT"], "account", "suspend", "anna")
    folder = stations.settings.home / FOLDER / INTENTS
    (folder / SETTLED).write_text("1000000\n", encoding="ascii")

    assert [outcome for _, outcome in sweep(stations)] == [COMMITTED]


def test_promise_an_act_that_is_worked_on_is_left_alone(stations: Stations) -> None:
    command = "6e" * 16
    with held_intent(stations.settings.home, command):
        intent = LedgerEntry("account:change", "intended", {}, result={"change": "0" * 64}, command=command)
        seq = stations.ledger.append(intent).seq

        assert is_held(stations.settings.home, command)
        assert sweep(stations) == []
    assert not is_held(stations.settings.home, command)
    assert sweep(stations) == [(seq, ABORTED)]


def test_promise_a_policy_that_was_accepted_and_not_recorded_is_the_policy(stations: Stations, tmp_path: Path) -> None:
    step = ("traceapp.policy.acceptance", "Acceptance", "keep"), 1, False, COMMITTED
    officers = (tmp_path / "officer-1", tmp_path / "officer-2")
    make_recovery_key(stations, terminal_actor(), officers)

    run_killed(stations, step, "policy", "accept", *(word for file in officers for word in ("--officer", str(file))))

    assert [outcome for _, outcome in sweep(stations)] == [COMMITTED]
    assert records(stations, act="policy:accept")[-1]["outcome"] == COMMITTED


@pytest.mark.parametrize(("before", "wanted"), [(True, ABORTED), (False, COMMITTED)])
def test_promise_a_rotation_of_keys_is_settled_by_the_ring(before: bool, wanted: str, stations: Stations) -> None:
    step = ("traceapp.confidential.key_store", "KeyStore", "rotate"), 1, before, wanted

    run_killed(stations, step, "keys", "rotate")

    assert [outcome for _, outcome in sweep(stations)] == [wanted]


@pytest.mark.parametrize(("before", "wanted"), [(True, ABORTED), (False, COMMITTED)])
def test_promise_another_act_on_keys_between_changes_nothing_of_it(before: bool, wanted: str, stations: Stations) -> None:
    """The ring bears who changed it: that it was changed since is not enough."""
    run_killed(stations, (("traceapp.confidential.key_store", "KeyStore", "rotate"), 1, before, wanted), "keys", "rotate")
    rewrap_keys(stations, terminal_actor())

    assert [outcome for _, outcome in sweep(stations)] == [wanted]


@pytest.mark.parametrize(("call", "wanted"), [(1, ABORTED), (2, COMMITTED)])
def test_promise_an_import_that_was_killed_is_settled(call: int, wanted: str, stations: Stations, tmp_path: Path) -> None:
    file = tmp_path / "batches.csv"
    rows = "".join(f"LYON,PUMP,CSV-{n},2026-03-20T09:00:00Z,LYON\n" for n in range(4500))
    file.write_text("owner,product,number,time,site\n" + rows, encoding="utf-8")

    run_killed(stations, (COMMIT, call, True, wanted), "import", str(file), "--source", "MES")

    assert [outcome for _, outcome in sweep(stations)] == [wanted]
    check_agreement(stations)
