"""The suites of scripts/test: a table of commands with their budgets, run two at a time."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
WHOLE, FAST = 2100, 300
"""Seconds that a whole and an everyday run may take on two cores."""
LANES = 2
"""Suites that run beside each other; with --long one alone."""
PRINTING = Lock()
LINES = "TRACEAPP_NEO4J_LINES"
STORES = "TRACEAPP_STORES"


@dataclass(frozen=True)
class Suite:
    """budget: seconds; fast: part of the everyday run; lines: Neo4j lines whose legs this suite runs ("" = none).
    neo4j_alone: whether the embedded store, that another suite runs the same tests on, is left out.
    """

    name: str
    command: list[str]
    budget: int
    fast: bool = True
    lines: str = "5.26"
    neo4j_alone: bool = False


def pytest(*paths: str) -> list[str]:
    return [*PYTEST, *paths]


SUITES = [
    Suite("format", [str(BIN / "ruff"), "format", "--check", "."], 10),
    Suite("lint", [str(BIN / "ruff"), "check", "."], 10),
    Suite("types", [sys.executable, "-m", "mypy"], 90),
    Suite("imports", [str(BIN / "lint-imports"), "--no-cache"], 20),
    Suite("unit", pytest("tests/unit"), 60),
    Suite("web", pytest("tests/web"), 210),
    Suite("contract", pytest("tests/contract", "tests/cypher"), 300, fast=False),
    Suite("property", pytest("tests/property"), 300),
    Suite("cases", pytest("tests/cases"), 180, fast=False),
    Suite("attack", pytest("tests/attack"), 420, fast=False),
    Suite("fault", pytest("tests/fault"), 300, fast=False),
    Suite("terminal", pytest("tests/terminal"), 240, fast=False, lines=""),
    Suite("story", pytest("tests/story"), 150, fast=False),
    Suite("browser", pytest("tests/browser"), 240, fast=False),
    Suite(
        "current line",
        pytest("tests/contract", "tests/cypher", "-m", "neo4j and not one_store"),
        150,
        fast=False,
        lines="2026",
        neo4j_alone=True,
    ),
]


def run(suite: Suite, environment: dict[str, str], *, apart: bool) -> tuple[int, float]:
    """(exit code, seconds) of a suite; apart: what it says is printed whole when it is done, since another one runs beside it."""
    of_suite = {**environment, LINES: suite.lines} | ({STORES: "neo4j"} if suite.neo4j_alone else {})
    started = time.monotonic()
    if not apart:
        print(f"\n=== {suite.name}", flush=True)
        return subprocess.run(suite.command, cwd=ROOT, env=of_suite).returncode, time.monotonic() - started
    print(f"begun: {suite.name}", flush=True)
    ended = subprocess.run(suite.command, cwd=ROOT, env=of_suite, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    seconds = time.monotonic() - started
    said = f"\n=== {suite.name}\n".encode() + ended.stdout
    with PRINTING:
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()
    return ended.returncode, seconds


def main(arguments: list[str]) -> int:
    options = {argument for argument in arguments if argument.startswith("-")}
    wanted = [argument for argument in arguments if not argument.startswith("-")]
    names = [suite.name for suite in SUITES]
    if options - {"--fast", "--long"} or len(options) > 1 or set(wanted) - set(names):
        print(f"scripts/test [--fast|--long] [SUITE …]; suites: {', '.join(names)}", file=sys.stderr)
        return 2
    chosen = [suite for suite in SUITES if (suite.name in wanted) or (not wanted and ("--fast" not in options or suite.fast))]
    environment = {**os.environ, "TRACEAPP_LONG": "1" if "--long" in options else "0"}
    if "--fast" in options:
        environment[STORES] = "embedded"
    if not environment.get("TRACEAPP_CASES"):
        chosen = [suite for suite in chosen if suite.name != "cases"]
        print("suite cases does not run: TRACEAPP_CASES names no folder of public data")
    if "neo4j" not in environment.get(STORES, "neo4j"):
        chosen = [suite for suite in chosen if not suite.neo4j_alone]
    started = time.monotonic()
    lanes = 1 if "--long" in options or len(chosen) == 1 else LANES
    longest_first = sorted(chosen, key=lambda suite: -suite.budget)
    pool = ThreadPoolExecutor(lanes)
    try:
        ended = list(pool.map(partial(run, environment=environment, apart=lanes > 1), longest_first))
    finally:
        pool.shutdown(cancel_futures=True)
    done = {suite.name: result for suite, result in zip(longest_first, ended, strict=True)}
    results = [(suite, *done[suite.name]) for suite in chosen]
    print(f"\n{'suite':<14}{'result':<9}{'seconds':>8}{'budget':>8}")
    for suite, code, seconds in results:
        print(f"{suite.name:<14}{'ok' if code == 0 else 'FAILED':<9}{seconds:>8.0f}{suite.budget:>8}")
    failed = [suite.name for suite, code, _ in results if code != 0]
    total = time.monotonic() - started
    budget = f" of {FAST if '--fast' in options else WHOLE}" if not wanted and "--long" not in options else ""
    print(f"total {total:.0f} s{budget}; " + (f"failed: {', '.join(failed)}" if failed else "all passed"))
    print(f"suites: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
