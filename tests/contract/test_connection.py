"""The connection, on every store."""

import uuid

from traceapp.graph.connection import Graph


def test_store_is_empty(store: Graph) -> None:
    assert store.read("head.get_head") == [{"seq": 0}]


def test_store_is_empty_again(store: Graph) -> None:
    store.write(lambda transaction: None, command=uuid.uuid4().hex)


def test_store_is_empty_again2(store: Graph) -> None:
    store.write(lambda transaction: None, command=uuid.uuid4().hex)
