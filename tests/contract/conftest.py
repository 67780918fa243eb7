"""What the suites of the stores share: a sealer under keys of its own, and the store of events."""

from pathlib import Path

import pytest

from traceapp.confidential.key_store import load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.dictionary.properties import read_dictionary
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore
from traceapp.host.row_register import RowRegister


@pytest.fixture
def sealer(home: Path) -> DictionarySealer:
    return DictionarySealer(load_keys(home), read_dictionary(), "Testwerk")


@pytest.fixture
def events(store: Graph, register: RowRegister) -> EventStore:
    return EventStore(store, register)


@pytest.fixture
def register(home: Path) -> RowRegister:
    return RowRegister(home)
