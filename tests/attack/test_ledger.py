"""Who can write to the ledger's file edits it, who can reach the writer's socket lies to it: what does he get? He is located."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from tests.processes import ROOT
from tests.recorded import kept_records, ledger_bytes, put_records
from tests.servers import EmbeddedServer
from traceapp.confidential.key_store import create_keys
from traceapp.domain.clock import SystemClock
from traceapp.domain.ledger_health import NOT_ANCHORED
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import FOLDER, plain_entry
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.ledger.verdict import verify
from traceapp.ledger.wire import LENGTH, SOCKET, frame, socket_address

RECORDS = 20
Lines = list[bytes]
Edit = Callable[[Lines], Lines]


def drop(*numbers: int) -> Edit:
    return lambda lines: [line for number, line in enumerate(lines, 1) if number not in numbers]


def swap(one: int, other: int) -> Edit:
    def edit(lines: Lines) -> Lines:
        lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
        return lines

    return edit


def put(number: int, make: Callable[[bytes], bytes]) -> Edit:
    """The line of this number becomes another one."""

    def edit(lines: Lines) -> Lines:
        lines[number - 1] = make(lines[number - 1])
        return lines

    return edit


def insert(number: int, make: Callable[[Lines], bytes]) -> Edit:
    """A line more before the one of this number."""

    def edit(lines: Lines) -> Lines:
        return [*lines[: number - 1], make(lines), *lines[number - 1 :]]

    return edit


def another_name(line: bytes) -> bytes:
    """A byte of what is recorded."""
    return line.replace(b'"username":"l', b'"username":"m')


def forged(line: bytes, **said: Any) -> bytes:
    return rfc8785.dumps({**json.loads(line), **said})


def rechained(lines: Lines, first: int, last: int) -> Lines:
    """Numbers and hashes of these records made anew, so that each fits the one before it."""
    for number in range(first, last + 1):
        prev = hashlib.sha256(lines[number - 2]).hexdigest()
        lines[number - 1] = forged(lines[number - 1], seq=number, prev=prev)
    return lines


def forge(number: int, mended: int) -> Edit:
    """A record says something else, and the records after it up to `mended` carry the hashes that follow from that."""

    def edit(lines: Lines) -> Lines:
        lines[number - 1] = another_name(lines[number - 1])
        return rechained(lines, number + 1, mended)

    return edit


def forged_after(number: int) -> Callable[[Lines], bytes]:
    """A record of the forger's own that joins the one of this number."""
    return lambda lines: rechained([*lines[:number], another_name(lines[number])], number + 1, number + 1)[-1]


def inserted_and_mended(lines: Lines) -> Lines:
    lines.insert(10, another_name(lines[10]))
    return rechained(lines, 11, len(lines))


def of_another_ledger(lines: Lines) -> Lines:
    return rechained([forged(lines[0], time="2026-01-01T00:00:00.000000Z"), *lines[1:]], 2, len(lines))


