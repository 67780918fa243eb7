"""What a change of a governed document does: to roles, open accounts, tokens, to what waits for others, and to values."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final

from traceapp.dictionary.entries import SEALED, Tier
from traceapp.dictionary.properties import Dictionary
from traceapp.domain.accounts import Account, Token
from traceapp.domain.approvals import OPEN
from traceapp.domain.governed import AccountEffect, Effect, Moves, Reencryption, RoleEffect
from traceapp.domain.kinds import NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.graph.acl_store import NodeCounts
from traceapp.policy.document import PolicyDocument
from traceapp.policy.effects import Change, RightsComparison, of_role
from traceapp.usecases.approvals.approval_persons import all_accounts
from traceapp.usecases.approvals.missing_persons import lacks_under
from traceapp.usecases.stations import Stations

MOST_NODES: Final = 200_000
"""Of each label so many are counted: more are told as at least so many."""
MOST_TOKENS: Final = 10_000
MOST_APPROVALS: Final = 1_000


def no_effect(stations: Stations, before: Any, after: Any) -> Effect:
    """Alert rules decide nobody's rights."""
    return Effect()


def effect_of_policy(stations: Stations, before: PolicyDocument, after: PolicyDocument) -> Effect:
    """raises  StoreError and its kinds; KeyUnavailableError, SealBrokenError: a printed name cannot be opened now."""
    dictionary = stations.dictionary
    told = _effect_on_people(stations, (before, dictionary), (after, dictionary))
    return replace(
        told,
        stuck={one.value: lack.names for one, lack in lacks_under(stations, after).items()},
        approvals=_open_approvals(stations),
    )


def effect_of_dictionary(stations: Stations, before: Dictionary, after: Dictionary) -> Effect:
    """raises  what `effect_of_policy` raises."""
    document = stations.policy.document
    told = _effect_on_people(stations, (document, before), (document, after))
    reencrypted, cut = _reencrypted(stations, before, after)
    return replace(told, reencrypted=reencrypted, cut=told.cut or cut)


def _effect_on_people(
    stations: Stations, before: tuple[PolicyDocument, Dictionary], after: tuple[PolicyDocument, Dictionary]
) -> Effect:
    comparison = RightsComparison(before, after, stations.acls.list_entries(), stations.clock.now())
    accounts = [account for account in all_accounts(stations) if not account.disabled]
    changes = {role: comparison.of(of_role(role)) for role in comparison.roles}
    touched = {role for role, change in changes.items() if change}
    if not touched:
        return Effect()
    counts = stations.acls.count_nodes(MOST_NODES)
    names = defaultdict(list)
    for account in accounts:
        names[account.role].append(account.username)
    return Effect(
        roles=tuple(
            _role_effect(role, changes[role], counts, comparison, names[role]) for role in comparison.roles if role in touched
        ),
        accounts=tuple(
            _account_effect(account, comparison, counts)
            for account in sorted(accounts, key=lambda one: one.username)
            if account.role in touched
        ),
        tokens=tuple(sorted(_dying(stations, comparison))),
        cut=counts.cut,
    )


def _role_effect(
    role: Role, change: Change, counts: NodeCounts, comparison: RightsComparison, names: Collection[str]
) -> RoleEffect:
    seen, saw = comparison.seen(of_role(role)), comparison.saw(of_role(role))
    return RoleEffect(role, _counted(change.gained, counts, seen), _counted(change.lost, counts, saw), tuple(sorted(names)))


def _counted(moves: Moves, counts: NodeCounts, see: Collection[int]) -> Moves:
    shown = tuple(replace(one, records=counts.total({one.kind.value}, see)) for one in moves.shown)
    return replace(moves, shown=shown)


def _account_effect(account: Account, comparison: RightsComparison, counts: NodeCounts) -> AccountEffect:
    person = account.as_actor()
    change = comparison.of(person)
    more, less = ({one.kind.value for one in moves.shown} for moves in (change.gained, change.lost))
    return AccountEffect(
        username=account.username,
        role=account.role,
        opened=counts.total(None, change.opened),
        closed=counts.total(None, change.closed),
        shown=counts.total(more, comparison.seen(person)),
        hidden=counts.total(less, comparison.saw(person)),
    )


def _dying(stations: Stations, comparison: RightsComparison) -> Iterator[str]:
    """Labels of tokens that could do something and can do nothing any more."""
    for token in stations.accounts.list_tokens(stations.clock.now(), row_limit=MOST_TOKENS):
        if not token.revoked and comparison.is_cut_off(_program(stations, token)):
            yield token.label


def _program(stations: Stations, token: Token) -> Actor:
    owner = None if token.is_of_service else stations.accounts.get_account(token.account_uid)
    return token.actor(owner=owner)


def _open_approvals(stations: Stations) -> int:
    return sum(len(stations.approvals.list_approvals(state, MOST_APPROVALS)) for state in sorted(OPEN))


def _reencrypted(stations: Stations, before: Dictionary, after: Dictionary) -> tuple[tuple[Reencryption, ...], bool]:
    """Properties that come under another tier; and whether not every record of them was counted."""
    moved = [
        (kind, name, before.entry(kind, name).tier, entry.tier)
        for kind in NodeKind
        for name, entry in after.entries(kind).items()
        if before.knows(kind, name) and before.entry(kind, name).tier is not entry.tier
    ]
    if not moved:
        return (), False
    counts, cut = stations.sealed.count_stated({name for _, name, _, _ in moved}, MOST_NODES)
    told = (
        Reencryption(kind, name, was.value, becomes.value, _work(was, becomes), counts.get((kind.value, name), 0))
        for kind, name, was, becomes in moved
    )
    return tuple(told), cut


def _work(was: Tier, becomes: Tier) -> str:
    if was in SEALED:
        return "resealed" if becomes in SEALED else "opened"
    return "sealed" if becomes in SEALED else "kept"
