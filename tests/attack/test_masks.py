"""What does he get who may see a thing and not all of it? The same bytes, whatever the hidden values are."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import MakeActor
from tests.emptied import empty
from tests.flows import hour
from tests.imported import take_in
from tests.recorded import documents
from tests.servers import StoreLeg
from traceapp.domain.batch import BatchQuery, BatchRecord
from traceapp.domain.disclosure import Masked, told
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import LedgerReceipt, Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.state import LotStatus
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.batches.show_source import show_source
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.answers import batch_document, document_bytes, source_document, trace_document

pytestmark = pytest.mark.one_store

FORWARD, BACKWARD, BOTH = Direction.FORWARD, Direction.BACKWARD, Direction.BOTH
RECEIPT = LedgerReceipt(1, "0" * 64)
LOT = {"owner": "LYON", "product": "PUMP", "number": "B-1"}
AT = {"time": "2026-03-02T08:00:00Z", "site": "LYON"}
SUPPLIER_LOT, HOSPITAL, OPERATOR = "SUPPLIERS-LOT-7", "HOSPITAL-9", "OPERATOR-4"
MATERIAL_ID = local_identity("lot", "SUP-7", "RESIN", SUPPLIER_LOT)
BATCH_ID = local_identity("lot", "LYON", "PUMP", "B-1")
PARTY_ID = local_identity("party", HOSPITAL)
OPERATOR_ID = local_identity("operator", "LYON", OPERATOR)
HOLD = """row_id,form,owner,product,number,act,hold_number,time,site
90,hold,LYON,PUMP,B-1,placed,H-1,2026-03-03T08:00:00Z,LYON
"""
HIDDEN = {
    "process_parameters": "215 °C, 38 s",
    "formulation": "PVC 61 %",
    "deviation": "nozzle clogged",
    "environment": "ISO 7",
    "releaser": "Dr Chen",
    "reason": "smell",
    "name": "Hôpital Nord",
    "contact": "+33 1 23 45 67",
    "person": "Anna Wang",
    "inspector": "Li Na",
    "result": "passed",
    "decision": "released",
}


def rows(hidden: dict[str, str]) -> str:
    said = HIDDEN | hidden
    order = {"order": "O-1", **AT}
    told_rows = [
        {"form": "receipt", "supplier": "SUP-7", "product": "RESIN", "number": SUPPLIER_LOT, "receipt_number": "RM-1"}
        | {"quantity": "500", "unit": "KGM"}
        | AT,
        {"form": "consumption", "from_owner": "SUP-7", "from_product": "RESIN", "from_number": SUPPLIER_LOT}
        | {"to_owner": "LYON", "to_product": "PUMP", "to_number": "B-1", "quantity": "5", "unit": "KGM", **order},
        {"form": "process-step", "step": "moulding", "equipment": "M-1", "operator": OPERATOR, **order},
        {"form": "inspection", **LOT, **AT, "result": said["result"], "inspection_number": "Q-1", "inspector": said["inspector"]},
        {"form": "release", **LOT, **AT, "stage": "market", "decision": said["decision"], "releaser": said["releaser"]},
        {"form": "batch-record", **LOT, **AT}
        | {name: said[name] for name in ("process_parameters", "formulation", "deviation", "environment")},
        {"form": "shipment", **LOT, **AT, "quantity": "7", "unit": "EA", "shipment": "D-1", "consignee": HOSPITAL},
        {"form": "party", "party": HOSPITAL, "time": AT["time"], "name": said["name"], "contact": said["contact"]},
        {"form": "operator", "operator": OPERATOR, **AT, "name": said["person"]},
    ]
    text = io.StringIO()
    numbered = [{"row_id": str(number), **row} for number, row in enumerate(told_rows)]
    table = csv.DictWriter(text, list(dict.fromkeys(name for row in numbered for name in row)))
    table.writeheader()
    table.writerows(numbered)
    return text.getvalue()


def taken_in(stations: Stations, **hidden: str) -> Stations:
    take_in(stations, rows(hidden))
    return stations


def uid(stations: Stations, identity: Identity) -> str:
    return stations.sealer.uid(identity)


def batch_page(stations: Stations, who: Actor, identity: Identity = BATCH_ID) -> BatchRecord:
    return show_batch(stations, who, BatchQuery(uid=uid(stations, identity))).value


def all_bytes(stations: Stations, who: Actor) -> list[bytes]:
    """Everything that may be asked, without the moments of asking and of recording."""
    found = []
    for identity in (MATERIAL_ID, BATCH_ID, PARTY_ID):
        try:
            record = batch_page(stations, who, identity)
        except BatchNotFoundError as refused:  # what is masked has no page
            found.append(str(refused).encode())
            continue
        record = replace(record, as_of=hour(0), facts=tuple(replace(fact, record_time=hour(0)) for fact in record.facts))
        found.append(document_bytes(batch_document(Recorded(record, RECEIPT))))
    for seed in (Seed(uid=uid(stations, MATERIAL_ID)), Seed(number="B-1")):
        for way in (FORWARD, BACKWARD, BOTH):
            answer = trace_batch(stations, who, TraceQuestion((seed,), way)).value
            found.append(document_bytes(trace_document(Recorded(replace(answer, as_of=hour(0)), RECEIPT))))
    for number in ("B-1", "RM-1", SUPPLIER_LOT, HOSPITAL):
        found.append(repr(look_up_batches(stations, who, BatchQuery(number)).value).encode())
    return found


@pytest.fixture
def one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer draws the same key for stubs and pseudonyms, so that two answers can be compared byte by byte."""
    for module in ("access", "disclosed.answer_ids"):
        monkeypatch.setattr(f"traceapp.usecases.{module}.secrets", SimpleNamespace(token_hex=lambda _: "drawn once"))


