"""Who took over a worker holds the ledger's socket: what does the writer do for him? Append, sign, prove, say how it is."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import ledger_bytes
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import LOG, WriterProcess
from traceapp.ledger.records import FOLDER
from traceapp.ledger.wire import LENGTH, frame, socket_address


@pytest.fixture
def writer(home: Path) -> Iterator[Path]:
    running = WriterProcess.start(home)
    yield home
    running.stop()


def ask(home: Path, message: dict[str, Any]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as worker, socket_address(home) as address:
        worker.settimeout(10)
        worker.connect(address)
        worker.sendall(frame(message))
        (length,) = LENGTH.unpack(worker.recv(LENGTH.size))
        return dict(json.loads(worker.recv(length)))


VERBS = [
    "DELETE",
    "REWRITE",
    "TRUNCATE",
    "SIGN",
    "RESIGN",
    "KEYS",
    "READ",
    "EXPORT",
    "STOP",
    "append",
    "HEALTH ",
    "",
    None,
    7,
    ["APPEND"],
]


@pytest.mark.parametrize("verb", VERBS, ids=repr)
def test_attacker_in_a_worker_asks_for_what_the_writer_does_not_do(verb: object, writer: Path) -> None:
    """He deletes, signs again, reads keys: there is no such verb, nothing changes, and the process that asked is named."""
    with contextlib.closing(LedgerClient(writer)) as client:
        client.append(LedgerEntry(act="batch:trace", outcome="answered", actor={}))
        before, bytes_before = client.get_head(), ledger_bytes(writer)

        reply = ask(writer, {"verb": verb, "message_id": uuid.uuid4().hex, "seq": 1, "path": "/etc/passwd", "secret": "planted"})

        assert reply.keys() == {"message_id", "error"}
        assert reply["error"] == "unknown verb"
        assert client.get_head() == before
    assert ledger_bytes(writer) == bytes_before
    said = (writer / FOLDER / LOG).read_text()
    assert f"refused a message of process {os.getpid()}, user {os.geteuid()} (unknown verb" in said
    assert "planted" not in said
    assert "passwd" not in said


def test_attacker_in_a_worker_cannot_fill_the_disk_by_the_log_of_refusals(writer: Path) -> None:
    """Three thousand refused messages over one connection: the log stops saying so, the writer goes on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as worker, socket_address(writer) as address:
        worker.settimeout(30)
        worker.connect(address)
        received = 0
        for _ in range(3000):
            worker.sendall(frame({"verb": "DELETE", "message_id": "x" * 16}))
            (length,) = LENGTH.unpack(worker.recv(LENGTH.size, socket.MSG_WAITALL))
            received += len(worker.recv(length, socket.MSG_WAITALL))
    with contextlib.closing(LedgerClient(writer)) as client:
        assert client.append(LedgerEntry(act="batch:trace", outcome="answered", actor={})).seq > 0
    assert received > 0
    assert (writer / FOLDER / LOG).stat().st_size < 200_000


def test_attacker_of_another_user_is_hung_up_on_and_named(writer: Path) -> None:
    """The socket was opened to others by mistake: the kernel says who connects, and he gets no answer."""
    if os.geteuid() != 0:
        assert not os.access("/proc/1/environ", os.R_OK), (
            "an ordinary user cannot become another one: the mode of the folder holds"
        )
        return
    for path in (writer / FOLDER, *(writer / FOLDER).parents[:4]):  # down from the folder of all tests
        path.chmod(path.stat().st_mode | 0o055)
    with socket_address(writer) as address:
        Path(address).chmod(0o777)
        code = (
            "import os, socket, sys; os.setgid(65534); os.setuid(65534)\n"
            "s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])\n"
            "s.sendall(bytes.fromhex(sys.argv[2])); print(repr(s.recv(100)))"
        )
        message = frame({"verb": "HEALTH", "message_id": "x" * 16}).hex()
        done = subprocess.run([sys.executable, "-c", code, address, message], capture_output=True, text=True, check=False)

    assert "leaf" not in done.stdout
    assert done.stdout.strip() == "b''" or "ConnectionResetError" in done.stderr or "BrokenPipeError" in done.stderr, done
    assert "of user 65534" in (writer / FOLDER / LOG).read_text()
