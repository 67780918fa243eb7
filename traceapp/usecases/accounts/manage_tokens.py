"""Tokens, listed and revoked."""

from dataclasses import dataclass, replace
from functools import partial

from traceapp.domain.accounts import Token
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.audit.changed_values import changes_of_token
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class ListedToken:
    """counts  whether it would be let in now: not revoked, and its owner still has the right."""

    owner: str
    token: Token
    counts: bool


def list_tokens(stations: Stations, actor: Actor) -> Recorded[tuple[ListedToken, ...]]:
    """Every token that has not expired: whose it is, what for, and when it was used last. raises PermissionDeniedError."""
    authorise(stations, actor, Permission.TOKEN_LIST)
    found = stations.accounts.list_tokens(stations.clock.now(), row_limit=MOST_LISTED)
    listed = tuple(_listed(stations, token) for token in found)
    shown = things("Token", *(one.token.uid for one in listed))
    told = entry(stations, actor, Permission.TOKEN_LIST, "answered", result={"count": len(listed)}, object=shown)
    return stations.ledger.record(listed, told)


def revoke_token(stations: Stations, actor: Actor, uid: str) -> Recorded[None]:
    """Refuse a token from the next request on. raises PermissionDeniedError; InputError: there is none with this id."""
    request = {"token": uid}
    authorise(stations, actor, Permission.TOKEN_REVOKE, request)
    token = stations.accounts.get_token_by_uid(uid)
    if token is None:
        raise InputError("token: none has this id", (("token", "the 16 digits after tat_"),))
    revoked = replace(token, revoked=True)
    work = partial(stations.accounts.put_token, revoked)
    return carry_out(
        stations,
        actor,
        Permission.TOKEN_REVOKE,
        request,
        work,
        about=things("Token", uid),
        changes=changes_of_token(token, revoked),
    )


def _listed(stations: Stations, token: Token) -> ListedToken:
    if token.is_of_service:
        return ListedToken(token.account_uid, token, not token.revoked)
    owner = stations.accounts.get_account(token.account_uid)
    name = owner.username if owner is not None else token.account_uid
    return ListedToken(name, token, owner is not None and not token.revoked and not token.is_above(owner))
