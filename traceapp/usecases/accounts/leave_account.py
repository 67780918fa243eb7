"""A person leaves: nothing of his opens anything any more, and what he asked for, or waits for his word, goes on or is named."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from traceapp.domain.accounts import Account, Token
from traceapp.domain.alerts import AlertFilter, AlertState
from traceapp.domain.approvals import Operation
from traceapp.domain.errors import ConcurrentChangeError, InputError, PermissionDeniedError
from traceapp.domain.grants import GrantRecord
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import Session
from traceapp.identity.passwords import hash_password
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.account_use import feeds_of
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.hand_over import FreedRequest, PassedRequest, free_signatures, pass_requests
from traceapp.usecases.accounts.last_approvers import check_approvers_left
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.approvals.approval_persons import account_of, accounts_of_person
from traceapp.usecases.approvals.missing_persons import stuck_operations
from traceapp.usecases.audit.changed_values import changes_of_account, reason_of_change
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

MOST: Final = 1_000
OWN: Final = "Nobody carries out his own leaving: somebody else does."


@dataclass(frozen=True, slots=True)
class Ended:
    """What of one account opens nothing any more: how many sessions, ids of its tokens and of break-glass accesses that lasted.

    labels  what the tokens were for: programs that have to be given others.   factors  it had second factors.
    """

    username: str
    sessions: int
    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    grants: tuple[str, ...]
    factors: bool


@dataclass(frozen=True, slots=True)
class Left:
    """What became of everything of a person who left.

    ended      one for each of his accounts.
    passed     what he had asked for: cancelled, or asked for anew in the name of a colleague.
    freed      what others asked for and his word was given to, or may be waited for, with who can sign now.
    feeds      that he registered, or that his tokens sent for.   alerts  open ones about him.
    stuck      what nobody can be asked for any more, since too few are left who could agree.
    """

    ended: tuple[Ended, ...]
    passed: tuple[PassedRequest, ...]
    freed: tuple[FreedRequest, ...]
    feeds: tuple[str, ...]
    alerts: tuple[str, ...]
    stuck: dict[Operation, str]


def leave_account(
    stations: Stations, actor: Actor, username: str, reason: str, successor: str | None = None, anyway: bool = False
) -> Recorded[Left]:
    """Close every account of this person for good; done again after a crash, it carries on where it was cut off.

    successor  user name of a colleague of the same role, who takes over what is open in the person's name; None: it is cancelled.
    anyway     although too few would be left who could agree to something: a person can leave at once.
    raises     LastApproversError: so it is, and nobody said anyway. PermissionDeniedError: also for oneself. InputError: nobody
               has this name, or no such colleague, or no reason. ConcurrentChangeError: somebody else changed one of the accounts
               at this moment.
    """
    request: dict[str, Any] = {"username": username, "successor": successor}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    words = check_reason(reason)
    account = find_account(stations, username)
    heir = _heir(stations, account, successor) if successor is not None else None
    accounts = accounts_of_person(stations, account)
    if account_of(actor) in {one.uid for one in accounts}:
        stations.ledger.append(entry(stations, actor, Permission.ACCOUNT_CHANGE, "denied", request=request, reason=OWN))
        raise PermissionDeniedError(OWN)

    gone = [replace(one, disabled=True) for one in accounts]
    told_of_others = check_approvers_left(stations, actor, Act.ACCOUNT_LEAVE, request, *gone, anyway=anyway)
    request |= {**told_of_others, "anyway": True} if told_of_others else {}
    now = stations.clock.now()
    tokens = {one.uid: stations.accounts.list_tokens_of_account(one.uid, now) for one in accounts}
    ended = tuple(_close(stations, actor, request, one, tokens[one.uid], words) for one in accounts)
    passed = tuple(pass_requests(stations, actor, accounts, heir, words))
    freed = tuple(free_signatures(stations, actor, accounts, words))
    known = [*(one.uid for one in accounts), *(token.uid for found in tokens.values() for token in found)]
    left = Left(
        ended=ended,
        passed=passed,
        freed=freed,
        feeds=feeds_of(stations, known),
        alerts=_alerts_about(stations, set(known)),
        stuck=stuck_operations(stations),
    )
    told = {
        "requests": len(passed),
        "waiting": len(freed),
        "stuck": sum(one.stuck is not None for one in freed),
        "feeds": len(left.feeds),
        "alerts": len(left.alerts),
    }
    about = things("Account", *(one.uid for one in accounts))
    done = entry(
        stations, actor, Act.ACCOUNT_LEAVE, "answered", request={**request, "account": account.uid}, result=told, object=about
    )
    return stations.ledger.record(left, done)


def _heir(stations: Stations, account: Account, successor: str) -> Account:
    found = find_account(stations, successor)
    if found.disabled or found.role is not account.role or found.person_id == account.person_id:
        raise InputError.wanted("successor", f"the open account of another person of the role {account.role.value}")
    return found


@dataclass(frozen=True, slots=True)
class _Open:
    """What of one account opens something at this moment."""

    sessions: tuple[Session, ...]
    tokens: tuple[Token, ...]
    grants: tuple[GrantRecord, ...]

    def ended(self, account: Account) -> Ended:
        return Ended(
            username=account.username,
            sessions=len(self.sessions),
            tokens=tuple(one.uid for one in self.tokens),
            labels=tuple(one.label for one in self.tokens),
            grants=tuple(one.uid for one in self.grants),
            factors=account.factors is not None,
        )


def _close(
    stations: Stations, actor: Actor, request: dict[str, Any], account: Account, tokens: tuple[Token, ...], words: str
) -> Ended:
    """One account, in one act: row, second factors, sessions, tokens and accesses that last."""
    now = stations.clock.now()
    there = _Open(
        tuple(one for one in stations.sessions.list_sessions_of_account(account.uid) if not one.is_over(now)),
        tuple(one for one in tokens if not one.revoked),
        tuple(_lasting(stations, account, now)),
    )
    ended = there.ended(account)
    if account.left_at is not None and not (there.sessions or there.tokens or there.grants or account.factors):
        return ended
    closed = replace(
        account,
        disabled=True,
        left_at=account.left_at or now,
        granted_at=now,
        password_hash=hash_password(secrets.token_hex(32)),
    )
    told = {"account": account.uid, "sessions": ended.sessions, "tokens": ended.tokens, "break_glass": ended.grants}
    carry_out(
        stations,
        actor,
        Act.ACCOUNT_LEAVE,
        {**request, **told},
        partial(_shut, stations, account, closed, there, now),
        about=things("Account", account.uid),
        changes={
            **changes_of_account(account, replace(closed, factors=None)),
            **reason_of_change(stations, account.uid, words),
        },
    )
    return ended


def _shut(stations: Stations, account: Account, closed: Account, there: _Open, now: datetime) -> None:
    """raises  ConcurrentChangeError: account or second factors were written at this moment."""
    stations.accounts.put_account(closed, account)
    stations.sessions.void_sessions_of_account(account.uid)
    if account.factors is not None and not stations.accounts.put_factors(account.uid, None, account.factor_version):
        raise ConcurrentChangeError("the second factors were written at this moment")
    for token in there.tokens:
        stations.accounts.put_token(replace(token, revoked=True))
    for grant in there.grants:
        stations.grants.put_grant(replace(grant, ends_at=now))


def _lasting(stations: Stations, account: Account, now: datetime) -> Iterator[GrantRecord]:
    """Accesses that still give something; each waits for its review all the same."""
    for one in stations.grants.list_waiting():
        if one.record is not None and one.record.given_to(account.uid, now) is not None:
            yield one.record


def _alerts_about(stations: Stations, known: set[str]) -> tuple[str, ...]:
    """Uids of open alerts whose group names one of these."""
    found = stations.alerts.list_alerts(AlertFilter(state=AlertState.OPEN), MOST)
    return tuple(one.alert.uid for one in found if not known.isdisjoint(one.alert.group.split(" ")))
