"""What rang, and who has seen to it."""

from flask import Blueprint, Response

from traceapp.domain.approvals import Operation
from traceapp.domain.permissions import Permission
from traceapp.usecases.alerts.acknowledge_alert import acknowledge_alert
from traceapp.usecases.alerts.list_alerts import list_alerts
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.alert_answers import acknowledged_answer, alerts_answer
from traceapp.web.alert_models import AlertAcknowledged, Alerts
from traceapp.web.approval_answers import moved_answer
from traceapp.web.approval_inputs import SilenceBody
from traceapp.web.approval_models import ApprovalMoved
from traceapp.web.inputs import AlertsInput, RuleInput, UidInput
from traceapp.web.operations import operation

alerts = Blueprint("alerts", __name__, url_prefix="/api/v1/alerts")


@alerts.get("")
@permission(Permission.ALERT_LIST)
@operation(answer=Alerts, query=AlertsInput)
def show(query: AlertsInput) -> Response:
    """List alerts, the newest first.

    At most 200; `cut` says that there are more. `open` counts the open ones by level, whatever is asked for.
    """
    return alerts_answer(list_alerts(stations(), current_actor(), query.filter()))


@alerts.post("/<uid>/acknowledgement")
@permission(Permission.ALERT_ACKNOWLEDGE)
@operation(answer=AlertAcknowledged, path=UidInput, refuses=(404, 409))
def acknowledge(path: UidInput) -> Response:
    """Put one's name to an alert.

    A person does it, in a session of his own: a token has no name to put to it. Nobody acknowledges one about himself.
    """
    return acknowledged_answer(acknowledge_alert(stations(), current_actor(), path.uid))


@alerts.post("/rules/<rule>/silence")
@permission(Permission.ALERT_SILENCE)
@records(Permission.APPROVAL_REQUEST)
@operation(answer=ApprovalMoved, path=RuleInput, body=SilenceBody, refuses=(404,))
def silence(path: RuleInput, body: SilenceBody) -> Response:
    """Ask that a rule be silent for a while.

    Nothing is silent yet: somebody else agrees first, and then you carry it out. That a rule is silent is an alert itself.
    """
    asked = {"rule": path.rule, "hours": body.hours}
    return moved_answer(request_approval(stations(), current_actor(), Operation.ALERT_SILENCE, asked, body.reason))
