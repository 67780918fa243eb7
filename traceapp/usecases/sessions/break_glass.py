"""Somebody needs to see more than he may, now: for a reason, for an hour at the most, and somebody else reviews it."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.errors import (
    ConcurrentChangeError,
    FactorNeededError,
    InputError,
    KeyUnavailableError,
    PermissionDeniedError,
    SealBrokenError,
    TraceappError,
)
from traceapp.domain.grants import FACTOR_WITHIN, LONGEST, GrantRecord
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Grant
from traceapp.domain.row_register import RowFault
from traceapp.graph.grant_store import WaitingGrant
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.names import username_of
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.audit.changed_values import changes_of_grant
from traceapp.usecases.changes import carry_out
from traceapp.usecases.sessions.grant_persons import is_known_of, is_of, person_id_of
from traceapp.usecases.sessions.keep_break_glass_reviews import find_break_glass_reviews, keep_break_glass_reviews
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.rotate_session import own_session, rotate_session
from traceapp.usecases.stations import Stations

NEEDED = "This needs a second factor that was shown in the last five minutes."
ALONE: Final = "Only a person in a session of his own can break the glass."
STILL_WAITS: Final = "Your last break-glass access still waits for its review; until then there is no other."
LONGEST_MINUTES = int(LONGEST / timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class ListedGrant:
    """own    whether it is the asker's, who cannot review it.
    approval  by which it is reviewed; None for a moment after it began, and while the keys are away.
    reason    None where its key is not to be had now; empty, as are the times, where the access is not in the store as it was
              written: `fault` says how.
    """

    uid: str
    username: str
    role: str
    tier: str
    reason: str | None = field(repr=False)
    begun_at: datetime | None
    ends_at: datetime | None
    lasts: bool
    own: bool
    fault: RowFault | None = None
    approval: str | None = None


def highest_tier(stations: Stations, actor: Actor) -> Tier | None:
    """What the policy lets his role open so; None where it lets it open nothing."""
    row = stations.policy.document.roles.get(actor.role)
    return row.break_glass if row is not None else None


def factor_due(actor: Actor, now: datetime) -> int | None:
    """Within how many minutes a second factor has to be shown before the glass breaks; None where it was."""
    shown = actor.factor_at is not None and now - actor.factor_at <= FACTOR_WITHIN
    return None if shown else int(FACTOR_WITHIN / timedelta(minutes=1))


def break_glass(stations: Stations, actor: Actor, reason: str, minutes: int, tier: str) -> Recorded[Opened]:
    """The session with a wider view, under a new secret. An alert: the record, and a review that waits from now on.

    minutes  1 to 60.   tier  up to which values are opened, at most what the policy caps for the role.
    raises   PermissionDeniedError: not for this role, tier, or without a session of one's own, or an earlier one still
             waits for its review. FactorNeededError: no second factor in the last five minutes. InputError. KeyUnavailableError.
    """
    request = {"minutes": minutes, "tier": tier}
    authorise(stations, actor, Permission.BREAK_GLASS_BEGIN, request)
    now = stations.clock.now()
    words = check_reason(reason)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise InputError.wanted("minutes", f"1 to {LONGEST_MINUTES}")
    refusal = _why_not(stations, actor, tier)
    if refusal is not None:
        stations.ledger.append(entry(stations, actor, Permission.BREAK_GLASS_BEGIN, "denied", request=request, reason=refusal))
        raise PermissionDeniedError(refusal)
    if factor_due(actor, now) is not None:
        stations.ledger.append(entry(stations, actor, Permission.BREAK_GLASS_BEGIN, "failed", request=request, reason=NEEDED))
        raise FactorNeededError(NEEDED)
    uid = secrets.token_hex(8)
    sealed = stations.sealer.seal_document("Grant", uid, "reason", words.encode())
    ends_at = now + timedelta(minutes=minutes)
    grant = GrantRecord(uid, actor.account_uid, actor.role, tier, sealed, now, ends_at)

    def work() -> Opened:
        stations.grants.append_grant(grant, person_id_of(stations, actor.account_uid))
        opened = rotate_session(stations, actor, lambda session: replace(session, grant=uid))
        return replace(opened, actor=replace(opened.actor, grant=Grant(uid, tier, ends_at)))

    begun = carry_out(
        stations,
        actor,
        Permission.BREAK_GLASS_BEGIN,
        {**request, "break_glass": uid},
        work,
        about=things("Grant", uid),
        changes=changes_of_grant(None, grant),
    )
    with suppress(TraceappError):  # the access stands and waits; the service opens its review a moment later
        keep_break_glass_reviews(stations, actor)
    return begun


def end_break_glass(stations: Stations, actor: Actor) -> Recorded[Opened]:
    """Earlier than its end; the review waits all the same. raises InputError: none lasts."""
    found = stations.grants.get_grant(actor.grant.uid) if actor.grant is not None else None
    if found is None or found.account_uid != actor.account_uid:
        raise InputError("There is no break-glass access to end.")

    ended = replace(found, ends_at=stations.clock.now())

    def work() -> Opened:
        _put(stations, ended)
        return rotate_session(stations, actor, lambda session: replace(session, grant=""))

    return carry_out(
        stations,
        actor,
        Act.BREAK_GLASS_END,
        {"break_glass": found.uid},
        work,
        about=things("Grant", found.uid),
        changes=changes_of_grant(found, ended),
    )


def list_break_glass(stations: Stations, actor: Actor) -> Recorded[tuple[ListedGrant, ...]]:
    """All that wait for a review, the oldest first, with their reasons. raises PermissionDeniedError."""
    authorise(stations, actor, Permission.BREAK_GLASS_LIST)
    now = stations.clock.now()
    found, reviews = stations.grants.list_waiting(), _reviews(stations)
    listed = tuple(replace(_listed(stations, actor, grant, now), approval=reviews.get(grant.uid)) for grant in found)
    faulty = {one.uid: one.fault.value for one in listed if one.fault is not None}
    result = {"count": len(listed), **({"unverified": faulty} if faulty else {})}
    about = things("Grant", *(one.uid for one in listed))
    told = entry(stations, actor, Permission.BREAK_GLASS_LIST, "answered", result=result, object=about)
    return stations.ledger.record(listed, told)


def _reviews(stations: Stations) -> dict[str, str]:
    """Access → approval by which it is reviewed; nothing while the keys are away."""
    try:
        return {grant: review.uid for grant, review in find_break_glass_reviews(stations).items()}
    except (KeyUnavailableError, SealBrokenError):
        return {}


def _why_not(stations: Stations, actor: Actor, tier: str) -> str | None:
    highest = highest_tier(stations, actor)
    if actor.session is None:
        return ALONE
    if highest is None or tier not in {one.value for one in Tier if one <= highest}:
        return f"The role {actor.role.value} cannot open {tier} so; the highest is {highest.value if highest else 'none'}."
    if any(is_of(stations, grant, actor.account_uid) for grant in stations.grants.list_waiting()):
        return STILL_WAITS
    own_session(stations, actor)
    return None


def _listed(stations: Stations, actor: Actor, grant: WaitingGrant, now: datetime) -> ListedGrant:
    username = username_of(stations, grant.account_uid)
    own = is_known_of(stations, grant, actor.account_uid)
    kept = grant.record
    if kept is None:
        return ListedGrant(grant.uid, username, "", "", "", None, None, lasts=False, own=own, fault=grant.fault)
    try:
        reason, fault = stations.sealer.open_document("Grant", kept.uid, "reason", kept.reason).decode(), None
    except KeyUnavailableError:
        reason, fault = None, None
    except SealBrokenError:
        reason, fault = "", RowFault.CHANGED
    return ListedGrant(
        uid=grant.uid,
        username=username,
        role=kept.role.value,
        tier=kept.tier,
        reason=reason,
        begun_at=kept.begun_at,
        ends_at=kept.ends_at,
        lasts=kept.given_to(kept.account_uid, now) is not None,
        own=own,
        fault=fault,
    )


def _put(stations: Stations, grant: GrantRecord) -> None:
    if not stations.grants.put_grant(grant):
        raise ConcurrentChangeError("the break-glass access was written by another request at this moment")
