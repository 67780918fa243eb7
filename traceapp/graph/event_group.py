"""One group of events inside its transaction: rule on each, then write events, nodes and links in pages of rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Final, NamedTuple

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import RowAlteredError, StoreError
from traceapp.domain.event_payload import LinkPlace
from traceapp.domain.events import CaptureOutcome
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import NodeKind
from traceapp.domain.places import PlaceMap
from traceapp.domain.projection import Claim
from traceapp.domain.record_macs import Made
from traceapp.domain.scopes import UNPLACED, AclEntry, is_one_scope
from traceapp.domain.sealing import Sealer
from traceapp.domain.voiding import EventRegister, KnownEvent, Ruling
from traceapp.graph.connection import Row, Transaction
from traceapp.graph.event_rows import PreparedEvent, acl_of, open_payload
from traceapp.graph.node_rows import NodeGroup, SealedNode
from traceapp.graph.record_groups import RecordGroup
from traceapp.graph.record_head import RecordHead, advance_head, lock_head, oldest_key_of, present, whole

ACT: Final = "event:append"


class NothingNewError(Exception):
    """A group of known events: the transaction is given up, and the store stays as it is."""

    def __init__(self, outcomes: list[CaptureOutcome]) -> None:
        super().__init__("nothing new")
        self.outcomes = outcomes


@dataclass(frozen=True, slots=True)
class PreparedGroup:
    """Events with all that could be sealed before the transaction."""

    events: tuple[PreparedEvent, ...]
    ahead: Mapping[str, SealedNode]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an event became void: by which one, at which record sequence, in whose sealed words."""

    voided_seq: int
    voided_by: str
    declaration: bytes | None

    @property
    def properties(self) -> Row:
        found: Row = {"voided_seq": self.voided_seq, "voided_by": self.voided_by}
        return found | ({"declaration": self.declaration} if self.declaration is not None else {})


@dataclass(slots=True)
class _Planned:
    event: PreparedEvent
    record_seq: int
    verdict: Verdict | None


