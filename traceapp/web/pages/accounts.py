"""Accounts: who may see what; suspended, opened again, given another role, left."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.errors import (
    ApprovalStateError,
    ConcurrentChangeError,
    InputError,
    LastApproversError,
    PermissionDeniedError,
)
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.give_role import Given, give_role, return_account, suspend_account
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.accounts.list_accounts import list_accounts, show_account
from traceapp.usecases.accounts.review_due import review_due
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.pages import account_words as words
from traceapp.web.pages import approval_words
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal

account_pages = Blueprint("account", __name__)

LEAVING: Final = (
    Act.ACCOUNT_LEAVE,
    Act.APPROVAL_CANCEL,
    Act.APPROVAL_EXPIRE,
    Act.APPROVAL_HAND_OVER,
    Act.APPROVAL_WITHDRAW,
    Permission.ACCOUNT_LIST,
)
GIVING: Final = (Permission.ACCOUNT_CHANGE, Permission.APPROVAL_REQUEST, Permission.ACCOUNT_LIST)
REFUSALS: Final = (ApprovalStateError, ConcurrentChangeError, LastApproversError, PermissionDeniedError)
FORMS: Final = {
    "account.suspend": "suspend",
    "account.come_back": "return",
    "account.change_role": "role",
    "account.leave": "leave",
}
"""Whose words a form came back with: where it was sent, and what its fields begin with."""


@account_pages.get("/accounts")
@permission(Permission.ACCOUNT_LIST)
def show() -> str:
    """Every account."""
    found = list_accounts(stations(), current_actor())
    return render_template(
        "accounts/list.html", found=found.value, receipt=found.receipt, words=words, due=review_due(stations())
    )


@account_pages.get("/accounts/<username>")
@permission(Permission.ACCOUNT_LIST)
def open_one(username: str) -> str:
    """One in full, with what can be done."""
    return _page(username)


@account_pages.post("/accounts/<username>/leave")
@permission(Permission.ACCOUNT_CHANGE)
@records(*LEAVING)
def leave(username: str) -> Response | str | tuple[str, int]:
    """The person leaves; the page says what became of everything."""
    said = request.form
    try:
        left = leave_account(
            stations(), current_actor(), username, said.get("reason", ""), said.get("successor", "").strip() or None, _anyway()
        )
    except InputError as error:
        return _page(username, *_wanted(error)), 400
    except REFUSALS as error:
        return _refused(username, error)
    return render_template(
        "accounts/left.html", username=username, left=left.value, receipt=left.receipt, title_of=approval_words.title_of
    )


@account_pages.post("/accounts/<username>/suspension")
@permission(Permission.ACCOUNT_CHANGE)
@records(Permission.ACCOUNT_CHANGE, Permission.ACCOUNT_LIST)
def suspend(username: str) -> Response | tuple[str, int]:
    """Nobody comes in by it until it is opened again."""
    reason = request.form.get("reason", "")
    return _moved(username, lambda: suspend_account(stations(), current_actor(), username, reason, _anyway()))


@account_pages.post("/accounts/<username>/return")
@permission(Permission.ACCOUNT_CHANGE)
@records(*GIVING)
def come_back(username: str) -> Response | tuple[str, int]:
    """Open it again, or ask others for it."""
    reason = request.form.get("reason", "")
    return _moved(username, lambda: return_account(stations(), current_actor(), username, reason))


@account_pages.post("/accounts/<username>/role")
@permission(Permission.ACCOUNT_CHANGE)
@records(*GIVING)
def change_role(username: str) -> Response | tuple[str, int]:
    """Another role and view, or a question to others for it."""
    said = request.form
    role = next((one for one in Role if one.value == said.get("role")), None)
    views = (frozenset(said.get(name, "").replace(",", " ").split()) for name in ("sites", "lines"))

    def move() -> Given:
        if role is None:
            raise InputError.wanted("role", "a role")
        sites, lines = views
        return give_role(stations(), current_actor(), username, role, sites, lines, (), said.get("reason", ""), _anyway())

    return _moved(username, move)


def _moved(username: str, move: Callable[[], Given | Recorded[None]]) -> Response | tuple[str, int]:
    """Done: the page of the account; asked for: that of the approval, which waits for others."""
    try:
        done = move()
    except InputError as error:
        return _page(username, *_wanted(error)), 400
    except REFUSALS as error:
        return _refused(username, error)
    if isinstance(done, Given) and done.asked is not None:
        return redirect(url_for("approval.open_one", uid=done.asked.value.uid), 303)
    return redirect(url_for("account.open_one", username=username), 303)


def _refused(username: str, error: Exception) -> tuple[str, int]:
    last = isinstance(error, LastApproversError)
    page = _page(username, refusal(error), f"{_sent()}-anyway" if last else "", last=last)
    return page, 403 if isinstance(error, PermissionDeniedError) else 409


def _wanted(error: InputError) -> tuple[str, str]:
    """What was wanted, and the field that it is about."""
    fields = {name for name, _ in error.fields}
    if "reason" in fields:
        return gettext("Wanted a reason of 10 to 1000 characters."), f"{_sent()}-reason"
    if "successor" in fields or _sent() == "leave":
        return gettext("Wanted the user name of another person of the same role, whose account is open."), "successor"
    return gettext("Wanted a role, sites and product lines that there are, and a person who has not left."), "sites"


def _sent() -> str:
    return FORMS.get(request.endpoint or "", "")


def _anyway() -> bool:
    return request.form.get("anyway") == "1"


def _page(username: str, error: str = "", field: str = "", *, last: bool = False) -> str:
    """last  it was refused since too few would be left who could agree: the form asks whether it has to be all the same."""
    actor = current_actor()
    found = show_account(stations(), actor, username)
    told: dict[str, Any] = {
        "facts": found.value,
        "receipt": found.receipt,
        "error": error,
        "field": field,
        "at": _sent(),
        "last": last,
        "words": words,
        "roles": sorted(stations().policy.document.roles),
        "may_change": may(actor, Permission.ACCOUNT_CHANGE),
        "may_search": may(actor, Permission.LEDGER_SEARCH),
        "said": request.form,
    }
    return render_template("accounts/account.html", **told)
