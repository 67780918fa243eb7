"""Reviews of who may see what: begun, gone through account by account, taken out as a sheet."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.access_reviews import DECIDED
from traceapp.domain.errors import ConcurrentChangeError, InputError, PermissionDeniedError, ReviewStateError
from traceapp.domain.exports import TableForm
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.review_access import begin_review, decide_account, list_reviews, show_review
from traceapp.usecases.accounts.review_sheet import take_sheet
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.files import table_file
from traceapp.web.pages import account_words as words
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal
from traceapp.web.review_tables import review_tables

access_review_pages = Blueprint("access_review", __name__)

REFUSALS: Final = (ConcurrentChangeError, PermissionDeniedError, ReviewStateError)


@access_review_pages.get("/access-reviews")
@permission(Permission.ACCOUNT_LIST)
def show() -> str:
    """All there are, and when the next one is due."""
    return _list()


@access_review_pages.post("/access-reviews")
@permission(Permission.ACCOUNT_LIST)
@records(Permission.ACCOUNT_REVIEW, Permission.ACCOUNT_LIST)
def begin() -> Response | tuple[str, int]:
    """Begin one."""
    try:
        made = begin_review(stations(), current_actor())
    except ReviewStateError as error:
        return _list(refusal(error)), 409
    return redirect(url_for("access_review.open_one", uid=made.value.uid), 303)


@access_review_pages.get("/access-reviews/<uid>")
@permission(Permission.ACCOUNT_LIST)
def open_one(uid: str) -> str:
    """Every account of one."""
    return _page(uid)


@access_review_pages.get("/access-reviews/<uid>/accounts/<username>")
@permission(Permission.ACCOUNT_LIST)
def look(uid: str, username: str) -> str:
    """One account of it, to decide."""
    return _account(uid, username)


@access_review_pages.post("/access-reviews/<uid>/accounts/<username>")
@permission(Permission.ACCOUNT_REVIEW)
@records(Permission.ACCOUNT_REVIEW, Permission.ACCOUNT_LIST)
def decide(uid: str, username: str) -> Response | tuple[str, int]:
    """Confirm it, or withdraw what it may."""
    said = request.form
    decision = next((one for one in DECIDED if one.value == said.get("decision")), None)
    role = next((one for one in Role if one.value == said.get("role")), None)
    try:
        if decision is None:
            raise InputError.wanted("decision", "one of the list")
        decide_account(stations(), current_actor(), uid, username, decision, said.get("digest", ""), said.get("reason", ""), role)
    except InputError as error:
        wrong = {name for name, _ in error.fields}
        wanted = gettext("Wanted a role that gives less than the present one.") if "role" in wrong else ""
        return _account(uid, username, wanted or gettext("Wanted a decision, and a reason of 10 to 1000 characters.")), 400
    except REFUSALS as error:
        return _account(uid, username, refusal(error)), 403 if isinstance(error, PermissionDeniedError) else 409
    return redirect(url_for("access_review.open_one", uid=uid, _anchor="waiting"), 303)


@access_review_pages.get("/access-reviews/<uid>/sheet")
@permission(Permission.ACCOUNT_LIST)
def sheet(uid: str) -> Response | tuple[str, int]:
    """The sheet of a finished one."""
    form = next((one for one in TableForm if one.value == request.args.get("form")), TableForm.XLSX)
    try:
        return table_file(take_sheet(stations(), current_actor(), uid, form, review_tables))
    except ReviewStateError as error:
        return _page(uid, refusal(error)), 409


def _list(error: str = "") -> str:
    found = list_reviews(stations(), current_actor())
    return render_template("access_reviews/list.html", found=found.value, receipt=found.receipt, error=error)


def _page(uid: str, error: str = "") -> str:
    actor = current_actor()
    found = show_review(stations(), actor, uid)
    return render_template(
        "access_reviews/review.html",
        shown=found.value,
        receipt=found.receipt,
        error=error,
        words=words,
        may_review=may(actor, Permission.ACCOUNT_REVIEW),
        forms=TableForm,
    )


def _account(uid: str, username: str, error: str = "") -> str:
    actor = current_actor()
    found = show_review(stations(), actor, uid)
    one = next((one for one in found.value.items if one.item.username == username), None)
    if one is None or one.facts is None:
        raise InputError.wanted("username", "an account of this review")
    return render_template(
        "access_reviews/account.html",
        shown=found.value,
        one=one,
        facts=one.facts,
        receipt=found.receipt,
        error=error,
        words=words,
        may_review=may(actor, Permission.ACCOUNT_REVIEW),
        roles=sorted(stations().policy.document.roles),
        said=request.form,
    )
