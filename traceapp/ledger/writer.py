"""The one process that writes the ledger: `python -m traceapp.ledger.writer --home DIR`.

It listens on HOME/ledger/ledger.sock and knows four verbs: nobody can ask it to change, delete or sign anything else.

APPEND      make a record and say when it is durable
CHECKPOINT  sign the ledger as it is now
PROVE       the hashes that join a record to a checkpoint, or an earlier tree to the newest one
HEALTH      the newest durable record, how much waits, how far the newest checkpoint goes, what room the disk has

Whatever is queued while the last fdatasync runs is the next group. A checkpoint is signed every 1,000 records, at once after an
export, an approval and a restore, and every 10 s where there are new records. The process ends with its parent.

exit codes  0 asked to stop · 65 the ledger on disk is broken · 70 a write failed, nothing acknowledged ·
            73 the home cannot be used or another writer has it
"""

import argparse
import ctypes
import json
import math
import os
import selectors
import signal
import socket
import struct
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from traceapp.domain.clock import SystemClock, stored_time
from traceapp.domain.errors import HomeError, LedgerBrokenError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.host.disk_space import DiskSpace
from traceapp.host.process_memory import close_memory
from traceapp.ledger.requests import GrowthWanted, HealthWanted, ProofWanted, Queued, SignatureWanted, read_request
from traceapp.ledger.reserve import RESERVE
from traceapp.ledger.storage import LedgerStorage, Refusal, Wanted
from traceapp.ledger.wire import LENGTH, MAX_FRAME, frame, socket_address

EXIT_BROKEN: Final = 65
EXIT_WRITE_FAILED: Final = 70
EXIT_HOME: Final = 73
GROUP_RECORDS: Final = 256
QUEUE_RECORDS: Final = 4096
CHECKPOINT_RECORDS: Final = 1000
CHECKPOINT_SECONDS: Final = 10.0
MOST_REFUSALS_SAID: Final = 1000
SIGNED_AT_ONCE: Final = frozenset(
    str(act)
    for act in (*Permission, *Act)
    if act.rpartition(":")[2] in {"accept", "apply", "decide", "execute", "export", "prune", "recover", "restore", "review"}
)
"""Acts by what they end with: what leaves or goes, what a second person says, and what puts something back."""
HAPPENED: Final = CAME_TO_BE | {"answered"}
_PR_SET_PDEATHSIG: Final = 1


class Connection:
    """One client: bytes that have arrived, and replies that go out from two threads."""

    def __init__(self, peer: socket.socket, caller: tuple[int, int] | None) -> None:
        """caller  process and user at the other end."""
        self.peer = peer
        self.caller = caller
        self.received = bytearray()
        self._sending = threading.Lock()

    def reply(self, message: dict[str, Any]) -> None:
        """Replies are small and a client waits for each; one who does not read is cut off, never waited for."""
        content = frame(message)
        with self._sending:
            try:
                sent = self.peer.send(content)
            except OSError:
                sent = 0
            if sent < len(content):
                self.hang_up()

    def hang_up(self) -> None:
        """Makes the reading side see the end; it then closes the socket."""
        try:
            self.peer.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def frames(self) -> list[dict[str, Any]]:
        """Whole messages that have arrived; raises ValueError for what no client of ours sends."""
        found = []
        while len(self.received) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self.received)
            if length > MAX_FRAME:
                raise ValueError("frame too long")
            end = LENGTH.size + length
            if len(self.received) < end:
                break
            message = json.loads(self.received[LENGTH.size : end], parse_float=_refuse, parse_constant=_refuse)
            if not isinstance(message, dict):
                raise ValueError("not a message")
            found.append(message)
            del self.received[:end]
        return found


