"""Why may this person do this, or why not? The decision is taken again, as it would be for him now."""

import re
from dataclasses import replace
from typing import Final

from traceapp.domain.errors import InputError, RowAlteredError
from traceapp.domain.explanation import Explanation
from traceapp.domain.permissions import SEES_BATCHES, Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Decision
from traceapp.domain.sentences import Sentence
from traceapp.domain.trace import Seed
from traceapp.policy.compilation import compile_rights
from traceapp.policy.explanation import explain
from traceapp.usecases.access import authorise, disclosure_of, entry, things, told_name
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.disclosed.verification import checked
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_seeds import find_candidates

OUTSIDE: Final = "scope/outside"
NOT_WITHIN: Final = "It is unknown, or outside the sites, product lines and approved lots of this person."
IF_IT_EXISTS: Final = (
    "If it exists and lies within the sites, product lines and approved lots of this person, %(rule)s allows it. You find "
    "nothing by it yourself, so that neither is told to you."
)
UID_FORM: Final = re.compile(r"[0-9a-f]{32}")


def explain_decision(
    stations: Stations, actor: Actor, username: str, action: str, named: str | None = None, purpose: Purpose | None = None
) -> Recorded[Explanation]:
    """The decision on a person's act, with everything it stands on, recorded before it leaves.

    action   a permission, `batch:show`.
    named    number or uid of what it would be done to. It is looked for with the rights of the asker and then with those of
             that person: whoever asks learns of nothing that he may not look up himself, not even whether it exists.
    purpose  instead of that of his latest session.
    raises   PermissionDeniedError, PolicyError; InputError: nobody has this name, no such permission; LedgerUnavailableError.
    """
    request = {"username": username, "action": action, **told_name(stations, "object", named, ())}
    authorise(stations, actor, Permission.POLICY_EXPLAIN, request)
    try:
        permission = Permission(action)
    except ValueError:
        raise InputError.wanted("action", "a permission such as batch:show") from None
    person = _person(stations, username, purpose)
    now = stations.clock.now()
    found = explain(stations.policy, person, permission, now)
    if named is not None:
        decision = _on_object(stations, (actor, person), permission, named, found.decision)
        found = replace(found, object=named, decision=decision)
    result = {"allowed": found.decision.allowed, "rule": found.decision.rule}
    about = things("Account", person.account_uid)
    made = entry(stations, actor, Permission.POLICY_EXPLAIN, "answered", request=request, result=result, object=about)
    return stations.ledger.record(found, made)


def _person(stations: Stations, username: str, purpose: Purpose | None) -> Actor:
    """As in his latest session; without one, with no second factor and from nowhere."""
    account = find_account(stations, username)
    now = stations.clock.now()
    running = [one for one in stations.sessions.list_sessions_of_account(account.uid) if not one.is_over(now)]
    person = account.actor(running[-1]) if running else account.as_actor()
    return person if purpose is None else replace(person, purpose=purpose)


def _on_object(
    stations: Stations, asker_and_person: tuple[Actor, Actor], permission: Permission, named: str, decision: Decision
) -> Decision:
    if not decision.allowed or permission not in SEES_BATCHES | {Permission.SOURCE_SHOW}:
        return decision
    # Both are asked whatever the first one finds, so that the answer takes as long.
    may_look, may_do = [_finds(stations, who, named) for who in asker_and_person]
    if not may_look:
        return replace(decision, reason=Sentence(IF_IT_EXISTS, rule=decision.rule))
    return decision if may_do else Decision(False, OUTSIDE, Sentence(NOT_WITHIN))


def _finds(stations: Stations, who: Actor, named: str) -> bool:
    """Whether somebody may look this up."""
    rights = compile_rights(stations.policy, stations.acls.list_entries(), who, stations.clock.now())
    stations, _ = checked(stations)
    seed = Seed(uid=named) if UID_FORM.fullmatch(named) else Seed(number=named)
    try:
        return bool(find_candidates(stations, disclosure_of(stations, rights), stations.heads.get_head(), seed))
    except RowAlteredError:
        return False
