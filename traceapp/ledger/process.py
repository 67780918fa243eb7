"""Start the writer as a child process and stop it again."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from traceapp.domain.errors import HomeError, LedgerBrokenError, LedgerUnavailableError
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.records import FOLDER
from traceapp.ledger.reserve import RESERVE
from traceapp.ledger.writer import EXIT_BROKEN, EXIT_HOME

LOG: Final = "writer.log"
_START_DEADLINE: Final = 15.0
_STOP_DEADLINE: Final = 5.0


class WriterProcess:
    """The running writer of one home. Start it from the main thread: it ends with the thread that started it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @classmethod
    def start(cls, home: Path, *, reserve: int = RESERVE) -> "WriterProcess":
        """Start the writer and wait until it answers.

        reserve  bytes that are set aside for records of a full disk.
        raises  HomeError: the home cannot be used, or another writer has it.
                LedgerBrokenError: the ledger on disk is not what was written.
                LedgerUnavailableError: it ended or stayed silent for another reason; HOME/ledger/writer.log says which.
        """
        folder = home / FOLDER
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeError(f"The ledger folder {folder} cannot be written: {error.strerror}.") from None
        command = [sys.executable, "-m", "traceapp.ledger.writer", "--home", str(home), "--parent", str(os.getpid())]
        command.append(f"--reserve={reserve}")
        try:
            # A session of its own: Ctrl-C reaches the service, which stops the ledger last.
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        finally:
            os.close(log)
        writer = cls(process)
        try:
            writer._wait_until_ready(home)
        except BaseException:
            writer.stop()
            raise
        return writer

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> int:
        """Commit what is queued and end; returns the exit code. A writer that hangs on its disk is killed."""
        if self.is_running():
            self._process.terminate()
        try:
            return self._process.wait(_STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _wait_until_ready(self, home: Path) -> None:
        deadline = time.monotonic() + _START_DEADLINE
        client = LedgerClient(home)
        try:
            while time.monotonic() < deadline:
                code = self._process.poll()
                if code is not None:
                    raise _why_it_ended(home, code)
                try:
                    # Another writer of this home would answer as well: only ours counts.
                    if client.get_writer_pid() == self.pid:
                        return
                except LedgerUnavailableError:
                    pass
                try:
                    self._process.wait(0.02)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            client.close()
        raise LedgerUnavailableError(f"The ledger did not answer within {_START_DEADLINE:.0f} s of its start.")


def _why_it_ended(home: Path, code: int) -> HomeError | LedgerBrokenError | LedgerUnavailableError:
    try:
        said = (home / FOLDER / LOG).read_text(errors="replace").strip()
    except OSError:
        said = ""
    sentence = (said.splitlines() or ["it said nothing"])[-1].removeprefix("ledger: ")
    if code == EXIT_HOME:
        return HomeError(sentence.removesuffix(HomeError.next_step).strip())
    if code == EXIT_BROKEN:
        return LedgerBrokenError(sentence.removesuffix(LedgerBrokenError.next_step).strip())
    return LedgerUnavailableError(f"The ledger ended: {sentence}.")
