"""What was delivered outside, and to whom anything may be."""

from flask import Blueprint, Response

from traceapp.domain.exports import Subject
from traceapp.domain.permissions import Permission
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.exports.deliveries import acknowledge_delivery, enter_delivery, list_deliveries
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.exported_deliveries import RegisterQuestion
from traceapp.usecases.exports.recipients import ADDED_BY, end_recipient, list_recipients
from traceapp.usecases.exports.take_export import request_export
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.approval_answers import moved_answer
from traceapp.web.approval_models import ApprovalMoved
from traceapp.web.delivery_answers import deliveries_answer, delivery_answer, recipient_answer, recipients_answer
from traceapp.web.delivery_inputs import (
    AcknowledgementBody,
    DeliveryBody,
    RecipientBody,
    RecipientInput,
    RegisterExportBody,
    RegisterExportInput,
    RegisterInput,
)
from traceapp.web.delivery_models import Deliveries, DeliveryChanged, RecipientChanged, Recipients
from traceapp.web.export_tables import arrangements
from traceapp.web.files import MEDIA, table_file
from traceapp.web.operations import operation

deliveries = Blueprint("deliveries", __name__, url_prefix="/api/v1")


@deliveries.get("/deliveries")
@permission(Permission.DELIVERY_LIST)
@operation(answer=Deliveries, query=RegisterInput)
def show(query: RegisterInput) -> Response:
    """List what was delivered outside, the newest first."""
    return deliveries_answer(list_deliveries(stations(), current_actor(), query.before))


@deliveries.get("/deliveries/export")
@permission(Permission.DELIVERY_LIST)
@operation(query=RegisterExportInput, files=tuple(MEDIA.values()))
def export(query: RegisterExportInput) -> Response:
    """Take the register out as a file, names and grounds masked."""
    subject = Subject.DELIVERIES
    made = export_rows(stations(), current_actor(), subject, RegisterQuestion(), query.form, arrangements()[subject])
    return table_file(made)


@deliveries.post("/deliveries/export")
@permission(Permission.DELIVERY_LIST)
@records(Permission.APPROVAL_REQUEST, Permission.DELIVERY_LIST)
@operation(answer=ApprovalMoved, body=RegisterExportBody, refuses=(404,))
def request(body: RegisterExportBody) -> Response:
    """Ask others to let the register leave with names and grounds in clear."""
    subject, question = Subject.DELIVERIES, RegisterQuestion()
    return moved_answer(request_export(stations(), current_actor(), subject, question, body.form, "T2", body.reason))


@deliveries.post("/deliveries")
@permission(Permission.DELIVERY_ENTER)
@operation(answer=DeliveryChanged, body=DeliveryBody)
def enter(body: DeliveryBody) -> Response:
    """Enter where a file went that you took out.

    Either `recipient`, or `organisation`, `person` and `country`. A file that was approved for a recipient enters itself; to
    another country than the plant's only such a file goes.
    """
    return delivery_answer(enter_delivery(stations(), current_actor(), body.record, body.said))


@deliveries.post("/deliveries/<uid>/acknowledgement")
@permission(Permission.DELIVERY_ENTER)
@operation(answer=DeliveryChanged, path=RecipientInput, body=AcknowledgementBody, refuses=(404,))
def acknowledge(path: RecipientInput, body: AcknowledgementBody) -> Response:
    """Enter who has said that it came, and when."""
    return delivery_answer(acknowledge_delivery(stations(), current_actor(), path.uid, body.by, body.at))


@deliveries.get("/recipients")
@permission(Permission.DELIVERY_LIST)
@operation(answer=Recipients)
def recipients() -> Response:
    """List to whom files may go, the newest first; ended ones too."""
    return recipients_answer(list_recipients(stations(), current_actor()))


@deliveries.post("/recipients")
@permission(Permission.RECIPIENT_CHANGE)
@records(Permission.APPROVAL_REQUEST, Permission.RECIPIENT_CHANGE)
@operation(answer=ApprovalMoved, body=RecipientBody)
def ask(body: RecipientBody) -> Response:
    """Ask that a recipient, or an interface, be registered; others agree to exactly this one.

    Once it is carried out, `uid` of the approval is that of the recipient.
    """
    said = {name: value for name, value in body.said.items() if name != "reason"}
    return moved_answer(request_approval(stations(), current_actor(), ADDED_BY[body.kind], said, body.reason))


@deliveries.post("/recipients/<uid>/end")
@permission(Permission.RECIPIENT_CHANGE)
@operation(answer=RecipientChanged, path=RecipientInput, refuses=(404,))
def end(path: RecipientInput) -> Response:
    """End a recipient: nothing goes there from now on. That takes nobody else."""
    return recipient_answer(end_recipient(stations(), current_actor(), path.uid))
