"""In which state the lots of a trace are, as of the moment asked about: one word each, computed from what events say.

A word that depends on a property which the asker may not see is masked, unless what he may see is grave enough by itself:
whoever may not see releases is told that a lot is held, and never that it is good.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.disclosure import Disclosed, Gap, Masked, Unavailable
from traceapp.domain.kinds import LOTS, NodeKind
from traceapp.domain.projection import Claim, stamp, stamped_events
from traceapp.domain.state import STATED_BY, LotStatus, compute_states, lot_status
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.disclosed.node_names import NodeName
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import open_claims

EXPIRY_DATE = "expiry_date"
GRAVE: Final = frozenset({LotStatus.REJECTED, LotStatus.HELD, LotStatus.EXPIRED})
"""Nothing that is hidden makes a lot of one of these good again."""

Status = Disclosed[LotStatus]


def read_statuses(
    stations: Stations, disclosure: Disclosure, names: Mapping[str, NodeName], head: int, as_of: datetime
) -> dict[str, Status]:
    """uid → status of every lot among the names; nothing where it was not asked for.

    Events are opened only where they can matter: of most lots the stored properties show that nobody ever spoke of a
    hold, an inspection or a release, and the expiry date stands there as well.
    A lot of which an event cannot be opened now is marked in its name, and its status is unknown.
    raises  StoreError and its kinds.
    """
    if not disclosure.asks("status"):
        return {}
    lots = [name for name in names.values() if name.kind in LOTS]
    masks = {kind: disclosure.gravest(kind, (EXPIRY_DATE, *STATED_BY)) for kind in LOTS}
    hidden = {kind: {name for name in (EXPIRY_DATE, *STATED_BY) if not disclosure.shows(kind, name)} for kind in LOTS}
    asked = sorted(name.uid for name in lots if _needs_events(name, as_of))
    spoken = _statuses_by_events(stations, names, asked, head, as_of, hidden)
    return {
        name.uid: _told(spoken[name.uid] if name.uid in spoken else _status_as_stored(name, as_of, hidden), masks[name.kind])
        for name in lots
    }


def _told(status: LotStatus, mask: Masked | None) -> Status:
    """`status` was computed from what may be seen."""
    return status if mask is None or status in GRAVE else mask


def _needs_events(name: NodeName, as_of: datetime) -> bool:
    if name.told_later:
        return True
    stamps = dict(entry.split("=", 1) for entry in name.stated)
    return not STATED_BY.isdisjoint(stamps) or (EXPIRY_DATE in stamps and _event_time(stamps[EXPIRY_DATE]) > as_of)


def _event_time(event_stamp: str) -> datetime:
    return parse_stored_time(event_stamp.partition("|")[0])


def _status_as_stored(name: NodeName, as_of: datetime, hidden: Mapping[NodeKind, Collection[str]]) -> LotStatus:
    """Of a lot of which no more than an expiry date is stated."""
    if not name.stated or EXPIRY_DATE in hidden[name.kind]:
        return LotStatus.UNKNOWN
    event_stamp = name.stated[0].partition("=")[2]
    told = {EXPIRY_DATE: parse_stored_time(name.expiry_date)}
    return lot_status(compute_states([Claim(name.uid, name.kind, event_stamp, True, None, told)], as_of))


def _statuses_by_events(
    stations: Stations,
    names: Mapping[str, NodeName],
    lots: list[str],
    head: int,
    as_of: datetime,
    hidden: Mapping[NodeKind, Collection[str]],
) -> dict[str, LotStatus]:
    spoken = stations.events.find_statements(lots, head)
    check_stamps(stations, (names[uid] for uid in lots), spoken)
    claims: dict[str, list[Claim]] = {uid: [] for uid in lots}
    characteristics: dict[str, str] = {}
    closed: dict[str, Gap] = {}
    events = sorted({event for _, event in spoken})
    for sealed in stations.events.find_payloads(events):
        document = stations.sealer.disclose_document("Event", sealed.uid, "payload", sealed.payload)
        if isinstance(document, Gap):
            closed[sealed.uid] = document
            continue
        told = open_claims(document, stamp(sealed.event_time, sealed.uid))
        characteristics.update(told.characteristics)
        _sort_in((without(claim, hidden.get(claim.kind, ())) for claim in told.claims), claims)
    silent = {uid for uid, event in spoken if event in closed}
    for uid, event in spoken:
        names[uid].unavailable |= isinstance(closed.get(event), Unavailable)
    told_lots = {uid: lot_status(compute_states(claims[uid], as_of, characteristics)) for uid in lots if uid not in silent}
    return told_lots | dict.fromkeys(silent, LotStatus.UNKNOWN)


def check_stamps(stations: Stations, lots: Iterable[NodeName], spoken: Iterable[tuple[str, str]]) -> None:
    """A lot's own stamps name the events that its state stems from: where one of them is not there, it was taken away by hand.

    spoken  (uid of a lot, uid of an event that is recorded of it), those live at the moment asked about.
    """
    if stations.checks is None:
        return
    heard: dict[str, set[str]] = {}
    for uid, event in spoken:
        heard.setdefault(uid, set()).add(event)
    for lot in lots:
        if not lot.told_later and stamped_events(lot.stated) - heard.get(lot.uid, set()):
            stations.checks.broken(lot.uid)


def without(claim: Claim, hidden: Collection[str]) -> Claim:
    """The claim without the properties that the asker may not see."""
    if not hidden or claim.properties.keys().isdisjoint(hidden):
        return claim
    return replace(claim, properties={name: value for name, value in claim.properties.items() if name not in hidden})


def _sort_in(told: Iterable[Claim], claims: Mapping[str, list[Claim]]) -> None:
    for claim in told:
        if claim.node_uid in claims:
            claims[claim.node_uid].append(claim)
