"""The whole store, a page at a time, for whoever checks all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from traceapp.domain.record_macs import RecordMacs
from traceapp.graph.connection import Graph, Row
from traceapp.graph.record_groups import RecordGroup
from traceapp.graph.record_head import RecordHead, read_head, whole

EVENT: Final = "Event"
LABELS: Final = ("Traceable", "Location", "Order", "Disposal", "Equipment", "Operator", "Inspection", "Product", EVENT)
"""Every label that nodes are looked up under; events come last."""

ROWS: Final = ("Account", "Token", "Grant", "Approval", "Recipient", "Delivery", "Feed", "AccessReview")
"""Labels of the rows that decide rights; sessions are looked at on their own."""


@dataclass(frozen=True, slots=True)
class SweptNode:
    """One node with everything that stands on it."""

    uid: str
    labels: tuple[str, ...]
    properties: Row


@dataclass(frozen=True, slots=True)
class SweptLink:
    """label: under which the node it ends at is looked up."""

    type: str
    source: str
    target: str
    label: str
    properties: Row


class SweepStore:
    """Nothing is held back and nothing is checked here. Every method raises StoreError and its kinds."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get_head(self, macs: RecordMacs) -> RecordHead:
        return read_head(self._graph.read, "head.get_sums", macs)

    def list_nodes(self, label: str, after: str, page: int) -> list[SweptNode]:
        """The next nodes of a label behind a uid."""
        rows = self._graph.read(f"verify.list_{label.lower()}", after=after, page=page)
        return [SweptNode(row["uid"], tuple(row["labels"]), whole(row["properties"])) for row in rows]

    def list_rows(self, label: str, after: str, page: int) -> list[str]:
        """The next uids of rows that decide rights, behind a uid. label: one of `ROWS`."""
        return [row["uid"] for row in self._graph.read(f"verify.list_{label.lower()}", after=after, page=page)]

    def list_groups(self, macs: RecordMacs, page: int) -> Iterator[tuple[str, RecordGroup | None]]:
        """Every group of events by the uid of its command; None of one that is not as the service wrote it."""
        after = ""
        while rows := self._graph.read("verify.list_command", after=after, page=page):
            after = rows[-1]["uid"]
            for row in rows:
                if any(row[name] is not None for name in ("first_seq", "record_seq", "record_time", "mac")):
                    yield row["uid"], RecordGroup.proven(row, macs)

    def list_links(self, label: str, uids: Sequence[str]) -> Iterator[SweptLink]:
        """Every link that starts at these nodes."""
        for row in self._graph.read(f"verify.list_links_of_{label.lower()}", uids=list(uids)):
            labels = row["labels"]
            end = LABELS[0] if LABELS[0] in labels else next(iter(labels), "")
            yield SweptLink(row["type"], row["source"], row["target"] or "", end, whole(row["properties"]))

    def missing(self, label: str, uids: Sequence[str]) -> list[str]:
        """Of these nodes, those that are not there."""
        found = {row["uid"] for row in self._graph.read(f"event.find_whole_{label.lower()}", uids=list(uids))}
        return [uid for uid in uids if uid not in found]
