"""docs/api.md lists what the code answers."""

from pathlib import Path

import pytest
from flask import Flask

from traceapp.web.problems import FORM_EXPIRED, HTTP_PROBLEMS, PROBLEMS, TYPE_PREFIX

pytestmark = pytest.mark.one_store

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def problems_table() -> str:
    found = {
        problem.name: problem
        for problem in (FORM_EXPIRED, *PROBLEMS.values(), *(problem for problem, _ in HTTP_PROBLEMS.values()))
    }
    rows = [
        f"| {problem.status} | `{TYPE_PREFIX}{problem.name}` | {problem.title} |"
        for problem in sorted(found.values(), key=lambda problem: (problem.status, problem.name))
    ]
    return "\n".join(["| status | type | title |", "|---|---|---|", *rows])


def test_the_page_lists_every_problem() -> None:
    said = PAGE.read_text(encoding="utf-8").partition("<!-- problems -->\n")[2].partition("\n<!-- /problems -->")[0]

    assert said == problems_table()


def test_the_page_names_every_address(closed_app: Flask) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for rule in closed_app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            assert rule.rule.replace("<", "{").replace(">", "}") in page
