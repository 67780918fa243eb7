"""What another policy, or another dictionary under it, does to people: who gains what, and who loses what.

Both are compiled as for a question, by the same rows. What the conditions of T3 withhold at some moments counts as shown, since
it is at others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from traceapp.dictionary.properties import Dictionary
from traceapp.domain.governed import FieldMove, Moves
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import ANY, AclEntry
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import Policy
from traceapp.policy.document import Conditions, PolicyDocument

Field = tuple[NodeKind, str]
EVERYWHERE: Final = frozenset({ANY})


@dataclass(frozen=True, slots=True)
class Reach:
    """All that somebody may at best, under one policy.

    shown, searched  property → the purposes for which it is.
    see              acl numbers within his view.
    """

    permissions: frozenset[Permission]
    purposes: frozenset[Purpose]
    shown: Mapping[Field, frozenset[Purpose]]
    searched: Mapping[Field, frozenset[Purpose]]
    see: frozenset[int]


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody gains and loses; opened and closed are acl numbers."""

    gained: Moves
    lost: Moves
    opened: frozenset[int]
    closed: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost or self.opened or self.closed)


class RightsComparison:
    """Two policies over two dictionaries, before and after."""

    def __init__(
        self,
        before: tuple[PolicyDocument, Dictionary],
        after: tuple[PolicyDocument, Dictionary],
        entries: Iterable[AclEntry],
        now: datetime,
    ) -> None:
        """raises  PolicyError: a document names a property that its dictionary does not know."""
        self._before, self._after = (Policy(_at_best(document), dictionary) for document, dictionary in (before, after))
        self._dictionaries = before[1], after[1]
        self._entries = tuple(entries)
        self._now = now

    def of(self, actor: Actor) -> Change:
        """What changes for this person, through a session of his."""
        before, after = (
            reach_of(self._before, self._entries, actor, self._now),
            reach_of(self._after, self._entries, actor, self._now),
        )
        old, new = self._dictionaries
        return Change(
            gained=_moves(before, after, new),
            lost=_moves(after, before, old),
            opened=after.see - before.see,
            closed=before.see - after.see,
        )

    def seen(self, actor: Actor) -> frozenset[int]:
        """The acl numbers within his view from then on."""
        return reach_of(self._after, self._entries, actor, self._now).see

    def saw(self, actor: Actor) -> frozenset[int]:
        return reach_of(self._before, self._entries, actor, self._now).see

    def is_cut_off(self, actor: Actor) -> bool:
        """Whether he, or a program with a token, may do nothing any more, and could do something."""
        return any(self._allows(self._before, actor)) and not any(self._allows(self._after, actor))

    @property
    def roles(self) -> tuple[Role, ...]:
        """Those that one of the two documents names."""
        return tuple(sorted(self._before.document.roles.keys() | self._after.document.roles.keys()))

    @staticmethod
    def _allows(policy: Policy, actor: Actor) -> Iterable[bool]:
        return (policy.decide(actor, permission).allowed for permission in Permission)


def of_role(role: Role) -> Actor:
    """Somebody of this role who sees every site and product line."""
    return Actor("0" * 32, role.value, role, EVERYWHERE, EVERYWHERE, through="session")


def reach_of(policy: Policy, entries: Iterable[AclEntry], actor: Actor, now: datetime) -> Reach:
    """What this person may under a policy whose conditions hold."""
    row = policy.document.roles.get(actor.role)
    if row is None:
        return Reach(frozenset(), frozenset(), {}, {}, frozenset())
    shown: dict[Field, set[Purpose]] = {}
    searched: dict[Field, set[Purpose]] = {}
    see: set[int] = set()
    for purpose in row.purposes:
        rights = compile_rights(policy, entries, replace(actor, purpose=purpose), now)
        see |= set(rights.see)
        for told, named in ((shown, rights.clear), (searched, rights.search)):
            for kind, names in named.items():
                for name in names:
                    told.setdefault((kind, name), set()).add(purpose)
    return Reach(policy.permissions(actor), row.purposes, _frozen(shown), _frozen(searched), frozenset(see))


def _frozen(told: Mapping[Field, set[Purpose]]) -> dict[Field, frozenset[Purpose]]:
    return {field: frozenset(purposes) for field, purposes in told.items()}


def _moves(before: Reach, after: Reach, dictionary: Dictionary) -> Moves:
    """What is there after and was not before; dictionary: the one by which it is there."""
    return Moves(
        permissions=tuple(sorted(after.permissions - before.permissions)),
        purposes=tuple(sorted(after.purposes - before.purposes)),
        shown=_fields(before.shown, after.shown, dictionary),
        searched=_fields(before.searched, after.searched, dictionary),
    )


def _fields(
    before: Mapping[Field, frozenset[Purpose]], after: Mapping[Field, frozenset[Purpose]], dictionary: Dictionary
) -> tuple[FieldMove, ...]:
    """What the service itself writes of a thing is told with the thing and is none of them."""
    found = []
    for (kind, name), purposes in after.items():
        more = purposes - before.get((kind, name), frozenset())
        if more and dictionary.knows(kind, name):
            found.append(FieldMove(kind, name, dictionary.entry(kind, name).tier.value, tuple(sorted(more))))
    return tuple(sorted(found, key=lambda one: (one.kind, one.name)))


def _at_best(document: PolicyDocument) -> PolicyDocument:
    """The same document with no condition for T3 where there is a table of them."""
    free = {
        role: row.model_copy(update={"t3": Conditions()}) if row.t3 is not None else row for role, row in document.roles.items()
    }
    return document.model_copy(update={"roles": free})