CHANGES: dict[str, dict[str, str]] = {
    "other values": {name: f"{value} changed" for name, value in HIDDEN.items() if name not in {"result", "decision"}},
    "no values": dict.fromkeys(HIDDEN.keys() - {"result", "decision"}, ""),
    "another release": {"decision": "rejected"},
    "another verdict": {"result": "failed"},
}


@pytest.mark.usefixtures("one_draw")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_learns_nothing_from_a_value_that_is_masked_for_him(
    stations: Stations, actor: MakeActor, change: dict[str, str], empty_again: Callable[[], None]
) -> None:
    viewer, customer = actor(Role.VIEWER), actor(Role.CUSTOMER)
    taken_in(stations)
    before = [all_bytes(stations, who) for who in (viewer, customer)]
    seen = whole(stations, actor)
    empty_again()
    taken_in(stations, **change)

    assert [all_bytes(stations, who) for who in (viewer, customer)] == before
    assert whole(stations, actor) != seen, "whoever may see them sees the change"


def whole(stations: Stations, actor: MakeActor) -> list[object]:
    pages = [batch_page(stations, actor(Role.AUDITOR, factor=True), one) for one in (BATCH_ID, PARTY_ID)]
    return [(dict(page.properties), {state.name: state.value for state in page.states}) for page in pages]


def test_attacker_finds_no_masked_value_in_any_answer(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    secret = {word for name, word in HIDDEN.items() if name not in {"result", "decision"}} | {SUPPLIER_LOT, HOSPITAL, OPERATOR}

    told_viewer = b"".join(all_bytes(stations, actor(Role.VIEWER))).decode()
    told_auditor = b"".join(all_bytes(stations, actor(Role.AUDITOR, factor=True))).decode()

    assert {word for word in secret if word in told_viewer} == set()
    assert {word for word in secret if word in told_auditor} >= secret - {HIDDEN["inspector"], HIDDEN["reason"]}


def test_attacker_who_compares_list_and_detail_finds_them_agreed(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    for who in (actor(Role.VIEWER), actor(Role.WAREHOUSE), actor(Role.LAB), actor(Role.COORDINATOR), actor(Role.REGULATOR)):
        trace = trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), BOTH)).value
        for node in trace.nodes:
            if node.masked:
                with pytest.raises(BatchNotFoundError):
                    show_batch(stations, who, BatchQuery(uid=node.uid))
            elif node.kind in {NodeKind.MATERIAL, NodeKind.BATCH, NodeKind.PARTY}:
                page = show_batch(stations, who, BatchQuery(uid=node.uid)).value.candidate
                assert [as_mask(one) for one in (page.number, page.epc)] == [as_mask(one) for one in (node.number, node.epc)]


def masked_ids(stations: Stations, who: Actor) -> set[str]:
    """The ids under which masked things are told in all the answers about one batch."""
    trace = trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), BOTH)).value
    page = batch_page(stations, who)
    told_of = [*trace.nodes, *trace.consignees, *trace.suppliers, *page.neighbours, *page.participations]
    return {one.uid for one in told_of if one.masked}


