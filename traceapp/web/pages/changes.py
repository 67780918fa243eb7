"""Changes of the rules: what is in force, what another document would change for whom, and the request for it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.permissions import Permission
from traceapp.usecases.governed.change_documents import Comparison, compare_document, list_documents, plain_comparison
from traceapp.usecases.governed.propose_document import propose_document
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.pages import change_words
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal

change_pages = Blueprint("change", __name__)


@change_pages.get("/changes")
@permission(Permission.CHANGE_LIST)
def show() -> str:
    """What is in force."""
    return _page()


@change_pages.post("/changes/comparison")
@permission(Permission.CHANGE_LIST)
def compare() -> str | tuple[str, int]:
    """What a document would change; nothing is kept."""
    try:
        found = compare_document(stations(), current_actor(), _kind(), request.form.get("text", "").encode())
    except InputError as error:
        return _page(change_words.wrong_of(error), "text"), 400
    return _page(change=found.value)


@change_pages.post("/changes/proposals")
@permission(Permission.CHANGE_PROPOSE)
@records(Permission.CHANGE_PROPOSE, Permission.APPROVAL_REQUEST, Permission.CHANGE_LIST)
def propose() -> Response | tuple[str, int]:
    """Ask others to agree to a document, or that a former version comes back."""
    said = request.form
    number = said.get("version", "")
    content = said.get("text", "").encode() if not number else None
    try:
        wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
        made = propose_document(stations(), current_actor(), _kind(), content, said.get("reason", ""), wanted)
    except InputError as error:
        about = "reason" if "reason" in dict(error.fields) else "text"
        field = f"why-{said.get('document')}-{number}" if number else about
        return _page(change_words.wrong_of(error), field, _compared(content)), 400
    except PermissionDeniedError as error:
        return _page(refusal(error), change=_compared(content)), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


def _compared(content: bytes | None) -> Comparison | None:
    """What was looked at before it was proposed, so that a proposal that came back stands under it again."""
    try:
        return compare_document(stations(), current_actor(), _kind(), content).value if content is not None else None
    except InputError:
        return None


def _kind() -> DocumentKind:
    try:
        return DocumentKind(request.form.get("document", ""))
    except ValueError:
        raise InputError("document: wanted one of the governed documents", (("document", "one of them"),)) from None


def _page(error: str = "", field: str = "", change: Comparison | None = None) -> str:
    """field  of the page, that the error is about."""
    actor = current_actor()
    found = list_documents(stations(), actor)
    told: dict[str, Any] | None = plain_comparison(change) | {"kind": change.kind} if change is not None else None
    return render_template(
        "changes/list.html",
        documents=found.value,
        receipt=found.receipt,
        error=error,
        field=field,
        change=told,
        changed=change_words,
        proposes=may(actor, Permission.CHANGE_PROPOSE) and may(actor, Permission.APPROVAL_REQUEST),
        said=request.form,
    )
