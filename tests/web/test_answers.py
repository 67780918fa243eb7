"""The bytes of an answer are what the document promises, and nothing is answered without a record."""

import ast
import inspect
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import get_type_hints

from traceapp.domain.batch import BatchRecord, Candidate, Neighbour, Participation, SourceFact, SourceRow, StateFact
from traceapp.domain.kinds import Certainty, Direction, NodeKind
from traceapp.domain.recorded import LedgerReceipt, Recorded
from traceapp.domain.trace import (
    Completeness,
    LimitHit,
    PartyLine,
    Seed,
    Status,
    TraceAnswer,
    TraceLink,
    TraceNode,
    TraceQuestion,
)
from traceapp.web import answers
from traceapp.web.answer_models import Batch, Source, Trace
from traceapp.web.answers import batch_document, document_bytes, source_document, trace_document

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
RECEIPT = LedgerReceipt(48, "ef" * 32)

COMPLETENESS = Completeness(
    status=Status.WITHHELD,
    reasons=((Status.WITHHELD, "withheld", "One lot is withheld."),),
    visited=3,
    withheld={"lots": 1},
    unresolved=(C,),
    class_level=("09521001000014",),
    one_sided=(D,),
    twins=((A, C),),
    dead_ends=(B,),
    limits_hit=(LimitHit("nodes", 100),),
    statement="Nearly all.",
)
ANSWER = TraceAnswer(
    question=TraceQuestion((Seed(number="A"),), Direction.FORWARD, at=NOON),
    seeds=(A,),
    head=7,
    as_of=NOON,
    nodes=(TraceNode(A, NodeKind.BATCH, "A\u202e批", site="LYON", seed=True), TraceNode(B, None, stub=True, hop=1)),
    links=(TraceLink(A, B, "PRODUCED", via=D, quantity=Decimal("2.50"), unit="KGM", event_time=NOON, pair="1"),),
    containers=(D,),
    consignees=(
        PartyLine(C, "H-1", "医院", "CN", {"H87": Decimal("1E+3"), "": None}, Certainty.POSSIBLE, (A,), (D,), ("Lyon",)),
    ),
    suppliers=(),
    completeness=COMPLETENESS,
    cycles=((A, B),),
    policy_digest="12" * 32,
    class_level={"09521001000014": {"H87": Decimal(5)}},
)
RECORD = BatchRecord(
    candidate=Candidate(A, NodeKind.BATCH, "A", None, "P", ("LYON",), described=True),
    properties={"dose": Decimal("25.0"), "expiry": NOON, "sterile": True, "count": 3, "name": "set"},
    states=(StateFact("hold", "none"), StateFact("release", "market", D, NOON)),
    neighbours=(
        Neighbour(
            Direction.BACKWARD,
            B,
            NodeKind.MATERIAL,
            "R",
            None,
            None,
            "CONSUMED_IN",
            Decimal(1),
            "KGM",
            NOON,
            Certainty.EXACT,
            stub=False,
            event_uid=D,
        ),
    ),
    participations=(Participation(C, NodeKind.EQUIPMENT, "E-1", "Oven", "cure", None, NOON, None, D),),
    facts=(SourceFact(D, "batch-record", NOON, NOON, "MES", "row 1"),),
    facts_withheld=0,
    as_of=NOON,
    head=7,
    policy_digest="12" * 32,
)


def test_a_trace_is_what_the_document_promises() -> None:
    written = json.loads(document_bytes(trace_document(Recorded(ANSWER, RECEIPT))))

    Trace.model_validate(written)
    assert written["links"][0]["quantity"] == "2.50"
    assert written["links"][0]["event_time"] == "2026-03-02T12:00:00.000000Z"
    assert written["consignees"][0]["quantities"] == [{"quantity": "1000", "unit": "H87"}, {"quantity": None, "unit": None}]
    assert written["completeness"]["status"] == "WITHHELD"
    assert written["nodes"][0]["number"] == "A\u202e批"
    assert written["nodes"][1] == {
        "uid": B,
        "kind": None,
        "number": None,
        "name": None,
        "epc": None,
        "product": None,
        "site": None,
        "status": None,
        "stub": True,
        "seed": False,
        "hop": 1,
        "certainty": "exact",
        "masked": False,
    }
    assert written["ledger"] == {"seq": 48, "leaf": "ef" * 32}


def test_a_batch_is_what_the_document_promises() -> None:
    written = json.loads(document_bytes(batch_document(Recorded(RECORD, RECEIPT))))

    Batch.model_validate(written)
    assert written["properties"] == {
        "dose": "25.0",
        "expiry": "2026-03-02T12:00:00.000000Z",
        "sterile": True,
        "count": 3,
        "name": "set",
    }


def test_a_source_is_what_the_document_promises() -> None:
    row = SourceRow(D, "MES", "0" * 64, "row 3", {"number": "A", "quantity": Decimal("1.5")}, "number;quantity\nA;1.5\n")

    Source.model_validate_json(document_bytes(source_document(Recorded(row, RECEIPT))))


def test_promise_an_answer_is_made_of_recorded_only() -> None:
    makers = [function for name, function in inspect.getmembers(answers, inspect.isfunction) if name.endswith("_answer")]

    assert len(makers) == 4
    for maker in makers:
        hints = get_type_hints(maker)
        hints.pop("return")
        assert [getattr(hint, "__origin__", None) for hint in hints.values()] == [Recorded]


def test_promise_no_view_of_the_api_writes_its_own_bytes() -> None:
    for path in (Path(answers.__file__).parent / "api").glob("*.py"):
        called = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"Response", "jsonify", "make_response", "Recorded"}, path.name
