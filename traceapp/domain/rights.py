"""What a person may see, compiled to small sets that go into every statement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose


class Role(StrEnum):
    VIEWER = "viewer"
    COORDINATOR = "coordinator"
    QUALITY = "quality"
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person with a real role, over a session, a token or the operating system.

    session_epoch  of a session: the person's epoch (`domain/accounts.py`) in which it was begun; None for the others.
    purpose        why he looks, as chosen for the session or the request, or carried by the token; None where none was.
    factor_at      when he last showed a second factor in this session; None where he never did.
    only           what a token was made for: his role allows no more than this through it; None where nothing is taken away.
    """

    account_uid: str
    username: str
    role: Role
    sites: frozenset[str]
    lines: frozenset[str]
    through: str
    address: str = ""
    session_epoch: int | None = None
    purpose: Purpose | None = None
    factor_at: datetime | None = None
    only: frozenset[Permission] | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """`see` holds the acl numbers whose nodes may be shown; every other node is walked as a stub.

    everywhere  every site and product line is within the view, and so is what no record places anywhere yet.
    """

    see: tuple[int, ...]
    policy_digest: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of the policy, with the row that spoke and one sentence that the asker may read."""

    allowed: bool
    rule: str
    reason: str
