"""No statement of the program walks through a whole label, type or index; the store itself is asked how it would go."""

import re
from typing import Any, Final

import neo4j
import pytest

from tests.servers import StoreLeg
from traceapp.graph.query_catalogue import TYPE, Statement, load_catalogue

STATEMENTS: Final = load_catalogue().statements
SAMPLES: Final[dict[str, Any]] = {"string": "0", "integer": 1, "boolean": False, "bytes": b"0", "map": {}, "list": []}
SCAN: Final = re.compile(r"\w*(?:AllNodes|ByLabels?|IndexContains|IndexEndsWith|NodeIndex|RelationshipIndex|RelationshipTypes?|AllRelationships)\w*Scan")
"""Operators that look at all there is; a seek, a seek by range among them, does not match."""


def sample(type_: str) -> Any:
    """A value that a parameter of this type accepts."""
    found = TYPE.match(type_)
    assert found is not None
    return SAMPLES[found["scalar"]] if found["scalar"] else [SAMPLES[found["element"]]]


def operators(plan: dict[str, Any]) -> list[str]:
    """Every operator of a plan; the embedded engine says its own as one text."""
    told = plan["args"].get("string-representation", "") if plan["operatorType"].startswith("ArcadeDB") else ""
    names = re.findall(r"^\s*\+ (\w+)", told, re.MULTILINE) or [plan["operatorType"].partition("@")[0]]
    return names + [name for child in plan["children"] for name in operators(child)]


def explain(leg: StoreLeg, text: str, params: dict[str, Any]) -> list[str]:
    with leg.session() as session:
        plan = session.run(neo4j.Query(f"EXPLAIN {text}"), params).consume().plan  # type: ignore[arg-type]
    assert plan is not None
    return operators(plan)


@pytest.fixture(scope="module")
def migrated_leg(store_leg: StoreLeg) -> StoreLeg:
    store_leg.ran += 1
    store_leg.empty()
    return store_leg


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_promise_no_statement_scans(migrated_leg: StoreLeg, statement: Statement) -> None:
    params = {name: sample(field.type) for name, field in statement.parameters.items()}
    statement.check(params)
    found = explain(migrated_leg, statement.text, params)
    assert [name for name in found if SCAN.fullmatch(name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n) RETURN n.uid AS uid",
        "MATCH (n:Traceable) RETURN n.uid AS uid",
        "MATCH (n:Traceable) WHERE n.kind = 'Batch' RETURN n.uid AS uid",
    ],
)
def test_a_scan_is_seen(migrated_leg: StoreLeg, text: str) -> None:
    """The test above would notice."""
    assert any(SCAN.fullmatch(name) for name in explain(migrated_leg, text, {}))
