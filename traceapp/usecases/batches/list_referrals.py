"""The numbers that were handed on: read from the ledger, which is where they are kept."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.disclosure import Masked
from traceapp.domain.errors import KeyUnavailableError, SealBrokenError
from traceapp.domain.kinds import IDENTIFIED_BY, INDEXED_IDENTITIES
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.referrals import Referral
from traceapp.domain.rights import Actor
from traceapp.ledger.reading import find_records
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.access import disclosure_of, entry, rights_for
from traceapp.usecases.batches.refer_number import LABEL
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.stations import Stations

NEWEST: Final = 200


def list_referrals(stations: Stations, actor: Actor) -> Recorded[tuple[Referral, ...]]:
    """The newest first, at most `NEWEST`; raises PermissionDeniedError, LedgerUnavailableError.

    Who reads a record sees no more than who asks: what was typed may be any number, so it takes the right to see each kind.
    """
    rights = rights_for(stations, actor, Permission.REFERRAL_LIST)
    mask = _mask(disclosure_of(stations, rights))
    records = find_records(stations.settings.home, Act.NUMBER_REFER.value, NEWEST)
    found = tuple(_referral(stations, record, mask) for record in records)
    fields = Fields()
    for one in found:
        fields.add(LABEL, {name: getattr(one, name) for name in ("asked", "role", "time", "username")})
    made = entry(
        stations,
        actor,
        Permission.REFERRAL_LIST,
        "answered",
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result={"referrals": len(found)},
    )
    return stations.ledger.record(found, made)


def _mask(disclosure: Disclosure) -> Masked | None:
    """What stands in place of a typed number for somebody who may not see one kind of those that are sealed."""
    masks = [mask for kind in INDEXED_IDENTITIES if (mask := disclosure.gravest(kind, [IDENTIFIED_BY[kind]])) is not None]
    return max(masks, key=lambda mask: mask.tier, default=None)


def _referral(stations: Stations, record: Mapping[str, Any], mask: Masked | None) -> Referral:
    who = record["actor"]
    asked = mask if mask is not None else _asked(stations, record["request"])
    return Referral(record["seq"], parse_stored_time(record["time"]), who["username"], who["role"], asked)


def _asked(stations: Stations, request: Mapping[str, Any]) -> str | None:
    try:
        sealed = base64.b64decode(request["asked"], validate=True)
        return stations.sealer.open_document(LABEL, request["referral"], "asked", sealed).decode()
    except (KeyUnavailableError, SealBrokenError, KeyError, binascii.Error):
        return None
