"""Answers about accounts as OpenAPI describes them. `account_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from traceapp.dictionary.entries import Tier
from traceapp.domain.accounts import AccountState
from traceapp.domain.approvals import Operation
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.web.answer_models import Ledger, Said


class HeldToken(Said):
    """A program's token that counts."""

    uid: str
    label: str
    only: Annotated[list[Permission] | None, Field(description="Permissions that it was made for; null for all of the role.")]
    used_at: datetime | None
    expires_at: datetime


class AccessFacts(Said):
    """What one account may see and do, and whether anybody uses it."""

    uid: str
    username: str
    printed_name: Annotated[str | None, Field(description="Null where its key is away or was destroyed.")]
    person: Annotated[str, Field(description="The same for every account of one person.")]
    role: Role
    state: AccountState
    permissions: list[Permission]
    clearance: Tier | None
    search: Tier | None
    sites: list[str]
    lines: list[str]
    lots: Annotated[list[str], Field(description="Uids that were approved one by one.")]
    tokens: list[HeldToken]
    passkeys: Annotated[int | None, Field(description="Null where they cannot be opened now.")]
    factors: Annotated[int | None, Field(description="Second factors of any kind.")]
    created_at: datetime
    since: Annotated[datetime, Field(description="When it came to its present rights.")]
    left_at: datetime | None
    last_used: Annotated[
        datetime | None, Field(description="Null where nobody came in by it, as far as the audit trail is kept.")
    ]
    is_dormant: Annotated[bool, Field(description="Open, and unused for longer than the policy allows.")]


class Accounts(Said):
    """By user name; those who left come last."""

    accounts: list[AccessFacts]
    services: Annotated[list[HeldToken], Field(description="Tokens that belong to no account.")]
    ledger: Ledger


class AccountChanged(Said):
    """What happened, or what waits for others."""

    username: str
    approval: Annotated[str | None, Field(description="Id of the approval that waits for others; null where it happened.")]
    gains: Annotated[list[str], Field(description="What takes their word.")]
    ledger: Ledger


class PasswordChanged(Said):
    """A person changed his own password."""

    username: str
    ledger: Ledger


class Ended(Said):
    username: str
    sessions: int
    tokens: list[str]
    labels: Annotated[list[str], Field(description="What the tokens were for: programs that need others.")]
    grants: Annotated[list[str], Field(description="Break-glass accesses that lasted.")]
    factors: bool


class PassedRequest(Said):
    """What the person had asked for."""

    uid: str
    operation: Operation
    heir_uid: Annotated[str | None, Field(description="Under which the colleague asks for it now; null where it was cancelled.")]
    because: Annotated[str | None, Field(description="Why the colleague could not take it over.")]
    stuck: Annotated[str | None, Field(description="Who is missing for it.")]


class FreedRequest(Said):
    """What another asked for, in whose chain the person had a place."""

    uid: str
    operation: Operation
    requester: str
    was_signed: Annotated[bool, Field(description="The person had agreed; the word was taken back.")]
    who: Annotated[list[str], Field(description="User names of those who can sign now.")]
    stuck: Annotated[str | None, Field(description="Why too few are left; null where enough are.")]


class AccountLeft(Said):
    """What became of everything of a person who left."""

    ended: list[Ended]
    passed: list[PassedRequest]
    freed: list[FreedRequest]
    feeds: Annotated[list[str], Field(description="That the person looked after.")]
    alerts: Annotated[list[str], Field(description="Open ones about the person.")]
    stuck: Annotated[dict[str, str], Field(description="What nobody can be asked for any more, and who is missing.")]
    ledger: Ledger
