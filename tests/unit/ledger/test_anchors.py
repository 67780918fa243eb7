"""Checkpoints go to the anchors that are set up, as often as their time has come; how each is can be asked."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.processes import wait_until
from traceapp.domain.errors import LedgerUnavailableError, SettingsError
from traceapp.domain.ledger_health import AnchorState
from traceapp.domain.recorded import LedgerEntry
from traceapp.jobs.anchor_ledger import AnchorLedger
from traceapp.ledger.anchors.configured import build_anchors
from traceapp.ledger.anchors.states import anchors_folder, read_states
from traceapp.ledger.anchors.witness import CHECKPOINT, CONFLICT, COSIGNED, KEPT
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import FOLDER
from traceapp.ledger.signed_notes import notes_in
from traceapp.ledger.writer import CHECKPOINT_SECONDS
from traceapp.settings import Settings
from traceapp.usecases.audit.anchor_ledger import anchor_ledger, ledger_status
from traceapp.verifiers import verify_ledger, witness

NAME: Final = "witness.example.org/w1"


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LedgerClient]:
    writer, made = WriterProcess.start(tmp_path / "home"), LedgerClient(tmp_path / "home")
    yield made
    made.close()
    writer.stop()


@pytest.fixture
def places(tmp_path: Path) -> Path:
    for name in ("drop", "own", "away"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def settings(places: Path) -> Settings:
    """A witness and a second file system, both of this test."""
    key = witness.new_key(places / "own" / "witness.pem", NAME)
    return Settings.model_validate(
        {
            "TRACEAPP_HOME": places / "home",
            "TRACEAPP_ANCHOR_COPY": places / "away",
            "TRACEAPP_ANCHOR_WITNESS": places / "drop",
            "TRACEAPP_ANCHOR_WITNESS_KEY": key,
        }
    )


def append(client: LedgerClient) -> int:
    return client.append(LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"})).seq


def run_witness(places: Path, key: str, *more: str) -> tuple[int, str]:
    command = [sys.executable, "-I", witness.__file__, f"--key={places / 'own' / 'witness.pem'}", f"--name={NAME}"]
    folders = [f"--drop={places / 'drop'}", f"--own={places / 'own'}", f"--log-key={key}"]
    done = subprocess.run([*command, *folders, *more], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_promise_every_anchor_has_the_newest_checkpoint_as_often_as_its_time_has_come(
    client: LedgerClient, settings: Settings, places: Path
) -> None:
    """First the drop, then the cosignature that came back; nobody is asked twice within a minute."""
    key, clock, said = client.get_verifier_key(), Clock(), list[str]()
    anchors = build_anchors(settings, key.partition("+")[0], clock, said.append)
    append(client)

    first = anchor_ledger(settings.home, client, anchors, clock)
    countersigned = run_witness(places, key)
    append(client)
    again = anchor_ledger(settings.home, client, anchors, clock)
    clock.ahead += timedelta(seconds=61)
    second = anchor_ledger(settings.home, client, anchors, clock)

    assert [(state.name, state.size, state.error) for state in first] == [("witness", None, None), ("copy", 2, None)]
    assert countersigned[0] == 0
    assert countersigned[1].startswith("countersigned 2 records")
    assert [(state.name, state.size) for state in again] == [("witness", 2), ("copy", 2)]
    assert [(state.name, state.size) for state in second] == [("witness", 2), ("copy", 3)]
    assert read_states(settings.home) == second
    status = ledger_status(settings.home, client)
    assert (status.is_anchored, status.health.newest.seq, status.health.lag) == (True, 3, 0)
    assert any("lies on the disk of the ledger" in one for one in said)
    (copy,) = (places / "away").iterdir()
    assert [note.size for note in notes_in(copy.read_text("utf-8"))] == [2, 3]
    report = verify_ledger.verify(
        settings.home / FOLDER,
        anchors=[copy, anchors_folder(settings.home) / KEPT, places / "own" / "kept"],
        witness_keys=[str(settings.anchor_witness_key)],
    )
    assert (report.findings, len(report.witnessed)) == ([], 2)


def test_promise_an_anchor_that_fails_stops_no_other_and_is_tried_again(
    client: LedgerClient, settings: Settings, places: Path
) -> None:
    clock = Clock()
    anchors = build_anchors(settings, client.get_verifier_key().partition("+")[0], clock, lambda _: None)
    (places / "drop").rmdir()
    broken = anchor_ledger(settings.home, client, anchors, clock)
    (places / "drop").mkdir()
    mended = anchor_ledger(settings.home, client, anchors, clock)

    assert [(state.name, state.at is not None, state.error) for state in broken] == [
        ("witness", False, "The place cannot be used: No such file or directory."),
        ("copy", True, None),
    ]
    assert [state.error for state in mended] == [None, None]


def test_an_anchor_is_told_when_the_ledger_does_not_run(client: LedgerClient, settings: Settings) -> None:
    anchors = build_anchors(settings, client.get_verifier_key().partition("+")[0], Clock(), lambda _: None)
    os.kill(client.get_writer_pid(), 9)

    states = anchor_ledger(settings.home, client, anchors, Clock())

    assert all("The ledger does not answer" in str(state.error) for state in states)
    with pytest.raises(LedgerUnavailableError):
        ledger_status(settings.home, client)


@pytest.mark.parametrize("act", ["ledger:export", "break_glass:review", "policy:accept", "key:recover"])
def test_promise_an_export_an_approval_and_a_restore_are_signed_for_at_once(client: LedgerClient, act: str) -> None:
    """A look is not, nor a refused export: ten seconds would go by, or a thousand records."""
    append(client)
    for outcome in ("denied", "done"):
        before = client.get_health()
        client.append(LedgerEntry(act=act, outcome=outcome, actor={"username": "rc"}))

    assert before.lag == 2
    wait_until(lambda: client.get_health().lag == 0, CHECKPOINT_SECONDS / 2)


def test_what_a_crash_left_in_the_copy_is_cut_off(client: LedgerClient, settings: Settings, places: Path) -> None:
    anchors = build_anchors(settings, client.get_verifier_key().partition("+")[0], Clock(), lambda _: None)
    anchor_ledger(settings.home, client, anchors[1:], Clock())
    (copy,) = (places / "away").iterdir()
    whole = copy.read_text("utf-8")
    copy.write_text(whole + whole[:40], "utf-8")
    append(client)

    anchors[1].put(client.prove_growth)

    assert copy.read_text("utf-8").startswith(whole)
    assert [note.size for note in notes_in(copy.read_text("utf-8"))] == [1, 2]
    assert verify_ledger.verify(settings.home / FOLDER, anchors=[copy]).findings == []


def test_a_witness_who_has_seen_another_size_is_shown_a_proof_from_there(
    client: LedgerClient, settings: Settings, places: Path
) -> None:
    """What he countersigned was lost on the way back; he says what he has seen."""
    key, clock = client.get_verifier_key(), Clock()
    (drop, _) = build_anchors(settings, key.partition("+")[0], clock, lambda _: None)
    drop.put(client.prove_growth)
    assert run_witness(places, key)[0] == 0
    (places / "drop" / COSIGNED).unlink()
    append(client)
    drop.put(client.prove_growth)

    asked = run_witness(places, key)
    assert (asked[0], "is asked for another" in asked[1]) == (0, True)
    assert (places / "drop" / CONFLICT).read_text() == "1\n"
    drop.put(client.prove_growth)
    done = run_witness(places, key)

    assert (done[0], done[1].startswith("countersigned 2 records")) == (0, True)
    assert not (places / "drop" / CONFLICT).exists()
    assert run_witness(places, key) == (0, "nothing new since 2 records\n")
    found = drop.put(client.prove_growth)
    assert found is not None
    assert found.size == 2


def test_a_witness_says_by_his_exit_code_what_he_did(client: LedgerClient, settings: Settings, places: Path) -> None:
    key = client.get_verifier_key()
    nothing = run_witness(places, key)
    (places / "drop" / CHECKPOINT).write_text("no checkpoint")
    unreadable = run_witness(places, key)
    wrong_key = run_witness(places, "no key")
    (drop, _) = build_anchors(settings, key.partition("+")[0], Clock(), lambda _: None)
    drop.put(client.prove_growth)
    other = witness.verifier_key(key.partition("+")[0], witness.LOG, bytes(32))
    refused = run_witness(places, other)

    assert nothing == (0, "nothing lies there\n")
    assert [code for code, _ in (unreadable, wrong_key, refused)] == [2, 2, 1]
    assert refused[1].startswith("REFUSED: no key of the ledger")


def test_a_witness_draws_a_key_once_and_closed_to_others(places: Path) -> None:
    path = places / "fresh.pem"
    command = [sys.executable, "-I", witness.__file__, f"--key={path}", f"--name={NAME}", "--make-key"]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 2)
    assert path.stat().st_mode & 0o777 == 0o400
    assert witness.parse_key(first.stdout, witness.COSIGNATURE)[0] == NAME


@pytest.mark.parametrize(
    "said",
    [
        {"TRACEAPP_ANCHOR_WITNESS": "drop", "TRACEAPP_ANCHOR_WITNESS_KEY": "witness+00000000+AAAA"},
        {"TRACEAPP_ANCHOR_COPY": "nowhere"},
        {"TRACEAPP_ANCHOR_TSA": "https://tsa.example.org", "TRACEAPP_ANCHOR_TSA_CA_FILE": "nowhere.pem"},
    ],
    ids=["witness key", "copy", "certificate"],
)
def test_an_anchor_that_is_set_up_wrongly_is_no_start(said: dict[str, str], tmp_path: Path) -> None:
    settings = Settings.model_validate({"TRACEAPP_HOME": tmp_path} | said)
    with pytest.raises(SettingsError, match=next(name for name in reversed(said))):
        build_anchors(settings, "traceapp/ledger/x", Clock(), lambda _: None)


def test_an_error_of_an_anchor_is_said_once_and_that_it_works_again_too() -> None:
    told = [["it is away"], ["it is away"], [None], [None], ["it is away"]]
    said, ended = list[str](), threading.Event()

    def look() -> tuple[AnchorState, ...]:
        if not told:
            ended.set()
            return ()
        return tuple(AnchorState("copy", None, None, None, error) for error in told.pop(0))

    job = AnchorLedger(look, said.append, every=0.001)
    job.start()
    ended.wait(30)
    job.stop()

    assert said == [
        "the anchor copy of the ledger fails: it is away",
        "the anchor copy of the ledger works again",
        "the anchor copy of the ledger fails: it is away",
    ]
