"""Promise: events in any order, cut into any groups, give the same graph (record sequences and record times aside)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.capture import LYON, SUZHOU, append, batch, day, event, material, picture, production, receipt
from tests.effort import examples
from tests.servers import StoreLeg
from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.events import CapturedEvent, NodeStatement
from traceapp.domain.kinds import EventType, NodeKind
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore
from traceapp.host.row_register import RowRegister

LOTS = ["1", "2", "3"]
scopes = st.sampled_from([LYON, SUZHOU, None])
days = st.integers(0, 3).map(day)


@pytest.fixture(scope="session")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> DictionarySealer:
    folder: Path = tmp_path_factory.mktemp("keys")
    create_keys(folder)
    return DictionarySealer(load_keys(folder), read_dictionary(), "Testwerk")


@st.composite
def one_event(draw: st.DrawFn, key: str) -> CapturedEvent:
    """A receipt, an order or a hold, over few lots and few days, so that they meet and tie."""
    match draw(st.sampled_from(["receipt", "production", "hold"])):
        case "receipt":
            name, lot = draw(st.sampled_from(["Alpha", "Beta"])), draw(st.sampled_from(LOTS))
            return receipt(key, lot, draw(days), scope=draw(scopes), name=name)
        case "production":
            inputs = draw(st.lists(st.sampled_from(LOTS), min_size=1, max_size=3, unique=True))
            mixed = [material(lot) if draw(st.booleans()) else batch(lot) for lot in inputs]
            return production(key, mixed, draw(st.sampled_from(["8", "9"])), draw(days), scope=draw(scopes))
        case _:
            held = NodeStatement(batch(draw(st.sampled_from(LOTS))), NodeKind.BATCH, False, draw(scopes))
            return event(key, EventType.HOLD, draw(days), [held])


@st.composite
def stream(draw: st.DrawFn) -> list[CapturedEvent]:
    """Events, some of them corrections; error declarations by key and by content; repetitions."""
    keys = [f"e{number}" for number in range(draw(st.integers(2, 8)))]
    events = []
    for key in keys:
        made = draw(one_event(key))
        corrects = draw(st.one_of(st.none(), st.sampled_from([*keys, "never sent"])))
        events.append(replace(made, voids=corrects) if corrects not in (None, key) else made)
    declared = draw(st.lists(st.sampled_from(events), max_size=2, unique_by=lambda one: one.key))
    by_key = [replace(one, voids=one.key) for one in declared]
    by_content = [
        replace(one, key=f"declares {one.key}", voids=None, voids_digest=one.content_digest)
        for one in draw(st.lists(st.sampled_from(events), max_size=2, unique_by=lambda one: one.key))
    ]
    repeated = draw(st.lists(st.sampled_from(events), max_size=2))
    return [*events, *by_key, *by_content, *repeated]


def stored(leg: StoreLeg, sealer: DictionarySealer, events: Sequence[CapturedEvent], group: int) -> dict[str, object]:
    leg.empty()
    with Graph.connect(leg.endpoint) as graph, TemporaryDirectory() as folder:
        store = EventStore(graph, RowRegister(Path(folder)))
        for start in range(0, len(events), group):
            append(store, sealer, *events[start : start + group])
        return picture(graph, sealer)


@settings(
    max_examples=examples(25, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(events=stream(), data=st.data())
def test_promise_any_order_gives_the_same_graph(
    store_leg: StoreLeg, sealer: DictionarySealer, events: list[CapturedEvent], data: st.DataObject
) -> None:
    store_leg.ran += 1
    shuffled = data.draw(st.permutations(events))
    one, other = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 12))

    assert stored(store_leg, sealer, shuffled, other) == stored(store_leg, sealer, events, one)
