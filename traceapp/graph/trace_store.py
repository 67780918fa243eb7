"""Questions to the genealogy: next links of a frontier in one row, and what identifies the nodes at the end.

Rights and snapshot stand in every statement: of a node outside the rights only uid, kind, labels and record MAC leave the
store, and of its links neither quantity nor time nor pair. Whatever leaves it is checked (`domain/record_checks.py`) before
anybody reads it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from traceapp.domain.certainty import Sides
from traceapp.domain.genealogy import Bundle, Exit, Expansion
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.record_macs import Marks, RecordMacs
from traceapp.domain.rights import Rights
from traceapp.graph.connection import Graph, Row
from traceapp.graph.event_rows import LABELS
from traceapp.graph.record_head import MAC, whole

CHUNK: Final = 10_000
"""Uids a statement is asked about at once."""
PLAIN_ENDS: Final = {
    NodeKind.LOCATION: "trace.find_location_attributes",
    NodeKind.ORDER: "trace.find_order_attributes",
    NodeKind.DISPOSAL: "trace.find_disposal_attributes",
    NodeKind.PRODUCT: "trace.find_product_attributes",
    NodeKind.EQUIPMENT: "trace.find_equipment_attributes",
}

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD
BEYOND: Final = {FORWARD: LinkType.PRODUCED.value, BACKWARD: LinkType.CONSUMED_IN.value}
"""Type of the links on the other side of a transformation."""
SEEDS: Final = {
    "trace.find_traceable_seeds": True,
    "trace.find_equipment_seeds": False,
    "trace.find_operator_seeds": False,
}
"""Statements that find a seed → whether there are parties among what they find."""


@dataclass(slots=True)
class NodeColumns:
    """What identifies traceable nodes, as columns of one length; an empty text stands for "none"."""

    uid: list[str]
    kind: list[str]
    number: list[str]
    product: list[str]
    identity: list[str]
    acl: list[int]
    described: list[bool]
    projected_seq: list[int]
    stated: list[list[str]]
    expiry_date: list[str]

    def __len__(self) -> int:
        return len(self.uid)


@dataclass(frozen=True, slots=True)
class StoredName:
    """Sealed identity of a material or party, with the party's sealed name and plain country."""

    uid: str
    kind: NodeKind
    identity: bytes
    name: bytes | None
    country: str | None


