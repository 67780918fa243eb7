"""The register of outside deliveries: what left, to whom, and whether they have said that it came."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import orjson

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.deliveries import Channel, Delivery, DeliveryState, Destination
from traceapp.domain.errors import ConcurrentChangeError, DeliveryNotFoundError, InputError, PermissionDeniedError
from traceapp.domain.exports import ExportedFile
from traceapp.domain.kept_documents import END, KeptDocument
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.document_store import DELIVERY
from traceapp.ledger.reading import find_record
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.exports.recipients import is_abroad, registered_recipient, text_of
from traceapp.usecases.kept_document import open_kept, seal_kept, with_told
from traceapp.usecases.stations import Stations

PAGE: Final = 50
UNKNOWN: Final = "The register has no delivery of this id."
NOT_YOURS: Final = "Whoever took a file out enters where it went; this record is not of a file that you took."
ABROAD: Final = "To another country than the plant's it goes after others agreed: ask for the file with its recipient."


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """The newest first.   before  where the next page begins; None where this is the last one."""

    deliveries: tuple[Delivery, ...]
    before: str | None


def enter_delivery(stations: Stations, actor: Actor, record: int, said: Mapping[str, Any]) -> Recorded[Delivery]:
    """Whoever took a file out says where it went.

    record  of the ledger, under which it left: `Traceapp-Ledger` of the answer, and in the name of the file.
    said    `organisation`, `person`, `country` and `channel`, or `recipient` (uid) and `channel`; `legal_basis`.
    raises  PermissionDeniedError: not his file, or to another country; InputError; LedgerUnavailableError.
    """
    request = {"record": record}
    authorise(stations, actor, Permission.DELIVERY_ENTER, request)
    told = _left_under(stations, actor, record)
    if told is None:
        stations.ledger.append(entry(stations, actor, Permission.DELIVERY_ENTER, "denied", request=request, reason=NOT_YOURS))
        raise PermissionDeniedError(NOT_YOURS)
    to = _destination(stations, said)
    if is_abroad(stations, to.country):
        stations.ledger.append(entry(stations, actor, Permission.DELIVERY_ENTER, "denied", request=request, reason=ABROAD))
        raise PermissionDeniedError(ABROAD)
    result = told["result"]
    made = Delivery(
        uid=uid_of_copy(result["copy"]),
        record=record,
        subject=result["subject"],
        form=result["form"],
        rows=result["rows"],
        file=result["file"],
        copy=result["copy"],
        tier=result["tier"],
        approval=told.get("approval"),
        to=to,
        entered_by=actor.username,
        entered_at=stations.clock.now(),
    )
    return keep_delivery(stations, actor, made)


def delivery_of_file(
    stations: Stations, actor: Actor, recorded: Recorded[ExportedFile], to: Destination, approval: str
) -> Delivery:
    """The entry of a file that is about to leave for its recipient."""
    made = recorded.value
    return Delivery(
        uid=uid_of_copy(made.copy),
        record=recorded.receipt.seq,
        subject=made.subject.value,
        form=made.form.value,
        rows=made.rows,
        file=made.sha256,
        copy=made.copy,
        tier=made.tier,
        approval=approval,
        to=to,
        entered_by=actor.username,
        entered_at=stations.clock.now(),
    )


def keep_delivery(stations: Stations, actor: Actor, made: Delivery) -> Recorded[Delivery]:
    """On record with commitments to what it says, none of it in clear; who calls has decided that it may be entered.

    raises  InputError: the copy is entered already. LedgerUnavailableError; StoreError and its kinds.
    """

    def work() -> Delivery:
        if stations.deliveries.get(made.uid) is not None:
            raise InputError.wanted("record", "one of a file that is not in the register yet")
        stations.deliveries.append(seal_kept(stations, DELIVERY, made.uid, made.entered_at, told_of(made), made.state.value))
        return made

    request = {"delivery": made.uid, "change": "enter", "record": made.record, "file": made.file, "copy_id": made.copy}
    changes = {name: (None, value) for name, value in told_of(made)["to"].items()}
    return _changed(stations, actor, made, request, work, changes)


def uid_of_copy(copy: str) -> str:
    """The id of the entry of this copy: its first 16 digits, which were drawn for it alone; so no copy is entered twice."""
    return copy[:16]


def acknowledge_delivery(stations: Stations, actor: Actor, uid: str, by: str, at: datetime) -> Recorded[Delivery]:
    """Somebody there has said that it came.

    by      who said so.   at  when.
    raises  PermissionDeniedError; DeliveryNotFoundError; InputError: no name, before it left, in the future, or it is said
            already; ConcurrentChangeError; LedgerUnavailableError, LedgerBrokenError: when it left cannot be read.
    """
    request = {"delivery": uid, "change": "acknowledge"}
    authorise(stations, actor, Permission.DELIVERY_ENTER, request)
    kept = stations.deliveries.get(uid)
    if kept is None:
        stations.ledger.append(entry(stations, actor, Permission.DELIVERY_ENTER, "failed", request=request, reason=UNKNOWN))
        raise DeliveryNotFoundError(UNKNOWN)
    found = delivery_from(stations, kept)
    if found.state is DeliveryState.ACKNOWLEDGED:
        raise InputError.wanted("uid", "a delivery that nobody has acknowledged yet")
    if not _left_at(stations, found) <= at <= stations.clock.now():
        raise InputError.wanted("at", "a moment since it left, and not in the future")
    noted = replace(found, acknowledged_by=text_of("by", by), acknowledged_at=at, noted_by=actor.username)

    def work() -> Delivery:
        if not stations.deliveries.put(with_told(stations, DELIVERY, kept, told_of(noted), noted.state.value)):
            raise ConcurrentChangeError("Somebody else changed this delivery at this moment.")
        return noted

    changes = {"acknowledged_by": (None, noted.acknowledged_by), "acknowledged_at": (None, stored_time(at))}
    return _changed(stations, actor, noted, request, work, changes)


def list_deliveries(stations: Stations, actor: Actor, before: str | None = None) -> Recorded[DeliveryPage]:
    """A page of the register; raises PermissionDeniedError; SealBrokenError, KeyUnavailableError; StoreError and its kinds."""
    request = {"before": before} if before is not None else {}
    authorise(stations, actor, Permission.DELIVERY_LIST, request)
    kept = stations.deliveries.list_newest(PAGE + 1, before if before is not None else END)
    shown = tuple(delivery_from(stations, one) for one in kept[:PAGE])
    page = DeliveryPage(shown, kept[PAGE - 1].place if len(kept) > PAGE else None)
    told = entry(
        stations,
        actor,
        Permission.DELIVERY_LIST,
        "answered",
        request=request,
        result={"deliveries": len(shown)},
        object=things(DELIVERY, *(one.uid for one in shown)),
    )
    return stations.ledger.record(page, told)


def delivery_from(stations: Stations, kept: KeptDocument) -> Delivery:
    """raises  SealBrokenError; KeyUnavailableError."""
    told = open_kept(stations, DELIVERY, kept)
    at, to = told.pop("acknowledged_at"), told.pop("to")
    return Delivery(
        **told,
        uid=kept.uid,
        to=Destination(**{**to, "channel": Channel(to["channel"])}),
        entered_at=kept.at,
        acknowledged_at=parse_stored_time(at) if at is not None else None,
    )


def told_of(one: Delivery) -> dict[str, Any]:
    """As it is kept, beside its id and moment."""
    to = {name: getattr(one.to, name) for name in Destination.__slots__}
    plain = ("record", "subject", "form", "rows", "file", "copy", "tier", "approval", "entered_by", "acknowledged_by", "noted_by")
    return {
        **{name: getattr(one, name) for name in plain},
        "to": {**to, "channel": one.to.channel.value},
        "acknowledged_at": stored_time(one.acknowledged_at) if one.acknowledged_at is not None else None,
    }


def _left_under(stations: Stations, actor: Actor, record: int) -> dict[str, Any] | None:
    """The record, where it is of a file that this account took."""
    content = find_record(stations.settings.home, record)
    told: dict[str, Any] = orjson.loads(content) if content is not None else {}
    is_file = told.get("outcome") == "answered" and {"copy", "subject"} <= told["result"].keys()
    return told if is_file and told["actor"]["account"] == actor.account_uid else None


def _left_at(stations: Stations, one: Delivery) -> datetime:
    """When the file left, by its record; where that was pruned, when it was entered."""
    content = find_record(stations.settings.home, one.record)
    return parse_stored_time(orjson.loads(content)["time"]) if content is not None else one.entered_at


def _destination(stations: Stations, said: Mapping[str, Any]) -> Destination:
    channel = Channel.parse(said.get("channel", ""))
    basis = text_of("legal_basis", said.get("legal_basis") or "", 0)
    if said.get("recipient"):
        found = registered_recipient(stations, str(said["recipient"]))
        return Destination(found.organisation, found.person, found.country, channel, found.uid, basis)
    organisation, person = (text_of(name, said.get(name)) for name in ("organisation", "person"))
    return Destination(organisation, person, text_of("country", said.get("country")), channel, None, basis)


def _changed(
    stations: Stations, actor: Actor, made: Delivery, request: Mapping[str, Any], work: Any, changes: Mapping[str, Any]
) -> Recorded[Delivery]:
    about = things(DELIVERY, made.uid)
    return carry_out(
        stations, actor, Permission.DELIVERY_ENTER, request, work, about=about, changes=changes, approval=made.approval
    )
