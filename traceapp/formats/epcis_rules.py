"""What an EPCIS 2.0 event must say (EPCIS 2.0 §7, CBV 2.0 §7–8): all that is wrong with one, at once and in words."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from traceapp.domain.errors import InputError

TYPES: Final = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
ACTIONS: Final = ("ADD", "OBSERVE", "DELETE")
OFFSET: Final = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")
TERM: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
"""A URI or a CURIE."""
BIZ_STEPS: Final = frozenset(
    """
    accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping
    """.split()  # noqa: SIM905  forty words read better than forty literals
)
DISPOSITIONS: Final = frozenset(
    """
    active available completeness_inferred completeness_verified conformant container_closed container_open
    damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
    mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other
    partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen
    unavailable unknown
    """.split()  # noqa: SIM905  forty words read better than forty literals
)
PARTY_TYPES: Final = frozenset({"owning_party", "possessing_party", "location"})
TERMS: Final[Mapping[str, frozenset[str]]] = {"bizStep": BIZ_STEPS, "disposition": DISPOSITIONS}
IDENTIFIER_LISTS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
QUANTITY_LISTS: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
ROW_LISTS: Final = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}
TEXTS: Final = ("eventID", "parentID", "transformationID")
PLACES: Final = ("readPoint", "bizLocation")
LARGEST: Final = Decimal(10**18)
FINEST: Final = -30
DEEPEST: Final = 50
LONGEST_TEXT: Final = 500
SHOWN: Final = 80


def parse_time(name: str, text: Any) -> datetime:
    """An aware time; raises InputError."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} {_shown(text)} is not a date-time") from None
    if moment.tzinfo is None:
        raise InputError(f"{name} {_shown(text)} has no zone")
    return moment


def check_event(event: Any) -> None:
    """raises  InputError: everything that is wrong with the event, in one sentence each."""
    if not isinstance(event, dict):
        raise InputError("wanted an event with its fields, found something else")
    _check_storable(event)
    found = list(_defects(event))
    if found:
        raise InputError("; ".join(found))