@dataclass(frozen=True, slots=True)
class PlainEnd:
    """A location, order, disposal, product or machine at the end of a link."""

    uid: str
    number: str
    identity: str
    acl: int
    projected_seq: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a look-up key leads to. By a plain number it has a plain identity, by a blind index a sealed one; by the number of a
    receipt neither, and `received` says whether that receipt is proven.
    """

    uid: str
    kind: NodeKind
    identity: str | None
    sealed: bytes | None
    received: bool


class TraceStore:
    """One statement of `cypher/trace` per method, cut into chunks; no method changes anything.

    frontier  uids, each once.   head  record sequence asked about.
    raises    StoreUnavailableError, StoreTimeoutError and the other kinds of StoreError, from every method.
    """

    def __init__(self, graph: Graph, checks: RecordChecks | None = None) -> None:
        self._graph = graph
        self._checks = checks or RecordChecks()

    def checked(self, checks: RecordChecks) -> "TraceStore":
        """The same store for one question, whose checks these are."""
        return TraceStore(self._graph, checks)

    def settle(self) -> None:
        """Check what is left to be checked of the links that `expand_forward` and `expand_backward` returned.

        They are checked while the store works on the next step of a walk; whoever reads more of a link than its near end and
        mark calls this before.
        """
        self._checks.settle()

    def expand_forward(self, frontier: Sequence[str], wide: Sequence[str], rights: Rights, head: int) -> Expansion:
        """Where lots go next: through transformations, to other lots, to the ends of the walk. wide: see `domain/walk.py`."""
        return self._walk("trace.expand_forward", frontier, wide, rights, head, FORWARD)

    def expand_backward(self, frontier: Sequence[str], wide: Sequence[str], rights: Rights, head: int) -> Expansion:
        """Where lots come from, suppliers and returns among it."""
        return self._walk("trace.expand_backward", frontier, wide, rights, head, BACKWARD)

    def expand_outputs(self, passages: Sequence[str], rights: Rights, head: int) -> list[Exit]:
        """What came out of transformations, with quantity and time."""
        return self._exits("trace.expand_outputs", passages, rights, head, FORWARD)

    def expand_inputs(self, passages: Sequence[str], rights: Rights, head: int) -> list[Exit]:
        """What went into transformations."""
        return self._exits("trace.expand_inputs", passages, rights, head, BACKWARD)

    def expand_holders(self, frontier: Sequence[str], rights: Rights, head: int) -> list[Bundle]:
        """Upwards from containers and shipments: holders, shipments, parties."""
        return self._expand("trace.expand_holders", frontier, rights, head, True, Marks.REPORT)

    def expand_contents(self, frontier: Sequence[str], rights: Rights, head: int) -> list[Bundle]:
        """Downwards from a container, shipment or party that is a seed; `far` is what lies in it."""
        return self._expand("trace.expand_contents", frontier, rights, head, False, Marks.REPORT)

    def expand_supplied(self, frontier: Sequence[str], rights: Rights, head: int) -> list[Bundle]:
        """What parties that are seeds supplied."""
        return self._expand("trace.expand_supplied", frontier, rights, head, True, Marks.NONE)

    def expand_returns(self, frontier: Sequence[str], rights: Rights, head: int) -> list[Bundle]:
        """Shipments that brought lots back, and the parties that sent them."""
        return self._expand("trace.expand_returns", frontier, rights, head, False, Marks.NONE)

    def expand_orders(self, frontier: Sequence[str], rights: Rights, head: int) -> list[Bundle]:
        """Who ordered."""
        return self._expand("trace.expand_orders", frontier, rights, head, True, Marks.NONE)

    def expand_runs(self, frontier: Sequence[str], rights: Rights, head: int, first: str, last: str) -> list[Bundle]:
        """What ran on equipment between two stored times."""
        return self._expand("trace.expand_runs", frontier, rights, head, False, Marks.NONE, time_from=first, time_to=last)

    def expand_works(self, frontier: Sequence[str], rights: Rights, head: int, first: str, last: str) -> list[Bundle]:
        """What operators worked on between two stored times."""
        return self._expand("trace.expand_works", frontier, rights, head, False, Marks.NONE, time_from=first, time_to=last)

    def count_sides(self, transformations: Sequence[str], rights: Rights, head: int) -> dict[str, Sides]:
        """Inputs and outputs of transformations; one without either is not in the answer. One that was hidden is named.

        What is withheld is counted where the walk goes through it; where the walk stops, it makes a side that is not whole.
        """
        found: dict[str, Sides] = {}
        for chunk in _chunks(transformations):
            row = self._graph.read("trace.count_sides", frontier=chunk, **rights.way, head=head)[0]
            told = zip(row["uid"], row["inputs"], row["outputs"], row["whole"], strict=True)
            found |= {uid: Sides(inputs, outputs, whole) for uid, inputs, outputs, whole in told}
            for side, type_, outward in (("dead_inputs", LinkType.CONSUMED_IN, False), ("dead_outputs", LinkType.PRODUCED, True)):
                rows = ((far, type_.value, [(near, mac)]) for of_one in row[side] for near, far, mac in of_one)
                self._checks.dead(rows, head, outward=outward)
        return found

    def find_emptied(self, containers: Sequence[str], rights: Rights, head: int) -> dict[str, list[str]]:
        """Container → stored times at which everything was taken out."""
        found: dict[str, list[str]] = {}
        for chunk in _chunks(containers):
            row = self._graph.read("trace.find_emptied", frontier=chunk, **rights.view, head=head)[0]
            for uid, event, event_time, mac in row["emptied"]:
                if uid in self._checks.secret:
                    continue
                self._checks.link(LinkType.EMPTIED, event, uid, [event, None, None, None, event_time], mac, head)
                found.setdefault(uid, []).append(event_time)
        return found

    def find_seeds(self, uids: Sequence[str], rights: Rights, head: int) -> dict[str, NodeKind]:
        """Those that exist and may be shown; the others are absent, whichever of the two it is.

        A party belongs to nobody: it is shown to whoever sees something that it supplied, got, used, sent back or ordered.
        """
        found: dict[str, NodeKind] = {}
        for name, more in SEEDS.items():
            wanted = [uid for uid in uids if uid not in found]
            if wanted:
                told = {"head": head, "everywhere": rights.everywhere} if more else {}
                rows = self._graph.read(name, uids=wanted, **rights.view, **told)
                found |= self._shown_kinds(rows, rights, head)
        return found

    def find_numbered(self, number_key: str, indexes: Sequence[str], rights: Rights, head: int) -> list[Numbered]:
        """Everything that a printed number leads to, by whatever way it is looked up; parties as for `find_seeds`.

        One thing is found once for each way that leads to it. Whether it carries the number is for the caller to say: the key
        that led to it is no part of what `may_show` proves.
        """
        rows = self._graph.read(
            "trace.find_numbered",
            number_key=number_key,
            indexes=list(indexes),
            **rights.view,
            head=head,
            everywhere=rights.everywhere,
        )
        kinds = self._shown_kinds(rows, rights, head)
        return [self._numbered(row, kinds[row["uid"]]) for row in rows if row["uid"] in kinds]

    def _numbered(self, row: Row, kind: NodeKind) -> Numbered:
        """received only where the receipt is as it was written, and recorded of this material."""
        received = row["event"] is not None and self._checks.receipt(whole(row["event"]), row["uid"], row["act"], row["act_mac"])
        return Numbered(row["uid"], kind, row["identity"], _bytes(row["sealed"]), received)

    def find_attributes(self, uids: Sequence[str], rights: Rights) -> NodeColumns:
        """What identifies traceable nodes, of those that may be shown."""
        columns: dict[str, list[Any]] = {name: [] for name in NodeColumns.__slots__}
        for chunk in _chunks(uids):
            row = self._graph.read("trace.find_attributes", uids=chunk, **rights.view)[0]
            shown = self._checks.columns(row, rights)
            for name, column in columns.items():
                column += row[name] if shown is None else [row[name][position] for position in shown]
        return NodeColumns(**columns)

    def find_sealed_names(self, uids: Sequence[str], rights: Rights) -> list[StoredName]:
        """Sealed identities of materials and parties, of those that may be shown."""
        found = [
            StoredName(row["uid"], NodeKind(row["kind"]), _bytes(row["identity"]), _bytes(row["name"]), row["country"])
            for chunk in _chunks(uids)
            for row in self._graph.read("trace.find_sealed_names", uids=chunk, **rights.view)
        ]
        for one in found:
            self._checks.part(one.uid, partial(_proves_names, one))
        return [one for one in found if one.uid not in self._checks.secret]

    def find_plain_ends(self, kind: NodeKind, uids: Sequence[str], rights: Rights) -> list[PlainEnd]:
        """Ends of one kind of `PLAIN_ENDS`, of those that may be shown."""
        found = []
        for chunk in _chunks(uids):
            for row in self._graph.read(PLAIN_ENDS[kind], uids=chunk, **rights.view):
                if self._checks.may_show(row["uid"], row["kind"], row["labels"], row["mac"], True, rights):
                    end = PlainEnd(row["uid"], row["number"], row["identity"], row["acl"], row["projected_seq"])
                    self._checks.part(end.uid, partial(_proves_end, end))
                    found.append(end)
        return found

    def find_stored(self, kind: NodeKind, uids: Sequence[str], rights: Rights) -> dict[str, Row]:
        """By uid all that is stored of things of one kind that may be shown, sealed values as ciphertext."""
        found: dict[str, Row] = {}
        for chunk in _chunks(uids):
            for row in self._graph.read(f"trace.find_stored_{LABELS[kind].lower()}", uids=chunk, **rights.view):
                stored = whole(row["stored"])
                if self._checks.may_show(row["uid"], row["kind"], row["labels"], stored.get(MAC), True, rights):
                    self._checks.whole_node(row["uid"], row["kind"], row["labels"], stored)
                    found[row["uid"]] = stored
        return found

    def find_twins(self, lots: Sequence[str], rights: Rights, head: int) -> list[tuple[str, str, str, str]]:
        """(uid, identity, uid of another lot with the same printed number, its identity)."""
        return [
            (row["uid"], row["identity"], row["twin"], row["twin_identity"])
            for chunk in _chunks(lots)
            for row in self._graph.read("trace.find_twins", uids=chunk, **rights.view)
            if self._checks.may_show(row["twin"], row["kind"], row["labels"], row["mac"], True, rights)
            and self._checks.known_at(row["twin"], row["record_seq"], head)
        ]

    def _shown_kinds(self, rows: Sequence[Row], rights: Rights, head: int) -> dict[str, NodeKind]:
        """Of nodes that a seed means, those that may be shown and were known at the head. To whoever sees every site the store
        tells of those as well that their acl hides from everybody, which is not as the service wrote it.
        """
        return {
            row["uid"]: NodeKind(row["kind"])
            for row in rows
            if self._checks.may_show(row["uid"], row["kind"], row["labels"], row["mac"], bool(row.get("shown", True)), rights)
            and self._checks.known_at(row["uid"], row["record_seq"], head)
        }

    def _walk(
        self, name: str, frontier: Sequence[str], wide: Sequence[str], rights: Rights, head: int, direction: Direction
    ) -> Expansion:
        found = Expansion()
        outward = direction is FORWARD
        for chunk in _chunks(frontier):
            params = {"frontier": chunk, "wide": list(wide), **rights.way, "head": head}
            row = self._graph.read_while(self._checks.settle, name, params)[0]
            marks = Marks.EITHER if outward else Marks.PAIR
            bundles = self._checks.bundles(row["bundles"], rights, head, outward=outward, marks=marks)
            exits = self._checks.exits(row["exits"], BEYOND[direction], rights, head, outward=outward)
            self._checks.dead(row["dead"], head, outward=outward)
            self._checks.dead(_turned(row["gone"], BEYOND[direction]), head, outward=outward)
            found.extend(Expansion(bundles, row["opened"], exits))
        return found

    def _exits(self, name: str, passages: Sequence[str], rights: Rights, head: int, direction: Direction) -> list[Exit]:
        found: list[Exit] = []
        for chunk in _chunks(passages):
            row = self._graph.read(name, frontier=chunk, **rights.view, head=head)[0]
            found += self._checks.exits(row["exits"], BEYOND[direction], rights, head, outward=direction is FORWARD)
            self._checks.settle()
            self._checks.dead(_turned(row["dead"], BEYOND[direction]), head, outward=direction is FORWARD)
        return found

    def _expand(
        self, name: str, frontier: Sequence[str], rights: Rights, head: int, outward: bool, marks: Marks, **times: str
    ) -> list[Bundle]:
        found: list[Bundle] = []
        for chunk in _chunks(frontier):
            row = self._graph.read(name, frontier=chunk, **rights.view, head=head, **times)[0]
            found += self._checks.bundles(row["bundles"], rights, head, outward=outward, marks=marks)
            self._checks.settle()
            self._checks.dead(row["dead"], head, outward=outward)
        return found


def _turned(rows: Iterable[Sequence[Any]], type_: str) -> Iterator[tuple[str, str, list[tuple[str, Any]]]]:
    """Links of transformations (transformation, far, MACs) as those of a frontier: far, type, (near, MAC)."""
    for passage, far, macs in rows:
        yield far, type_, [(passage, mac) for mac in macs]


def _chunks(uids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(uids), CHUNK):
        yield list(uids[start : start + CHUNK])


def _proves_names(name: StoredName, macs: RecordMacs, mac: bytes) -> bool:
    return macs.proves_names(mac, name.identity, name.name, name.country)


def _proves_end(end: PlainEnd, macs: RecordMacs, mac: bytes) -> bool:
    return macs.acl_of(mac) == end.acl and macs.proves_shown(mac, end.number, None, end.identity, end.projected_seq)


def _bytes(value: Any) -> Any:
    """A ciphertext as bytes; what is none is left to whoever opens it."""
    return bytes(value) if isinstance(value, bytearray) else value
