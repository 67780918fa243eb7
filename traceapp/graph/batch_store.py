"""One lot and what stands next to it: links of one step, each with the event that made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.rights import Rights
from traceapp.domain.scopes import SHARED, acl_number
from traceapp.graph.connection import Graph, Row
from traceapp.graph.record_head import whole

STEPS: Final = {Direction.FORWARD: "batch.list_links_forward", Direction.BACKWARD: "batch.list_links_backward"}
NOTHING_SHOWN: Final = {"far_shown": False} | dict.fromkeys(
    ("quantity", "unit", "event_time", "event_uid", "mark", "step", "role", "started_at", "ended_at")
)
"""What a link tells where the store would show an end that must not be shown."""
KINDS: Final = frozenset(kind.value for kind in NodeKind)
SHARED_BY_ALL: Final = acl_number([SHARED])


@dataclass(frozen=True, slots=True)
class StepLink:
    """One link of a node; near is the node that was asked about.

    far_shown  whether the other end may be shown. Unless both ends may, all below it is None.
    mark       pair of inputs and outputs, or who reports a shipment ("despatch", "receipt").
    """

    near: str
    type: LinkType
    far: str
    kind: NodeKind
    far_shown: bool
    quantity: Decimal | None
    unit: str | None
    event_time: datetime | None
    event_uid: str | None
    mark: str | None
    step: str | None
    role: str | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Workplace:
    """A machine, or an operator whose identity and name are sealed; projected_seq: newest record they stem from."""

    uid: str
    identity: bytes | None
    number: str | None
    name: bytes | str | None
    projected_seq: int


class BatchStore:
    """Rights and snapshot stand in every statement. Every method raises StoreError and its kinds."""

    def __init__(self, graph: Graph, checks: RecordChecks | None = None) -> None:
        self._graph = graph
        self._checks = checks or RecordChecks()

    def checked(self, checks: RecordChecks) -> "BatchStore":
        """The same store for one question, whose checks these are."""
        return BatchStore(self._graph, checks)

    def get_stored(self, uid: str, rights: Rights, head: int) -> Row:
        """Properties of a traceable thing, sealed ones as ciphertext; none where it is outside the rights or newer."""
        rows = self._graph.read("batch.get_stored", uid=uid, **rights.view, head=head)
        return dict(rows[0]["stored"]) if rows else {}

    def list_links(self, uids: Sequence[str], direction: Direction, rights: Rights, head: int) -> list[StepLink]:
        """Live links of traceable nodes in one direction, per node the earliest first."""
        return self._links(STEPS[direction], uids, rights, head, outward=direction is Direction.FORWARD)

    def list_links_of_orders(self, uids: Sequence[str], rights: Rights, head: int) -> list[StepLink]:
        """Who ordered."""
        return self._links("batch.list_links_of_orders", uids, rights, head, outward=True)

    def list_equipment(self, uids: Sequence[str], rights: Rights) -> list[Workplace]:
        """Machines by uid; those outside the rights are absent."""
        rows = self._graph.read("batch.list_equipment", uids=list(uids), **rights.view) if uids else []
        rows = [row for row in rows if self._may_show(row, NodeKind.EQUIPMENT, rights)]
        for row in rows:
            self._checks.part(row["uid"], partial(_proves_machine, row))
        return [Workplace(row["uid"], None, row["number"], row["name"], row["projected_seq"]) for row in rows]

    def list_operators(self, uids: Sequence[str], rights: Rights) -> list[Workplace]:
        """Operators by uid, sealed; those outside the rights are absent."""
        rows = self._graph.read("batch.list_operators", uids=list(uids), **rights.view) if uids else []
        rows = [whole(row) for row in rows if self._may_show(row, NodeKind.OPERATOR, rights)]
        for row in rows:
            self._checks.part(row["uid"], partial(_proves_operator, row))
        return [
            Workplace(
                row["uid"],
                row["identity"],
                None,
                row["name"],
                row["projected_seq"],
            )
            for row in rows
        ]

    def speaks_within(self, event_uid: str, rights: Rights) -> bool:
        """Whether an event is recorded of something that may be shown and is not merely shared by everybody."""
        rows = self._graph.read("batch.count_recorded", uid=event_uid, **rights.view, shared=SHARED_BY_ALL)
        return bool(rows[0]["things"])

    def _links(self, statement: str, uids: Sequence[str], rights: Rights, head: int, *, outward: bool) -> list[StepLink]:
        if not uids:
            return []
        rows = self._graph.read(statement, uids=list(uids), **rights.view, head=head)
        live = [row for row in rows if row["live"] is True and self._is_told(row, rights)]
        self._checks.dead(
            ((row["far"], row["type"], [(row["near"], row["mac"])]) for row in rows if row["live"] is not True),
            head,
            outward=outward,
        )
        return [_link(row if self._check(row, rights, head, outward=outward) else {**row, **NOTHING_SHOWN}) for row in live]

    def _is_told(self, row: Row, rights: Rights) -> bool:
        """Whether a link is told at all: where the answer ends with the view, none to what lies beyond. That it lies there is
        proven all the same, so that nobody hides a node by its acl.
        """
        if not rights.stops or row["far_shown"]:
            return True
        self._checks.may_show(row["far"], row["kind"], row["labels"], row["far_mac"], False, rights)
        return False

    def _check(self, row: Row, rights: Rights, head: int, *, outward: bool) -> bool:
        """Check a link and its other end; whether both ends may be shown.

        An end that does not say what it is, goes by its label and is told by its name alone, as something that was changed.
        """
        checks, near, far = self._checks, row["near"], row["far"]
        source, target = (near, far) if outward else (far, near)
        if row["whole"] is None:
            checks.link(row["type"], source, target, [near], row["mac"], head)
        else:
            checks.whole_link(row["type"], source, target, whole(row["whole"]))
        checks.may_show(far, row["kind"], row["labels"], row["far_mac"], row["far_shown"], rights)
        if row["kind"] not in KINDS:
            row["kind"] = next((label for label in row["labels"] if label in KINDS), None)
            return False
        return far not in checks.secret and near not in checks.secret

    def _may_show(self, row: Row, kind: NodeKind, rights: Rights) -> bool:
        return self._checks.may_show(row["uid"], kind, row["labels"], row["mac"], True, rights)


def _proves_machine(row: Row, macs: RecordMacs, mac: bytes) -> bool:
    shown = macs.proves_shown(mac, row["number"], None, row["identity"], row["projected_seq"])
    return shown and macs.proves_names(mac, None, row["name"], None)


def _proves_operator(row: Row, macs: RecordMacs, mac: bytes) -> bool:
    return macs.proves_names(mac, row["identity"], row["name"], None)


def _link(row: Row) -> StepLink:
    return StepLink(
        near=row["near"],
        type=LinkType(row["type"]),
        far=row["far"],
        kind=NodeKind(row["kind"]),
        far_shown=row["far_shown"],
        quantity=Decimal(row["quantity"]) if row["quantity"] is not None else None,
        unit=row["unit"],
        event_time=_time(row["event_time"]),
        event_uid=row["event_uid"],
        mark=row["mark"],
        step=row["step"],
        role=row["role"],
        started_at=_time(row["started_at"]),
        ended_at=_time(row["ended_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return parse_stored_time(text) if text is not None else None
