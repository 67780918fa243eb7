"""What every use case begins with: may this person do it, how much may he see, and how it is recorded."""

import binascii
import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeAlias

import orjson

from traceapp.dictionary.entries import Tier
from traceapp.domain.clock import stored_time
from traceapp.domain.disclosure import Masked, Unavailable, Unproven
from traceapp.domain.errors import (
    InputError,
    KeyDestroyedError,
    PermissionDeniedError,
    PolicyError,
    SealBrokenError,
)
from traceapp.domain.kinds import SEALED_IDENTITIES, NodeKind
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import OUTSIDE, Actor, Decision, Rights
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import CLOSED, EVALUATION, FAILED
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.stations import Stations

Objects: TypeAlias = Sequence[Mapping[str, str]]
"""What an act is about, as a record holds it."""
MOST_OBJECTS: Final = 20
"""Things that one record names as what the act is about; the roll names all that were shown."""
PSEUDONYM: Final = 8
"""Characters of one; within an answer no two things share it but by a chance of one in 2^32."""


def rights_for(
    stations: Stations, actor: Actor, permission: Permission, request: Mapping[str, Any] | None = None, most: Tier = Tier.T3
) -> Rights:
    """What the actor may see while he does this.

    request  what was asked, for the record of a refusal.
    most     the highest tier whose values are wanted.
    raises   PermissionDeniedError, PolicyError (none is in force, or it failed): recorded first;
             LedgerUnavailableError: it could not be.
    """
    authorise(stations, actor, permission, request)
    entries = stations.acls.list_entries()
    try:
        return compile_rights(stations.policy, entries, actor, stations.clock.now(), most)
    except Exception:
        raise _refused(stations, actor, permission, request, Decision(False, FAILED, EVALUATION)) from None


def authorise(stations: Stations, actor: Actor, permission: Permission, request: Mapping[str, Any] | None = None) -> None:
    """The decision alone, where no batch is looked at; raises what `rights_for` raises."""
    decision = stations.policy.decide(actor, permission)
    if not decision.allowed:
        raise _refused(stations, actor, permission, request, decision)


def _refused(
    stations: Stations, actor: Actor, permission: Permission, request: Mapping[str, Any] | None, decision: Decision
) -> PermissionDeniedError | PolicyError:
    """Recorded first; where no policy can be asked, that is what is said, and not that this person may not."""
    reason = f"{decision.rule}: {decision.reason}"
    stations.ledger.append(entry(stations, actor, permission, "denied", request=request or {}, reason=reason))
    return PolicyError(decision.reason) if decision.rule in {CLOSED, FAILED} else PermissionDeniedError(decision.reason)


def with_purpose(actor: Actor, text: str) -> Actor:
    """The same person, who says for this request why he looks; whether his role looks for that is decided with the act.

    raises  InputError: no such purpose. PermissionDeniedError: his token was made for another one.
    """
    try:
        purpose = Purpose(text)
    except ValueError:
        wanted = f"one of {', '.join(one.value for one in Purpose)}"
        raise InputError(f"purpose: wanted {wanted}, found another word", (("purpose", wanted),)) from None
    if actor.through == "token" and actor.purpose is not None and purpose is not actor.purpose:
        raise PermissionDeniedError(f"This token was made for the purpose {actor.purpose.value} and no other.")
    return replace(actor, purpose=purpose)


def disclosure_of(stations: Stations, rights: Rights, fields: frozenset[str] | None = None) -> Disclosure:
    """What one answer may tell of each thing; its pseudonyms are drawn for it alone, so that no two answers share one.

    fields  what was asked for; None for all that the answer tells by itself.
    """
    name = partial(stations.sealer.stub, f"pseudonym:{secrets.token_hex(16)}")
    return Disclosure(rights, stations.dictionary, fields, lambda uid: name(uid)[:PSEUDONYM].upper())


def entry(stations: Stations, actor: Actor, act: Permission | Act, outcome: str, **said: Any) -> LedgerEntry:
    """A record of this actor, under the policy and the dictionary of this moment; `said` are fields of `LedgerEntry`."""
    return entry_of(stations, actor_document(stations, actor), act, outcome, **said)


