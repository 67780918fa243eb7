"""The counter of records: one question is answered from one snapshot, named by this number."""

from datetime import datetime
from typing import Final

from traceapp.domain.clock import stored_time
from traceapp.graph.connection import Graph, Row

EMPTY: Final = {"seq": 0, "events_count": 0, "events_digest": "0" * 32, "nodes_count": 0, "nodes_digest": "0" * 32}


class HeadStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get_head(self) -> int:
        """The record sequence of the last committed event; 0 in an empty store."""
        rows = self._graph.read("head.get_head")
        return int(rows[0]["seq"]) if rows else 0

    def get_sums(self) -> Row:
        """The counter of records with its sums; zeros in an empty store."""
        row = self._graph.read("head.get_sums")[0]
        return {name: row[name] if row[name] is not None else EMPTY[name] for name in EMPTY}

    def get_head_at(self, record_time: datetime) -> int:
        """What the head was at a moment of record time (aware); 0 where nothing was known yet."""
        rows = self._graph.read("head.get_head_at", record_time=stored_time(record_time))
        return int(rows[0]["seq"]) if rows else 0
