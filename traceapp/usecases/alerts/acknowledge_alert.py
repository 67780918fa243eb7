"""Somebody puts his name to an alert: he has seen to it."""

from dataclasses import replace

from traceapp.domain.alerts import Alert, KeptAlert
from traceapp.domain.errors import AlertNotFoundError, ConcurrentChangeError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.alert_book import AlertBook
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.alerts.alert_records import alert_request
from traceapp.usecases.alerts.list_alerts import is_about
from traceapp.usecases.stations import Stations

OWN = "This alert is about you: somebody else sees to it."
NAMELESS = "A token has no name to put to an alert; a person does it."


def acknowledge_alert(stations: Stations, actor: Actor, uid: str) -> Recorded[KeptAlert]:
    """Close it under the actor's name.

    raises  PermissionDeniedError: not for this role, his own, or by a token; AlertNotFoundError; ConcurrentChangeError: it is
            closed; HomeError; LedgerUnavailableError: it stays open.
    """
    authorise(stations, actor, Permission.ALERT_ACKNOWLEDGE, {"alert": uid})
    kept = stations.alerts.get_alert(uid)
    if kept is None or kept.acknowledged_at is not None:
        reason = "no such alert" if kept is None else "acknowledged before"
        failed = entry(stations, actor, Permission.ALERT_ACKNOWLEDGE, "failed", request={"alert": uid}, reason=reason)
        stations.ledger.append(failed)
        if kept is None:
            raise AlertNotFoundError("No alert has this id.")
        raise ConcurrentChangeError(f"{kept.acknowledged_by} has acknowledged it.")
    request = alert_request(kept.alert)
    refusal = NAMELESS if actor.through == "token" else OWN if _is_own(stations, kept.alert, actor) else None
    if refusal is not None:
        denied = entry(stations, actor, Permission.ALERT_ACKNOWLEDGE, "denied", request=request, reason=refusal)
        stations.ledger.append(denied)
        raise PermissionDeniedError(refusal)

    made = entry(stations, actor, Permission.ALERT_ACKNOWLEDGE, "done", request=request)
    recorded = stations.ledger.record(replace(kept, acknowledged_by=actor.username, acknowledged_at=stations.clock.now()), made)
    close(stations.alerts, recorded.value)
    return recorded


def close(book: AlertBook, closed: KeptAlert) -> None:
    """In the book, which follows the ledger: the record counts, and the watch closes the alert where this did not come to be."""
    if closed.acknowledged_by is not None and closed.acknowledged_at is not None:
        book.put_acknowledged(closed.alert.uid, closed.acknowledged_by, closed.acknowledged_at)


def _is_own(stations: Stations, alert: Alert, actor: Actor) -> bool:
    """Whether it is about this person, by whichever of his accounts."""
    if is_about(alert, actor):
        return True
    asker = stations.accounts.get_account(actor.account_uid)
    accounts = (stations.accounts.get_account(part) for part in alert.group.split(" ") if part)
    return asker is not None and any(found is not None and found.person_id == asker.person_id for found in accounts)
