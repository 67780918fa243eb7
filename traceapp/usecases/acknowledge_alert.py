"""Somebody puts his name to an alert: he has seen to it."""

from traceapp.domain.alerts import Alert, KeptAlert
from traceapp.domain.errors import AlertNotFoundError, ConcurrentChangeError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, carry_out, entry
from traceapp.usecases.list_alerts import is_about
from traceapp.usecases.stations import Stations
from traceapp.usecases.watch_ledger import request_of

OWN = "This alert is about you: somebody else sees to it."
NAMELESS = "A token has no name to put to an alert; a person does it."


def acknowledge_alert(stations: Stations, actor: Actor, uid: str) -> Recorded[KeptAlert]:
    """Close it under the actor's name.

    raises  PermissionDeniedError: not for this role, his own, or by a token; AlertNotFoundError; ConcurrentChangeError: it is
            closed; HomeError; LedgerUnavailableError: it stays open.
    """
    authorise(stations, actor, Permission.ALERT_ACKNOWLEDGE, {"alert": uid})
    kept = stations.alerts.get_alert(uid)
    if kept is None:
        raise AlertNotFoundError("No alert has this id.")
    if kept.acknowledged_at is not None:
        raise ConcurrentChangeError(f"{kept.acknowledged_by} has acknowledged it.")
    request = request_of(kept.alert)
    refusal = NAMELESS if actor.through == "token" else OWN if _is_own(stations, kept.alert, actor) else None
    if refusal is not None:
        denied = entry(stations, actor, Permission.ALERT_ACKNOWLEDGE, "denied", request=request, reason=refusal)
        stations.ledger.append(denied)
        raise PermissionDeniedError(refusal)

    def work() -> KeptAlert:
        if not stations.alerts.put_acknowledged(uid, actor.username, stations.clock.now()):
            raise ConcurrentChangeError("somebody else acknowledged it at this moment")
        closed = stations.alerts.get_alert(uid)
        return closed if closed is not None else kept

    return carry_out(stations, actor, Permission.ALERT_ACKNOWLEDGE, request, work)


def _is_own(stations: Stations, alert: Alert, actor: Actor) -> bool:
    """Whether it is about this person, by whichever of his accounts."""
    if is_about(alert, actor):
        return True
    asker = stations.accounts.get_account(actor.account_uid)
    accounts = (stations.accounts.get_account(part) for part in alert.group.split(" ") if part)
    return asker is not None and any(found is not None and found.person_id == asker.person_id for found in accounts)
