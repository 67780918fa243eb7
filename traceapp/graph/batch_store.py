"""One lot and what stands next to it: links of one step, each with the event that made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.rights import Rights
from traceapp.graph.connection import Graph, Row

STATEMENTS = {Direction.FORWARD: "batch.list_links_forward", Direction.BACKWARD: "batch.list_links_backward"}


@dataclass(frozen=True, slots=True)
class NeighbourLink:
    """One link of a node; near is the node that was asked about. Where shown is False nothing but the ends is told."""

    near: str
    type: LinkType
    far: str
    kind: NodeKind
    shown: bool
    quantity: Decimal | None
    unit: str | None
    event_time: datetime | None
    event_uid: str | None
    pair: str | None
    step: str | None
    role: str | None
    started_at: datetime | None
    ended_at: datetime | None


class BatchStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def list_links(self, uids: Sequence[str], direction: Direction, rights: Rights, head: int) -> list[NeighbourLink]:
        """Live links of some nodes in one direction, the earliest first; raises StoreError and its kinds."""
        if not uids:
            return []
        rows = self._graph.read(STATEMENTS[direction], uids=list(uids), see=rights.see, head=head)
        return [_link(row) for row in rows if row["kind"] is not None]

    def list_operators(self, uids: Sequence[str], rights: Rights) -> dict[str, bytes]:
        """Sealed identities of operators by uid; those outside the rights are absent."""
        if not uids:
            return {}
        rows = self._graph.read("batch.list_operators", uids=list(uids), see=rights.see)
        return {row["uid"]: bytes(row["identity"]) for row in rows}


def _link(row: Row) -> NeighbourLink:
    return NeighbourLink(
        row["near"],
        LinkType(row["type"]),
        row["far"],
        NodeKind(row["kind"]),
        row["shown"],
        Decimal(row["quantity"]) if row["quantity"] is not None else None,
        row["unit"],
        _time(row["event_time"]),
        row["event_uid"],
        row["pair"],
        row["step"],
        row["role"],
        _time(row["started_at"]),
        _time(row["ended_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return parse_stored_time(text) if text is not None else None
