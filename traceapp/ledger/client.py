"""Wait until a record is durable: the only place where `Recorded` is constructed."""

import json
import os
import socket
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from traceapp.domain.errors import HomeError, InputError, LedgerUnavailableError, RecordNotFoundError
from traceapp.domain.ledger_health import Growth, LedgerHealth
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt, Recorded, WrittenRoll
from traceapp.host.metrics import APPEND_SECONDS
from traceapp.ledger.open_intents import held_intent
from traceapp.ledger.records import plain_entry
from traceapp.ledger.wire import LENGTH, MAX_FRAME, frame, socket_address

T = TypeVar("T")
_COUNTS: Final = (
    "pid",
    "queue",
    "queue_most",
    "checkpointed",
    "appended",
    "groups",
    "disk_total",
    "disk_free",
    "reserve",
    "reserve_wanted",
)
TIMEOUT: Final = 1.5
UNANSWERED: Final = "the roll beside that record is not durable, so its answer did not leave"


class _Beside:
    """What has to be durable, besides a record, before it is acknowledged: tried once."""

    def __init__(self, roll: Mapping[str, Any] | None) -> None:
        self._left = [roll.make_durable] if isinstance(roll, WrittenRoll) else []
        self.error: LedgerUnavailableError | None = None

    def settle(self) -> None:
        while self._left:
            try:
                self._left.pop()()
            except LedgerUnavailableError as error:
                self.error = error


def _nothing() -> None:
    """Meanwhile."""


