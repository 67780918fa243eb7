"""The numbers that were handed on: read from the ledger, which is where they are kept."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import KeyUnavailableError, SealBrokenError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.referrals import Referral
from traceapp.domain.rights import Actor
from traceapp.ledger.reading import find_records
from traceapp.ledger.records import records_path
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.refer_number import LABEL
from traceapp.usecases.stations import Stations

NEWEST: Final = 200


def list_referrals(stations: Stations, actor: Actor) -> Recorded[tuple[Referral, ...]]:
    """The newest first, at most `NEWEST`; raises PermissionDeniedError, LedgerUnavailableError."""
    authorise(stations, actor, Permission.REFERRAL_LIST)
    records = find_records(records_path(stations.settings.home), Act.NUMBER_REFER.value, NEWEST)
    found = tuple(_referral(stations, record) for record in records)
    disclosed = {LABEL: ["asked", "role", "time", "username"]} if found else {}
    made = entry(stations, actor, Permission.REFERRAL_LIST, "answered", disclosed=disclosed, result={"referrals": len(found)})
    return stations.ledger.record(found, made)


def _referral(stations: Stations, record: Mapping[str, Any]) -> Referral:
    who = record["actor"]
    asked = _asked(stations, record["request"])
    return Referral(record["seq"], parse_stored_time(record["time"]), who["username"], who["role"], asked)


def _asked(stations: Stations, request: Mapping[str, Any]) -> str | None:
    try:
        sealed = base64.b64decode(request["asked"], validate=True)
        return stations.sealer.open_document(LABEL, request["referral"], "asked", sealed).decode()
    except (KeyUnavailableError, SealBrokenError, KeyError, binascii.Error):
        return None
