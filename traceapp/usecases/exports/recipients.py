"""Whom something may be delivered to: registered after others agreed, listed, ended."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from traceapp.confidential.age_file import parse_recipient_key
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import ConcurrentChangeError, InputError, RecipientNotFoundError
from traceapp.domain.kept_documents import KeptDocument
from traceapp.domain.permissions import Permission
from traceapp.domain.recipients import COUNTRY, Recipient, RecipientKind
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.document_store import RECIPIENT
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.kept_document import open_kept, seal_kept, with_told
from traceapp.usecases.stations import Stations

MOST: Final = 500
LONGEST: Final = 200
OPEN, ENDED = "open", "ended"
ADDED_BY: Final = {
    RecipientKind.PERSON: Operation.RECIPIENT_ADD,
    RecipientKind.INTERFACE: Operation.RECIPIENT_INTERFACE_ADD,
}
"""By which operation others agree to one: an interface takes those who agree to any other system."""
SAID: Final = ("kind", "organisation", "person", "country", "key")
NONE: Final = "No recipient has this id, or nothing goes there any more."


def check_recipient(wanted: RecipientKind, stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`kind` (person or interface), `organisation`, `person`, `country` (two letters) and `key` (`age1…`, or empty).

    wanted  the kind that others agree to by this operation.
    raises  InputError: not these, one that is none, another kind, or a key that another recipient has.
    """
    if said.keys() - {*SAID} or {*SAID} - {"key", "kind"} - said.keys():
        raise InputError.wanted("parameters", ", ".join(SAID))
    try:
        kind = RecipientKind(said.get("kind", wanted))
    except ValueError:
        raise InputError.wanted("kind", "person or interface") from None
    if kind is not wanted:
        raise InputError.wanted(
            "kind", f"{wanted}: an interface is asked for as recipient_interface_add, a person as recipient_add"
        )
    texts = {name: text_of(name, said[name]) for name in ("organisation", "person")}
    country, key = said["country"], said.get("key") or ""
    if not isinstance(country, str) or not COUNTRY.fullmatch(country):
        raise InputError.wanted("country", "two capital letters, as ISO 3166 has them")
    if not isinstance(key, str):
        raise InputError.wanted("key", "a text")
    if key:
        parse_recipient_key(key)
    return {"kind": kind.value, **texts, "country": country, "key": key}


def text_of(name: str, value: object, least: int = 1) -> str:
    """Without blanks at its ends; raises InputError: not `least` to `LONGEST` printable characters."""
    text = value.strip() if isinstance(value, str) else ""
    if not least <= len(text) <= LONGEST or not text.isprintable():
        raise InputError.wanted(name, f"{least} to {LONGEST} printable characters")
    return text


