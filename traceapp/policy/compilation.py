"""Rights as small sets: which acl numbers may be shown to this person, and which properties of what he is shown."""

from collections.abc import Iterable
from datetime import datetime

from traceapp.dictionary.properties import Tier
from traceapp.domain.permissions import SEES_BATCHES
from traceapp.domain.rights import Actor, Rights, Withholding
from traceapp.domain.scopes import ANY, AclEntry, Scope
from traceapp.policy.conditions import unmet
from traceapp.policy.decisions import Policy


def compile_rights(policy: Policy, acl_entries: Iterable[AclEntry], actor: Actor, now: datetime) -> Rights:
    """The acl numbers with a scope that lies within the actor's sites and product lines, and the properties in clear.

    An actor without a site or without a line sees nothing, shared things included: a missing attribute denies. So does
    a role without any batch permission, and a purpose that is not the role's. A number that is in no entry is in no set.
    A T3 property is in `clear` only while the conditions of the role hold.
    """
    row = policy.document.roles.get(actor.role)
    purpose = policy.purpose_of(actor)
    if row is None or purpose is None or not policy.permissions(actor) & SEES_BATCHES or not actor.sites or not actor.lines:
        return Rights((), policy.digest, mode=Withholding.STOP)
    see = {entry.number for entry in acl_entries if any(_within(actor, scope) for scope in entry.scopes)}
    clearance = row.clearance
    if clearance is Tier.T3 and (row.t3 is None or unmet(row.t3, actor, now)):
        clearance = Tier.T2
    return Rights(
        tuple(sorted(see)),
        policy.digest,
        ANY in actor.sites and ANY in actor.lines,
        row.withholding,
        policy.fields(purpose, clearance),
        policy.fields(purpose, min(row.search, clearance)),
    )


def _within(actor: Actor, scope: Scope) -> bool:
    """A thing of the organisation as a whole (`*`) is within everybody's view."""
    at_site = scope.site == ANY or ANY in actor.sites or scope.site in actor.sites
    of_line = scope.line == ANY or ANY in actor.lines or scope.line in actor.lines
    return at_site and of_line
