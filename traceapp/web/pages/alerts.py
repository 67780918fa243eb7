"""Alerts: what rang, what to do about it, who has seen to it."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.alerts import AlertFilter, AlertLevel, AlertState
from traceapp.domain.errors import AlertNotFoundError, ConcurrentChangeError
from traceapp.domain.permissions import Permission
from traceapp.usecases.alerts.acknowledge_alert import acknowledge_alert
from traceapp.usecases.alerts.list_alerts import alert_words, list_alerts, rule_names
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.pages import wording
from traceapp.web.pages.layout import may
from traceapp.web.pages.wording import N_

alert_pages = Blueprint("alert", __name__)

LEVELS: Final = {
    AlertLevel.CRITICAL: ("rejected", "recalled", N_("Critical: now")),
    AlertLevel.HIGH: ("held", "unverified", N_("High: today")),
    AlertLevel.MEDIUM: ("unknown", "unknown", N_("Medium: this week")),
    AlertLevel.LOW: ("plain", "plain", N_("Low: when there is time")),
}
"""What gives a level its colour, its sign and its word."""
STATES: Final = {AlertState.OPEN: N_("Still open"), AlertState.ACKNOWLEDGED: N_("Acknowledged")}


@alert_pages.get("/alerts")
@permission(Permission.ALERT_LIST)
def show() -> str:
    """Those that are open, unless other ones are asked for."""
    return _page()


@alert_pages.post("/alerts/<uid>/acknowledgement")
@permission(Permission.ALERT_ACKNOWLEDGE)
def acknowledge(uid: str) -> Response | tuple[str, int]:
    """Put one's name to it."""
    try:
        acknowledge_alert(stations(), current_actor(), uid)
    except (AlertNotFoundError, ConcurrentChangeError):
        return _page(gettext("There is no such alert, or somebody else has acknowledged it.")), 409
    return redirect(url_for("alert.show"), 303)


def _page(error: str = "") -> str:
    actor, language = current_actor(), wording.language()
    said = request.args
    state = said.get("state", AlertState.OPEN.value)
    level, rule = said.get("level", ""), said.get("rule", "")
    wanted = AlertFilter(
        next((one for one in AlertState if one.value == state), None),
        next((one for one in AlertLevel if one.value == level), None),
        rule if rule in rule_names() else "",
    )
    found = list_alerts(stations(), actor, wanted)
    return render_template(
        "alerts/list.html",
        found=found.value,
        receipt=found.receipt,
        error=error,
        wanted=wanted,
        levels=LEVELS,
        states=STATES,
        rules=sorted(((name, alert_words(name, language).title) for name in rule_names()), key=lambda one: one[1]),
        words={one.kept.alert.rule: alert_words(one.kept.alert.rule, language) for one in found.value.alerts},
        may_acknowledge=may(actor, Permission.ALERT_ACKNOWLEDGE),
        may_search=may(actor, Permission.LEDGER_SEARCH),
    )
