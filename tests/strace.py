"""Make the system calls of a process fail, one at a time, with strace: an error in place of the call, or a kill at its door."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.processes import is_running, wait_until

FAULTS: Final = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "SIGKILL": "signal=SIGKILL"}
_LATE: Final = {"LATE": "delay_enter=6000000"}
"""The call waits for six seconds; no error, so no part of a matrix."""
FILE_CALLS: Final = (
    "open",
    "openat",
    "write",
    "pwrite64",
    "writev",
    "fdatasync",
    "fsync",
    "rename",
    "link",
    "ftruncate",
    "fallocate",
    "unlink",
    "close",
)
"""What a process changes files with; of one machine's C library, not all of them are used."""
_CALL: Final = re.compile(r"^(?P<thread>\d+) +(?P<call>[a-z0-9_]+)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fault:
    """The `number`th `call` of whichever thread comes to it first meets `kind`."""

    call: str
    number: int
    kind: str

    def __str__(self) -> str:
        return f"{self.call} {self.number} {self.kind}"


@contextmanager
def traced(pid: int, log: Path, fault: Fault | None = None) -> Iterator[None]:
    """Inside of this block the process and all its threads are watched, and the fault is in place.

    It needs the right to trace: the tests' own children, by root or where the system lets parents do it.
    """
    command = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(f'?{call}' for call in FILE_CALLS)}"]
    if fault is not None:
        command += ["-e", f"inject={fault.call}:{(FAULTS | _LATE)[fault.kind]}:when={fault.number}"]
    with log.with_suffix(".said").open("w") as said:
        tracer = subprocess.Popen([*command, "-p", str(pid)], stdin=subprocess.DEVNULL, stderr=said)
    try:
        wait_until(lambda: tracer.poll() is not None or _is_watched(pid, tracer.pid))
        if tracer.poll() is not None:
            raise AssertionError(f"strace could not watch process {pid}: {log.with_suffix('.said').read_text()}")
        yield
    finally:
        if tracer.poll() is None:
            wait_until(lambda: not is_running(pid))
        tracer.wait()


def calls_in(log: Path) -> Counter[str]:
    """How often each was called, by the thread that did so most."""
    found: Counter[tuple[str, str]] = Counter((match["thread"], match["call"]) for match in _CALL.finditer(log.read_text()))
    most: Counter[str] = Counter()
    for (_, call), times in found.items():
        most[call] = max(most[call], times)
    return most


def has_struck(log: Path, fault: Fault) -> bool:
    said = log.read_text()
    return "killed by SIGKILL" in said if fault.kind == "SIGKILL" else "(INJECTED)" in said


def _is_watched(pid: int, tracer: int) -> bool:
    try:
        states = [(task / "status").read_text() for task in (Path("/proc") / str(pid) / "task").iterdir()]
    except OSError:
        return False
    return all(f"TracerPid:\t{tracer}\n" in state for state in states)
