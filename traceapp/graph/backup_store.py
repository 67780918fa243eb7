"""The whole store as lines of text, and such lines back into an empty store; the same on both engines.

A line is canonical JSON of one node or link with everything that stands on it. What is sealed stays sealed and every record MAC
stays as it was written. Sessions are left out, and so are the steps of the schema, which a migration makes.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from traceapp.domain.errors import BundleError, StoreError
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.event_rows import EVENT, RECORDED, link_statement
from traceapp.graph.event_rows import LABELS as LABEL_OF
from traceapp.graph.record_head import LABEL as HEAD
from traceapp.graph.record_head import whole
from traceapp.graph.sweep_store import LABELS, ROWS, SweepStore

ACL_ENTRY: Final = "AclEntry"
COMMAND: Final = "Command"
NODES: Final = (*LABELS, *ROWS, ACL_ENTRY, COMMAND, HEAD)
"""Labels, in the order in which they go back; the counter comes last."""
PAGE: Final = 1_000
ACT: Final = "backup:restore"
BYTES: Final = "bytes"
"""A value that is bytes is written as an object with this one member, in base64."""
_NODES_OF: Final[Mapping[frozenset[str], str]] = {
    **{frozenset({LABEL_OF[kind], kind.value}): f"event.append_{kind.value.lower()}" for kind in NodeKind},
    frozenset({EVENT}): "event.append_events",
    **{frozenset({label}): f"backup.append_{label.lower()}" for label in (*ROWS, ACL_ENTRY, COMMAND)},
}
"""Labels of a node → the statement that makes it."""
_OWN_ACT: Final = "schema:"


class BackupStore:
    """Every method raises StoreError and its kinds."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._sweep = SweepStore(graph)

    def is_empty(self) -> bool:
        """Whether it holds nothing but what a migration makes."""
        for label in NODES:
            if label == COMMAND:
                full = any(not str(one["act"]).startswith(_OWN_ACT) for one in self._properties(label))
            elif label == HEAD:
                full = any(one["seq"] for one in self._properties(label))
            else:
                full = next(self._properties(label), None) is not None
            if full:
                return False
        return not self._graph.read("verify.list_session", after="", page=1)

    def count(self) -> int:
        """Nodes and events, as far as the counter of records knows them."""
        return sum(int(one.get(f"{name}_count") or 0) for one in self._properties(HEAD) for name in ("nodes", "events"))

    def list_nodes(self, label: str) -> Iterator[bytes]:
        """A line for each node of a label, in the order of their uids; raises StoreError: one that no service writes."""
        for row in self._rows(label):
            labels = frozenset(row["labels"])
            if labels != {HEAD} and labels not in _NODES_OF:
                raise StoreError(f"a node of {label} bears the labels {sorted(labels)}; run traceapp verify graph")
            yield _line({"labels": sorted(labels), "properties": _told(whole(row["properties"]))})

    def list_links(self, label: str) -> Iterator[bytes]:
        """A line for each link that starts at nodes of a label, in the order of those; raises StoreError as `list_nodes`."""
        for page in self._pages(label):
            found = [
                (link.source, link.type, link.target, _line(_link_told(label, link.type, link.label, link)))
                for link in self._sweep.list_links(label, [str(row["uid"]) for row in page])
            ]
            yield from (line for *_, line in sorted(found))

    def list_commands(self) -> Iterator[tuple[bytes, str, str]]:
        """Each command as its line, with its uid and the intent that it belongs to."""
        for row in self._rows(COMMAND):
            properties = whole(row["properties"])
            line = _line({"labels": [COMMAND], "properties": _told(properties)})
            yield line, str(properties["uid"]), str(properties.get("intent") or "")

    def put_nodes(self, lines: Iterable[bytes]) -> None:
        """Make the nodes of these lines, in one transaction; raises BundleError: a line is none of `list_nodes`."""
        pages: dict[str, list[Row]] = {}
        head: Row | None = None
        for line in lines:
            told = _read(line)
            labels, properties = frozenset(told["labels"]), _untold(told["properties"])
            if labels == {HEAD}:
                head = properties
            elif labels in _NODES_OF:
                pages.setdefault(_NODES_OF[labels], []).append(properties)
            else:
                raise BundleError("a line names labels that no node has")

        def work(transaction: Transaction) -> None:
            for statement, rows in pages.items():
                transaction.run(statement, rows=rows)
            if head is not None:
                transaction.run("backup.put_head", properties=head)

        self._graph.write(work, command=draw_command(), act=ACT)

    def put_links(self, lines: Iterable[bytes]) -> None:
        """Make the links of these lines, in one transaction; raises BundleError: a line is none of `list_links`."""
        pages: dict[str, list[Row]] = {}
        for line in lines:
            told = _read(line)
            properties = _untold(told["properties"])
            if told["type"] == RECORDED:
                row = {"event": told["source"], "node": told["target"], **properties}
            else:
                row = {"source": told["source"], "target": told["target"], "properties": properties}
            pages.setdefault(_link_statement(told["type"], told["from"], told["to"]), []).append(row)

        def work(transaction: Transaction) -> None:
            for statement, rows in pages.items():
                transaction.run(statement, rows=rows)

        self._graph.write(work, command=draw_command(), act=ACT)

    def _properties(self, label: str) -> Iterator[Row]:
        return (row["properties"] for row in self._rows(label))

    def _rows(self, label: str) -> Iterator[Row]:
        return (row for page in self._pages(label) for row in page)

    def _pages(self, label: str) -> Iterator[list[Row]]:
        if label == HEAD:
            yield self._graph.read("backup.get_head")
            return
        statement = f"{'verify' if label in LABELS else 'backup'}.list_{label.lower()}"
        key, after = ("number", -1) if label == ACL_ENTRY else ("uid", "")
        while page := self._graph.read(statement, after=after, page=PAGE):
            yield page
            after = page[-1][key]


def _link_told(start: str, type_: str, end: str, link: Any) -> Row:
    _link_statement(type_, start, end)
    return {
        "type": type_,
        "source": link.source,
        "target": link.target,
        "from": start,
        "to": end,
        "properties": _told(link.properties),
    }


def _link_statement(type_: str, start: str, end: str) -> str:
    """raises  StoreError: no service makes such a link."""
    try:
        if type_ == RECORDED and start == EVENT and end in LABELS:
            return f"event.append_recorded_{end.lower()}"
        return link_statement(LinkType(type_), start, end)
    except ValueError:
        raise StoreError(f"a link {type_!r} joins {start} to {end}; run traceapp verify graph") from None


def _line(told: Row) -> bytes:
    try:
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise StoreError(f"a record holds a value that no service writes ({error}); run traceapp verify graph") from None


def _read(line: bytes) -> Row:
    try:
        told: Row = orjson.loads(line)
    except ValueError:
        raise BundleError("a line of the graph is none") from None
    return told


def _told(properties: Row) -> Row:
    return {
        name: {BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in properties.items()
        if value is not None
    }


def _untold(told: Row) -> Row:
    try:
        return {
            name: base64.b64decode(value[BYTES], validate=True) if isinstance(value, dict) else value
            for name, value in told.items()
        }
    except (KeyError, binascii.Error):
        raise BundleError("a line of the graph is none") from None
