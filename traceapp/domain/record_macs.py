"""What proves that a record stands in the store as the service wrote it; the keys for it live in `confidential`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from traceapp.domain.genealogy import Link
from traceapp.domain.kinds import TRACEABLE, NodeKind

SHARED_LABEL: Final = "Traceable"
LABEL_SETS: Final[Mapping[str, frozenset[str]]] = {
    kind.value: frozenset({kind.value, SHARED_LABEL} if kind in TRACEABLE else {kind.value}) for kind in NodeKind
}
"""Every label that a node of a kind carries."""
NODES: Final = "node"
EVENTS: Final = "event"
"""What the counter of records sums up."""
STATE_STAMPS: Final = ("hold=", "inspection_result=", "release_", "expiry_date=")
"""How the stamps begin that a lot's state is computed from; `cypher/trace/find_attributes.cypher` takes the same ones."""


class Marks(Enum):
    """Which mark a statement tells of its links."""

    PAIR = "pair"
    REPORT = "report"
    EITHER = "pair, else report"
    NONE = "none"


LinkProver = Callable[[str, Sequence[str] | None, Sequence[str], Sequence[Link], Sequence[Any]], list[int]]
"""(type, near ends, far ends, links, their MACs) → positions of the links that are not proven. near ends: None where each link
says its own.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """How many links an event made (RECORDED among them), and the sum of their digests, modulo 2^128, in whatever order."""

    count: int = 0
    digest: int = 0

    def __add__(self, other: "Made") -> "Made":
        return Made(self.count + other.count, (self.digest + other.digest) % (1 << 128))

    def __sub__(self, other: "Made") -> "Made":
        return Made(self.count - other.count, (self.digest - other.digest) % (1 << 128))


NOTHING_MADE: Final = Made()


class RecordMacs(Protocol):
    """One implementation, `confidential/record_mac.py`. A `proves_…` never raises: what cannot be checked is not proven."""

    def link(self, type_: str, source: str, target: str, properties: Mapping[str, Any]) -> bytes:
        """The MAC of a link as it will stand in the store; source and target are uids."""

    def proves_link(
        self, type_: str, source: str, target: str, told: Sequence[Any], mac: Any, head: int, marks: Marks = Marks.EITHER
    ) -> bool:
        """Whether a link of a walk is as it was written, as far as it is told (`domain/genealogy.py`), and live at the head."""

    def link_prover(self, head: int, *, marks: Marks, outward: bool) -> LinkProver:
        """`proves_link` for many links of one walk. outward: whether they lead away from their near end."""

    def proves_dead_link(self, type_: str, source: str, target: str, mac: Any, head: int) -> bool:
        """Whether a link was written as one that is not live at the head: recorded later, or void by then."""

    def proves_whole_link(self, type_: str, source: str, target: str, properties: Mapping[str, Any]) -> bool:
        """Whether a link with all its properties, `mac` among them, is as it was written."""

    def renewed_link(self, type_: str, source: str, target: str, before: Mapping[str, Any], voided_seq: int) -> bytes | None:
        """The MAC of a link that becomes void; None where it was not proven before: nothing is made good by writing it again."""

    def node(self, uid: str, kind: str, properties: Mapping[str, Any]) -> bytes:
        """The MAC of a node as it will stand in the store."""

    def renewed_node(self, uid: str, kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bytes | None:
        """The MAC of a node that is written again; what was not proven before stays unproven."""

    def proven_acl(self, uid: str, kind: str, labels: Iterable[str], mac: Any) -> int | None:
        """The acl number that the node was written with; None where uid, kind or labels are not those it was written with."""

    def acl_of(self, mac: bytes) -> int:
        """The acl number of a node of which `proven_acl` is known, that is: that one."""

    def written_at(self, mac: bytes) -> int:
        """The record sequence that a node of which `proven_acl` is known was first written with."""

    def projected_at(self, mac: bytes) -> int:
        """The record sequence that such a node was last written with."""

    def proves_shown(
        self, mac: bytes, number: str | None, product: str | None, identity: str | None, projected_seq: int | None = None
    ) -> bool:
        """Of a node whose `proven_acl` is known: whether what identifies it is as it was written; empty texts are none."""

    def proves_told(
        self,
        mac: bytes,
        acl: int,
        number: str,
        product: str,
        identity: str,
        projected_seq: int,
        described: bool,
        stated: Sequence[str],
        expiry_date: str,
    ) -> bool:
        """`proven_acl` and `proves_shown` of a node whose MAC is proven, with all that a trace tells of it.

        described, stated, expiry_date  what a lot's state is computed from.
        """

    def proves_names(self, mac: bytes, identity: bytes | None, name: str | bytes | None, country: str | None) -> bool:
        """Whether sealed identity, name and country are as they were written."""

    def proves_whole_node(self, uid: str, kind: str, labels: Iterable[str], properties: Mapping[str, Any]) -> bool:
        """Whether a node with all its properties is as it was written."""

    def event(self, properties: Mapping[str, Any], made: Made) -> bytes:
        """The MAC of an `:Event` as it will stand in the store."""

    def renewed_event(self, before: Mapping[str, Any], after: Mapping[str, Any], made: Made | None = None) -> bytes | None:
        """The MAC of an event that is written again. made: where it was a mere declaration and comes true."""

    def proves_event(self, labels: Iterable[str], properties: Mapping[str, Any]) -> bool:
        """Whether an event with all its properties is as it was written."""

    def made_by(self, mac: Any) -> Made | None:
        """What an event says that it made; None where its MAC has not even the form of one."""

    def recorded(self, event: str, label: str, node: str, act: str) -> bytes:
        """The MAC of a RECORDED link."""

    def proves_recorded(self, event: str, label: str, node: str, act: Any, mac: Any) -> bool:
        """Whether a RECORDED link is as it was written."""

    def made_link(self, type_: str, source: str, target: str, uid: str) -> Made:
        """What one link counts for in its event's `Made`; of RECORDED, uid is the act."""

    def present(self, kind: str, *numbers: int | str) -> Made:
        """What one record counts for in the sums that the counter of records keeps: an event, or a version of a node."""

    def row(self, label: str, row: Mapping[str, Any]) -> bytes:
        """The MAC of a record that is no part of the genealogy: an account, a token, a session, a grant.

        row  all its properties but `mac`, as the store keeps them. Whoever reads such a record calls `proves_row` and
             denies where it does not hold.
        """

    def proves_row(self, label: str, row: Mapping[str, Any]) -> bool:
        """Whether such a record, `mac` among its properties, is as it was written."""
