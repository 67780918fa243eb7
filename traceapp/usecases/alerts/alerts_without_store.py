"""Store or keys are away, and alerts have to be seen to all the same: whoever has the service's files does it, on record."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from traceapp.domain.alerts import AlertFilter, KeptAlert
from traceapp.domain.errors import AlertNotFoundError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.alerts.acknowledge_alert import OWN, close
from traceapp.usecases.alerts.alert_records import alert_request
from traceapp.usecases.alerts.list_alerts import AlertList, is_about, listed_for
from traceapp.usecases.watch_stations import WatchStations

AWAY = {"store": "away"}


def list_alerts_without_store(stations: WatchStations, actor: Actor, wanted: AlertFilter) -> Recorded[AlertList]:
    """As `list_alerts`; nobody's role is asked. raises HomeError; LedgerUnavailableError."""
    told = listed_for(stations.book, actor, wanted)
    return stations.ledger.record(told, _entry(actor, Permission.ALERT_LIST, "answered", AWAY, result=told.counts))


def acknowledge_without_store(stations: WatchStations, actor: Actor, uid: str) -> Recorded[KeptAlert]:
    """As `acknowledge_alert`; which other accounts the person has cannot be told now.

    raises  AlertNotFoundError: there is none, or it is closed; PermissionDeniedError: about himself; HomeError;
            LedgerUnavailableError.
    """
    kept = stations.book.get_alert(uid)
    if kept is None or kept.acknowledged_at is not None:
        raise AlertNotFoundError("No open alert has this id.")
    request = {**alert_request(kept.alert), **AWAY}
    if is_about(kept.alert, actor):
        stations.ledger.append(_entry(actor, Permission.ALERT_ACKNOWLEDGE, "denied", request, OWN))
        raise PermissionDeniedError(OWN)

    made = _entry(actor, Permission.ALERT_ACKNOWLEDGE, "done", request)
    closed = replace(kept, acknowledged_by=actor.username, acknowledged_at=stations.clock.now())
    recorded = stations.ledger.record(closed, made)
    close(stations.book, closed)
    return recorded


def _entry(
    actor: Actor, act: Permission, outcome: str, request: Mapping[str, Any], reason: str | None = None, **said: Any
) -> LedgerEntry:
    who = {"account": actor.account_uid, "username": actor.username, "role": actor.role.value, "through": actor.through}
    return LedgerEntry(act=act.value, outcome=outcome, actor=who, request=request, reason=reason, **said)
