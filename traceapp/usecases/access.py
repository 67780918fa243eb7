"""How every act begins and ends: may he, what may he see, and the record of it."""

from collections.abc import Mapping
from typing import Any

from traceapp.domain.errors import PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor, Rights
from traceapp.policy.compilation import compile_rights
from traceapp.usecases.stations import Stations


def decide(stations: Stations, actor: Actor, permission: Permission, request: Mapping[str, Any] | None = None) -> None:
    """Nothing, where the policy allows it; a refusal is recorded before it is said.

    raises  PermissionDeniedError with the policy's reason; LedgerUnavailableError.
    """
    decision = stations.policy.decide(actor, permission)
    if not decision.allowed:
        entry = entry_of(stations, actor, permission, "denied", request, reason=f"{decision.rule}: {decision.reason}")
        stations.ledger.append(entry)
        raise PermissionDeniedError(decision.reason)


def rights_for(stations: Stations, actor: Actor, permission: Permission, request: Mapping[str, Any] | None = None) -> Rights:
    """What this person may see while doing this; raises as `decide` does, and StoreError."""
    decide(stations, actor, permission, request)
    return compile_rights(stations.policy, stations.acls.list_entries(), actor)


def entry_of(
    stations: Stations,
    actor: Actor | None,
    act: Permission | Act,
    outcome: str,
    request: Mapping[str, Any] | None = None,
    *,
    disclosed: Mapping[str, list[str]] | None = None,
    result: Mapping[str, Any] | None = None,
    completeness: str | None = None,
    reason: str | None = None,
) -> LedgerEntry:
    """A record of one act under the policy and the dictionary of this moment."""
    return LedgerEntry(
        act=act.value,
        outcome=outcome,
        actor=told_actor(actor),
        request=request or {},
        disclosed=disclosed or {},
        result=result or {},
        completeness=completeness,
        policy=stations.policy.digest,
        dictionary=stations.dictionary.digest,
        reason=reason,
    )


def told_actor(actor: Actor | None) -> dict[str, Any]:
    """Who, as a record names him; empty where nobody was signed in."""
    if actor is None:
        return {}
    return {
        "account": actor.account_uid,
        "username": actor.username,
        "role": actor.role.value,
        "sites": sorted(actor.sites),
        "lines": sorted(actor.lines),
        "through": actor.through,
        "address": actor.address,
    }