def with_same_key(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """Recipients that have this key already: whoever agrees to another one agrees to that too."""
    key = parameters["key"]
    return sorted(one.uid for one in _open_ones(stations) if key and one.public_key == key)


def preview_recipient(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Whether it lies outside the plant's country, how many of this organisation there are, and what to compare a key by."""
    alike = sum(one.organisation == parameters["organisation"] for one in _open_ones(stations))
    key = parameters["key"]
    print_of = hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""
    return {"abroad": is_abroad(stations, parameters["country"]), "alike": alike, "fingerprint": print_of}


def is_abroad(stations: Stations, country: str) -> bool:
    """Whether it is another country than the plant's; every one is, where nobody said which that is."""
    return country != stations.organisation.country


def add_recipient(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[Recipient]:
    """Register whom others agreed to; raises LedgerUnavailableError; StoreError and its kinds."""
    made = Recipient(
        approval,
        RecipientKind(parameters["kind"]),
        parameters["organisation"],
        parameters["person"],
        parameters["country"],
        parameters["key"],
        stations.clock.now(),
    )

    def work() -> Recipient:
        stations.recipients.append(seal_kept(stations, RECIPIENT, made.uid, made.added_at, _told(made), OPEN))
        return made

    return _changed(stations, actor, "add", None, made, work, approval)


def end_recipient(stations: Stations, actor: Actor, uid: str) -> Recorded[Recipient]:
    """Nothing goes there from now on: that takes nobody else.

    raises  PermissionDeniedError; RecipientNotFoundError; ConcurrentChangeError.
    """
    request = {"recipient": uid, "change": "end"}
    authorise(stations, actor, Permission.RECIPIENT_CHANGE, request)
    kept, found = _kept(stations, actor, uid)
    ended = replace(found, ended_at=stations.clock.now())

    def work() -> Recipient:
        if not stations.recipients.put(with_told(stations, RECIPIENT, kept, _told(ended), ENDED)):
            raise ConcurrentChangeError("Somebody else changed this recipient at this moment.")
        return ended

    return _changed(stations, actor, "end", found, ended, work, None)


def list_recipients(stations: Stations, actor: Actor) -> Recorded[tuple[Recipient, ...]]:
    """The newest first, ended ones too, at most `MOST`; raises PermissionDeniedError."""
    authorise(stations, actor, Permission.DELIVERY_LIST, {"list": "recipients"})
    found = tuple(recipient_of(stations, one) for one in stations.recipients.list_newest(MOST))
    told = entry(
        stations,
        actor,
        Permission.DELIVERY_LIST,
        "answered",
        request={"list": "recipients"},
        result={"recipients": len(found)},
        object=things(RECIPIENT, *(one.uid for one in found)),
    )
    return stations.ledger.record(found, told)


def find_recipient(stations: Stations, uid: str) -> Recipient | None:
    """One to whom something may go; None where there is none, it was ended, or it is not what the service wrote last.

    raises  SealBrokenError; KeyUnavailableError.
    """
    kept = stations.recipients.get(uid)
    found = recipient_of(stations, kept) if kept is not None else None
    return found if found is not None and found.ended_at is None else None


def registered_recipient(stations: Stations, uid: str) -> Recipient:
    """The same; raises InputError: nothing may go there. SealBrokenError; KeyUnavailableError."""
    found = find_recipient(stations, uid)
    if found is None:
        raise InputError.wanted("recipient", "a registered recipient to whom something may go")
    return found


def recipient_of(stations: Stations, kept: KeptDocument) -> Recipient:
    """raises  SealBrokenError; KeyUnavailableError."""
    told = open_kept(stations, RECIPIENT, kept)
    ended = told["ended_at"]
    return Recipient(
        kept.uid,
        RecipientKind(told["kind"]),
        told["organisation"],
        told["person"],
        told["country"],
        told["key"],
        kept.at,
        parse_stored_time(ended) if ended is not None else None,
    )


def _kept(stations: Stations, actor: Actor, uid: str) -> tuple[KeptDocument, Recipient]:
    kept = stations.recipients.get(uid)
    found = recipient_of(stations, kept) if kept is not None else None
    if kept is None or found is None or found.ended_at is not None:
        request = {"recipient": uid, "change": "end"}
        stations.ledger.append(entry(stations, actor, Permission.RECIPIENT_CHANGE, "failed", request=request, reason=NONE))
        raise RecipientNotFoundError(NONE)
    return kept, found


def _open_ones(stations: Stations) -> list[Recipient]:
    return [recipient_of(stations, one) for one in stations.recipients.list_newest(MOST) if one.state == OPEN]


def _changed(
    stations: Stations, actor: Actor, change: str, before: Recipient | None, after: Recipient, work: Any, approval: str | None
) -> Recorded[Recipient]:
    old, new = (_told(one) if one is not None else {} for one in (before, after))
    changes = {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}
    request, about = {"recipient": after.uid, "change": change}, things(RECIPIENT, after.uid)
    return carry_out(stations, actor, Permission.RECIPIENT_CHANGE, request, work, about=about, changes=changes, approval=approval)


def _told(one: Recipient) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "organisation": one.organisation,
        "person": one.person,
        "country": one.country,
        "key": one.public_key,
        "ended_at": stored_time(one.ended_at) if one.ended_at is not None else None,
    }
