"""Why somebody may do something, or may not: everything that the decision stood on."""

from collections.abc import Mapping
from dataclasses import dataclass

from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Decision, Role, Withholding


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would be answered to this person now.

    decision     of the act, and where an object was named, of the act on it.
    purpose      for which it was asked; None where the role has no row.
    sites, lines, lots   what the account carries of scope.   scopes  by which kinds of scope the role is bounded.
    clearance    tier that the role is cleared for.   effective  tier whose values are shown at this moment.
    conditions   what must hold before a T3 value is shown.   unmet  what of it does not hold at this moment.
    withholding  what a trace does at something that may not be shown.
    fields       per kind the properties that are shown in clear.
    """

    username: str
    role: Role
    permission: Permission
    object: str | None
    decision: Decision
    purpose: Purpose | None
    purposes: tuple[Purpose, ...]
    scopes: tuple[str, ...]
    sites: tuple[str, ...]
    lines: tuple[str, ...]
    lots: tuple[str, ...]
    clearance: str | None
    effective: str | None
    search: str | None
    conditions: tuple[str, ...]
    unmet: tuple[str, ...]
    withholding: Withholding | None
    fields: Mapping[NodeKind, tuple[str, ...]]
    policy_digest: str
    policy_version: int
