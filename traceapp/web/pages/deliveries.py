"""The register of outside deliveries, those to whom files may go, and a trace that shall go to one of them."""

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from traceapp.domain.deliveries import Channel
from traceapp.domain.errors import FactorNeededError, InputError, PermissionDeniedError
from traceapp.domain.exports import Subject, TableForm
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recipients import RecipientKind
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.exports.deliveries import acknowledge_delivery, enter_delivery, list_deliveries
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.exported_deliveries import RegisterQuestion
from traceapp.usecases.exports.recipients import ADDED_BY, end_recipient, list_recipients
from traceapp.usecases.exports.take_export import request_export
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.delivery_inputs import RecipientInput, RegisterExportInput, RegisterInput
from traceapp.web.export_tables import arrangements
from traceapp.web.files import table_file
from traceapp.web.pages.delivery_forms import (
    AcknowledgementForm,
    DeliveryForm,
    RecipientForm,
    TraceDeliveryPageInput,
    TraceDeliveryRequestInput,
)
from traceapp.web.pages.delivery_words import CHANNELS, KINDS, STATES, SUBJECTS, wrong_fields, wrong_of
from traceapp.web.pages.layout import may
from traceapp.web.reading import read_form, read_path, read_posted, read_said

delivery_pages = Blueprint("delivery", __name__)

FORMS: Final = {"delivery.request_file": "file", "delivery.enter": "e", "delivery.acknowledge": "it", "delivery.ask": "r"}
"""Where a form was sent, and what the ids of its fields begin with: what came back stands in that form alone."""


@delivery_pages.get("/deliveries")
@permission(Permission.DELIVERY_LIST)
def show() -> str:
    """The newest deliveries, and the recipients."""
    return _page()


@delivery_pages.get("/deliveries/export")
@permission(Permission.DELIVERY_LIST)
def export() -> Response:
    """The register as a file, names and grounds masked."""
    subject, form = Subject.DELIVERIES, read_form(RegisterExportInput).form
    return table_file(export_rows(stations(), current_actor(), subject, RegisterQuestion(), form, arrangements()[subject]))


@delivery_pages.post("/deliveries/export")
@permission(Permission.DELIVERY_LIST)
@records(Permission.APPROVAL_REQUEST, Permission.DELIVERY_LIST)
def request_file() -> Response | tuple[str, int]:
    """Ask others to let it leave in clear."""
    subject, reason = Subject.DELIVERIES, request.form.get("reason", "")
    try:
        made = request_export(stations(), current_actor(), subject, RegisterQuestion(), TableForm.XLSX, "T2", reason)
    except (InputError, PermissionDeniedError) as error:
        return _page(error), 400 if isinstance(error, InputError) else 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


@delivery_pages.post("/deliveries")
@permission(Permission.DELIVERY_ENTER)
@records(Permission.DELIVERY_ENTER, Permission.DELIVERY_LIST)
def enter() -> Response | tuple[str, int]:
    """Say where a file went that one took out."""
    try:
        asked = read_posted(DeliveryForm)
        enter_delivery(stations(), current_actor(), asked.record, asked.said)
    except InputError as error:
        return _page(error), 400
    except PermissionDeniedError as error:
        return _page(error), 403
    return redirect(url_for("delivery.show"), 303)


@delivery_pages.post("/deliveries/<uid>/acknowledgement")
@permission(Permission.DELIVERY_ENTER)
@records(Permission.DELIVERY_ENTER, Permission.DELIVERY_LIST)
def acknowledge(uid: str) -> Response | tuple[str, int]:
    """Say who has said that it came."""
    try:
        asked = read_posted(AcknowledgementForm)
        acknowledge_delivery(stations(), current_actor(), read_path(RecipientInput, {"uid": uid}).uid, asked.by, asked.at)
    except InputError as error:
        return _page(error), 400
    return redirect(url_for("delivery.show"), 303)


