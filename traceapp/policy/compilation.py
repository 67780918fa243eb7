"""Rights as small sets: which acl numbers may be shown to this person, and which properties of what he is shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.permissions import SEES_BATCHES
from traceapp.domain.rights import LEAST_TOLD, OUTSIDE, Actor, Rights, ScopeKind, Withholding
from traceapp.domain.scopes import ANY, AclEntry, Scope, sites_of
from traceapp.policy.conditions import unmet
from traceapp.policy.decisions import Policy
from traceapp.policy.document import RoleRow

EVERY: Final = frozenset({ANY})
NONE: Final[frozenset[str]] = frozenset()


def compile_rights(policy: Policy, acl_entries: Iterable[AclEntry], actor: Actor, now: datetime, most: Tier = Tier.T3) -> Rights:
    """The acl numbers with a scope that lies within the actor's scope, his approved lots, and the properties in clear.

    A scope that the role is bounded by and the account does not carry shows nothing, shared things included: a missing
    attribute denies. So does a role without any batch permission, and a purpose that is not the role's. A number that is
    in no entry is in no set. A T3 property is in `clear` only while the conditions of the role hold.

    most  the highest tier whose values are wanted, whatever else he may see.
    """
    row = policy.document.roles.get(actor.role)
    purpose = policy.purpose_of(actor)
    if row is None or purpose is None or not policy.permissions(actor) & SEES_BATCHES:
        return Rights((), policy.digest, mode=Withholding.STOP)
    bounds = _bounds(row, actor)
    named = tuple(sorted(actor.lots)) if ScopeKind.CASE in row.scope else ()
    if bounds is None and not named:
        return Rights((), policy.digest, mode=Withholding.STOP)
    sites, lines = bounds if bounds is not None else (NONE, NONE)
    if widened(row, actor, now) is not None:
        sites, lines = EVERY, EVERY
    held = ((entry.number, [scope for scope in entry.scopes if _within(sites, lines, scope)]) for entry in acl_entries)
    places = {number: sites_of(scopes) for number, scopes in held if scopes}
    clearance = min(most, clearance_of(row, actor, now))
    return Rights(
        tuple(sorted(places)),
        policy.digest,
        ANY in sites and ANY in lines,
        row.withholding,
        policy.fields(purpose, clearance),
        policy.fields(purpose, min(row.search, clearance)),
        named,
        LEAST_TOLD if actor.role in OUTSIDE else 1,
        places,
    )


def giving_rights(policy: Policy, acl_entries: Iterable[AclEntry], actor: Actor) -> Rights:
    """What this person may give others to see, thing by thing: that which lies within his own view. He is shown nothing of it."""
    see = {entry.number for entry in acl_entries if any(_within(actor.sites, actor.lines, scope) for scope in entry.scopes)}
    everywhere = ANY in actor.sites and ANY in actor.lines
    return Rights(tuple(sorted(see)), policy.digest, everywhere, Withholding.STOP, named=tuple(sorted(actor.lots)))


def clearance_of(row: RoleRow, actor: Actor, now: datetime) -> Tier:
    """The tier up to which values are shown at this moment."""
    own = row.clearance
    if own is Tier.T3 and (row.t3 is None or unmet(row.t3, actor, now)):
        own = Tier.T2
    opened = widened(row, actor, now)
    return own if opened is None else max(own, opened)


def widened(row: RoleRow, actor: Actor, now: datetime) -> Tier | None:
    """The tier that a break-glass access opens, beside every site and line; None where none lasts.

    Whatever the access says, the policy of this moment caps it. It adds no permission, no purpose, and no mode of walking.
    """
    grant = actor.grant
    if grant is None or row.break_glass is None or now >= grant.ends_at:
        return None
    return min(Tier(grant.tier), row.break_glass)


def _bounds(row: RoleRow, actor: Actor) -> tuple[frozenset[str], frozenset[str]] | None:
    """Sites and lines of the view; None where it has none, for want of one of them."""
    if row.scope == {ScopeKind.CASE}:
        return None
    sites = actor.sites if ScopeKind.SITE in row.scope else EVERY
    lines = actor.lines if ScopeKind.LINE in row.scope else EVERY
    return (sites, lines) if sites and lines else None


def _within(sites: frozenset[str], lines: frozenset[str], scope: Scope) -> bool:
    """A thing of the organisation as a whole (`*`) is within everybody's view who has one."""
    at_site = scope.site == ANY or ANY in sites or scope.site in sites
    of_line = scope.line == ANY or ANY in lines or scope.line in lines
    return at_site and of_line
