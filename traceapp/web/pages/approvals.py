"""Approvals: what waits for a person's word, what he asked for, and one of them in full."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.approvals import Move, Operation
from traceapp.domain.errors import (
    ApprovalStateError,
    ConcurrentChangeError,
    FactorNeededError,
    InputError,
    PermissionDeniedError,
    SignatureComponentsError,
)
from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.alerts.list_alerts import alert_words
from traceapp.usecases.alerts.silence_rule import silent_rules
from traceapp.usecases.approvals import decide_approval as decisions
from traceapp.usecases.approvals.approved_operations import ACTS
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.list_approvals import list_approvals, operations_of, show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.exports.reveal_value import may_reveal, reveal_value
from traceapp.usecases.exports.take_export import may_take, take_export
from traceapp.usecases.signatures.sign_request import sign_request
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.export_tables import arrangements
from traceapp.web.files import table_file
from traceapp.web.pages import approval_words as words
from traceapp.web.pages import change_words, signature_words, wording
from traceapp.web.pages.account_words import place_text, view_words
from traceapp.web.pages.approval_samples import sample_of
from traceapp.web.pages.batch_page import worded_properties
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal
from traceapp.web.signing import looked_at, shown_in_form

approval_pages = Blueprint("approval", __name__)

REFUSALS: Final = (ApprovalStateError, ConcurrentChangeError, PermissionDeniedError)
REASONS: Final = {"approval.decide": "reason", "approval.sign": "sign-reason", "approval.cancel": "cancel-reason"}
"""Where a form was sent, and the id of its reason."""


@approval_pages.get("/approvals")
@permission(Permission.APPROVAL_LIST)
@records(Permission.APPROVAL_LIST, Act.APPROVAL_EXPIRE)
def show() -> str:
    """What waits for the person, what he asked for, and what else of others is open."""
    return _inbox()


@approval_pages.post("/approvals")
@permission(Permission.APPROVAL_REQUEST)
@records(Permission.APPROVAL_REQUEST, Permission.APPROVAL_LIST, Act.APPROVAL_EXPIRE)
def ask() -> Response | tuple[str, int]:
    """Ask that a rule be silent for a while."""
    said = request.form
    hours = said.get("hours", "")
    asked = {"rule": said.get("rule", ""), "hours": int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 4 else 0}
    try:
        made = request_approval(stations(), current_actor(), Operation.ALERT_SILENCE, asked, said.get("reason", ""))
    except InputError:
        return _inbox(gettext("Wanted a rule, 1 to 168 hours, and a reason of 10 to 1000 characters.")), 400
    except PermissionDeniedError as error:
        return _inbox(refusal(error)), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


@approval_pages.get("/approvals/<uid>")
@permission(Permission.APPROVAL_LIST)
@records(Act.APPROVAL_OPEN, Act.APPROVAL_EXPIRE)
def open_one(uid: str) -> str:
    """One in full."""
    return _page(uid)


@approval_pages.post("/approvals/<uid>/decision")
@permission(Permission.APPROVAL_DECIDE)
@records(
    Permission.APPROVAL_DECIDE,
    Act.APPROVAL_WITHDRAW,
    Act.APPROVAL_EXPIRE,
    Act.APPROVAL_SUPERSEDE,
    Act.APPROVAL_OPEN,
    Act.SIGN_IN_SPRAY,
)
def decide(uid: str) -> Response | tuple[str, int]:
    """Agree to exactly what was shown, say no, or take one's word back."""
    said, actor = request.form, current_actor()
    reason = said.get("reason", "")
    moves: dict[str, Callable[[], Any]] = {
        Move.APPROVE: lambda: _agree(uid, said.get("digest", ""), said.get("seen", ""), reason),
        Move.DENY: lambda: decisions.deny_approval(stations(), actor, uid, reason),
        Move.WITHDRAW: lambda: decisions.withdraw_approval(stations(), actor, uid, reason),
    }
    return _moved(uid, moves.get(said.get("decision", "")))


@approval_pages.post("/approvals/<uid>/signature")
@permission(Permission.APPROVAL_REQUEST)
@records(Act.APPROVAL_SIGN, Act.APPROVAL_EXPIRE, Act.APPROVAL_OPEN, Act.SIGN_IN_SPRAY)
def sign(uid: str) -> Response | tuple[str, int]:
    """Sign one's own request."""
    said = request.form

    def move() -> None:
        with looked_at(shown_in_form()) as shown:
            sign_request(stations(), current_actor(), uid, said.get("digest", ""), said.get("reason", ""), shown)

    return _moved(uid, move)


@approval_pages.post("/approvals/<uid>/cancellation")
@permission(Permission.APPROVAL_REQUEST)
@records(Act.APPROVAL_CANCEL, Act.APPROVAL_EXPIRE, Act.APPROVAL_OPEN)
def cancel(uid: str) -> Response | tuple[str, int]:
    """Take back what one asked for."""
    reason = request.form.get("reason", "")
    return _moved(uid, lambda: decisions.cancel_approval(stations(), current_actor(), uid, reason))


