"""Recipients and deliveries, on every store: kept whole, moved by one writer, worth nothing once changed outside the service."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clockwork import Clockwork
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.kept_documents import KeptDocument
from traceapp.domain.row_register import RowFault
from traceapp.graph.connection import Graph
from traceapp.graph.document_store import DELIVERY, PLURALS, RECIPIENT, DocumentStore
from traceapp.host.row_register import RowRegister

NOW = datetime(2026, 3, 2, 10, 0, 0, 1, UTC)
KEPT = [
    KeptDocument(letter * 16, NOW + timedelta(seconds=place // 2), b"\x01" * 60, letter * 64, "open")
    for place, letter in enumerate("abcd")
]


@pytest.fixture(params=[RECIPIENT, DELIVERY])
def documents(
    request: pytest.FixtureRequest, store: Graph, sealer: DictionarySealer, home: Path
) -> tuple[DocumentStore, Graph, str]:
    kept = DocumentStore(store, sealer.macs, RowRegister(home, Clockwork()), request.param)
    for one in KEPT:
        kept.append(one)
    return kept, store, request.param


def test_documents_are_read_as_they_were_written_and_listed_page_by_page(documents: tuple[DocumentStore, Graph, str]) -> None:
    kept, _, label = documents
    assert label in PLURALS
    assert kept.get(KEPT[0].uid) == KEPT[0]
    assert kept.get("0" * 16) is None
    newest = kept.list_newest(3)
    assert newest == [KEPT[3], KEPT[2], KEPT[1]]
    assert kept.list_newest(3, newest[-1].place) == [KEPT[0]]


def test_promise_of_two_that_read_one_document_one_writes_it(documents: tuple[DocumentStore, Graph, str]) -> None:
    kept, _, _ = documents
    ended = replace(KEPT[0], state="ended", digest="e" * 64)
    assert kept.put(ended)
    assert not kept.put(replace(KEPT[0], state="other"))
    assert kept.get(KEPT[0].uid) == replace(ended, version=1)


@pytest.mark.parametrize(("name", "value"), [("digest", "f" * 64), ("state", "ended"), ("place", "2026")])
def test_attacker_who_changes_a_document_in_the_store_is_named(
    documents: tuple[DocumentStore, Graph, str], name: str, value: str
) -> None:
    kept, store, label = documents
    store.administer(f"MATCH (n:{label} {{uid: '{KEPT[1].uid}'}}) SET n.{name} = '{value}'", "test")
    assert kept.get(KEPT[1].uid) is None
    assert kept.fault(KEPT[1].uid) is RowFault.CHANGED
    assert KEPT[1].uid not in {one.uid for one in kept.list_newest(10)}
    assert not kept.put(replace(KEPT[1], state="ended"))
