"""What a move of a site or product line does: how many records change place, and who gains or loses sight of how many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from traceapp.domain.accounts import Account, Token
from traceapp.domain.approvals import OPEN, Operation
from traceapp.domain.errors import TraceappError
from traceapp.domain.places import PlaceMove
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import AclEntry
from traceapp.graph.acl_store import NodeCounts
from traceapp.policy.effects import reach_of
from traceapp.usecases.approvals.approval_document import open_frozen
from traceapp.usecases.approvals.approval_persons import all_accounts
from traceapp.usecases.stations import Stations

MOST_NODES: Final = 200_000
"""Of each label so many are counted: more are told as at least so many."""
MOST_TOKENS: Final = 10_000
MOST_APPROVALS: Final = 1_000


@dataclass(frozen=True, slots=True)
class AccountMove:
    """An account whose view names the old place, or that sees more or less afterwards.

    sites, lines    its view now.   opened, closed  records that come into it, and leave it.
    follows         whether its view names the new place from then on.
    """

    username: str
    role: Role
    sites: tuple[str, ...]
    lines: tuple[str, ...]
    opened: int
    closed: int
    follows: bool


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    """What a move does.

    records    that change place.   places  what of the old place there is, one text each: `LYON|INF`.
    tokens     labels of those whose view names it; a token keeps the view that it was made with.
    approvals  ids of open requests that would give somebody a view of it.
    cut        not every record was counted: numbers are at least so many.
    """

    records: int
    places: tuple[str, ...]
    accounts: tuple[AccountMove, ...]
    tokens: tuple[str, ...]
    approvals: tuple[str, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _Sight:
    """Numbers of sets that an account sees from then on, and no more."""

    account: Account
    sites: frozenset[str]
    lines: frozenset[str]
    opened: frozenset[int]
    closed: frozenset[int]

    @property
    def follows(self) -> bool:
        return (self.sites, self.lines) != (self.account.sites, self.account.lines)


def effect_of(stations: Stations, move: PlaceMove, *, follow: bool) -> PlaceEffect:
    """follow: views that name the old place name the new one instead. raises StoreError and its kinds; HomeError."""
    counts, before = stations.acls.count_nodes(MOST_NODES), stations.acls.list_entries()
    return PlaceEffect(
        records=counts.total(None, moved_numbers(before, move)),
        places=named_places(before, move),
        accounts=tuple(_told(one, counts) for one in _sights(stations, move, before, follow=follow) if _is_told(one, move)),
        tokens=tuple(sorted(token.label for token in _tokens(stations, move))),
        approvals=tuple(sorted(_approvals(stations, move))),
        cut=counts.cut,
    )


def followers(stations: Stations, move: PlaceMove) -> tuple[str, ...]:
    """Uids of the accounts whose view names the old place and would follow, sorted."""
    return tuple(sorted(one.account.uid for one in _sights(stations, move, (), follow=True) if one.follows))


def signed_effect(stations: Stations, move: PlaceMove, *, follow: bool) -> Any:
    """What of the effect whoever agrees signs, in plain JSON: who gains or loses sight, and of what; not of how many records, as
    there are more of them by the hour. Another account, view, token or place in it is another effect.
    """
    before = stations.acls.list_entries()
    sights = [one for one in _sights(stations, move, before, follow=follow) if _is_told(one, move)]
    return {
        "moves": [one.approval for one in stations.acls.places.kept],
        "places": named_places(before, move),
        "accounts": [
            {
                "uid": one.account.uid,
                "role": one.account.role.value,
                "sites": sorted(one.account.sites),
                "lines": sorted(one.account.lines),
                "follows": one.follows,
                "gains": bool(one.opened),
                "loses": bool(one.closed),
            }
            for one in sights
        ],
        "tokens": sorted(token.uid for token in _tokens(stations, move)),
    }


def moved_numbers(entries: Iterable[AclEntry], move: PlaceMove) -> frozenset[int]:
    """Numbers of the sets that something of the old place is in."""
    return frozenset(entry.number for entry in entries if any(move.old.holds(scope) for scope in entry.scopes))


def named_places(entries: Iterable[AclEntry], move: PlaceMove) -> tuple[str, ...]:
    """Texts of the scopes that move, sorted."""
    return tuple(sorted({scope.text for entry in entries for scope in entry.scopes if move.old.holds(scope)}))


def _sights(stations: Stations, move: PlaceMove, before: Iterable[AclEntry], *, follow: bool) -> list[_Sight]:
    after = [AclEntry(entry.number, frozenset(map(move.of, entry.scopes))) for entry in before]

    @cache
    def seen(role: Role, sites: frozenset[str], lines: frozenset[str], *, then: bool) -> frozenset[int]:
        person = Actor("0" * 32, role.value, role, sites, lines, through="session")
        return reach_of(stations.policy, after if then else before, person, stations.clock.now()).see

    found = []
    for account in sorted((one for one in all_accounts(stations) if not one.disabled), key=lambda one: one.username):
        sites, lines = move.view(account.sites, account.lines) if follow else (account.sites, account.lines)
        saw = seen(account.role, account.sites, account.lines, then=False)
        sees = seen(account.role, sites, lines, then=True)
        found.append(_Sight(account, sites, lines, sees - saw, saw - sees))
    return found


def _is_told(one: _Sight, move: PlaceMove) -> bool:
    return bool(one.opened or one.closed or one.follows or move.old.is_named_by(one.account.sites, one.account.lines))


def _told(one: _Sight, counts: NodeCounts) -> AccountMove:
    account = one.account
    return AccountMove(
        account.username,
        account.role,
        tuple(sorted(account.sites)),
        tuple(sorted(account.lines)),
        counts.total(None, one.opened),
        counts.total(None, one.closed),
        one.follows,
    )


def _tokens(stations: Stations, move: PlaceMove) -> Iterator[Token]:
    for token in stations.accounts.list_tokens(stations.clock.now(), row_limit=MOST_TOKENS):
        if not token.revoked and move.old.is_named_by(token.sites, token.lines):
            yield token


def _approvals(stations: Stations, move: PlaceMove) -> Iterator[str]:
    """Those that cannot be opened now are left out: nobody can carry them out either."""
    for state in sorted(OPEN):
        for one in stations.approvals.list_approvals(state, MOST_APPROVALS):
            if one.operation is not Operation.ACCOUNT_ROLE:
                continue
            try:
                told = open_frozen(stations, one).parameters
            except TraceappError:
                continue
            if move.old.is_named_by(frozenset(told["sites"]), frozenset(told["lines"])):
                yield one.uid