@approval_pages.post("/approvals/<uid>/execution")
@permission(Permission.APPROVAL_REQUEST)
@records(
    Act.APPROVAL_EXECUTE,
    Act.APPROVAL_EXPIRE,
    Act.APPROVAL_SPENT,
    Act.APPROVAL_SUPERSEDE,
    Act.APPROVAL_OPEN,
    Act.WITHHELD_ROUTE,
    *ACTS,
)
def execute(uid: str) -> Response | tuple[str, int]:
    """Carry out what others agreed to."""
    return _moved(uid, lambda: execute_approval(stations(), current_actor(), uid))


@approval_pages.get("/approvals/<uid>/file")
@permission(Permission.APPROVAL_REQUEST)
@records(
    Permission.BATCH_EXPORT,
    Permission.LEDGER_EXPORT,
    Permission.DELIVERY_LIST,
    Permission.DELIVERY_ENTER,
    Act.EXPORT_SEND,
    Act.APPROVAL_EXPIRE,
    Act.APPROVAL_OPEN,
    Act.WITHHELD_ROUTE,
)
def file(uid: str) -> Response | tuple[str, int]:
    """The file that was approved, once."""
    try:
        return table_file(take_export(stations(), current_actor(), uid, arrangements()))
    except FactorNeededError:
        return _to_second_factor(uid)
    except REFUSALS as error:
        return _refused(uid, error)


@approval_pages.post("/approvals/<uid>/value")
@permission(Permission.BATCH_SHOW)
@records(Act.VALUE_REVEAL, Act.APPROVAL_EXPIRE, Act.APPROVAL_OPEN)
def value(uid: str) -> Response | str | tuple[str, int]:
    """The value that was approved, once."""
    try:
        shown = reveal_value(stations(), current_actor(), uid)
    except FactorNeededError:
        return _to_second_factor(uid)
    except REFUSALS as error:
        return _refused(uid, error)
    found = shown.value
    told = None if found.value is None else worded_properties(found.kind, {found.name: found.value})[0]
    label = wording.property_name(found.kind, found.name)
    return render_template("approvals/value.html", uid=uid, label=label, told=told, thing=found.uid, receipt=shown.receipt)


def _agree(uid: str, digest: str, seen: str, reason: str) -> None:
    with looked_at(shown_in_form()) as shown:
        decisions.approve_approval(stations(), current_actor(), uid, digest, seen, reason, shown)


def _moved(uid: str, move: Callable[[], Any] | None) -> Response | tuple[str, int]:
    try:
        if move is None:
            raise InputError.wanted("decision", "one of the three")
        move()
    except FactorNeededError:
        return _to_second_factor(uid)
    except SignatureComponentsError as error:
        return _page(uid, refusal(error), at="sign"), 403
    except InputError:
        return _page(uid, gettext("Wanted a reason of 10 to 1000 characters."), at="reason"), 400
    except REFUSALS as error:
        return _refused(uid, error)
    return redirect(url_for("approval.open_one", uid=uid), 303)


def _to_second_factor(uid: str) -> Response:
    """To show it, and back to the approval."""
    return redirect(url_for("factors.form", next=url_for("approval.open_one", uid=uid)), 303)


def _refused(uid: str, error: Exception) -> tuple[str, int]:
    return _page(uid, refusal(error)), 403 if isinstance(error, PermissionDeniedError) else 409


def _sent() -> str:
    """The id of the reason of the form that came back; its words stand in no other."""
    if request.endpoint == "approval.decide" and request.form.get("decision") == Move.WITHDRAW:
        return "withdraw-reason"
    return REASONS.get(request.endpoint or "", "")


def _inbox(error: str = "") -> str:
    actor, language = current_actor(), wording.language()
    found = list_approvals(stations(), actor)
    rules = [(name, alert_words(name, language).title) for name in silent_rules()]
    return render_template(
        "approvals/inbox.html",
        found=found.value,
        receipt=found.receipt,
        error=error,
        words=words,
        asks=Operation.ALERT_SILENCE in operations_of(stations(), actor),
        rules=sorted(rules, key=lambda one: one[1]),
        said=request.form,
    )


def _page(uid: str, error: str = "", at: str = "") -> str:
    """at  what an error is about: the reason, or what is shown to sign."""
    actor = current_actor()
    shown = show_approval(stations(), actor, uid)
    listed = shown.value.listed
    row = stations().policy.document.approvals.get(listed.approval.operation)
    return render_template(
        "approvals/approval.html",
        shown=shown.value,
        one=listed,
        receipt=shown.receipt,
        error=error,
        at=at,
        sent=_sent(),
        words=words,
        signature_words=signature_words,
        sample=sample_of(shown.value.sample),
        facts=words.facts_of(listed.parameters, shown.value.preview),
        change=shown.value.preview if "differences" in shown.value.preview else None,
        changed=change_words,
        moved=shown.value.preview.get("places") if listed.approval.operation is Operation.PLACE_MOVE else None,
        view=view_words,
        belongs=place_text,
        factor_due=decisions.factor_due(stations(), actor, listed.approval.operation),
        request_signed=row is not None and row.request_signed,
        shows_value=listed.own and actor.session is not None and may_reveal(stations(), listed.approval),
        takes_file=listed.own and may_take(stations(), listed.approval),
        may_search=may(actor, Permission.LEDGER_SEARCH),
        reason=request.form.get("reason", ""),
    )
