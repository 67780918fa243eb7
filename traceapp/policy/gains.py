"""What an account would gain by a change that nobody is given by one person alone."""

from dataclasses import dataclass
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.domain.scopes import ANY
from traceapp.policy.document import PolicyDocument

POWERS: Final = frozenset(
    {
        Permission.ACCOUNT_CHANGE,
        Permission.ACCOUNT_CREATE,
        Permission.ACCOUNT_REVIEW,
        Permission.APPROVAL_DECIDE,
        Permission.BREAK_GLASS_REVIEW,
        Permission.TOKEN_CREATE,
    }
)
"""What decides over others."""
CONFIDENTIAL: Final = Tier.T2
"""From this tier on values are sealed in the store; whoever is shown more of them gains something."""
VIEW: Final = "view"


@dataclass(frozen=True, slots=True)
class Held:
    """What an account that is open holds: its role, and what it sees."""

    role: Role
    sites: frozenset[str]
    lines: frozenset[str]
    lots: frozenset[str] = frozenset()


def gains(document: PolicyDocument, before: Held | None, after: Held | None) -> frozenset[str]:
    """Names of what `after` holds and `before` does not: powers over others, a clearance, purposes, break-glass, a wider view.

    before, after  None of an account that is not there, or is closed: it holds nothing.
    returns        empty where one person alone may make the change.
    """
    new = document.roles.get(after.role) if after is not None else None
    if after is None or new is None:
        return frozenset()
    old = document.roles.get(before.role) if before is not None else None
    found = {one.value for one in POWERS & new.permissions if old is None or one not in old.permissions}
    if new.clearance >= CONFIDENTIAL:
        if old is None or new.clearance > old.clearance:
            found.add(new.clearance.value)
        if old is not None and new.purposes - old.purposes:
            found |= {one.value for one in new.purposes - old.purposes}
        if before is not None and not _sees(before, after):
            found.add(VIEW)
    if new.break_glass is not None and (old is None or old.break_glass is None or new.break_glass > old.break_glass):
        found.add(Permission.BREAK_GLASS_BEGIN.value)
    return frozenset(found)


def _sees(one: Held, other: Held) -> bool:
    """Whether one sees all that the other does; single lots count within the view of whole sites as well."""
    whole = ANY in one.sites and ANY in one.lines
    return whole or (_within(other.sites, one.sites) and _within(other.lines, one.lines) and other.lots <= one.lots)


def _within(wanted: frozenset[str], own: frozenset[str]) -> bool:
    return ANY in own or wanted <= own