def _check_storable(event: Mapping[str, Any]) -> None:
    """raises  InputError: deeper than any event is, or a text that no store can keep."""
    waiting: list[tuple[Any, int]] = [(event, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise InputError(f"wanted fields nested at most {DEEPEST} deep, found more")
        if isinstance(value, dict):
            waiting += [(part, depth + 1) for item in value.items() for part in item]
        elif isinstance(value, list):
            waiting += [(part, depth + 1) for part in value]
        elif isinstance(value, str) and ("\x00" in value or not _is_unicode(value)):
            raise InputError("wanted text, found a null character or half of a surrogate pair in it")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _defects(event: Mapping[str, Any]) -> Iterator[str]:
    if event.get("type") not in TYPES:
        yield f"type {_shown(event.get('type'))} is none of {', '.join(TYPES)}"
        return
    yield from _when(event)
    yield from _what_kind(event)
    yield from _terms(event)
    yield from _fields(event)
    yield from _lists(event)


def _when(event: Mapping[str, Any]) -> Iterator[str]:
    if "eventTime" not in event:
        yield "eventTime is missing"
    else:
        try:
            parse_time("eventTime", event["eventTime"])
        except InputError as error:
            yield str(error)
    offset = event.get("eventTimeZoneOffset")
    if offset is None:
        yield "eventTimeZoneOffset is missing"
    elif not isinstance(offset, str) or not OFFSET.fullmatch(offset):
        yield f"eventTimeZoneOffset {_shown(offset)} is not in the form +hh:mm"


def _what_kind(event: Mapping[str, Any]) -> Iterator[str]:
    type_, action = event["type"], event.get("action")
    if type_ != "TransformationEvent":
        if action is None:
            yield "action is missing"
        elif action not in ACTIONS:
            yield f"action {_shown(action)} is not ADD, OBSERVE or DELETE"
    elif not event.get("transformationID"):
        for side in ("input", "output"):
            if not event.get(f"{side}EPCList") and not event.get(f"{side}QuantityList"):
                yield f"TransformationEvent without {side}s and without transformationID"
    if type_ in {"AggregationEvent", "AssociationEvent"} and action in ("ADD", "DELETE") and not event.get("parentID"):
        yield f"{type_} {action} without parentID"


def _terms(event: Mapping[str, Any]) -> Iterator[str]:
    for name, known in TERMS.items():
        term = event.get(name)
        if term is not None and not _is_term(term, known):
            yield f"{name} {_shown(term)} is neither a CBV value nor a URI"
    for role in ("source", "destination"):
        for row in _rows(event, f"{role}List"):
            term = row.get("type") if isinstance(row, dict) else None
            if not _is_term(term, PARTY_TYPES):
                yield f"{role} type {_shown(term)} is neither a CBV value nor a URI"
    for row in _rows(event, "bizTransactionList"):
        if isinstance(row, dict) and not isinstance(row.get("type"), str | None):
            yield f"bizTransaction type {_shown(row['type'])} is neither a CBV value nor a URI"


def _is_term(term: Any, known: frozenset[str]) -> bool:
    return isinstance(term, str) and (term in known or bool(TERM.fullmatch(term)))


def _fields(event: Mapping[str, Any]) -> Iterator[str]:
    for name in TEXTS:
        said = event.get(name)
        if said is not None and not (isinstance(said, str) and len(said) <= LONGEST_TEXT and said.strip() and said.isprintable()):
            yield f"{name}: wanted 1 to {LONGEST_TEXT} printable characters, found {_shown(said)}"
    for name in PLACES:
        place = event.get(name)
        if place is not None and not (isinstance(place, dict) and isinstance(place.get("id"), str)):
            yield f"{name}: wanted an object with an id, found {_shown(place)}"
    if not isinstance(event.get("errorDeclaration", {}), dict):
        yield f"errorDeclaration: wanted an object, found {_shown(event['errorDeclaration'])}"
    ilmd = event.get("ilmd")
    if ilmd is not None and not isinstance(ilmd, dict):
        yield f"ilmd: wanted an object with fields, found {_shown(ilmd)}"
    for name in ilmd if isinstance(ilmd, dict) else ():
        if ":" not in name and not name.startswith("@"):
            yield f"ilmd field {_shown(name)} has no namespace"


def _lists(event: Mapping[str, Any]) -> Iterator[str]:
    for name in (*IDENTIFIER_LISTS, *QUANTITY_LISTS, *ROW_LISTS):
        if not isinstance(event.get(name), list | None):
            yield f"{name}: wanted a list"
    for name in IDENTIFIER_LISTS:
        if any(not isinstance(text, str) for text in _rows(event, name)):
            yield f"{name}: wanted identifiers as text"
    for name, field in ROW_LISTS.items():
        if any(not isinstance(row, dict) or not isinstance(row.get(field), str) for row in _rows(event, name)):
            yield f"{name}: wanted rows with a {field}"
    for name in QUANTITY_LISTS:
        for row in _rows(event, name):
            if not isinstance(row, dict) or not isinstance(row.get("epcClass"), str):
                yield f"{name}: wanted rows with an epcClass"
                continue
            if "quantity" in row:
                yield from _quantity(row["quantity"])
            if not isinstance(row.get("uom"), str | None):
                yield f"uom {_shown(row['uom'])} is no UN/ECE code"


def _rows(event: Mapping[str, Any], name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else []


def _quantity(value: Any) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        yield f"quantity {_shown(value)} is not a number"
        return
    number = Decimal(str(value))
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        yield f"quantity {_shown(value)} is not a number"
    elif not 0 <= number < LARGEST or not FINEST <= exponent < LARGEST.adjusted():
        yield f"quantity: wanted 0 or more, 18 digits and 30 decimals at most, found {_shown(value)}"


def _shown(value: Any) -> str:
    """What was found, short enough for a reason."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = str(value) if isinstance(value, int | float | Decimal) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
