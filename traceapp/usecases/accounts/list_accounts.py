"""Who may see what: every account with its role, view, tokens and second factors, and when it was used last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.accounts import Account, AccountState, Token
from traceapp.domain.errors import KeyUnavailableError, SealBrokenError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.account_use import last_use
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.names import printed_name
from traceapp.usecases.approvals.approval_persons import all_accounts
from traceapp.usecases.sessions.second_factors import factors_of
from traceapp.usecases.stations import Stations

MOST_TOKENS: Final = 100_000
"""That are read at once, for all accounts together."""
DORMANT_DAYS: Final = 60
"""Where the policy does not say it."""


@dataclass(frozen=True, slots=True)
class HeldToken:
    """only  permissions that it was made for; None for all of the role."""

    uid: str
    label: str
    only: frozenset[Permission] | None
    used_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What one account may see and do at this moment, and whether anybody uses it.

    printed_name  None where its key is away or was destroyed.
    permissions, clearance, search  of the role, by the policy in force; nothing of a role that it does not name.
    lots          uids that were approved one by one, beside sites and lines.
    tokens        that count: not revoked, not expired.
    passkeys, factors  how many of each; None where they cannot be opened now.
    since         when it came to its present rights.
    last_used     None where nobody ever came in by it, as far as the audit trail is kept.
    is_dormant    it is open, and was used for the last time, or made, longer ago than the policy allows.
    """

    uid: str
    username: str
    printed_name: str | None
    person: str
    role: Role
    state: AccountState
    permissions: frozenset[Permission]
    clearance: Tier | None
    search: Tier | None
    sites: frozenset[str]
    lines: frozenset[str]
    lots: frozenset[str]
    tokens: tuple[HeldToken, ...]
    passkeys: int | None
    factors: int | None
    created_at: datetime
    since: datetime
    left_at: datetime | None
    last_used: datetime | None
    is_dormant: bool


@dataclass(frozen=True, slots=True)
class AccountList:
    """By user name; those who left come last.   services  tokens that belong to no account."""

    accounts: tuple[AccessFacts, ...]
    services: tuple[HeldToken, ...]


def list_accounts(stations: Stations, actor: Actor) -> Recorded[AccountList]:
    """raises  PermissionDeniedError; StoreError and its kinds; LedgerUnavailableError."""
    authorise(stations, actor, Permission.ACCOUNT_LIST)
    found = facts_of_all(stations)
    about = things("Account", *(one.uid for one in found.accounts))
    told = entry(stations, actor, Permission.ACCOUNT_LIST, "answered", result={"count": len(found.accounts)}, object=about)
    return stations.ledger.record(found, told)


def show_account(stations: Stations, actor: Actor, username: str) -> Recorded[AccessFacts]:
    """One of them; raises what `list_accounts` raises; InputError: nobody has this name."""
    authorise(stations, actor, Permission.ACCOUNT_LIST, {"username": username})
    account = find_account(stations, username)
    facts = facts_of(stations, account, stations.accounts.list_tokens_of_account(account.uid, stations.clock.now()))
    about = things("Account", account.uid)
    told = entry(stations, actor, Permission.ACCOUNT_LIST, "answered", request={"username": username}, object=about)
    return stations.ledger.record(facts, told)


def facts_of_all(stations: Stations) -> AccountList:
    """Only a part of an act that is itself decided and recorded."""
    tokens = stations.accounts.list_tokens(stations.clock.now(), row_limit=MOST_TOKENS)
    owned: dict[str, list[Token]] = {}
    for token in tokens:
        owned.setdefault(token.account_uid, []).append(token)
    facts = [facts_of(stations, account, owned.get(account.uid, ())) for account in all_accounts(stations)]
    services = tuple(_held(one) for one in tokens if one.is_of_service and not one.revoked)
    return AccountList(tuple(sorted(facts, key=lambda one: (one.state is AccountState.LEFT, one.username))), services)


def facts_of(stations: Stations, account: Account, tokens: Iterable[Token]) -> AccessFacts:
    """tokens  of this account, revoked ones too."""
    row, now = stations.policy.document.roles.get(account.role), stations.clock.now()
    used = last_use(stations, account, tokens)
    passkeys, factors = _factors(stations, account)
    since = max(used or account.created_at, account.rights_since)
    return AccessFacts(
        uid=account.uid,
        username=account.username,
        printed_name=printed_name_of(stations, account),
        person=account.person_id,
        role=account.role,
        state=account.state,
        permissions=row.permissions if row is not None else frozenset(),
        clearance=row.clearance if row is not None else None,
        search=row.search if row is not None else None,
        sites=account.sites,
        lines=account.lines,
        lots=account.lots,
        tokens=tuple(_held(one) for one in tokens if not one.revoked),
        passkeys=passkeys,
        factors=factors,
        created_at=account.created_at,
        since=account.rights_since,
        left_at=account.left_at,
        last_used=used,
        is_dormant=account.state is AccountState.OPEN and now - since > timedelta(days=dormant_days(stations)),
    )


def dormant_days(stations: Stations) -> int:
    row = stations.policy.document.access_review
    return row.dormant_days if row is not None else DORMANT_DAYS


def printed_name_of(stations: Stations, account: Account) -> str | None:
    """None where its key is away or was destroyed, or it is not what was sealed."""
    try:
        return printed_name(stations, account)
    except (KeyUnavailableError, SealBrokenError):
        return None


def _factors(stations: Stations, account: Account) -> tuple[int | None, int | None]:
    """How many passkeys, and how many second factors of any kind."""
    try:
        found = factors_of(stations, account)
    except (KeyUnavailableError, SealBrokenError):
        return None, None
    return len(found.passkeys), len(found.passkeys) + (found.totp is not None)


def _held(token: Token) -> HeldToken:
    return HeldToken(token.uid, token.label, token.only, token.used_at, token.expires_at)
