"""Is every record in the store as the service wrote it, and is each of them still there?

Four passes. Nodes with the links that leave them: each by its MAC, each ciphertext by opening it. Events: each by its MAC, with
count and sum of the links that it made, against those that were found. Then the counter of records, against the sums that the
ledger holds of it. Last, the rows that decide rights (`verify_rows.py`). What was found so far is kept in
`HOME/verify/graph.sqlite`, page by page, so that a sweep that was killed goes on where it was.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from traceapp.domain.errors import KeyUnavailableError, SealBrokenError
from traceapp.domain.event_payload import EventPayload, read_payload
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.projection import stamp
from traceapp.domain.record_macs import EVENTS, NODES, NOTHING_MADE
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.event_rows import LABELS as LABEL_OF
from traceapp.graph.head_store import EMPTY
from traceapp.graph.record_groups import gaps
from traceapp.graph.record_head import LABEL as COUNTER
from traceapp.graph.record_head import oldest_key_of
from traceapp.graph.sweep_notes import FoundLinks, SweepNotes, SweepState
from traceapp.graph.sweep_store import EVENT, LABELS, SweepStore, SweptLink, SweptNode
from traceapp.ledger.reading import last_stated_counter
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.keys.verify_rows import check_rows
from traceapp.usecases.stations import Stations

FOLDER: Final = "verify"
FILE: Final = "graph.sqlite"
PAGE: Final = 1_000
RECORDED: Final = "RECORDED"
NAMED_ON_RECORD: Final = 100
"""Findings that the ledger's record names; it counts all of them."""
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class GraphVerdict:
    """findings: one sentence each, sorted; empty where all is well. records: how many nodes, events and rows were looked at."""

    records: int
    links: int
    findings: tuple[str, ...]
    moved: bool
    """Whether records were added meanwhile, so that the counter could not be compared with what was found."""


def verify_graph(stations: Stations, actor: Actor, progress: Progress) -> Recorded[GraphVerdict]:
    """Check all there is, or go on with a sweep that was broken off; on record when it is done.

    progress  called with the share done, 0 to 1.
    raises    PermissionDeniedError; KeyUnavailableError; LedgerUnavailableError; StoreError and its kinds: run it again.
    """
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    path = stations.settings.home / FOLDER / FILE
    with SweepNotes.open(path) as notes:
        verdict = _Sweep(stations, SweepStore(stations.graph), notes, progress).run()
    result = {
        "records": verdict.records,
        "links": verdict.links,
        "findings": len(verdict.findings),
        "named": list(verdict.findings[:NAMED_ON_RECORD]),
    }
    recorded = stations.ledger.record(verdict, entry(stations, actor, Act.GRAPH_VERIFY, "answered", result=result))
    path.unlink()
    return recorded