def entry_of(stations: Stations, who: Mapping[str, Any], act: Permission | Act, outcome: str, **said: Any) -> LedgerEntry:
    """The same of somebody who is no actor (yet); `who` is what is known of him."""
    return LedgerEntry(
        act=act.value,
        outcome=outcome,
        actor=who,
        policy=stations.policy.digest,
        dictionary=stations.dictionary.digest,
        request_id=stations.request_id,
        **said,
    )


def actor_document(stations: Stations, actor: Actor) -> dict[str, Any]:
    """Who it was, as the ledger keeps it: account, real role, why he looked, the view he had, and how he came in.

    `name` is the printed name as the store seals it, in base64url: who destroys the key of a person has erased it here as
    well; `recorded_name` opens it. `organisation` is ours, and left out of roles of others, whose accounts name none.
    """
    purpose = stations.policy.chosen_purpose(actor)
    told = {
        "account": actor.account_uid,
        "username": actor.username,
        "role": actor.role.value,
        "sites": sorted(actor.sites),
        "lines": sorted(actor.lines),
        "through": actor.through,
        "address": actor.address,
        "purpose": purpose.value if purpose is not None else None,
    }
    if actor.name:
        told["name"] = urlsafe_b64encode(actor.name).decode()
    if actor.role not in OUTSIDE:
        told["organisation"] = stations.organisation.name
    if actor.factors:
        told["factors"] = list(actor.factors)
    if actor.owner is not None:
        told["owner"] = actor.owner
    if actor.owner_name is not None:
        told["owner_name"] = actor.owner_name
    if actor.lots:
        told["lots"] = sorted(actor.lots)
    if actor.claimed_address:
        told["claimed_address"] = actor.claimed_address
    if actor.session is not None:
        told["session"] = actor.session
    if actor.grant is not None:
        told["break_glass"] = actor.grant.uid
    if actor.factor_at is not None:
        told["factor_at"] = stored_time(actor.factor_at)
    return told


def recorded_name(stations: Stations, told: Mapping[str, Any]) -> str | None:
    """The printed name in the `actor` of a record; None where it has none, or its key was destroyed.

    raises  KeyUnavailableError; SealBrokenError: it is not what was recorded.
    """
    if "name" not in told:
        return None
    owner = str(told.get("owner") or told["account"])
    try:
        sealed = urlsafe_b64decode(str(told["name"]))
        return stations.sealer.open_document("Account", owner, "printed_name", sealed).decode()
    except KeyDestroyedError:
        return None
    except binascii.Error:
        raise SealBrokenError("The name in a record is no ciphertext.") from None


def things(kind: str, *uids: str) -> list[dict[str, str]]:
    """What an act is about, as a record names it: at most `MOST_OBJECTS`."""
    return [{"kind": kind, "uid": uid} for uid in uids[:MOST_OBJECTS]]


def told_name(stations: Stations, field: str, text: str | None, kinds: Collection[NodeKind]) -> dict[str, str]:
    """How a record keeps the number or key that somebody asked for.

    In clear only where it is one of ours; a supplier's lot or a party's code is as confidential in the ledger as in the
    store, and what named nothing may be one: of those a MAC is kept.
    kinds  of all that it named.
    """
    if text is None:
        return {}
    if kinds and SEALED_IDENTITIES.isdisjoint(kinds):
        return {field: text}
    return {f"{field}_mac": stations.sealer.digest(text)}


def result_digest(told: Any) -> str:
    """SHA-256 (hex) of what is about to leave, in a form that does not depend on the order of its names."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return hashlib.sha256(orjson.dumps(told, default=_plain, option=options)).hexdigest()


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return stored_time(value)
        case Mapping():
            return dict(value)
        case Masked() | Unavailable() | Unproven():
            return (type(value).__name__, value.tier)  # a pseudonym is drawn anew for every answer
        case _:
            raise TypeError(f"no answer holds a {type(value).__name__}")