@dataclass(slots=True)
class EventGroup:
    """The plan of one group, and its writing. A repeated transaction makes a new one."""

    transaction: Transaction
    sealer: Sealer
    head: RecordHead
    record_time: str
    record_seq: int
    places: PlaceMap
    register: EventRegister = field(default_factory=EventRegister)
    stored: set[str] = field(default_factory=set)
    """Uids of events and markers that the store held before this group."""
    declared: dict[str, str] = field(default_factory=dict)
    """Content that was declared void → uid of the declaration."""
    new: dict[str, _Planned] = field(default_factory=dict)
    markers: dict[str, Row] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """By uid of stored events that become void by this group."""
    declaring: list[PreparedEvent] = field(default_factory=list)
    """Declarations of what is still to come: what they name is known from now on, and nothing more."""
    scopes: dict[int, frozenset[str]] = field(default_factory=dict)
    """The sets behind the acl numbers of its events."""

    def rule(self, events: Sequence[PreparedEvent]) -> list[CaptureOutcome]:
        """Decide on every event, in order; each one that changes anything has a record sequence of its own."""
        self._read_known(events)
        outcomes = []
        for event in events:
            ruling = self.register.rule(event.arrival)
            outcomes.append(ruling.outcome)
            if ruling.appended or ruling.voided or ruling.declared or ruling.declared_content:
                self.record_seq += 1
                self.scopes[event.properties["acl"]] = event.scopes
                self._plan(event, ruling)
        return outcomes

    def write(self, ahead: Mapping[str, SealedNode], command: str) -> None:
        """Write everything that was decided; the counter moves last."""
        nodes = self._node_group(ahead)
        events = self._write_events()
        void_claims = self._void_stored()
        live = [claim for planned in self.new.values() if planned.verdict is None for claim in planned.event.claims]
        named = {uid: kind for uid, (_, kind) in nodes.identities.items()}
        nodes.read(named | {claim.node_uid: claim.kind for claim in void_claims if claim.node_uid not in named})
        nodes.withdraw(void_claims, self.record_seq)
        nodes.add(live)
        self._write_acl_entries(
            nodes.scopes() | {planned.event.properties["acl"]: planned.event.scopes for planned in self.new.values()}
        )
        versions = nodes.write(self.record_seq)
        self._write_links()
        group = RecordGroup(command, self.head.seq + 1, self.record_seq, self.record_time)
        self.transaction.run("event.append_command", **group.row(self.sealer.macs), act=ACT)
        advance_head(self.transaction, self.sealer, self.head.moved(self.record_seq, self.record_time, events, versions))

    def _read_known(self, events: Sequence[PreparedEvent]) -> None:
        arrivals = [event.arrival for event in events]
        uids = {uid for arrival in arrivals for uid in (arrival.uid, arrival.voids) if uid is not None}
        contents = {
            content for arrival in arrivals for content in (arrival.content, arrival.voids_content) if content is not None
        }
        rows = self.transaction.run("event.find_events", uids=sorted(uids))
        rows += self.transaction.run("event.find_events_by_content", content_macs=sorted(contents))
        known = {row["uid"]: KnownEvent(row["uid"], row["content_mac"], row["void"]) for row in rows if not row["declares"]}
        self.declared = {row["content_mac"]: row["uid"] for row in rows if row["declares"]}
        self.register = EventRegister.of(known.values(), self.declared)
        self.stored = {row["uid"] for row in rows}

    def _plan(self, event: PreparedEvent, ruling: Ruling) -> None:
        seq = self.record_seq
        if ruling.appended:
            verdict = self._early_verdict(event) if ruling.void else None
            self.new[event.arrival.uid] = _Planned(event, seq, verdict)
        by = event.marker or event.arrival.uid
        declaration = event.declaration if event.marker == event.arrival.uid else None
        if event.arrival.only_declares:
            self.declaring.append(event)
        for uid in ruling.voided:
            verdict = Verdict(seq, by, declaration)
            if uid in self.new:
                self.new[uid].verdict = verdict
            else:
                self.verdicts[uid] = verdict
        if ruling.declared is not None:
            self.markers[ruling.declared] = self._marker(ruling.declared, event, by)
        if ruling.declared_content is not None:
            self.markers[by] = self._marker(by, event, by)
            self.declared[ruling.declared_content] = by

    def _marker(self, uid: str, event: PreparedEvent, by: str) -> Row:
        """A declaration of an event that is still to come, or of a content."""
        own = (
            {name: value for name, value in event.properties.items() if name != "payload"}
            if event.marker is None
            else event.properties
        )
        row = {**own, "uid": uid, "record_seq": self.record_seq, "record_time": self.record_time}
        row |= {"voided_seq": self.record_seq, "voided_by": by}
        if event.marker is None:
            for name in ("content_mac", "oldest_key", "receipt_key"):
                row.pop(name, None)
        else:
            row["declaration"] = event.declaration
        return row

    def _early_verdict(self, event: PreparedEvent) -> Verdict:
        """The event was declared void before it came: by a marker of its own, which it now fills in, or by its content."""
        marker = self.markers.pop(event.arrival.uid, None)
        if marker is None:
            return Verdict(self.record_seq, self.declared.get(event.arrival.content, event.arrival.uid), None)
        return Verdict(self.record_seq, str(marker["voided_by"]), marker.get("declaration"))

    def _node_group(self, ahead: Mapping[str, SealedNode]) -> NodeGroup:
        identities: dict[str, tuple[Identity, NodeKind]] = {}
        for event in (*(planned.event for planned in self.new.values()), *self.declaring):
            identities.update(event.identities)
        return NodeGroup(self.transaction, self.sealer, ahead, identities, self.places)

    def _write_events(self) -> Made:
        """Returns what they add to the sum of events."""
        new: list[Row] = []
        filled: dict[str, tuple[Row, Made | None]] = {uid: (verdict.properties, None) for uid, verdict in self.verdicts.items()}
        macs, added = self.sealer.macs, Made()
        for uid, planned in self.new.items():
            row = {**planned.event.properties, "record_seq": planned.record_seq, "record_time": self.record_time}
            if uid in self.stored:
                filled[uid] = row, planned.event.made
                continue
            row |= planned.verdict.properties if planned.verdict else {}
            new.append(row | {"mac": macs.event(row, planned.event.made)})
        new += [row | {"mac": macs.event(row, Made())} for row in self.markers.values()]
        for row in new:
            added += present(macs, row)
        renewed = []
        for stood in self._stored_events(filled):
            properties, made = filled[stood["uid"]]
            after = stood | properties
            properties |= {"oldest_key": oldest_key_of(after)}
            renewed.append({"uid": stood["uid"], "properties": properties | {"mac": macs.renewed_event(stood, after, made)}})
            added += present(macs, after) - present(macs, stood)
        self._run("event.append_events", new)
        self._run("event.put_events", renewed)
        return added

    def _stored_events(self, uids: Iterable[str]) -> list[Row]:
        """All properties of events that the store holds."""
        wanted = list(uids)
        rows = self.transaction.run("event.find_whole_events", uids=wanted) if wanted else []
        return [whole(row["properties"]) for row in rows]

    def _void_stored(self) -> list[Claim]:
        """Void the links of events that the store holds; returns what those events had claimed."""
        if not self.verdicts:
            return []
        claims: list[Claim] = []
        links: dict[tuple[str, str, int], list[str]] = {}
        for row in self.transaction.run("event.find_payloads", uids=list(self.verdicts)):
            payload = open_payload(row, self.sealer)
            claims += payload.claims
            for link in payload.links:
                links.setdefault(_link_source(link, self.verdicts[row["uid"]]), []).append(link.link_uid)
        by_label: dict[str, list[Row]] = {}
        for (label, source, voided_seq), uids in links.items():
            by_label.setdefault(label, []).append({"source": source, "uids": uids, "voided_seq": voided_seq})
        for label, rows in by_label.items():
            self._void_links(label.lower(), rows)
        return claims

    def _void_links(self, label: str, rows: list[Row]) -> None:
        """Void links of nodes under one label, each with a MAC that says so."""
        voided_seq = {uid: row["voided_seq"] for row in rows for uid in row["uids"]}
        macs: dict[str, bytes] = {}
        for found in self.transaction.run(f"event.find_links_from_{label}", rows=rows):
            link = whole(found["properties"])
            mac = self.sealer.macs.renewed_link(found["type"], found["source"], found["target"], link, voided_seq[link["uid"]])
            if mac is not None:
                macs[link["uid"]] = mac
        for row in rows:
            row["macs"] = [macs.get(uid) for uid in row["uids"]]
        self._run(f"event.void_links_from_{label}", rows)

    def _write_acl_entries(self, sets: Mapping[int, Iterable[str]]) -> None:
        """Keep the set behind each number. raises StoreError: two sets met in one number, or a scope has a line break.

        What stands there and is not the set of its number was changed by hand; it is left for the sweep to name.
        """
        wanted = {number: sorted(texts) or [UNPLACED.text] for number, texts in sets.items()}
        if not all(map(is_one_scope, chain.from_iterable(wanted.values()))):
            raise StoreError("the code of a site or product line has a line break; nothing was stored")
        known = {
            row["number"]: AclEntry.proven(row["number"], row["scopes"])
            for row in self.transaction.run("event.find_acl_entries", numbers=list(wanted))
        }
        if any(entry is not None and entry != AclEntry.proven(number, wanted[number]) for number, entry in known.items()):
            raise StoreError("two sets of scopes have the same acl number; nothing was stored")
        self._run(
            "event.append_acl_entries", [{"number": number, "scopes": wanted[number]} for number in wanted if number not in known]
        )

    def _write_links(self) -> None:
        pages: dict[str, list[Row]] = {}
        macs = self.sealer.macs
        for uid, planned in self.new.items():
            for link in planned.event.links:
                # Written in place: a repeated transaction gives the same rows another sequence.
                link.row["properties"]["record_seq"] = planned.record_seq
                link.row["properties"]["voided_seq"] = planned.verdict.voided_seq if planned.verdict is not None else None
                link.row["properties"]["mac"] = macs.link(
                    link.type, link.row["source"], link.row["target"], link.row["properties"]
                )
                pages.setdefault(link.statement, []).append(link.row)
            for label, node, act in planned.event.recorded:
                mac = macs.recorded(uid, label, node, act)
                pages.setdefault(f"event.append_recorded_{label.lower()}", []).append(
                    {"event": uid, "node": node, "act": act, "mac": mac}
                )
        for statement, rows in pages.items():
            self._run(statement, rows)

    def _run(self, statement: str, rows: list[Row]) -> None:
        if rows:
            self.transaction.run(statement, rows=rows)


