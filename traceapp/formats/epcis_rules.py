"""What an EPCIS 2.0 event must say (EPCIS 2.0 §7, CBV 2.0 §7–8): all that is wrong with one, at once and in words."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from traceapp.domain.errors import InputError

TYPES: Final = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
ACTIONS: Final = ("ADD", "OBSERVE", "DELETE")
OFFSET: Final = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")
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
ROW_LISTS: Final = ("sourceList", "destinationList", "bizTransactionList")


def parse_time(name: str, text: Any) -> datetime:
    """An aware time; raises InputError."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise InputError(f"{name} {text!r} is not a date-time") from None
    if moment.tzinfo is None:
        raise InputError(f"{name} {text!r} has no zone")
    return moment


def check_event(event: Any) -> None:
    """raises  InputError: everything that is wrong with the event, in one sentence each."""
    if not isinstance(event, dict):
        raise InputError("wanted an event with its fields, found something else")
    found = list(_defects(event))
    if found:
        raise InputError("; ".join(found))


def _defects(event: Mapping[str, Any]) -> Iterator[str]:
    if event.get("type") not in TYPES:
        yield f"type {event.get('type')!r} is none of {', '.join(TYPES)}"
        return
    yield from _when(event)
    yield from _what_kind(event)
    yield from _terms(event)
    yield from _lists(event)
    for name in event.get("ilmd") or {} if isinstance(event.get("ilmd") or {}, dict) else ():
        if ":" not in name and not name.startswith("@"):
            yield f"ilmd field {name!r} has no namespace"


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
        yield f"eventTimeZoneOffset {offset!r} is not in the form +hh:mm"


def _what_kind(event: Mapping[str, Any]) -> Iterator[str]:
    type_, action = event["type"], event.get("action")
    if type_ != "TransformationEvent":
        if action is None:
            yield "action is missing"
        elif action not in ACTIONS:
            yield f"action {action!r} is not ADD, OBSERVE or DELETE"
    elif not event.get("transformationID"):
        for side in ("input", "output"):
            if not event.get(f"{side}EPCList") and not event.get(f"{side}QuantityList"):
                yield f"TransformationEvent without {side}s and without transformationID"
    if type_ in {"AggregationEvent", "AssociationEvent"} and action in {"ADD", "DELETE"} and not event.get("parentID"):
        yield f"{type_} {action} without parentID"


def _terms(event: Mapping[str, Any]) -> Iterator[str]:
    for name, known in TERMS.items():
        term = event.get(name)
        if term is not None and term not in known and not (isinstance(term, str) and TERM.fullmatch(term)):
            yield f"{name} {term!r} is neither a CBV value nor a URI"
    for role in ("source", "destination"):
        for row in _rows(event, f"{role}List"):
            term = row.get("type") if isinstance(row, dict) else None
            if term not in PARTY_TYPES and not (isinstance(term, str) and TERM.fullmatch(term)):
                yield f"{role} type {term!r} is neither a CBV value nor a URI"
            if not isinstance(row, dict) or not isinstance(row.get(role), str):
                yield f"{role}List: wanted rows with a {role}"


def _lists(event: Mapping[str, Any]) -> Iterator[str]:
    for name in IDENTIFIER_LISTS:
        if any(not isinstance(text, str) for text in _rows(event, name)):
            yield f"{name}: wanted identifiers as text"
    for name in (*IDENTIFIER_LISTS, *QUANTITY_LISTS, *ROW_LISTS):
        if not isinstance(event.get(name, []), list):
            yield f"{name}: wanted a list"
    for row in _rows(event, "bizTransactionList"):
        if not isinstance(row, dict) or not isinstance(row.get("bizTransaction"), str):
            yield "bizTransactionList: wanted rows with a bizTransaction"
    for name in QUANTITY_LISTS:
        for row in _rows(event, name):
            if not isinstance(row, dict) or not isinstance(row.get("epcClass"), str):
                yield f"{name}: wanted rows with an epcClass"
            elif "quantity" in row and not _is_quantity(row["quantity"]):
                yield f"quantity {row['quantity']!r} is not a number"


def _rows(event: Mapping[str, Any], name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else []


def _is_quantity(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    try:
        return Decimal(str(value)).is_finite() and Decimal(str(value)) >= 0
    except InvalidOperation:
        return False
