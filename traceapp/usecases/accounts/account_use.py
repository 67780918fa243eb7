"""When an account was used last, and what source systems it had to do with, as the audit trail tells it."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from traceapp.domain.accounts import Account, Token
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.permissions import Act, Permission
from traceapp.ledger.index_search import find_places, newest_time
from traceapp.ledger.reading import find_record
from traceapp.usecases.stations import Stations

MOST: Final = 20
"""Records that are read for what one person had to do with feeds."""


def feeds_of(stations: Stations, uids: Collection[str]) -> tuple[str, ...]:
    """Names of feeds that one of these accounts or tokens registered or changed, or sent a message for, as far as is indexed."""
    found: set[str] = set()
    for uid in uids:
        for act in (Permission.FEED_CHANGE, Permission.FEED_SEND):
            places, _ = find_places(stations.settings.home, LedgerQuery(person=uid, act=act.value, outcome="done"), None, MOST)
            found |= set(_feeds(stations, (one.seq for one in places)))
    return tuple(sorted(found))


def _feeds(stations: Stations, seqs: Iterable[int]) -> Iterable[str]:
    for seq in seqs:
        content = find_record(stations.settings.home, seq)
        if content is not None and isinstance(name := json.loads(content)["request"].get("feed"), str):
            yield name


def last_use(stations: Stations, account: Account, tokens: Iterable[Token]) -> datetime | None:
    """When somebody last came in by it: its newest sign-in on record, session that lasts, or token that was used.

    None where nothing is known: it was never used, or that was pruned.
    """
    signed_in = LedgerQuery(person=account.uid, act=Act.SESSION_START.value, outcome="done")
    known = [newest_time(stations.settings.home, signed_in)]
    known += [one.seen_at for one in stations.sessions.list_sessions_of_account(account.uid)]
    known += [one.used_at for one in tokens]
    return max((one for one in known if one is not None), default=None)
