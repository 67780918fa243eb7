"""What a person may see, compiled to small sets that go into every statement."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose


class Role(StrEnum):
    """What somebody is there for; the policy says what each may do. `admin` is the security administrator."""

    VIEWER = "viewer"
    COORDINATOR = "coordinator"
    QUALITY = "quality"
    PRODUCTION = "production"
    WAREHOUSE = "warehouse"
    LAB = "lab"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"
    ADMIN = "admin"
    IT = "it"


OUTSIDE: Final = frozenset({Role.SUPPLIER, Role.CUSTOMER, Role.REGULATOR})
"""Roles of other organisations; each sees a scope that was approved for it, never everything."""


LEAST_TOLD: Final = 5
"""The smallest number of withheld things that somebody from outside is told; of fewer, two answers subtracted tell each one."""


class ScopeKind(StrEnum):
    """By what a role's view is bounded; the account carries the sites, lines and lots themselves."""

    ORGANISATION = "organisation"
    SITE = "site"
    LINE = "line"
    CASE = "case"


class Withholding(StrEnum):
    """What a walk does at a node that may not be shown: go through it as a stub, or end there."""

    PASS = "pass"  # noqa: S105 - the name of a mode
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Grant:
    """Break-glass: every site and line, and values up to a tier, until it ends. It allows no act that the role does not."""

    uid: str
    tier: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person with a real role, over a session, a token or the operating system.

    session        public id of the session (`domain/sessions.py`); None for the others.
    purpose        why he looks, as chosen for the session or the request, or carried by the token; None where none was.
    factor_at      when he last showed a second factor in this session; None where he never did.
    claimed_address  what a caller said in a header that he is, where only the connection counts; empty where he claimed nothing.
    only           what a token was made for: his role allows no more than this through it; None where nothing is taken away.
    grant          a break-glass access that lasts at this moment; None where there is none.
    lots           uids that were approved for him one by one, beside sites and lines.
    factors        what proved who he is: "password", "provider", "passkey", "code", "recovery code"; "token" of a program.
    owner          account of the person whose token it is, and owner_name what that person is called; None of all others.
    provisional    his password was given by somebody else; until he has changed it himself, he does nothing but that.
    name           the person's printed name, sealed as the store keeps it; of a token its owner's; empty where there is none.
    """

    account_uid: str
    username: str
    role: Role
    sites: frozenset[str]
    lines: frozenset[str]
    through: str
    address: str = ""
    session: str | None = None
    purpose: Purpose | None = None
    factor_at: datetime | None = None
    only: frozenset[Permission] | None = None
    lots: frozenset[str] = frozenset()
    claimed_address: str = ""
    grant: Grant | None = None
    factors: tuple[str, ...] = ()
    owner: str | None = None
    owner_name: str | None = None
    name: bytes = field(default=b"", repr=False)
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What one request may see, and how much of it.

    see         acl numbers whose nodes may be shown; every other node is withheld, as `mode` says.
    named       uids that may be shown besides: lots that were approved for the account one by one.
    everywhere  every site and product line is within the view, and so is what no record places anywhere yet.
    mode        what a walk does at a withheld node.
    clear       per kind, the properties whose value may be shown of a node that is seen; of any other a mask stands in
                its place. A property that the dictionary does not know is in no set.
    search      per kind, the properties that may be searched, filtered and sorted by: a part of `clear`.
    least       the smallest number of withheld things that is told; of fewer no more than that there are some.
    places      acl number → its sites within the view: no other is told of what belongs to several, or filtered by.
    """

    see: tuple[int, ...]
    policy_digest: str
    everywhere: bool = False
    mode: Withholding = Withholding.PASS
    clear: Mapping[NodeKind, frozenset[str]] = field(default_factory=dict)
    search: Mapping[NodeKind, frozenset[str]] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    least: int = 1
    places: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def view(self) -> dict[str, Any]:
        """Parameters of every statement that reads nodes."""
        return {"see": self.see, "named": self.named}

    @property
    def way(self) -> dict[str, Any]:
        """Parameters of every statement that goes from node to node."""
        return {**self.view, "through": self.mode is Withholding.PASS}

    @property
    def stops(self) -> bool:
        """Whether a walk ends where the view does. Of what lies beyond, that it lies there is proven; no answer depends on it."""
        return self.mode is Withholding.STOP and not self.everywhere

    def shows(self, kind: NodeKind, name: str) -> bool:
        """Whether the value of this property may be shown."""
        return name in self.clear.get(kind, ())

    def searches(self, kind: NodeKind, name: str) -> bool:
        """Whether somebody may look for this property's value: searching by a field is reading it."""
        return name in self.search.get(kind, ())


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of the policy, with the row that spoke and one sentence that the asker may read."""

    allowed: bool
    rule: str
    reason: str
