"""Somebody wants that a rule rings no more. Nobody does that alone, and there is no second person to ask yet."""

from typing import NoReturn

from traceapp.domain.errors import AlertNotFoundError, SilenceRefusedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.list_alerts import rule_names
from traceapp.usecases.stations import Stations

REFUSED = "Nobody silences a rule alone: that takes a second person who approves it, and this version asks none. It rings on."


def silence_rule(stations: Stations, actor: Actor, rule: str) -> NoReturn:
    """Refuse it, on record; the record is an alert itself.

    raises  SilenceRefusedError, always; PermissionDeniedError; AlertNotFoundError: there is no such rule; LedgerUnavailableError.
    """
    if rule not in rule_names():
        raise AlertNotFoundError("There is no such rule.")
    authorise(stations, actor, Permission.ALERT_ACKNOWLEDGE, {"rule": rule})
    denied = entry(stations, actor, Act.ALERT_SILENCE, "denied", request={"rule": rule}, reason=REFUSED)
    stations.ledger.append(denied)
    raise SilenceRefusedError(REFUSED)
