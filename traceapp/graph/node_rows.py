"""Nodes as rows of the store: read, merge with what new events say, seal, write back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from traceapp.domain.events import PropertyValue
from traceapp.domain.identifiers import Identity, number_key
from traceapp.domain.kinds import INDEXED_IDENTITIES, LOTS, SEALED_IDENTITIES, NodeKind
from traceapp.domain.places import PlaceMap
from traceapp.domain.projection import Claim, Loss, Projection, project, restore, withdraw
from traceapp.domain.record_macs import NODES, Made
from traceapp.domain.sealing import Sealer
from traceapp.graph.connection import Row, Transaction
from traceapp.graph.event_rows import LABELS, PreparedEvent, acl_of, open_payload
from traceapp.graph.record_head import oldest_key_of, whole

RECEIPT_NUMBER: Final = "number"
"""Of a Material: our own receipt number, plain, of the latest receipt."""
FIRST: Final = 1
"""The version of a node that is new."""
PAGE: Final = 50
PAYLOADS: Final = 500


@dataclass(frozen=True, slots=True)
class SealedNode:
    """Stored values of some properties of one node, each good for the stamp it was sealed for and for the first version."""

    stamps: Mapping[str, str]
    stored: Mapping[str, Any]
    identity: bytes | None = None


@dataclass(slots=True)
class NodeState:
    """One node during a group: its projection, and what the store knows of it."""

    kind: NodeKind
    projection: Projection
    version: int = 0


def seal_ahead(events: Iterable[PreparedEvent], sealer: Sealer, known: Mapping[str, None]) -> dict[str, SealedNode]:
    """Seal before the transaction what a group will most likely write.

    known  uids of nodes that exist for sure.
    """
    claims: dict[str, list[Claim]] = {}
    identities: dict[str, tuple[Identity, NodeKind]] = {}
    for event in events:
        identities.update(event.identities)
        for claim in event.claims:
            claims.setdefault(claim.node_uid, []).append(claim)
    ahead = {}
    for uid, (identity, kind) in identities.items():
        if uid in known:  # of which version it is, the transaction alone can tell
            continue
        projection = project(claims.get(uid, ()))
        if projection.values or kind in SEALED_IDENTITIES:
            ahead[uid] = _seal(kind, uid, projection.values, projection.stamps, identity, sealer, FIRST)
    return ahead


def _seal(
    kind: NodeKind,
    uid: str,
    values: Mapping[str, PropertyValue],
    stamps: Mapping[str, str],
    identity: Identity | None,
    sealer: Sealer,
    version: int,
) -> SealedNode:
    stored: dict[str, Any] = {}
    told = dict(values)
    if kind is NodeKind.MATERIAL and RECEIPT_NUMBER in told:
        stored[RECEIPT_NUMBER] = told.pop(RECEIPT_NUMBER)
    sealed_identity = None
    if identity is not None and kind in SEALED_IDENTITIES:
        told["identity"] = identity.text
    if told:
        record = sealer.seal(kind.value, uid, told, version)
        stored |= record.plain
        stored |= record.sealed
        if "identity" in told:
            sealed_identity = stored.pop("identity")
    return SealedNode({name: stamps[name] for name in values}, stored, sealed_identity)


@dataclass(slots=True)
class NodeGroup:
    """The nodes that one group of events touches; lives inside one transaction.

    places  by which everything is read and written: what events and nodes say of a place that was moved is said of the new one.
    """

    transaction: Transaction
    sealer: Sealer
    ahead: Mapping[str, SealedNode]
    identities: Mapping[str, tuple[Identity, NodeKind]]
    places: PlaceMap
    states: dict[str, NodeState] = field(default_factory=dict)

    def read(self, kinds: Mapping[str, NodeKind]) -> None:
        """Read what the store holds of these nodes (uid → kind); the others begin empty."""
        by_label: dict[str, list[str]] = {}
        for uid, kind in kinds.items():
            by_label.setdefault(LABELS[kind], []).append(uid)
        for label, uids in by_label.items():
            for columns in self.transaction.run(f"event.find_{label.lower()}", uids=uids):
                for uid, kind, described, scopes, mentioned, stated, version in zip(*columns.values(), strict=True):
                    projection = Projection.stored(described, self.places.texts(scopes), self.places.texts(mentioned), stated)
                    self.states[uid] = NodeState(NodeKind(kind), projection, version)
        for uid, kind in kinds.items():
            if uid not in self.states:
                self.states[uid] = NodeState(kind, Projection())

    def withdraw(self, claims: Iterable[Claim], record_seq: int) -> None:
        """Take back what events claimed that became void; the store marks them as void already.

        record_seq  the last one of the group.
        """
        by_node: dict[str, list[Claim]] = {}
        for claim in claims:
            by_node.setdefault(claim.node_uid, []).append(claim.placed(self.places))
        losses = {uid: withdraw(self.states[uid].projection, taken) for uid, taken in by_node.items()}
        self._restore_recorded({uid: loss for uid, loss in losses.items() if not loss.is_settled})
        self._restore_mentions({uid: loss for uid, loss in losses.items() if loss.mentioned}, record_seq)

    def add(self, claims: Iterable[Claim]) -> None:
        """Merge the claims of new live events."""
        for claim in claims:
            self.states[claim.node_uid].projection.add(claim.placed(self.places))

    def write(self, record_seq: int) -> Made:
        """Write new nodes and changed projections; returns what that adds to the sum of the nodes' versions.

        record_seq  the last one of the group.
        """
        new: dict[NodeKind, list[Row]] = {}
        changed: dict[str, list[Row]] = {}
        added = Made()
        macs = self.sealer.macs
        stood = self._whole([uid for uid, state in self.states.items() if state.version and state.projection.changed])
        for uid, state in self.states.items():
            if state.version == 0:
                new.setdefault(state.kind, []).append(self._whole_row(uid, state, record_seq))
                added += macs.present(NODES, uid, FIRST)
            elif state.projection.changed:
                row = self._changed_row(uid, state, stood[uid], record_seq)
                changed.setdefault(LABELS[state.kind], []).append({"uid": uid, "properties": row})
                added += macs.present(NODES, uid, state.version + 1) - macs.present(NODES, uid, state.version)
        for kind, rows in new.items():
            self.transaction.run(f"event.append_{kind.value.lower()}", rows=rows)
        for label, rows in changed.items():
            self.transaction.run(f"event.put_{label.lower()}", rows=rows)
        return added

    def scopes(self) -> dict[int, frozenset[str]]:
        """The sets behind the acl numbers that this group writes."""
        sets = {
            frozenset(scope.text for scope in state.projection.acl_scopes(state.kind))
            for state in self.states.values()
            if state.projection.changed or not state.version
        }
        return {acl_of(texts): texts for texts in sets}

    def _whole_row(self, uid: str, state: NodeState, record_seq: int) -> Row:
        identity, _ = self.identities[uid]
        kind = state.kind
        row = self._changes(uid, state, record_seq, identity)
        row |= {"uid": uid, "kind": kind.value, "record_seq": record_seq}
        if kind not in SEALED_IDENTITIES and not identity.is_unnamed:
            row |= {"identity": identity.text, "number": identity.number, "number_key": number_key(identity.number)}
        elif kind in INDEXED_IDENTITIES:
            row["number_index"] = self.sealer.number_index(kind.value, identity.number)
        if kind in LOTS:
            row["product"] = identity.product
        row["oldest_key"] = oldest_key_of(row)
        row["mac"] = self.sealer.macs.node(uid, kind.value, row)
        return row

    def _changed_row(self, uid: str, state: NodeState, stood: Row, record_seq: int) -> Row:
        row = self._changes(uid, state, record_seq)
        after = stood | row
        row["oldest_key"] = oldest_key_of(after)
        row["mac"] = self.sealer.macs.renewed_node(uid, state.kind.value, stood, after)
        return row

    def _whole(self, uids: list[str]) -> dict[str, Row]:
        """All properties of known nodes, by uid."""
        found: dict[str, Row] = {}
        for label, mine in self._by_label(uids).items():
            for row in self.transaction.run(f"event.find_whole_{label.lower()}", uids=mine):
                found[row["uid"]] = whole(row["properties"])
        return found

    def _changes(self, uid: str, state: NodeState, record_seq: int, identity: Identity | None = None) -> Row:
        projection = state.projection
        row: Row = dict.fromkeys(projection.dropped)
        wanted = {name: value for name, value in projection.values.items() if name in projection.stamps}
        ahead = self.ahead.get(uid) if state.version == 0 else None
        if ahead is not None:
            for name, by in ahead.stamps.items():
                if projection.stamps.get(name) == by and name in wanted:
                    row[name] = ahead.stored[name]
                    del wanted[name]
            if identity is not None and ahead.identity is not None:
                row["identity"] = ahead.identity
                identity = None
        if wanted or (identity is not None and state.kind in SEALED_IDENTITIES):
            sealed = _seal(state.kind, uid, wanted, projection.stamps, identity, self.sealer, state.version + 1)
            row |= sealed.stored
            if sealed.identity is not None:
                row["identity"] = sealed.identity
        return row | {
            "described": projection.described,
            "scopes": sorted(projection.scopes),
            "mentioned": sorted(projection.mentioned),
            "stated": projection.stated,
            "acl": projection.acl(state.kind),
            "projected_seq": record_seq,
            "version": state.version + 1,
        }

    def _restore_recorded(self, losses: dict[str, Loss]) -> None:
        skipped = 0
        while losses:
            seen: set[str] = set()
            for label, uids in self._by_label(losses).items():
                for row in self.transaction.run(f"event.expand_recorded_{label.lower()}", uids=uids, skipped=skipped, page=PAGE):
                    uid = row["node"]
                    seen.add(uid)
                    for claim in open_payload(row, self.sealer).claims:
                        if claim.node_uid == uid and not losses[uid].is_settled:
                            restore(self.states[uid].projection, losses[uid], claim.placed(self.places))
            losses = {uid: loss for uid, loss in losses.items() if uid in seen and not loss.is_settled}
            skipped += PAGE

    def _restore_mentions(self, losses: dict[str, Loss], head: int) -> None:
        for label, uids in self._by_label(losses).items():
            for row in self.transaction.run(f"event.expand_mentions_{label.lower()}", uids=uids, head=head):
                uid, events = row["node"], row["events"]
                for start in range(0, len(events), PAYLOADS):
                    if losses[uid].mentioned:
                        self._restore_from(uid, losses[uid], events[start : start + PAYLOADS])

    def _restore_from(self, uid: str, loss: Loss, events: list[str]) -> None:
        for row in self.transaction.run("event.find_payloads", uids=events):
            if row["void"] or row["payload"] is None:
                continue
            for claim in open_payload(row, self.sealer).claims:
                if claim.node_uid == uid and not claim.described:
                    restore(self.states[uid].projection, loss, claim.placed(self.places))

    def _by_label(self, uids: Iterable[str]) -> dict[str, list[str]]:
        by_label: dict[str, list[str]] = {}
        for uid in uids:
            by_label.setdefault(LABELS[self.states[uid].kind], []).append(uid)
        return by_label
