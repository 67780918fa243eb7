"""Accounts of persons: who may see what; suspended, opened again, given another role, left."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.accounts.give_role import give_role, return_account, suspend_account
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.accounts.list_accounts import list_accounts
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.account_answers import accounts_answer, given_answer, left_answer, suspended_answer
from traceapp.web.account_inputs import AccountInput, LeaveBody, RoleBody, SuspendBody
from traceapp.web.account_models import AccountChanged, AccountLeft, Accounts
from traceapp.web.approval_inputs import ReasonBody
from traceapp.web.operations import operation

accounts = Blueprint("accounts", __name__, url_prefix="/api/v1/accounts")

LEAVING = (
    Act.ACCOUNT_LEAVE,
    Act.APPROVAL_CANCEL,
    Act.APPROVAL_EXPIRE,
    Act.APPROVAL_HAND_OVER,
    Act.APPROVAL_WITHDRAW,
)


@accounts.get("")
@permission(Permission.ACCOUNT_LIST)
@operation(answer=Accounts)
def show_all() -> Response:
    """List every account: role, view, tokens, second factors, and when it was used last."""
    return accounts_answer(list_accounts(stations(), current_actor()))


@accounts.post("/<username>/leave")
@permission(Permission.ACCOUNT_CHANGE)
@records(*LEAVING)
@operation(answer=AccountLeft, path=AccountInput, body=LeaveBody, refuses=(409,))
def leave(path: AccountInput, body: LeaveBody) -> Response:
    """Close every account of a person who leaves, for good.

    Sessions, tokens, second factors and break-glass accesses end at once. What the person had asked for is cancelled or handed
    to `successor`; a word that was not used yet is taken back. The answer names who can sign instead, and what nobody can.
    """
    return left_answer(leave_account(stations(), current_actor(), path.username, body.reason, body.successor, body.anyway))


@accounts.post("/<username>/suspend")
@permission(Permission.ACCOUNT_CHANGE)
@operation(answer=AccountChanged, path=AccountInput, body=SuspendBody, refuses=(409,))
def suspend(path: AccountInput, body: SuspendBody) -> Response:
    """Suspend an account: sessions end and tokens are refused, until it is opened again."""
    done = suspend_account(stations(), current_actor(), path.username, body.reason, body.anyway)
    return suspended_answer(path.username, done.receipt)


@accounts.post("/<username>/return")
@permission(Permission.ACCOUNT_CHANGE)
@records(Permission.ACCOUNT_CHANGE, Permission.APPROVAL_REQUEST)
@operation(answer=AccountChanged, path=AccountInput, body=ReasonBody, refuses=(409,))
def come_back(path: AccountInput, body: ReasonBody) -> Response:
    """Open a suspended account again.

    Where its role decides over others, or is shown what is confidential, others are asked: `approval` waits for them.
    """
    return given_answer(path.username, return_account(stations(), current_actor(), path.username, body.reason))


@accounts.post("/<username>/role")
@permission(Permission.ACCOUNT_CHANGE)
@records(Permission.ACCOUNT_CHANGE, Permission.APPROVAL_REQUEST)
@operation(answer=AccountChanged, path=AccountInput, body=RoleBody, refuses=(409,))
def change_role(path: AccountInput, body: RoleBody) -> Response:
    """Give a person another role and view.

    What the person gains by it takes others' word: `approval` waits for them, and `gains` says for what.
    """
    sites, lines = frozenset(body.sites), frozenset(body.lines)
    given = give_role(stations(), current_actor(), path.username, body.role, sites, lines, body.lots, body.reason, body.anyway)
    return given_answer(path.username, given)