def test_attacker_cannot_join_two_answers_by_what_is_masked(stations: Stations, actor: MakeActor) -> None:
    """A pseudonym is of one answer; so is the id beside it, wherever the party, the supplier or the operator stands."""
    taken_in(stations)
    viewer, supplier = actor(Role.VIEWER), local_identity("party", "SUP-7")
    own = {uid(stations, one) for one in (PARTY_ID, supplier, OPERATOR_ID)}

    first, second, others = (masked_ids(stations, who) for who in (viewer, viewer, actor(Role.CUSTOMER)))

    assert len(first) >= 3, "a consignee, a supplier and an operator"
    assert not first & second
    assert not (first | second) & others
    said = b"".join(all_bytes(stations, viewer)).decode()
    assert {one for one in own if one in said} == set()
    trace = trace_batch(stations, actor(Role.COORDINATOR), TraceQuestion((Seed(number="B-1"),), BOTH)).value
    assert {line.uid for line in (*trace.consignees, *trace.suppliers)} == {uid(stations, PARTY_ID), uid(stations, supplier)}


@pytest.mark.parametrize("identity", [PARTY_ID, OPERATOR_ID], ids=["party", "operator"])
def test_attacker_who_knows_the_uid_of_a_masked_thing_gets_no_further(
    stations: Stations, actor: MakeActor, identity: Identity
) -> None:
    """From clear sight of another day: neither a page nor a trace opens by it, as if it did not exist."""
    taken_in(stations)
    viewer = actor(Role.VIEWER)
    said = []
    for known in (uid(stations, identity), "0" * 32):
        assert look_up_batches(stations, viewer, BatchQuery(uid=known)).value == ()
        for act in (
            lambda known=known: show_batch(stations, viewer, BatchQuery(uid=known)),
            lambda known=known: trace_batch(stations, viewer, TraceQuestion((Seed(uid=known),), BACKWARD)),
        ):
            with pytest.raises(BatchNotFoundError) as refused:
                act()
            said.append(str(refused.value))

    assert len(set(said)) == 1
    whoever_may_see = TraceQuestion((Seed(uid=uid(stations, identity)),), BACKWARD)
    assert trace_batch(stations, actor(Role.AUDITOR, factor=True), whoever_may_see).value.nodes


def as_mask(value: Any) -> Any:
    """A mask without its pseudonym, which is drawn for each answer."""
    return Masked(value.tier) if isinstance(value, Masked) else value


@pytest.mark.parametrize("asked", [SUPPLIER_LOT, SUPPLIER_LOT.lower(), HOSPITAL, "SUP-7"])
def test_attacker_cannot_search_by_a_field_that_he_may_not_read(stations: Stations, actor: MakeActor, asked: str) -> None:
    taken_in(stations)
    viewer, coordinator = actor(Role.VIEWER), actor(Role.COORDINATOR)
    said = []
    for number in (asked, "NO-SUCH-NUMBER"):
        assert look_up_batches(stations, viewer, BatchQuery(number)).value == ()
        for act in (
            lambda number=number: show_batch(stations, viewer, BatchQuery(number)),
            lambda number=number: trace_batch(stations, viewer, TraceQuestion((Seed(number=number),), FORWARD)),
        ):
            with pytest.raises(BatchNotFoundError) as refused:
                act()
            said.append(str(refused.value))

    assert len(set(said)) == 1
    assert len(look_up_batches(stations, coordinator, BatchQuery(asked)).value) == 1


