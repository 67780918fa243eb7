"""Who runs beside the service as the same user, or waits for a crash, sees nothing of its memory."""

import os
import pwd
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes import ROOT, descendants, wait_until
from tests.web.gunicorn_server import Server
from traceapp.graph.embedded import EmbeddedEngine
from traceapp.host.process_memory import hand_over
from traceapp.ledger.process import WriterProcess

NOBODY = pwd.getpwnam("nobody").pw_uid
PTRACE_ATTACH = 16

# Two processes of one user without root's powers. Changing the user closes the memory by itself, so the open one opens it again.
VICTIM = """
import ctypes, os, sys
from traceapp.host.process_memory import close_memory
if os.geteuid() == 0:
    os.setgid({nobody})
    os.setuid({nobody})
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
if {closed}:
    close_memory()
print("ready", flush=True)
sys.stdin.read()
"""
BESIDE = """
import ctypes, os
libc, pid = ctypes.CDLL(None, use_errno=True), {pid}
if os.geteuid() == 0:
    os.setgid({nobody})
    os.setuid({nobody})
try:
    {attack}
except OSError as error:
    print(type(error).__name__)
"""


@contextmanager
def victim(*, closed: bool) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM.format(nobody=NOBODY, closed=closed)],
        env={"SECRET": "planted", "PATH": os.defpath},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def beside(attack: str, pid: int) -> str:
    """What an attacker of the same user, without root's powers, gets: his own words."""
    code = BESIDE.format(nobody=NOBODY, pid=pid, attack=attack)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() + done.stderr.strip()


ATTACKS = {
    "environment": "print(open(f'/proc/{pid}/environ').read())",
    "memory": "print(os.open(f'/proc/{pid}/mem', os.O_RDONLY))",
    "maps": "print(len(open(f'/proc/{pid}/maps').read()))",
    "open files": "print(os.listdir(f'/proc/{pid}/fd'))",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_attacker_beside_the_service_reads_nothing_of_a_process(attack: str) -> None:
    """Another process of the same user opens environment, memory, maps and files of ours."""
    with victim(closed=True) as pid:
        assert beside(attack, pid) == "PermissionError"
    with victim(closed=False) as pid:
        assert "Error" not in beside(attack, pid), "the attack works where nothing is closed"


def test_attacker_beside_the_service_attaches_no_debugger() -> None:
    """ptrace on a process of ours, by another one of the same user."""
    attack = f"print(libc.ptrace({PTRACE_ATTACH}, pid, None, None), ctypes.get_errno())"
    with victim(closed=True) as pid:
        assert beside(attack, pid) == "-1 1"


def test_attacker_who_waits_for_a_crash_finds_no_core(home: Path, tmp_path: Path) -> None:
    """The ledger writer, the guard of the embedded engine and the engine itself may dump no core, whatever was allowed before."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    writer = WriterProcess.start(home)
    engine = EmbeddedEngine(tmp_path / "engine", heap="256m")
    try:
        engine.start()
        pids = {writer.pid, *(descendants(os.getpid()) & engine_processes(engine))}
        assert len(pids) >= 3
        for pid in pids:
            assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0), pid
        os.kill(writer.pid, signal.SIGSEGV)
        wait_until(lambda: not writer.is_running())
        assert not list(home.rglob("core*"))
    finally:
        engine.stop()
        writer.stop()
    assert resource.getrlimit(resource.RLIMIT_CORE) == before, "the tests themselves keep theirs"


def engine_processes(engine: EmbeddedEngine) -> set[int]:
    """The engine and its guard."""
    assert engine.pid is not None
    guard = int((Path("/proc") / str(engine.pid) / "stat").read_text().rpartition(")")[2].split()[1])
    return {engine.pid, guard}


def test_gunicorn_and_its_workers_dump_no_core(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        pids = server.pids()
        assert len(pids) >= 2
        for pid in pids:
            assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0), pid
    finally:
        server.stop()


def test_a_secret_that_is_handed_over_lies_in_no_folder() -> None:
    descriptor = hand_over("planted-word")
    assert descriptor is not None
    try:
        assert Path(f"/proc/self/fd/{descriptor}").read_bytes() == b"planted-word"
        assert str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith("/memfd:")
        assert os.fstat(descriptor).st_mode & 0o777 == 0o400
    finally:
        os.close(descriptor)


def test_close_memory_is_for_good() -> None:
    """A process that closed its memory cannot be told otherwise by a limit that is raised again."""
    code = (
        "import resource; from traceapp.host.process_memory import close_memory; close_memory();"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(0, 0)"