# Edit → the first bad record as the newest receipt alone proves it, and as every receipt proves it.
EDITS: dict[str, tuple[Edit, int, int]] = {
    "record deleted": (drop(17), 17, 17),
    "first record deleted": (drop(1), 1, 1),
    "beginning cut off": (drop(1, 2, 3), 1, 1),
    "two swapped": (swap(17, 18), 17, 17),
    "byte changed in the first": (put(1, another_name), 1, 1),
    "byte changed in the middle": (put(10, another_name), 10, 10),
    "byte changed in the last but one": (put(19, another_name), 19, 19),
    "byte changed in the last": (put(20, another_name), 20, 20),
    "hash of the one before changed": (put(10, lambda line: forged(line, prev="0" * 64)), 10, 10),
    # Record 10 and 11 agree again, and 12 names the old 11: of 10 only its own receipt tells.
    "forged with a recomputed hash": (forge(10, mended=11), 11, 10),
    "forged, every later hash recomputed": (forge(10, mended=RECORDS), 20, 10),
    "inserted": (insert(11, forged_after(10)), 11, 11),
    "inserted, every later one recomputed": (inserted_and_mended, 20, 11),
    "duplicated": (insert(18, lambda lines: lines[16]), 18, 18),
    "early one repeated late": (insert(18, lambda lines: lines[4]), 18, 18),
    "cut off at the end": (drop(19, 20), 19, 19),
    "another ledger's file": (of_another_ledger, 20, 1),
    "an empty record": (insert(11, lambda lines: b""), 11, 11),
    "blanks between names": (put(10, lambda line: line.replace(b'","', b'", "')), 10, 10),
    "a name given twice": (put(10, lambda line: line.replace(b'{"act"', b'{"act":"x","act"')), 10, 10),
    "number written otherwise": (put(10, lambda line: line.replace(b'"seq":10', b'"seq":1e1')), 10, 10),
    "no JSON": (put(10, lambda line: line[:-1] + b"]"), 10, 10),
    "no text": (put(10, lambda line: b"\xff" + line[1:]), 10, 10),
    "nested without end": (put(10, lambda line: b"[" * 60_000), 10, 10),
    "longer than a record may be": (put(10, lambda line: b"x" * 70_000), 10, 10),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a ledger as the storage wrote it: 20 records, a checkpoint over all of them."""
    home = tmp_path_factory.mktemp("ledger")
    storage = LedgerStorage(home, SystemClock())
    for number in range(RECORDS - 1):
        entry = LedgerEntry(act="batch:trace", outcome="answered", actor={"username": f"lyon-{number}"})
        storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry))])
    storage.checkpoint()
    storage.close()
    return home


@pytest.fixture(scope="module")
def lines(kept: Path) -> tuple[bytes, ...]:
    """The records of that ledger."""
    found = tuple(kept_records(kept))
    assert len(found) == RECORDS
    return found


@pytest.fixture
def copied(kept: Path, tmp_path: Path) -> Path:
    """A home of this test's own with that ledger."""
    home = tmp_path / "home"
    shutil.copytree(kept / FOLDER, home / FOLDER)
    return home


def receipts_of(lines: tuple[bytes, ...]) -> list[LedgerReceipt]:
    return [LedgerReceipt(number, hashlib.sha256(b"\x00" + line).hexdigest()) for number, line in enumerate(lines, 1)]


@pytest.mark.parametrize(("edit", "by_the_newest", "by_all"), EDITS.values(), ids=EDITS)
def test_attacker_who_edits_the_ledger_is_located(
    edit: Edit, by_the_newest: int, by_all: int, lines: tuple[bytes, ...], copied: Path
) -> None:
    untouched = ledger_bytes(copied)
    put_records(copied, edit(list(lines)))
    receipts = receipts_of(lines)

    assert ledger_bytes(copied) != untouched, "something was edited"
    for known, first_bad in ((receipts[-1:], by_the_newest), (receipts, by_all)):
        verdict = verify(copied, receipts=known)
        assert (verdict.ok, verdict.first_bad_seq) == (False, first_bad), verdict.reason
        assert verdict.records == first_bad - 1
        assert re.search(rf"\b{first_bad}\b", verdict.reason), verdict.reason


def test_promise_the_same_ledger_without_an_edit_is_whole(lines: tuple[bytes, ...], copied: Path) -> None:
    put_records(copied, lines)

    assert verify(copied, receipts=receipts_of(lines)).ok


@pytest.fixture(scope="module")
def store() -> Iterator[dict[str, str]]:
    """A store for the commands of this module, as the environment names it."""
    server = EmbeddedServer()
    found = server.endpoint()
    yield {
        "NEO4J_URI": found.uri,
        "NEO4J_USERNAME": found.username,
        "NEO4J_PASSWORD": found.password,
        "NEO4J_DATABASE": found.database,
    }
    server.stop()


@pytest.fixture
def audited(copied: Path) -> Path:
    """A home with keys whose ledger has the 20 records."""
    create_keys(copied)
    return copied


def audit(home: Path, store: dict[str, str]) -> tuple[int, str]:
    """`traceapp audit verify`: exit code, and everything it said."""
    command = [sys.executable, "-m", "traceapp.cli", "audit", "verify", "--home", str(home)]
    environment = {**os.environ, **store, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


AUDITED = ["record deleted", "byte changed in the middle", "inserted", "no text"]


@pytest.mark.parametrize("edit", [pytest.param(EDITS[name], id=name) for name in AUDITED])
def test_promise_audit_verify_names_the_first_bad_record_of_a_ledger_at_rest(
    edit: tuple[Edit, int, int], audited: Path, store: dict[str, str], lines: tuple[bytes, ...]
) -> None:
    make, first_bad, _ = edit
    put_records(audited, make(list(lines)))
    edited = ledger_bytes(audited)

    code, said = audit(audited, store)

    assert code == 1
    assert f"first bad record is {first_bad}:" in said
    assert "Traceback" not in said
    assert ledger_bytes(audited) == edited, "what is broken is left as it was found"


# What nothing in the file itself betrays, the running writer knows by its newest receipt: the one of record 21.
UNDERNEATH: dict[str, tuple[Edit, int]] = {
    "cut off at the end": (lambda lines: lines[:18], 19),
    "byte changed in the last": (put(21, another_name), 21),
    "emptied": (lambda lines: [], 1),
    "another ledger's file": (of_another_ledger, 21),
}


@pytest.mark.parametrize(("edit", "first_bad"), UNDERNEATH.values(), ids=UNDERNEATH)
def test_promise_audit_verify_names_what_was_edited_beneath_a_running_writer(
    edit: Edit, first_bad: int, audited: Path, store: dict[str, str]
) -> None:
    writer = WriterProcess.start(audited)
    try:
        put_records(audited, edit(kept_records(audited)))
        code, said = audit(audited, store)
    finally:
        writer.stop()

    assert code == 1
    assert f"broken: first bad record is {first_bad}:" in said
    assert "Traceback" not in said


def test_promise_audit_verify_says_of_a_whole_ledger_that_it_is(audited: Path, store: dict[str, str]) -> None:
    assert audit(audited, store)[0] == 0

    code, said = audit(audited, store)

    assert code == 0
    # Two starts of the writer, the migration of an empty store (intent and outcome), the first policy, and the first look.
    assert f"whole: {RECORDS + 6} records" in said
    assert NOT_ANCHORED in said


def message(**said: Any) -> bytes:
    entry = plain_entry(LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}))
    return frame({"verb": "APPEND", "message_id": uuid.uuid4().hex, "entry": entry, **said})