def _link_source(link: LinkPlace, verdict: Verdict) -> tuple[str, str, int]:
    return link.source_label, link.source_uid, verdict.voided_seq


def _placed(event: PreparedEvent, places: PlaceMap) -> PreparedEvent:
    """The event at the places of now; its sealed payload keeps those that it said."""
    scopes = frozenset(places.texts(event.scopes))
    if scopes == event.scopes:
        return event
    return replace(event, scopes=scopes, properties={**event.properties, "acl": acl_of(scopes)})


class CarriedOut(NamedTuple):
    """record_seq: of the last event of the group, which the counter stands at from then on."""

    outcomes: list[CaptureOutcome]
    record_seq: int


def carry_out(
    transaction: Transaction,
    group: PreparedGroup,
    sealer: Sealer,
    command: str,
    record_time: datetime,
    reached: int,
    places: Callable[[], PlaceMap],
) -> CarriedOut:
    """The work of one transaction: lock the counter, rule, write.

    reached  how far the counter had come, as it is remembered outside the store.
    places   where everything belongs; asked once the counter is held, so that no move comes in between.
    raises  NothingNewError: every event is known already; RowAlteredError: the counter of records is not what was written,
            so that a sequence could be given out twice; StoreError, SealBrokenError.
            DictionaryChangedError: the events were sealed by a dictionary that is in force no more.
    """
    head = lock_head(transaction, sealer)
    sealer.check_in_force()
    if not head.proven or head.seq < reached:
        raise RowAlteredError("the counter of records was changed outside the service")
    moment = max(stored_time(record_time), head.record_time)
    plan = EventGroup(transaction, sealer, head, moment, head.seq, places())
    outcomes = plan.rule([_placed(event, plan.places) for event in group.events])
    if plan.record_seq == head.seq:
        raise NothingNewError(outcomes)
    plan.write(group.ahead, command)
    return CarriedOut(outcomes, plan.record_seq)
