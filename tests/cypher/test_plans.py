"""No statement of the program walks through a whole label, type or index; the store itself is asked how it would go."""

import re
from collections.abc import Iterator
from typing import Any, Final

import neo4j
import pytest

from tests.servers import StoreLeg
from traceapp.graph.query_catalogue import TYPE, Statement, load_catalogue

STATEMENTS: Final = load_catalogue().statements
SAMPLES: Final[dict[str, Any]] = {"string": "0", "integer": 1, "boolean": False, "bytes": b"0", "map": {}, "list": []}
FILL: Final = (
    "UNWIND range(1, 2000) AS i CREATE (:Traceable:Batch {uid: 'b' + i, kind: 'Batch', number_key: 'k' + i, acl: i % 5})",
    "UNWIND range(1, 2000) AS i MATCH (b:Traceable {uid: 'b' + i}) SET b.oldest_key = 'T2.' + i % 3",
    "UNWIND range(1, 500) AS i CREATE (:Traceable:Transformation {uid: 't' + i, kind: 'Transformation', acl: i % 5})",
    "UNWIND range(1, 200) AS i CREATE (:Traceable:Material {uid: 'm' + i, kind: 'Material', number_index: 'x' + i, acl: i % 5})",
    "UNWIND range(1, 2000) AS i CREATE (:Event {uid: 'e' + i, record_seq: i, content_mac: 'm' + i})",
    "UNWIND range(1, 2000) AS i MATCH (e:Event {uid: 'e' + i}) SET e.oldest_key = 'T3.' + i % 3",
    "UNWIND range(1, 200) AS i MATCH (e:Event {uid: 'e' + i}) SET e.receipt_key = 'r' + i",
    """UNWIND range(1, 500) AS i
       MATCH (t:Traceable {uid: 't' + i}), (b:Traceable {uid: 'b' + i}), (o:Traceable {uid: 'b' + (i * 2)})
       CREATE (b)-[:CONSUMED_IN {uid: 'c' + i}]->(t)-[:PRODUCED {uid: 'p' + i}]->(o)""",
    """UNWIND range(1, 2000) AS i
       MATCH (e:Event {uid: 'e' + i}), (b:Traceable {uid: 'b' + i})
       CREATE (e)-[:RECORDED {act: 'x'}]->(b)""",
    "UNWIND range(1, 3) AS i CREATE (:Product {uid: 'q' + i}), (:Location {uid: 'l' + i})",
    "UNWIND range(1, 3) AS i CREATE (:Command {uid: 'c' + i, record_time: '' + i, record_seq: i})",
)
YOUNG: Final = """UNWIND range(1, $lots) AS i
    CREATE (:Traceable:Batch {uid: 'b' + i, kind: 'Batch', identity: 'i' + i, number_key: 'k' + i, acl: 1})"""
RANGE_SEEK: Final = "NodeIndexRangeScan"
"""What the embedded engine calls a seek by range."""


def sample(type_: str) -> Any:
    """A value that a parameter of this type accepts."""
    found = TYPE.match(type_)
    assert found is not None
    return SAMPLES[found["scalar"]] if found["scalar"] else [SAMPLES[found["element"]]]


def samples(statement: Statement) -> dict[str, Any]:
    """Parameters that the statement accepts."""
    params = {name: sample(field.type) for name, field in statement.parameters.items()}
    statement.check(params)
    return params


def operators(plan: dict[str, Any]) -> list[str]:
    """Every operator of a plan; the embedded engine says its own as one text."""
    told = plan.get("args", {}).get("string-representation", "") if plan["operatorType"].startswith("ArcadeDB") else ""
    names = re.findall(r"^\s*\+ (\w+)", told, re.MULTILINE) or [plan["operatorType"].partition("@")[0]]
    return names + [name for child in plan.get("children", []) for name in operators(child)]


def scans(found: list[str]) -> list[str]:
    """Every operator of both engines that looks at all there is ends so."""
    return [name for name in found if name.endswith("Scan") and name != RANGE_SEEK]


def explain(session: neo4j.Session, text: str, params: dict[str, Any]) -> list[str]:
    plan = session.run(neo4j.Query(f"EXPLAIN {text}"), params).consume().plan  # type: ignore[arg-type]
    assert plan is not None
    return operators(plan)


@pytest.fixture(scope="module")
def session(store_leg: StoreLeg) -> Iterator[neo4j.Session]:
    """A store with records in it, many lots and events and few of all else, so that a planner has something to count."""
    store_leg.empty()
    with store_leg.session() as opened:
        for text in FILL:
            opened.run(text).consume()
        if store_leg.is_neo4j:
            opened.run("CALL db.prepareForReplanning(60)").consume()
        yield opened


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_promise_no_statement_scans(session: neo4j.Session, statement: Statement) -> None:
    assert scans(explain(session, statement.text, samples(statement))) == []


@pytest.mark.parametrize("lots", [1, 50])
def test_promise_nor_does_it_where_next_to_nothing_is_stored_yet(store_leg: StoreLeg, lots: int) -> None:
    """A server keeps a plan for a while, and a file of 10^5 rows may come meanwhile: what was cheap then would not end now."""
    store_leg.empty()
    with store_leg.session() as young:
        young.run(YOUNG, lots=lots).consume()
        if store_leg.is_neo4j:
            young.run("CALL db.clearQueryCaches()").consume()
        found = {name: scans(explain(young, statement.text, samples(statement))) for name, statement in STATEMENTS.items()}
    assert {name: operators for name, operators in found.items() if operators} == {}


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:Traceable) RETURN n.uid AS uid",
        "MATCH (n:Traceable) WHERE n.kind = 'Batch' RETURN n.uid AS uid",
        "MATCH (n:Traceable {product: '1'}) RETURN n.uid AS uid ORDER BY uid LIMIT 1",
    ],
)
def test_a_scan_is_seen(session: neo4j.Session, text: str) -> None:
    """The test above would notice."""
    assert scans(explain(session, text, {}))
