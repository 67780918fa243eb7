"""Public data with worked answers, from the folder that TRACEAPP_CASES names; without it this suite is not collected.

A question is asked when everything it needs is in ABLE; the others are counted and named at the end of the run.
"""

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = os.environ.get("TRACEAPP_CASES")
ABLE: Final = frozenset(
    {
        "trace",
        "epcis-json",
        "csv",
        "look-up",
        "error declaration",
        "rights PASS",
        "container at a time",
        "recipe",
        "refusal",
        "fields kept",
    }
)
ASKS: Final = frozenset({"forward", "backward", "look up", "look up serial", "look up lot number", "import", "contents", "kept"})

collect_ignore_glob = [] if FOLDER else ["test_*.py"]

Case = tuple[str, dict[str, Any], dict[str, Any]]


def cases_folder() -> Path:
    assert FOLDER is not None
    return Path(FOLDER)


def read_cases() -> tuple[dict[tuple[str, ...], list[Case]], dict[str, str]]:
    """Questions by the files they are put to, and why each of the others is not asked."""
    asked: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    left: dict[str, str] = {}
    for name, row in json.loads((cases_folder() / "answers.json").read_text(encoding="utf-8"))["answers"].items():
        question = row["question"]
        missing = sorted(set(row["needs"]) - ABLE)
        if missing or question["ask"] not in ASKS:
            left[name] = ", ".join(missing) or question["ask"]
            continue
        asked[_files(question)].append((name, question, row["answer"]))
    return dict(asked), left


def _files(question: dict[str, Any]) -> tuple[str, ...]:
    if "folder" in question:
        return tuple(f"made/{question['folder']}/{form}.csv" for form in ("receipts", "consumptions", "shipments"))
    if "recipe" in question:
        return (f"recipe/{question['recipe']}.csv",)
    return tuple(question.get("files") or [question["file"]])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FOLDER:
        asked, left = read_cases()
        terminalreporter.write_line(f"cases: {sum(map(len, asked.values()))} questions asked, {len(left)} not asked for want of:")
        wants: dict[str, list[str]] = defaultdict(list)
        for name, want in left.items():
            wants[want].append(name)
        for want, names in sorted(wants.items()):
            terminalreporter.write_line(f"  {want}: {' '.join(names)}")