@delivery_pages.post("/recipients")
@permission(Permission.RECIPIENT_CHANGE)
@records(Permission.APPROVAL_REQUEST, Permission.RECIPIENT_CHANGE, Permission.DELIVERY_LIST)
def ask() -> Response | tuple[str, int]:
    """Ask that somebody be registered."""
    try:
        form = read_posted(RecipientForm)
        said = form.said
        reason = said.pop("reason", "")
        made = request_approval(stations(), current_actor(), ADDED_BY[form.kind], said, reason)
    except InputError as error:
        return _page(error), 400
    except PermissionDeniedError as error:
        return _page(error), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


@delivery_pages.post("/recipients/<uid>/end")
@permission(Permission.RECIPIENT_CHANGE)
def end(uid: str) -> Response:
    """Nothing goes there any more."""
    end_recipient(stations(), current_actor(), read_path(RecipientInput, {"uid": uid}).uid)
    return redirect(url_for("delivery.show"), 303)


@delivery_pages.get("/traces/delivery")
@permission(Permission.BATCH_EXPORT)
@records(Permission.DELIVERY_LIST)
def trace() -> str:
    """To whom this trace shall go."""
    asked = read_form(TraceDeliveryPageInput)
    return _trace(request.args, str(asked.number or asked.uid or asked.epc or ""))


@delivery_pages.post("/traces/delivery")
@permission(Permission.BATCH_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.BATCH_EXPORT, Act.WITHHELD_ROUTE, Permission.DELIVERY_LIST)
def request_trace() -> Response | tuple[str, int]:
    """Ask others to let it go there."""
    try:
        asked = read_posted(TraceDeliveryRequestInput)
        made = request_export(
            stations(), current_actor(), Subject.TRACE, asked.search(), asked.form, asked.tier, asked.reason, asked.address
        )
    except FactorNeededError:
        return redirect(url_for("factors.form", next=url_for("delivery.trace", **_question(request.form))), 303)
    except InputError as error:
        return _trace(request.form, "", error), 400
    except PermissionDeniedError as error:
        return _trace(request.form, "", error), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


def _question(said: Any) -> dict[str, Any]:
    """The trace, without whom it goes to."""
    return {name: value for name, value in said.items() if value and name in TraceDeliveryPageInput.model_fields}


def _trace(said: Any, title: str, error: Exception | None = None) -> str:
    found = list_recipients(stations(), current_actor())
    return render_template(
        "deliveries/trace.html",
        question=_question(said),
        title=title or said.get("number", ""),
        said=said,
        recipients=[one for one in found.value if one.ended_at is None],
        receipt=found.receipt,
        channels=CHANNELS,
        **_wrong(error, "d-{}"),
    )


def _wrong(error: Exception | None, form: str) -> dict[str, Any]:
    """What was wrong, and the ids of the fields that it is about.   form  how the ids of the form are made of names."""
    wrong = [form.format(name) for name in wrong_fields(error)]
    return {"error": wrong_of(error) if error is not None else "", "wrong": wrong, "field": next(iter(wrong), "")}


def _page(error: Exception | None = None) -> str:
    actor, at = current_actor(), FORMS.get(request.endpoint or "", "")
    about = (request.view_args or {}).get("uid", "")
    try:
        before = read_said(RegisterInput, dict(request.args)).before
    except InputError:
        before = None
    register, known = list_deliveries(stations(), actor, before), list_recipients(stations(), actor)
    return render_template(
        "deliveries/register.html",
        page=register.value,
        receipt=known.receipt,
        recipients=known.value,
        **_wrong(error, f"{{}}-{about}" if at == "it" else f"{at}-{{}}"),
        said=request.form,
        at=at,
        about=about,
        channels=CHANNELS,
        kinds=KINDS,
        states=STATES,
        subjects=SUBJECTS,
        all_channels=list(Channel),
        all_kinds=list(RecipientKind),
        own_country=stations().organisation.country,
        may_ask=may(actor, Permission.APPROVAL_REQUEST),
        may_enter=may(actor, Permission.DELIVERY_ENTER),
        may_change=may(actor, Permission.RECIPIENT_CHANGE) and may(actor, Permission.APPROVAL_REQUEST),
    )
