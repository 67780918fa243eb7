"""Old and new values beside a record: shown on record, and erased for good after others agreed.

What stays is the record, with commitments that nobody can try guesses against; the ledger verifies as before.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from traceapp.domain.errors import InputError, PermissionDeniedError, RecordNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.reading import find_record
from traceapp.usecases.access import entry, rights_for, things
from traceapp.usecases.audit.kept_values import Values, erase_values, is_kept, open_values
from traceapp.usecases.audit.ledger_reader import LABEL, LedgerReader
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

OBJECT: Final = "object"
OUTSIDE: Final = "This record is about things outside your view: its values are not shown."
GONE: Final = "It has none: it changed nothing, or they were erased or pruned."


def show_record_values(stations: Stations, actor: Actor, seq: int) -> Recorded[Mapping[str, tuple[Any, Any]] | None]:
    """Field → (before, after) of one record; None where it has none, or they were erased.

    raises  PermissionDeniedError: not for this role, or about things outside his view; RecordNotFoundError;
            SealBrokenError: they are not what the record committed to; KeyUnavailableError; LedgerUnavailableError.
    """
    asked = {"record": seq, "values": True}
    reader = LedgerReader(stations, actor, rights_for(stations, actor, Permission.LEDGER_SEARCH, asked))
    about = things(LABEL, str(seq))
    content = find_record(stations.settings.home, seq)
    if content is None:
        stations.ledger.append(entry(stations, actor, Permission.LEDGER_SEARCH, "failed", request=asked, reason="no such record"))
        raise RecordNotFoundError(f"The ledger has no record {seq}, or it was pruned.")
    (seen,) = reader.masked([content])
    if OBJECT in seen.masked:
        denied = entry(stations, actor, Permission.LEDGER_SEARCH, "denied", request=asked, object=about, reason=OUTSIDE)
        stations.ledger.append(denied)
        raise PermissionDeniedError(OUTSIDE)
    values = _values_of(content)
    opened = open_values(stations, values) if values else None
    result = {"fields": sorted(opened)} if opened is not None else {"fields": []}
    told = entry(
        stations,
        actor,
        Permission.LEDGER_SEARCH,
        "answered",
        request=asked,
        result=result,
        object=about,
        disclosed={LABEL: ["values"]} if opened is not None else {},
    )
    return stations.ledger.record(opened, told)


def check_erasing(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`record`, to which come the names of its fields: what they say is in no approval.

    raises  InputError: something else was said, or nothing is kept of it; RecordNotFoundError; LedgerUnavailableError.
    """
    seq = said.get("record")
    if said.keys() != {"record"} or not isinstance(seq, int) or isinstance(seq, bool) or seq < 1:
        raise InputError.wanted("parameters", "record, a number")
    values = _recorded(stations, seq)
    if not values or not is_kept(stations, values):
        raise InputError(f"record: {GONE}", (("record", "one with values"),))
    return {"record": seq, "fields": sorted(str(one["field"]) for one in values)}


def values_to_erase(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The commitments; None once nothing is kept of them."""
    values = _recorded(stations, parameters["record"])
    return [dict(one) for one in values] if values and is_kept(stations, values) else None


def preview_erasing(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """When what was done, and to whose account or what else."""
    content = find_record(stations.settings.home, parameters["record"])
    if content is None:
        return {}
    told = orjson.loads(content)
    about = [f"{thing['kind']} {thing['uid']}" for thing in told.get("object") or ()]
    return {"act": told["act"], "at": told["time"], "about": ", ".join(about)}


def erase_record_values(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[bool]:
    """Overwrite salt and values of one record.

    returns  False where nothing was kept of them any more.   raises  LedgerUnavailableError, RecordNotFoundError.
    """
    seq = int(parameters["record"])
    values, about = _recorded(stations, seq), things(LABEL, str(seq))
    request = {"record": seq, "fields": list(parameters["fields"])}

    def work() -> bool:
        return erase_values(stations, values or ())

    return carry_out(stations, actor, Permission.LEDGER_ERASE, request, work, about=about, approval=approval)


def was_erased(stations: Stations, request: Mapping[str, Any]) -> bool:
    """Whether an erasing that a crash cut off came to be: nothing is kept of it. raises LedgerUnavailableError."""
    try:
        values = _recorded(stations, int(request["record"]))
    except RecordNotFoundError:  # pruned meanwhile, and its values with it
        return True
    return not values or not is_kept(stations, values)


def _recorded(stations: Stations, seq: int) -> Values | None:
    content = find_record(stations.settings.home, seq)
    if content is None:
        raise RecordNotFoundError(f"The ledger has no record {seq}, or it was pruned.")
    return _values_of(content)


def _values_of(content: bytes) -> Values | None:
    found: Values | None = orjson.loads(content).get("values")
    return found