class Writer:
    """Reads requests in one thread, commits groups in another."""

    def __init__(self, storage: LedgerStorage, listener: socket.socket) -> None:
        self._storage = storage
        self._listener = listener
        self._queue: deque[tuple[Connection, Queued]] = deque()
        self._checkpoint_due = math.inf
        self._waiting = threading.Condition()
        self._stopping = False
        self._refusals = 0
        self._appended = self._groups = self._commit_ns = 0
        self._wake_reading, self._wake_writing = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def stop(self, *_: object) -> None:
        """Safe in a signal handler: it only wakes the reading thread."""
        self._stopping = True
        self._wake_writing.send(b"\x00")

    def run(self) -> None:
        """Serve until stopped, then commit what is queued."""
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        self._selector.register(self._wake_reading, selectors.EVENT_READ, None)
        committing = threading.Thread(target=self._commit_groups, name="commit", daemon=True)
        committing.start()
        while not self._stopping:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.data is not None:
                    self._read(key.data)
        with self._waiting:
            self._waiting.notify()
        committing.join()

    def _accept(self) -> None:
        try:
            peer, _ = self._listener.accept()
        except OSError:
            return
        caller = _caller(peer)
        if caller is not None and caller[1] not in {os.geteuid(), 0}:
            _say(f"ledger: refused process {caller[0]} of user {caller[1]}")
            peer.close()
            return
        peer.setblocking(False)
        self._selector.register(peer, selectors.EVENT_READ, Connection(peer, caller))

    def _read(self, connection: Connection) -> None:
        try:
            received = connection.peer.recv(65536)
            connection.received += received
            for message in connection.frames():
                self._answer(connection, message)
        except BlockingIOError:
            return
        except (OSError, ValueError, RecursionError):
            received = b""
        if not received:
            self._selector.unregister(connection.peer)
            with suppress(OSError):  # nothing that is kept hangs on it
                connection.peer.close()

    def _answer(self, connection: Connection, message: dict[str, Any]) -> None:
        try:
            asked = read_request(message)
        except ValueError as error:
            self._say_refusal(connection, message, str(error))
            connection.reply({"message_id": message.get("message_id"), "error": str(error)})
            return
        if isinstance(asked, HealthWanted):
            connection.reply({"message_id": asked.message_id} | self._health())
            return
        with self._waiting:
            if len(self._queue) < QUEUE_RECORDS:
                self._queue.append((connection, asked))
                self._waiting.notify()
                return
        connection.reply({"message_id": asked.message_id, "error": "the queue is full"})

    def _health(self) -> dict[str, Any]:
        head, space = self._storage.head, self._space()
        return {
            "seq": head.seq,
            "leaf": head.leaf,
            "pid": os.getpid(),
            "queue": len(self._queue),
            "queue_most": QUEUE_RECORDS,
            "checkpointed": self._storage.checkpointed,
            "checkpoint_at": stored_time(self._storage.checkpoint_at),
            "key": self._storage.verifier_key,
            "appended": self._appended,
            "groups": self._groups,
            "commit_us": self._commit_ns // 1000,
            "disk_total": space.total,
            "disk_free": space.free,
            "reserve": self._storage.reserve.left,
            "reserve_wanted": self._storage.reserve.wanted,
        }

    def _space(self) -> DiskSpace:
        try:
            return self._storage.space
        except OSError:
            return DiskSpace(0, 0)  # whoever asks takes it for a full one

    def _say_refusal(self, connection: Connection, message: dict[str, Any], reason: str) -> None:
        """No client of ours sends what is refused: who did is told, not what he sent, and the log is bounded."""
        if self._refusals < MOST_REFUSALS_SAID:
            self._refusals += 1
            pid, user = connection.caller or ("unknown", "unknown")
            fields = ", ".join(sorted(name for name in message if name in {"verb", "message_id", "entry"})) or "none"
            _say(f"ledger: refused a message of process {pid}, user {user} ({reason}; known members: {fields})")

    def _commit_groups(self) -> None:
        try:
            while not self._stopping or self._queue:
                group = self._next_group()
                wanted = [(connection, asked) for connection, asked in group if isinstance(asked, Wanted)]
                self._commit(wanted)
                for connection, asked in group:
                    if not isinstance(asked, Wanted):
                        connection.reply({"message_id": asked.message_id} | self._reply(asked))
                waiting = self._storage.head.seq - self._storage.checkpointed
                at_once = any(one.entry["act"] in SIGNED_AT_ONCE and one.entry["outcome"] in HAPPENED for _, one in wanted)
                if waiting >= CHECKPOINT_RECORDS or at_once or self._is_due():
                    self._storage.checkpoint()
            self._storage.checkpoint()
        except BaseException as error:
            # Never a second try: Linux forgets the error, and the second fdatasync would "succeed" with the data lost.
            try:  # the log may lie on the disk that is full
                _say(f"ledger: writing failed ({type(error).__name__}: {error}); ending without an acknowledgement")
            finally:
                os._exit(EXIT_WRITE_FAILED)

    def _commit(self, group: list[tuple[Connection, Wanted]]) -> None:
        if not group:
            return
        begun = time.perf_counter_ns()
        outcomes = self._storage.append([wanted for _, wanted in group])
        self._commit_ns += time.perf_counter_ns() - begun
        self._groups += 1
        self._appended += len(group)
        for (connection, wanted), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Refusal):
                connection.reply({"message_id": wanted.message_id, "error": outcome.reason})
            else:
                connection.reply({"message_id": wanted.message_id, "seq": outcome.seq, "leaf": outcome.leaf})

    def _reply(self, asked: SignatureWanted | ProofWanted | GrowthWanted) -> dict[str, Any]:
        match asked:
            case SignatureWanted():
                return {"checkpoint": self._storage.checkpoint().note}
            case ProofWanted() if not 1 <= asked.seq <= self._storage.head.seq:
                return {"absent": asked.seq}
            case ProofWanted():
                return {"proof": self._storage.prove(asked.seq)}
            case GrowthWanted() if not 0 <= asked.before <= self._storage.head.seq:
                return {"absent": asked.before}
            case GrowthWanted():
                signed, path = self._storage.prove_growth(asked.before)
                return {"checkpoint": signed.note, "size": signed.size, "path": [one.hex() for one in path]}

    def _is_due(self) -> bool:
        """Whether there are records that wait for a checkpoint, and have waited long enough."""
        if self._storage.head.seq == self._storage.checkpointed:
            self._checkpoint_due = math.inf
        elif self._checkpoint_due == math.inf:
            self._checkpoint_due = time.monotonic() + CHECKPOINT_SECONDS
        return time.monotonic() >= self._checkpoint_due

    def _next_group(self) -> list[tuple[Connection, Queued]]:
        """What is queued, after waiting for something; nothing when a checkpoint is due or the end is near."""
        left = max(0.0, self._checkpoint_due - time.monotonic()) if self._checkpoint_due < math.inf else None
        with self._waiting:
            self._waiting.wait_for(lambda: self._queue or self._stopping, left)
            return [self._queue.popleft() for _ in range(min(len(self._queue), GROUP_RECORDS))]