class LedgerClient:
    """Appends to the writer of one home. Shared by threads; after a fork each process opens its own connections."""

    def __init__(self, home: Path, *, timeout: float = TIMEOUT) -> None:
        """timeout  seconds for one append, all in: a hanging writer makes a 503, not a pile of threads."""
        self._home = home
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        itself = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _renew(itself()))

    def append(self, entry: LedgerEntry) -> LedgerReceipt:
        """Make a record and wait until it is durable.

        A roll that the record names becomes durable in the same wait: once the writer has the record, it makes that durable, and
        we the roll. A retry after a restart of the writer carries the same request id, so it never makes a second record.
        raises  LedgerUnavailableError: no receipt in time, or the roll is not durable, which another record says then. A record
                may exist all the same, the safe way round.
        """
        beside = _Beside(entry.roll)
        with APPEND_SECONDS.time():
            try:
                reply = self._ask({"verb": "APPEND", "message_id": uuid.uuid4().hex, "entry": plain_entry(entry)}, beside.settle)
            finally:
                beside.settle()
        receipt = _receipt(reply)
        if beside.error is not None:
            with suppress(LedgerUnavailableError):
                self.append(_unanswered(entry, receipt))
            raise beside.error
        return receipt

    def record(self, value: T, entry: LedgerEntry) -> Recorded[T]:
        """`value`, with the proof that `entry` was durable before it left; raises LedgerUnavailableError."""
        return Recorded(value, self.append(entry))

    def get_head(self) -> LedgerReceipt:
        """The newest durable record, which is also the sign of life; raises LedgerUnavailableError."""
        return _receipt(self._ask({"verb": "HEALTH", "message_id": uuid.uuid4().hex}))

    def get_health(self) -> LedgerHealth:
        """How the writer and its disk are; raises LedgerUnavailableError."""
        told = self._ask({"verb": "HEALTH", "message_id": uuid.uuid4().hex})
        try:
            return LedgerHealth(
                newest=_receipt(told),
                checkpoint_at=datetime.fromisoformat(str(told["checkpoint_at"])),
                commit_seconds=int(told["commit_us"]) / 1e6,
                key=str(told["key"]),
                **{name: int(told[name]) for name in _COUNTS},
            )
        except (KeyError, TypeError, ValueError):
            raise LedgerUnavailableError("The ledger does not say how it is.") from None

    def get_writer_pid(self) -> int:
        """Which process writes; raises LedgerUnavailableError."""
        return int(self._ask({"verb": "HEALTH", "message_id": uuid.uuid4().hex})["pid"])

    def get_verifier_key(self) -> str:
        """What checkpoints are checked with at present; raises LedgerUnavailableError."""
        return str(self._ask({"verb": "HEALTH", "message_id": uuid.uuid4().hex})["key"])

    def make_checkpoint(self) -> str:
        """A signed note over everything that is on record now; raises LedgerUnavailableError."""
        return str(self._ask({"verb": "CHECKPOINT", "message_id": uuid.uuid4().hex})["checkpoint"])

    def prove(self, seq: int) -> str:
        """A text that proves by itself that a record is in the ledger.

        raises  LedgerUnavailableError. RecordNotFoundError: there is no such record.
        """
        reply = self._ask({"verb": "PROVE", "message_id": uuid.uuid4().hex, "seq": seq})
        if "absent" in reply:
            raise RecordNotFoundError(f"The ledger has no record {seq}.")
        return str(reply["proof"])

    def prove_growth(self, before: int) -> Growth:
        """A checkpoint over everything that is on record now, and that it holds the first `before` records as they were.

        raises  LedgerUnavailableError. InputError: there were never so many.
        """
        reply = self._ask({"verb": "PROVE", "message_id": uuid.uuid4().hex, "before": before})
        if "absent" in reply:
            raise InputError(f"before: there are no {before} records", (("before", "a number of records of the ledger"),))
        try:
            path = tuple(bytes.fromhex(one) for one in reply["path"])
            return Growth(before, int(reply["size"]), path, str(reply["checkpoint"]))
        except (KeyError, TypeError, ValueError):
            raise LedgerUnavailableError("The ledger answered without a proof.") from None

    def holding(self, command: str) -> AbstractContextManager[bool]:
        """Hold the intent of an act from before it is on record until its outcome is (`open_intents.held_intent`)."""
        return held_intent(self._home, command)

    def close(self) -> None:
        """Close the connections that wait; those in use close with their request."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _ask(self, message: dict[str, Any], meanwhile: Callable[[], None] = _nothing) -> dict[str, Any]:
        """meanwhile  is called while the writer is at work; again where the request is sent again."""
        deadline = time.monotonic() + self._timeout
        content = frame(message)
        try:
            while True:
                kept = self._borrow()
                connection = kept or self._connect(deadline)
                try:
                    reply = _exchange(connection, content, deadline, meanwhile)
                except (OSError, ValueError) as error:
                    connection.close()
                    if kept is not None and not isinstance(error, TimeoutError):
                        continue  # the writer was started anew: a fresh connection, the same request id
                    raise
                break
        except (OSError, ValueError, HomeError) as error:
            raise LedgerUnavailableError(f"The ledger does not answer ({type(error).__name__}).") from None
        if reply.get("message_id") != message["message_id"]:
            connection.close()
            raise LedgerUnavailableError("The ledger answered another request.")
        self._give_back(connection)
        if "error" in reply:
            raise LedgerUnavailableError(f"The ledger refused the request: {reply['error']}.")
        return reply

    def _connect(self, deadline: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            with socket_address(self._home) as address:
                connection.connect(address)
        except BaseException:
            connection.close()
            raise
        return connection

    def _borrow(self) -> socket.socket | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: socket.socket) -> None:
        with self._lock:
            self._idle.append(connection)

    def _renew_after_fork(self) -> None:
        # The parent's connections would mix two processes' replies; its lock may have been held while it forked.
        self._lock = threading.Lock()
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def _renew(client: LedgerClient | None) -> None:
    if client is not None:
        client._renew_after_fork()


def _exchange(connection: socket.socket, content: bytes, deadline: float, meanwhile: Callable[[], None]) -> dict[str, Any]:
    connection.settimeout(_left(deadline))
    connection.sendall(content)
    meanwhile()
    (length,) = LENGTH.unpack(_receive(connection, LENGTH.size, deadline))
    if length > MAX_FRAME:
        raise ValueError("frame too long")
    reply = json.loads(_receive(connection, length, deadline))
    if not isinstance(reply, dict):
        raise ValueError("not a message")
    return reply


def _receive(connection: socket.socket, wanted: int, deadline: float) -> bytes:
    received = b""
    while len(received) < wanted:
        connection.settimeout(_left(deadline))
        part = connection.recv(wanted - len(received))
        if not part:
            raise ConnectionResetError("the writer hung up")
        received += part
    return received


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the ledger is late")
    return left


def _unanswered(entry: LedgerEntry, receipt: LedgerReceipt) -> LedgerEntry:
    """What is put on record after an answer that could not leave."""
    return replace(
        entry,
        outcome="failed",
        request={"record": receipt.seq},
        disclosed={},
        withheld={},
        result={},
        completeness=None,
        reason=UNANSWERED,
        object=None,
        roll=None,
    )


def _receipt(reply: dict[str, Any]) -> LedgerReceipt:
    try:
        return LedgerReceipt(int(reply["seq"]), str(reply["leaf"]))
    except (KeyError, ValueError):
        raise LedgerUnavailableError("The ledger answered without a receipt.") from None
