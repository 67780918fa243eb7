"""The counter of records: one question is answered from one snapshot, named by this number."""

from datetime import datetime
from typing import Final

from traceapp.domain.clock import stored_time
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.record_macs import RecordMacs
from traceapp.graph.connection import Graph, Row
from traceapp.graph.record_groups import last_known
from traceapp.graph.record_head import LABEL, RecordHead, read_head
from traceapp.host.row_register import RowRegister

EMPTY: Final = {"seq": 0, "events_count": 0, "events_digest": "0" * 32, "nodes_count": 0, "nodes_digest": "0" * 32}
WITHOUT_LIMIT: Final = 2**53 - 1
"""The head of a question whose counter is not proven: whatever is recorded is read, so that nothing is hidden by it."""


class HeadStore:
    """What is not proven is told to the checks of the question. Every method raises StoreError and its kinds, and HomeError.

    register  remembers how far the counter had come: an older one that was put back, with the MAC it had, is not proven.
    """

    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister, checks: RecordChecks | None = None) -> None:
        self._graph = graph
        self._macs = macs
        self._register = register
        self._checks = checks or RecordChecks()

    def checked(self, checks: RecordChecks) -> "HeadStore":
        """The same store for one question, whose checks these are."""
        return HeadStore(self._graph, self._macs, self._register, checks)

    def get_head(self) -> int:
        """The record sequence of the last committed event; 0 in an empty store; `WITHOUT_LIMIT` where it is not proven."""
        head = self._proven()
        return head.seq if head is not None else self._without_limit()

    def get_sums(self) -> Row:
        """The counter of records with its sums; zeros in an empty store."""
        row = self._graph.read("head.get_sums")[0]
        return {name: row[name] if row[name] is not None else EMPTY[name] for name in EMPTY}

    def get_head_at(self, record_time: datetime) -> int:
        """What the head was at a moment of record time (aware); 0 where nothing was known yet; `WITHOUT_LIMIT` where the
        groups of events around that moment are not proven, or do not join."""
        head = self._proven()
        if head is None:
            return self._without_limit()
        moment = stored_time(record_time)
        found = self._graph.read("head.get_group_at", record_time=moment)
        after = self._graph.read("head.get_group_after", record_time=moment)
        known = last_known(found, after, head.seq, self._macs)
        return known if known is not None else self._without_limit()

    def _proven(self) -> RecordHead | None:
        """The counter, remembered from now on; None where it is not as it was written, or not as far as it had come."""
        reached = self._register.get_reached(LABEL)  # before the store is asked, so that a write between both is no fault
        for read in (self._graph.read, self._graph.read_newest):  # another server of a cluster may be behind
            head = read_head(read, "head.get_sums", self._macs)
            if head.proven and head.seq >= reached:
                if head.seq > reached:
                    self._register.put_reached(LABEL, head.seq)
                return head
        return None

    def _without_limit(self) -> int:
        self._checks.uncounted()
        return WITHOUT_LIMIT
