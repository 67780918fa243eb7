"""The audit trail for people: search, one record in full, its proof, and the records as a file."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import IdentifierError, InputError, PermissionDeniedError
from traceapp.domain.exports import Subject
from traceapp.domain.permissions import ACTS, Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.usecases.audit.anchor_ledger import anchor_states
from traceapp.usecases.audit.search_ledger import search_ledger, show_record
from traceapp.usecases.audit.sign_ledger import prove_record
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.exported_ledger import LedgerQuestion
from traceapp.usecases.exports.take_export import request_export
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.audit_answers import proof_file
from traceapp.web.audit_inputs import LedgerFilters, RecordInput
from traceapp.web.export_tables import arrangements
from traceapp.web.files import table_file
from traceapp.web.pages.audit_form import LedgerFormExportInput, LedgerFormInput, LedgerFormRequestInput
from traceapp.web.pages.forms import field_errors
from traceapp.web.pages.layout import may
from traceapp.web.pages.record_words import OUTCOMES, act_words, fields_of, lines_of
from traceapp.web.pages.refusals import refusal
from traceapp.web.pages.wording import language
from traceapp.web.reading import read_form, read_path, read_posted

audit_pages = Blueprint("audit_trail", __name__)

ASKED = ("person", "number", "uid", "field", "act", "outcome", "role", "since", "until", "denied", "address", "request_id")


@audit_pages.get("/audit")
@permission(Permission.LEDGER_SEARCH)
def search() -> str | tuple[str, int]:
    """The newest records, and a form to narrow them."""
    try:
        asked = read_form(LedgerFormInput)
    except InputError as error:
        return _form(errors=field_errors(error)), 400
    try:
        found = search_ledger(stations(), current_actor(), asked.asked(), asked.before)
    except IdentifierError as error:
        return _form(errors={"number": str(error)}), 400
    return _form(page=found.value, receipt=found.receipt)


@audit_pages.get("/audit/export")
@permission(Permission.LEDGER_EXPORT)
def export() -> Response | tuple[str, int]:
    """The records of the search as a file."""
    try:
        asked = read_form(LedgerFormExportInput)
        question, subject = LedgerQuestion(asked.asked()), Subject.LEDGER
        return table_file(export_rows(stations(), current_actor(), subject, question, asked.form, arrangements()[subject]))
    except InputError as error:
        return _form(errors=field_errors(error)), 400


@audit_pages.post("/audit/export")
@permission(Permission.LEDGER_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.LEDGER_EXPORT)
def request_file() -> BaseResponse | tuple[str, int]:
    """Ask others to let many records leave."""
    try:
        asked = read_posted(LedgerFormRequestInput)
        question = LedgerQuestion(asked.asked())
        made = request_export(stations(), current_actor(), Subject.LEDGER, question, asked.form, "T1", asked.reason)
    except InputError as error:
        return _form(errors=field_errors(error)), 400
    except PermissionDeniedError as error:
        return _form(errors={"": refusal(error)}), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


@audit_pages.get("/audit/records/<seq>")
@permission(Permission.LEDGER_SEARCH)
def show(seq: str) -> str:
    """One record in full."""
    found = show_record(stations(), current_actor(), read_path(RecordInput, {"seq": seq}).seq)
    told = found.value.told
    return render_template(
        "audit/record.html",
        record=found.value,
        told=told,
        act=act_words(told["act"]),
        outcome=OUTCOMES.get(told["outcome"], ("plain", "unknown", told["outcome"])),
        who=lines_of({name: value for name, value in told["actor"].items() if name not in {"username", "role", "owner"}}),
        about=lines_of({"object": told.get("object") or []}),
        asked=lines_of(told["request"]),
        shown=fields_of(told["disclosed"]),
        withheld=fields_of(told["withheld"]),
        result=lines_of(told["result"]),
        receipt=found.receipt,
    )


@audit_pages.get("/audit/records/<seq>/proof")
@permission(Permission.LEDGER_SEARCH)
def proof(seq: str) -> Response:
    """The proof that it is in the ledger, as a file."""
    number = read_path(RecordInput, {"seq": seq}).seq
    return proof_file(number, prove_record(stations(), current_actor(), number, Permission.LEDGER_SEARCH))


def _form(errors: dict[str, str] | None = None, **found: Any) -> str:
    said = {name: request.values.get(name, "").strip() for name in {*ASKED, *LedgerFilters.model_fields}}
    return render_template(
        "audit/search.html",
        said=said,
        kept={name: value for name, value in said.items() if value},
        errors=errors or {},
        acts=sorted((act_words(one), one) for one in ACTS),
        outcomes={name: words for name, (_, _, words) in OUTCOMES.items()},
        marks_of=OUTCOMES,
        roles=list(Role),
        purpose_names={one.value: stations().policy.purpose_label(one, language()) for one in Purpose},
        may_export=may(current_actor(), Permission.LEDGER_EXPORT),
        may_ask=may(current_actor(), Permission.APPROVAL_REQUEST),
        act_words=act_words,
        anchored_at=_anchored_at(),
        **{"page": None, "receipt": None, **found},
    )


def _anchored_at() -> str | None:
    """When a checkpoint was kept elsewhere last, in the stored form; None where none ever was."""
    moments = [state.at for state in anchor_states(stations().settings.home) if state.at is not None]
    return stored_time(max(moments)) if moments else None
