"""Rights as small sets: which acl numbers may be shown to this person, in every statement at every hop."""

from collections.abc import Iterable

from traceapp.domain.permissions import SEES_BATCHES
from traceapp.domain.rights import Actor, Rights
from traceapp.domain.scopes import ANY, AclEntry, Scope
from traceapp.policy.decisions import Policy


def compile_rights(policy: Policy, acl_entries: Iterable[AclEntry], actor: Actor) -> Rights:
    """The acl numbers with a scope that lies within the actor's sites and product lines.

    An actor without a site or without a line sees nothing, shared things included: a missing attribute denies. So does
    a role without any batch permission. A number that is in no entry is in no set.
    """
    row = policy.document.roles.get(actor.role)
    if row is None or not row.permissions & SEES_BATCHES or not actor.sites or not actor.lines:
        return Rights((), policy.digest)
    see = {entry.number for entry in acl_entries if any(_within(actor, scope) for scope in entry.scopes)}
    return Rights(tuple(sorted(see)), policy.digest, ANY in actor.sites and ANY in actor.lines)


def _within(actor: Actor, scope: Scope) -> bool:
    """A thing of the organisation as a whole (`*`) is within everybody's view."""
    at_site = scope.site == ANY or ANY in actor.sites or scope.site in actor.sites
    of_line = scope.line == ANY or ANY in actor.lines or scope.line in actor.lines
    return at_site and of_line
