"""The program as a person starts it: a child process, its exit code and its words."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 240
ELSEWHERE = {"TRACEAPP_RECOVERY_KEY": "elsewhere"}
"""So that a service starts without officers; what asks for them says `officers`."""


class Said:
    """What a finished command left behind."""

    def __init__(self, done: "subprocess.CompletedProcess[str]") -> None:
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        self.all = done.stdout + done.stderr


Terminal = Callable[..., Said]


def child_environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TRACEAPP_"))}
    return {**kept, "TRACEAPP_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "160", **ELSEWHERE, **more}


@pytest.fixture(scope="session")
def traceapp() -> Terminal:
    """Run `traceapp WORDS…` on a home to its end."""

    def run(home: Path, *words: str, standard_input: str = "", **environment: str) -> Said:
        return Said(
            subprocess.run(
                [sys.executable, "-m", "traceapp.cli", *words],
                env=child_environment(home, **environment),
                input=standard_input,
                capture_output=True,
                text=True,
                timeout=LIMIT_SECONDS,
                check=False,
            )
        )

    return run


@pytest.fixture
def started() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start `traceapp WORDS…` and leave it running; every one is stopped at the end."""
    running: list[subprocess.Popen[str]] = []

    def start(home: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "traceapp.cli", *words],
            env=child_environment(home, **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_for_line(process: "subprocess.Popen[str]", wanted: str) -> list[str]:
    """Lines up to the one that holds `wanted`; a process that ends before it is a failure with its words."""
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if wanted in line:
            return lines
    raise AssertionError(f"it ended without saying {wanted!r}:\n" + "\n".join(lines))
