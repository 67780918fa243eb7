"""An alert rule rings no more for a while: after somebody else agreed, with an end, and that it is silent is an alert itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from traceapp.domain.alerts import AlertFilter, AlertState
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import AlertNotFoundError, InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.policy.alert_rules import running_rules
from traceapp.usecases.access import entry
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.stations import Stations

LONGEST_HOURS: Final = 168
MOST: Final = 1_000
"""Alerts of a rule that are counted."""
SAMPLE: Final = 5


def silent_rules() -> tuple[str, ...]:
    """Names of the rules that can be silenced, in the order of the document."""
    return tuple(name for name, rule in running_rules().items() if rule.can_be_silenced)


def check_silence(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`rule` and `hours`, 1 to 168.

    raises  AlertNotFoundError: there is no such rule; InputError: one that always rings, or hours that are none.
    """
    rule, hours = said.get("rule"), said.get("hours")
    if said.keys() != {"rule", "hours"}:
        raise InputError.wanted("parameters", "rule and hours")
    if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= LONGEST_HOURS:
        raise InputError.wanted("hours", f"1 to {LONGEST_HOURS}")
    known = running_rules().get(rule) if isinstance(rule, str) else None
    if known is None:
        raise AlertNotFoundError("There is no such rule.")
    if not known.can_be_silenced:
        raise InputError.wanted("rule", "a rule that is neither critical nor one that watches over this")
    return {"rule": rule, "hours": hours}


def silenced_rule(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The rule as it stands: another release may mean something else by its name."""
    known = running_rules().get(parameters["rule"])
    return known.model_dump(mode="json") if known is not None else None


def preview_silence(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """How loud it is: its alerts that are kept, and those nobody has seen to. raises HomeError."""
    found = stations.alerts.list_alerts(AlertFilter(rule=parameters["rule"]), MOST)
    return {"alerts": len(found), "open": sum(one.state is AlertState.OPEN for one in found)}


def sample_silence(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> list[Mapping[str, Any]]:
    """The newest alerts that the rule rang: when, how loud, how often, and whether somebody has seen to it. raises HomeError."""
    found = stations.alerts.list_alerts(AlertFilter(rule=parameters["rule"]), SAMPLE)
    return [
        {"at": stored_time(one.alert.at), "level": one.alert.level.value, "count": one.alert.count, "state": one.state.value}
        for one in found
    ]


def silence_rule(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[datetime]:
    """Put it on record, which is all: the watch reads it there, and lets the rule ring again after the end.

    returns  when it rings again.
    raises  LedgerUnavailableError: it rings on.
    """
    until = stations.clock.now() + timedelta(hours=parameters["hours"])
    request = {"rule": parameters["rule"], "hours": parameters["hours"], "until": until}
    told = entry(stations, actor, Permission.ALERT_SILENCE, "done", request=request, approval=approval)
    return stations.ledger.record(until, told)
