"""Stands between the service and the embedded engine, so that no engine outlives its service.

Run as a file of its own (`python -I -S engine_guard.py SERVICE_PID STOP_SECONDS COMMAND …`): it starts the command, writes its
process id on standard output, and ends it when told to (SIGTERM), when the service is gone, or with it. It lives in
a session of its own, so that Ctrl-C in a terminal reaches the service first and the service stops in order.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
LOOK = 0.25


def main() -> int:
    service, patience = int(sys.argv[1]), float(sys.argv[2])
    _close_memory()
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: told.append(received))
    engine = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=2, preexec_fn=_die_with_the_guard)
    with contextlib.suppress(BrokenPipeError):
        os.write(1, f"{engine.pid}\n".encode())
    while engine.poll() is None and not told and os.getppid() == service:
        with contextlib.suppress(subprocess.TimeoutExpired):
            engine.wait(LOOK)
    if engine.poll() is None:
        _stop(engine, patience)
    return abs(int(engine.returncode))


def _stop(engine: subprocess.Popen[bytes], patience: float) -> None:
    engine.terminate()
    deadline = time.monotonic() + patience
    while engine.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            engine.wait(LOOK)
    if engine.poll() is None:
        engine.kill()
        engine.wait()


def _close_memory() -> None:
    """No core dump of the guard and the engine; what `host/process_memory.py` does, which this file may not import."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _die_with_the_guard() -> None:
    """Linux: the kernel kills the engine should the guard itself be killed; elsewhere there is no such help."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