@dataclass(slots=True)
class _Sweep:
    stations: Stations
    store: SweepStore
    notes: SweepNotes
    progress: Progress

    def run(self) -> GraphVerdict:
        macs = self.stations.sealer.macs
        state = self.notes.state() or SweepState(self.store.get_head(macs).seq)
        while state.label < len(LABELS):
            label = LABELS[state.label]
            page = self.store.list_nodes(label, state.after, PAGE)
            with self.notes.page(state):
                if page:
                    self._check_page(label, page, state)
                    state.after = page[-1].uid
                else:
                    state.label, state.after = state.label + 1, ""
            self.progress(min((state.label + int(state.after[:4] or "0", 16) / 65536) / len(LABELS), 0.99))
        self._check_groups(state.head)
        moved = self._check_sums(state)
        sets = self.stations.acls.faults()
        for fault, numbers in (("gone", sets.gone), ("changed", sets.changed)):
            for number in numbers:
                self.notes.find(f"{fault}: AclEntry {number}")
        rows, faults = check_rows(self.stations, self.store)
        for fault in faults:
            self.notes.find(fault)
        self.progress(1.0)
        return GraphVerdict(state.records + rows, state.links, self.notes.findings(), moved)

    def _check_page(self, label: str, page: list[SweptNode], state: SweepState) -> None:
        check = self._check_event if label == EVENT else self._check_node
        links = list(self.store.list_links(label, [node.uid for node in page]))
        for link in links:
            state.links += self._check_link(link, state)
        for node in page:
            if _known(node.properties.get("record_seq"), state.head):
                state.records += 1
                check(node, state)

    def _check_node(self, node: SweptNode, state: SweepState) -> None:
        properties, sealer = node.properties, self.stations.sealer
        kind, version = properties.get("kind"), properties.get("version")
        state.nodes += sealer.macs.present(NODES, node.uid, version if isinstance(version, int) else "")
        name = f"{kind} {node.uid}"
        if not sealer.macs.proves_whole_node(node.uid, str(kind), node.labels, properties):
            self.notes.find(f"changed: {name}")
            return
        if not self.stations.acls.explains(properties["acl"]):
            self.notes.find(f"gone: AclEntry {properties['acl']}, which nodes carry")
        if properties.get("oldest_key") != oldest_key_of(properties):
            self.notes.find(f"changed: {name} names another key than it is sealed under")
        try:
            sealer.open(str(kind), node.uid, properties)
        except SealBrokenError:
            self.notes.find(f"changed: {name} holds a ciphertext that does not belong there")
        except KeyUnavailableError:
            return

    def _check_link(self, link: SweptLink, state: SweepState) -> int:
        macs, properties = self.stations.sealer.macs, link.properties
        name = f"{link.source} {link.type} {link.target}"
        if link.type == RECORDED:
            event, uid, void = link.source, str(properties.get("act")), False
            proven = macs.proves_recorded(event, link.label, link.target, properties.get("act"), properties.get("mac"))
        else:
            if not _known(properties.get("record_seq"), state.head):
                return 0
            event, uid = str(properties.get("event_uid")), str(properties.get("uid"))
            void = properties.get("voided_seq") is not None
            proven = macs.proves_whole_link(link.type, link.source, link.target, properties)
        if not proven:
            self.notes.find(f"changed: link {name}")
        made = macs.made_link(link.type, link.source, link.target, uid)
        self.notes.add_links(event, FoundLinks(made, int(link.type != RECORDED), int(void)))
        return 1

    def _check_event(self, node: SweptNode, state: SweepState) -> None:
        properties, macs = node.properties, self.stations.sealer.macs
        voided_seq = properties.get("voided_seq")
        state.events += macs.present(EVENTS, node.uid, properties.get("record_seq") or 0, voided_seq or 0)
        proven = macs.proves_event(node.labels, properties)
        if not proven:
            self.notes.find(f"changed: event {node.uid}")
        elif properties.get("oldest_key") != oldest_key_of(properties):
            self.notes.find(f"changed: event {node.uid} names another key than it is sealed under")
        for name in ("payload", "declaration"):
            if not self._belongs(node.uid, name, properties.get(name)):
                self.notes.find(f"changed: event {node.uid} holds a {name} that does not belong there")
        said = macs.made_by(properties.get("mac")) or NOTHING_MADE
        found = self.notes.take_links_of(node.uid)
        if proven and said != found.made:
            self._name_missing(node, said.count, found.made.count)
        if proven and found.void != (found.flows if voided_seq is not None else 0):
            self.notes.find(f"changed: links of event {node.uid} are void where it is not, or the reverse")

    def _belongs(self, uid: str, name: str, sealed: Any) -> bool:
        """Whether sealed words of an event are its own, as far as their key is to be had."""
        if sealed is None:
            return True
        try:
            self.stations.sealer.open_document(EVENT, uid, name, sealed)
        except SealBrokenError:
            return False
        except KeyUnavailableError:
            return True
        return True

    def _name_missing(self, event: SweptNode, said: int, found: int) -> None:
        """What of an event is not there, one by one, from its own sealed words."""
        self.notes.find(f"event {event.uid} made {said} links, and {found} are there, or others than those")
        payload = self._payload(event)
        if payload is None:
            return
        sources: dict[str, dict[str, set[str]]] = {}
        for place in payload.links:
            sources.setdefault(place.source_label, {}).setdefault(place.source_uid, set()).add(place.link_uid)
        for label, of_source in sources.items():
            there = {link.properties.get("uid") for link in self.store.list_links(label, list(of_source))}
            for source, uids in of_source.items():
                for uid in sorted(uids - there):
                    self.notes.find(f"missing: link {uid} from {source}")
        by_label: dict[str, list[str]] = {}
        for claim in payload.claims:
            by_label.setdefault(LABEL_OF[claim.kind], []).append(claim.node_uid)
        for label, named in by_label.items():
            for uid in self.store.missing(label, named):
                self.notes.find(f"missing: node {uid}")

    def _payload(self, event: SweptNode) -> EventPayload | None:
        sealed = event.properties.get("payload")
        if sealed is None:
            return None
        try:
            document = self.stations.sealer.open_document(EVENT, event.uid, "payload", sealed)
        except (SealBrokenError, KeyUnavailableError):
            return None
        return read_payload(json.loads(document), stamp(str(event.properties["event_time"]), event.uid))

    def _check_groups(self, head: int) -> None:
        """The groups of events, by which a moment of record time is made into a record sequence, up to the head."""
        groups = []
        for uid, group in self.store.list_groups(self.stations.sealer.macs, PAGE):
            if group is None:
                self.notes.find(f"changed: Command {uid}")
            else:
                groups.append(group)
        for seq in gaps(groups, head):
            self.notes.find(f"missing: the group of events before record {seq}")

    def _check_sums(self, state: SweepState) -> bool:
        """Compare what was found with the counter, and the counter with the ledger; whether it moved meanwhile."""
        for event in self.notes.events_not_met():
            self.notes.find(f"missing: event {event}, whose links are there")
        head = self.store.get_head(self.stations.sealer.macs)
        if not head.proven:
            self.notes.find("changed: the counter of records")
        reached = self.stations.register.get_reached(COUNTER)
        if head.proven and head.seq < reached:
            self.notes.find(f"put back: the counter of records stands at {head.seq}, and had come to {reached}")
        moved = head.seq != state.head
        if not moved:
            if head.events != state.events:
                self.notes.find(
                    f"the counter knows {head.events.count} events: found are {state.events.count}, or others or older ones"
                )
            if head.nodes != state.nodes:
                self.notes.find(
                    f"the counter knows {head.nodes.count} nodes: found are {state.nodes.count}, or others or older ones"
                )
        stated = last_stated_counter(self.stations.settings.home)
        if stated is not None:
            if stated["seq"] > head.seq:
                self.notes.find(f"the ledger knows of record {stated['seq']}: the counter stands at {head.seq}")
            elif stated["seq"] == head.seq and stated != {name: head.row[name] for name in EMPTY}:
                self.notes.find("the counter is another one than the ledger holds")
        return moved


def _known(record_seq: Any, head: int) -> bool:
    """Whether a record was there when the sweep began; one without a sequence is looked at in any case."""
    return not isinstance(record_seq, int) or record_seq <= head
