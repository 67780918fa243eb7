"""The data dictionary and every store: nothing is kept that it does not know, and T2 and T3 are kept as ciphertext alone."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.capture import append, batch, day, declaration, event, material, party, production, receipt
from tests.contract.test_approval_store import ANNA, ASKED, BEN, NOW
from tests.signed_feed import Source, connect
from tests.signed_feed import receipt as message
from tests.web.plant import fill
from traceapp.composition import terminal_actor
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.access_reviews import ReviewState
from traceapp.domain.approvals import approve, execute
from traceapp.domain.errors import DictionaryError
from traceapp.domain.events import LinkStatement, NodeStatement
from traceapp.domain.grants import GrantRecord, GrantState, Verdict
from traceapp.domain.identifiers import local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.graph.connection import Graph
from traceapp.graph.document_store import DELIVERY, RECIPIENT
from traceapp.graph.event_store import EventStore
from traceapp.usecases.accounts.change_account import set_person
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.accounts.review_access import begin_review
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.intake.manage_feeds import end_feed
from traceapp.usecases.intake.take_feed_message import take_feed_message
from traceapp.usecases.kept_document import seal_kept, with_told
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.sessions.second_factors import begin_totp
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
EVERYWHERE = frozenset({"*"})
INTEGRATOR = Actor("1" * 32, "token:mes", Role.INTEGRATOR, EVERYWHERE, EVERYWHERE, through="token")


def aggregation(action: str) -> dict[str, Any]:
    return {
        "type": "AggregationEvent",
        "eventTime": "2026-03-02T10:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": action,
        "parentID": "urn:epc:id:sscc:9521001.0000000001",
        "childQuantityList": [{"epcClass": "urn:epc:class:lgtin:9521001.000001.P1", "quantity": 5, "uom": "KGM"}],
    }


def reviewed_grant(account_uid: str, now: datetime) -> GrantRecord:
    return GrantRecord(
        "a" * 16, account_uid, Role.VIEWER, "T2", b"sealed", now, now, GrantState.REVIEWED, "b", now, Verdict.JUSTIFIED, b"sealed"
    )


def keep_whole_session(stations: Stations, password: str) -> None:
    """One in which everything that may happen to a session has happened."""
    begun = sign_in(stations, "rc-02", password, Client("192.0.2.1", "a browser")).value.session
    now = stations.clock.now()
    moved = replace(begun, factor_at=now, purpose=Purpose.RECALL, grant="a" * 16, left_network="198.51.100.0/24", moved_at=now)
    moved = replace(moved, signed_at=now)
    assert stations.sessions.put_session(moved) is not None
    stations.grants.append_grant(reviewed_grant(begun.account_uid, now), begun.account_uid)
    begin_totp(stations, sign_in(stations, "rc-02", password, Client("192.0.2.1", "a browser")).value.actor, password)


def keep_ended_approval(stations: Stations) -> None:
    """Asked for, agreed to and carried out."""
    agreed = approve(ASKED, BEN, NOW, ASKED.digest)
    stations.approvals.append_approval(agreed)
    assert stations.approvals.put_approval(execute(agreed, ANNA, NOW, ASKED.digest, [BEN]))


def keep_recipient_and_delivery(stations: Stations) -> None:
    now = stations.clock.now()
    for store, label in ((stations.recipients, RECIPIENT), (stations.deliveries, DELIVERY)):
        kept = seal_kept(stations, label, "5" * 16, now, {"person": "Li"}, "open")
        store.append(kept)
        assert store.put(with_told(stations, label, kept, {"person": "Li", "ended": True}, "ended"))


@pytest.fixture
def full(stations: Stations, tmp_path: Path) -> Stations:
    """Something of all that the service writes: each form of row, corrections in every order, an account, a token."""
    fill(stations, tmp_path)
    packed = tmp_path / "packed.json"
    packed.write_text(json.dumps([aggregation(action) for action in ("ADD", "OBSERVE", "DELETE")]), encoding="utf-8")
    for path in (*sorted(SAMPLES.glob("*.csv")), packed):
        import_file(stations, terminal_actor(), path, "ERP", lambda share: None)
    events = EventStore(stations.graph, stations.register)
    wrong, other = receipt("r1", "T-1", day(0)), receipt("r2", "T-2", day(1))
    append(events, stations.sealer, wrong, production("p1", [material("T-1")], "B-1", day(2)))
    append(events, stations.sealer, receipt("r3", "T-3", day(3), voids="r1"), declaration(other, key="declares"))
    box, sent = local_identity("container", "LYON", "C-1"), local_identity("shipment", "LYON", "D-1")
    kinds = {box: NodeKind.CONTAINER, sent: NodeKind.SHIPMENT, party("WARD-3"): NodeKind.PARTY, party("HOSP-1"): NodeKind.PARTY}
    links = (
        LinkStatement(LinkType.SHIPPED_IN, box, sent, day(4)),
        LinkStatement(LinkType.DELIVERED_TO, sent, party("HOSP-1"), day(4), place=party("WARD-3")),
    )
    nodes = [NodeStatement(identity, kind, True) for identity, kind in kinds.items()]
    append(events, stations.sealer, event("d1", EventType.OBJECT, day(4), nodes, links))
    password = "correct horse battery"
    create_account(stations, terminal_actor(), "rc-02", password, "RC 02", Role.VIEWER, EVERYWHERE, EVERYWHERE, provisional=True)
    for person in ("P-1", "P-2"):
        set_person(stations, terminal_actor(), "rc-02", person)
    keep_whole_session(stations, password)
    whole = {"only": frozenset({Permission.BATCH_SHOW}), "purpose": Purpose.RECALL, "networks": ("192.0.2.0/24",)}
    made = issue_token(stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "a test", 1, **whole))  # type: ignore[arg-type]
    authenticate_token(stations, made.value, "192.0.2.1")
    source = Source("MES-LYON")
    connect(stations, source)
    take_feed_message(stations, INTEGRATOR, source.name, source.sign(2, message("FED")))
    end_feed(stations, terminal_actor(), source.name)
    keep_ended_approval(stations)
    begin_review(stations, terminal_actor())
    (begun,) = stations.reviews.list_reviews(ReviewState.OPEN, 1)
    assert stations.reviews.put_review(replace(begun, finished_at=stations.clock.now()))
    create_account(stations, terminal_actor(), "rc-03", password, "RC 03", Role.VIEWER, EVERYWHERE, EVERYWHERE)
    leave_account(stations, terminal_actor(), "rc-03", "The last day was yesterday.")
    keep_recipient_and_delivery(stations)
    return stations


def stored(graph: Graph) -> list[tuple[str, bool, dict[str, Any]]]:
    """(label or type, whether it is a link, properties) of all that the store holds."""
    nodes = graph.administer("MATCH (n) RETURN labels(n) AS labels, properties(n) AS found", "test")
    links = graph.administer("MATCH ()-[r]->() RETURN type(r) AS type, properties(r) AS found", "test")
    told = [(next(label for label in row["labels"] if label != "Traceable"), False, dict(row["found"])) for row in nodes]
    return told + [(row["type"], True, dict(row["found"])) for row in links]


def test_promise_nothing_is_stored_that_the_dictionary_does_not_know(full: Stations) -> None:
    dictionary = full.dictionary
    unknown, wrong_form, seen = set(), set(), set()
    for name, is_link, properties in stored(full.graph):
        known = dictionary.stored_on_link(name) if is_link else dictionary.stored_on_node(name)
        for key, value in properties.items():
            seen.add((name, key))
            if key not in known:
                unknown.add((name, key))
            elif (known[key].encrypted or str(known[key].type) == "mac") != isinstance(value, bytes | bytearray):
                wrong_form.add((name, key))

    assert unknown == set()
    assert wrong_form == set()
    assert {name for name, _ in seen} >= dictionary.service.kinds.keys() | {kind.value for kind in NodeKind}
    said = {(kind, key) for kind, entries in dictionary.service.properties.items() for key in entries}
    assert said - seen == set(), "the dictionary tells of what is never stored"
    assert {key for _, key in seen} >= dictionary.link_attributes.keys() | dictionary.service.links.keys()


@pytest.mark.parametrize(
    "attributes",
    [{"comment": "late"}, {"report": "despatch"}, {"acl": "0"}, {"uid": "0"}, {"step": " "}],
    ids=["unknown", "of another link", "the service's own", "its id", "empty"],
)
def test_a_link_attribute_that_is_not_in_the_dictionary_is_refused(attributes: dict[str, str], stations: Stations) -> None:
    source, target = batch("B-1"), batch("B-2")
    done = production("p1", [source], "B-2", day(1))
    nodes = [*done.nodes, NodeStatement(target, NodeKind.BATCH, True)]
    link = LinkStatement(LinkType.CONSUMED_IN, source, done.links[0].target, day(1), attributes=attributes)

    with pytest.raises(DictionaryError):
        append(
            EventStore(stations.graph, stations.register),
            stations.sealer,
            event("e1", EventType.CONSUMPTION, day(1), nodes, [link]),
        )
    assert stations.heads.get_head() == 0


def test_a_value_outside_a_closed_list_of_a_link_is_refused(sealer: DictionarySealer) -> None:
    with pytest.raises(DictionaryError, match="despatch, receipt") as caught:
        sealer.check_link(LinkType.SHIPPED_IN, {"report": "hearsay"})
    assert "hearsay" not in str(caught.value)