def _refuse(text: str) -> None:
    raise ValueError(f"a ledger holds no {text[:20]}")


def _caller(peer: socket.socket) -> tuple[int, int] | None:
    """Process and user at the other end, as the kernel saw them connect; None where the system cannot tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None  # the socket's mode must do
    pid, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return pid, user


def _end_with_parent(parent: int | None) -> None:
    """Ask the kernel for SIGTERM when the thread that started us ends (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        sys.exit(0)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _listen(home: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with socket_address(home) as address:
        Path(address).unlink(missing_ok=True)  # ours alone: the lock is held
        listener.bind(address)
    listener.listen(512)
    return listener


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="traceapp.ledger.writer", description="Write the ledger of one home, alone.")
    parser.add_argument("--home", type=Path, required=True, help="the home folder; the ledger lies in HOME/ledger")
    parser.add_argument("--parent", type=int, help="process that must be our parent; ends at once if it is gone already")
    parser.add_argument("--reserve", type=int, default=RESERVE, help="bytes set aside for records of a full disk")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    close_memory()
    _end_with_parent(options.parent)
    try:
        storage = LedgerStorage(options.home, SystemClock(), reserve=options.reserve)
        listener = _listen(options.home)
    except HomeError as error:
        _say(f"ledger: {error} {error.next_step}")
        return EXIT_HOME
    except LedgerBrokenError as error:
        _say(f"ledger: {error} {error.next_step}")
        return EXIT_BROKEN
    except OSError as error:
        _say(f"ledger: {error}")
        return EXIT_WRITE_FAILED
    writer = Writer(storage, listener)
    signal.signal(signal.SIGTERM, writer.stop)
    signal.signal(signal.SIGINT, writer.stop)
    writer.run()
    with suppress(OSError), socket_address(options.home) as address:  # the next start takes it away
        Path(address).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
