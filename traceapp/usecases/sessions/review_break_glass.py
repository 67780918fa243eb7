"""Somebody else judges a break-glass access: an approval that begins with the access, and whose last word closes it.

Nothing is carried out afterwards, and whoever broke the glass has no say in it, by any account.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import (
    ApprovalStateError,
    ConcurrentChangeError,
    InputError,
    KeyUnavailableError,
    PermissionDeniedError,
    SealBrokenError,
)
from traceapp.domain.grants import GrantRecord, GrantState, Verdict
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.row_register import RowFault
from traceapp.graph.grant_store import WaitingGrant
from traceapp.ledger.index_search import find_places, tally_acts
from traceapp.ledger.segments import read_frame
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.approvals.requester_history import TALLIES
from traceapp.usecases.audit.changed_values import changes_of_grant
from traceapp.usecases.changes import carry_out
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.sessions.grant_persons import is_of
from traceapp.usecases.stations import Stations

LABEL: Final = "Grant"
SAMPLE: Final = 5
OWN: Final = "Somebody else reviews this: nobody closes his own, and a token closes none."
REVIEWED: Final = "This access does not wait for a review any more."


def check_review(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody asks for it: it begins with the access. raises InputError."""
    raise InputError.wanted("operation", "another operation: a review begins with its break-glass access")


def review_parameters(grant: WaitingGrant) -> dict[str, Any]:
    """What is signed: which access, and as what it was begun."""
    kept = grant.record
    told: dict[str, Any] = {"break_glass": grant.uid}
    if kept is not None:
        told |= {"tier": kept.tier, "role": kept.role.value, "begun_at": stored_time(kept.begun_at)}
    return told


def reviewed_access(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The access as it stands, beside its end: one whose row was changed or taken away is another one to judge."""
    found = _waiting(stations, parameters)
    return None if found is None else [review_parameters(found), found.fault.value if found.fault is not None else None]


def preview_review(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Until when it lasted, how many looks and refusals there were until then, as far as the search index has come."""
    found = _waiting(stations, parameters)
    if found is None:
        return {}
    if found.record is None:
        return {"fault": (found.fault or RowFault.GONE).value}
    kept, now = found.record, stations.clock.now()
    told: dict[str, Any] = {"ended_at": stored_time(kept.ends_at), "lasts": kept.given_to(kept.account_uid, now) is not None}
    counted = tally_acts(stations.settings.home, kept.account_uid, [(kept.begun_at, min(now, kept.ends_at))], TALLIES)
    return told if counted is None else told | {"looks": counted[0].of["looks"], "denials": counted[0].of["denials"]}


def sample_review(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> list[Mapping[str, Any]]:
    """The last things done under the access: when what was done, and how it ended."""
    found = _waiting(stations, parameters)
    if found is None or found.record is None:
        return []
    kept, home = found.record, stations.settings.home
    places, _ = find_places(home, LedgerQuery(person=kept.account_uid, since=kept.begun_at, until=kept.ends_at), None, SAMPLE)
    contents = (read_frame(home, place.segment, place.place) for place in places)
    told = (orjson.loads(content) for content in contents if content is not None)
    return [{"record": one["seq"], "at": one["time"], "act": one["act"], "outcome": one["outcome"]} for one in told]


def judge_access(
    stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str, agreed: bool, words: str
) -> Recorded[None]:
    """Close the review; an access that still lasts ends with it.

    agreed  it was justified.   words  what the reviewer found.
    One whose row was changed or taken away is judged as well: what the reviewer found is on record then, and nowhere else.
    raises  PermissionDeniedError: not for this role; his own, by this account or by another one of his person or printed name.
            ApprovalStateError: it does not wait any more. ConcurrentChangeError: somebody else judged it at this moment.
            KeyUnavailableError, SealBrokenError: whether it is his own cannot be told now; nothing was decided.
    """
    uid, verdict = str(parameters["break_glass"]), Verdict.JUSTIFIED if agreed else Verdict.NOT_JUSTIFIED
    request = {"break_glass": uid, "verdict": verdict.value}
    act = Permission.BREAK_GLASS_REVIEW
    authorise(stations, actor, act, request)
    found = _waiting(stations, parameters)
    if found is None:
        raise ApprovalStateError(REVIEWED)
    refused = partial(entry, stations, actor, act, request=request, approval=approval)
    try:
        own = is_of(stations, found, actor.account_uid)
    except (KeyUnavailableError, SealBrokenError) as unknown:
        stations.ledger.append(refused("failed", reason=type(unknown).__name__))
        raise
    if actor.session is None or own:
        stations.ledger.append(refused("denied", reason=OWN))
        raise PermissionDeniedError(OWN)
    about = things(LABEL, uid)
    if found.record is None:
        lost = {**request, "fault": (found.fault or RowFault.GONE).value, "account": found.account_uid}
        work = partial(stations.grants.close_lost, uid)
        return carry_out(stations, actor, act, lost, work, about=about, approval=approval)
    reviewed = replace(
        found.record,
        state=GrantState.REVIEWED,
        reviewed_by=actor.account_uid,
        reviewed_at=stations.clock.now(),
        verdict=verdict,
        note=stations.sealer.seal_document(LABEL, uid, "note", words.encode()),
    )
    work, changes = partial(_put, stations, reviewed), changes_of_grant(found.record, reviewed)
    return carry_out(stations, actor, act, request, work, about=about, changes=changes, approval=approval)


def _waiting(stations: Stations, parameters: Mapping[str, Any]) -> WaitingGrant | None:
    return next((one for one in stations.grants.list_waiting() if one.uid == parameters["break_glass"]), None)


def _put(stations: Stations, grant: GrantRecord) -> None:
    if not stations.grants.put_grant(grant):
        raise ConcurrentChangeError("the break-glass access was written by another request at this moment")
