"""What a review holds of each account, and what whoever reviews sees of it: kept sealed, as one whole."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from traceapp.domain.access_reviews import AccessReview, ReviewDecision, ReviewedAccount, waits, with_those_who_left
from traceapp.domain.accounts import Account, AccountState
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import ReviewNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor
from traceapp.ledger.records import plain_json
from traceapp.usecases.access import entry
from traceapp.usecases.accounts.list_accounts import AccessFacts, facts_of
from traceapp.usecases.accounts.names import username_of
from traceapp.usecases.approvals.approval_persons import all_accounts, person_of, person_of_account
from traceapp.usecases.stations import Stations

LABEL: Final = "AccessReview"
UNKNOWN: Final = "No review of accounts has this id."


@dataclass(frozen=True, slots=True)
class ShownItem:
    """item  what was decided, if anything.   facts  the account as it is now; None where it cannot be read.

    digest  of what is seen of it, which whoever decides sends back.   own  it is the asker's, who cannot decide it.
    """

    item: ReviewedAccount
    facts: AccessFacts | None
    digest: str
    own: bool


@dataclass(frozen=True, slots=True)
class ShownReview:
    review: AccessReview
    begun_by: str
    items: tuple[ShownItem, ...]

    @property
    def waiting(self) -> int:
        return waits(tuple(one.item for one in self.items))


def find_review(stations: Stations, actor: Actor, uid: str) -> AccessReview:
    """raises  ReviewNotFoundError, which is on record as a look that failed."""
    found = stations.reviews.get_review(uid)
    if found is None:
        failed = entry(stations, actor, Permission.ACCOUNT_LIST, "failed", request={"review": uid}, reason="no such review")
        stations.ledger.append(failed)
        raise ReviewNotFoundError(UNKNOWN)
    return found


def shown_review(stations: Stations, actor: Actor, review: AccessReview) -> ShownReview:
    """Only a part of an act that is itself decided and recorded; raises SealBrokenError; KeyUnavailableError."""
    person = person_of(stations, actor)
    items = []
    for item in with_those_who_left(open_items(stations, review), left_by_now(stations)):
        account = stations.accounts.get_account(item.account_uid)
        facts = facts_now(stations, account) if account is not None else None
        own = account is not None and person.is_same(person_of_account(stations, account))
        items.append(ShownItem(item, facts, digest_of(facts) if facts is not None else "", own))
    return ShownReview(review, username_of(stations, review.begun_by), tuple(items))


def facts_now(stations: Stations, account: Account) -> AccessFacts:
    return facts_of(stations, account, stations.accounts.list_tokens_of_account(account.uid, stations.clock.now()))


def seen_of(facts: AccessFacts) -> dict[str, Any]:
    """What a reviewer sees of an account, in plain JSON, as it is kept with his word."""
    return {
        "role": facts.role.value,
        "state": facts.state.value,
        "permissions": sorted(facts.permissions),
        "clearance": facts.clearance.value if facts.clearance is not None else None,
        "sites": sorted(facts.sites),
        "lines": sorted(facts.lines),
        "lots": sorted(facts.lots),
        "tokens": sorted(one.label for one in facts.tokens),
        "passkeys": facts.passkeys,
        "factors": facts.factors,
        "last_used": stored_time(facts.last_used) if facts.last_used is not None else None,
        "dormant": facts.is_dormant,
    }


def digest_of(facts: AccessFacts) -> str:
    """SHA-256 (hex) of what is seen of an account; that it was used meanwhile changes nothing."""
    told = {name: value for name, value in seen_of(facts).items() if name not in {"last_used", "dormant"}}
    return hashlib.sha256(json.dumps([facts.uid, told], sort_keys=True).encode()).hexdigest()


def left_by_now(stations: Stations) -> frozenset[str]:
    """Uids of accounts whose persons left."""
    return frozenset(one.uid for one in all_accounts(stations) if one.state is AccountState.LEFT)


def seal_items(stations: Stations, uid: str, accounts: Sequence[ReviewedAccount]) -> bytes:
    told = [
        {
            "account": one.account_uid,
            "username": one.username,
            "decision": one.decision.value if one.decision is not None else None,
            "by": one.by,
            "at": stored_time(one.at) if one.at is not None else None,
            "reason": one.reason,
            "seen": plain_json(dict(one.seen)),
        }
        for one in accounts
    ]
    return stations.sealer.seal_document(LABEL, uid, "document", json.dumps(told, ensure_ascii=False).encode())


def open_items(stations: Stations, review: AccessReview) -> tuple[ReviewedAccount, ...]:
    """raises  SealBrokenError; KeyUnavailableError."""
    told: list[Mapping[str, Any]] = json.loads(stations.sealer.open_document(LABEL, review.uid, "document", review.document))
    return tuple(
        ReviewedAccount(
            account_uid=one["account"],
            username=one["username"],
            decision=ReviewDecision(one["decision"]) if one["decision"] else None,
            by=one["by"],
            at=parse_stored_time(one["at"]) if one["at"] else None,
            reason=one["reason"],
            seen=one["seen"],
        )
        for one in told
    )