def test_attacker_learns_no_release_from_the_word_for_a_state(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    viewer = actor(Role.VIEWER)
    seed = TraceQuestion((Seed(number="B-1"),), FORWARD)

    assert trace_batch(stations, viewer, seed).value.nodes[0].status == Masked("T2")
    assert trace_batch(stations, actor(Role.COORDINATOR), seed).value.nodes[0].status is LotStatus.RELEASED
    states = {one.name: (one.value, one.event_uid, one.event_time) for one in batch_page(stations, viewer).states}
    assert states["release"] == states["inspection"] == (Masked("T2"), None, None)

    take_in(stations, HOLD)
    assert trace_batch(stations, viewer, seed).value.nodes[0].status is LotStatus.HELD, "what is grave is said"


def test_attacker_cannot_join_two_answers_by_a_pseudonym(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    lab = actor(Role.LAB)
    first, second = (hands(batch_page(stations, lab)) for _ in range(2))

    assert len(first) == len(second) == 1
    ((who, number, name),), ((who_again, number_again, _),) = first, second
    assert who != who_again
    assert number != number_again
    assert number == name != "", "one person, one pseudonym"
    assert who != uid(stations, local_identity("operator", "LYON", OPERATOR))


def hands(record: BatchRecord) -> set[tuple[str, str, str]]:
    people = [one for one in record.participations if one.kind is NodeKind.OPERATOR]
    return {(one.uid, told_mask(one.number), told_mask(one.name)) for one in people}


def told_mask(value: Any) -> str:
    assert isinstance(value, Masked)
    return value.shown or ""


def test_attacker_who_opens_a_row_gets_none_of_what_is_masked_elsewhere(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    coordinator, auditor = actor(Role.COORDINATOR), actor(Role.AUDITOR, factor=True)
    rows_seen = {
        fact.type: (show_source(stations, coordinator, fact.event_uid), show_source(stations, auditor, fact.event_uid))
        for fact in batch_page(stations, auditor).facts
    }

    masked, whole = rows_seen["batch-record"]
    assert (masked.value.original, masked.value.content) == (Masked("T3"), Masked("T3"))
    assert json.loads(document_bytes(source_document(masked)))["content"] == {"masked": True, "tier": "T3"}
    assert HIDDEN["formulation"] in str(whole.value.content)
    open_row, _ = rows_seen["release"]
    assert HIDDEN["releaser"] in str(open_row.value.content), "what he may see is not taken away"


def test_promise_the_ledger_says_what_was_masked_and_never_its_value(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    batch_page(stations, actor(Role.VIEWER))
    trace_batch(stations, actor(Role.VIEWER), TraceQuestion((Seed(number="B-1"),), FORWARD, fields=frozenset({"number", "name"})))

    page, trace = documents(stations.settings.home)[-2:]

    assert {"formulation", "release", "process_parameters"} <= set(page["withheld"]["Batch"])
    assert "formulation" not in page["disclosed"]["Batch"]
    assert trace["withheld"] == {"Party": ["name", "number"]}
    assert trace["disclosed"]["Batch"] == ["number"]
    assert trace["request"]["fields"] == ["name", "number"]


def test_promise_an_answer_tells_what_was_asked_for_and_nothing_else(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    auditor = actor(Role.AUDITOR, factor=True)
    wanted = frozenset({"releaser", "release"})

    page = show_batch(stations, auditor, BatchQuery("B-1", fields=wanted)).value
    trace = trace_batch(stations, auditor, TraceQuestion((Seed(number="B-1"),), BOTH, fields=frozenset({"status"}))).value

    assert dict(page.properties) == {"releaser": HIDDEN["releaser"]}
    assert [state.name for state in page.states] == ["release"]
    assert {(one.number, one.name) for one in (*page.neighbours, *page.participations)} == {(None, None)}
    assert {(node.number, node.name, node.epc, node.product, node.site) for node in trace.nodes} == {(None,) * 5}
    assert trace.nodes[0].status is LotStatus.RELEASED
    assert {(line.number, line.name, line.country) for line in (*trace.consignees, *trace.suppliers)} == {(None, None, None)}


def test_a_regulator_is_shown_everything_of_what_lies_in_his_scope(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    record = batch_page(stations, actor(Role.REGULATOR))

    assert [name for name, value in record.properties.items() if isinstance(value, Masked)] == []
    assert [one for one in (*record.neighbours, *record.participations) if told(one.number) is None] == []


def test_a_purpose_opens_its_fields_and_no_others(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    inbound, outbound = (actor(Role.WAREHOUSE, purpose=purpose) for purpose in (Purpose.INBOUND, Purpose.OUTBOUND))

    assert look_up_batches(stations, inbound, BatchQuery(SUPPLIER_LOT)).value
    assert look_up_batches(stations, outbound, BatchQuery(SUPPLIER_LOT)).value == ()
    assert batch_page(stations, outbound).properties["process_parameters"] == Masked("T2")


@pytest.fixture
def empty_again(empty_leg: StoreLeg, stations: Stations) -> Callable[[], None]:
    return lambda: empty(empty_leg, stations)