def entry_with(**said: Any) -> dict[str, Any]:
    return {**plain_entry(LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"})), **said}


def raw(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


FRAMES: dict[str, bytes] = {
    "a verb that changes": message(verb="DELETE"),
    "no verb": message(verb=None),
    "no message id": message(message_id=None),
    "a message id that is a path": message(message_id="../../../../etc/passwd"),
    "a number of his own": message(entry=entry_with(seq=1)),
    "a hash of his own": message(entry=entry_with(prev="0" * 64)),
    "a time of his own": message(entry=entry_with(time="2020-01-01T00:00:00.000000Z")),
    "a field missing": message(entry={"act": "batch:trace"}),
    "an act that is no word": message(entry=entry_with(act=7)),
    "an actor that is no person": message(entry=entry_with(actor="root")),
    "a number that readers round": message(entry=entry_with(result={"count": 2**60})),
    "half a character": message(entry=entry_with(reason="\ud800")),
    "a record too long": message(entry=entry_with(reason="x" * 100_000)),
    "nested without end": raw(b'{"verb":' + b"[" * 100_000),
    "not a number": raw(b'{"verb":"APPEND","message_id":NaN}'),
    "a list": raw(b"[]"),
    "no JSON": raw(b"\xff\xfe"),
    "a frame too long": LENGTH.pack(2**31),
    "half a frame": LENGTH.pack(1000) + b"{",
}


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a running writer."""
    home = tmp_path_factory.mktemp("written")
    process = WriterProcess.start(home)
    yield home
    assert process.stop() == 0


@pytest.mark.parametrize("content", FRAMES.values(), ids=FRAMES)
def test_attacker_on_the_socket_makes_no_record_and_stops_nobody(content: bytes, writer: Path) -> None:
    with contextlib.closing(LedgerClient(writer)) as client:
        before = client.get_head()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger, socket_address(writer) as address:
            stranger.settimeout(5)
            stranger.connect(address)
            stranger.sendall(content)
            stranger.shutdown(socket.SHUT_WR)
            assert b'"leaf"' not in stranger.recv(1000)
            assert stranger.recv(1000) == b"", "the writer has read all of it and hung up"

        # Whatever it queued would be committed before what is asked now.
        assert client.append(LedgerEntry(act="batch:trace", outcome="answered", actor={})).seq == before.seq + 1


def test_promise_the_socket_is_its_owners_alone(writer: Path) -> None:
    assert stat.S_IMODE((writer / FOLDER).stat().st_mode) == 0o700
    assert stat.S_IMODE((writer / FOLDER / SOCKET).stat().st_mode) & 0o077 == 0
