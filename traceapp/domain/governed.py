"""Documents that decide how the service works: each in versions, of which others agreed to every one before it was in force.

What changes from one to another is told as differences; what that does to people is its effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role


class DocumentKind(StrEnum):
    """Which document it is; a table of `usecases/governed/governed_documents.py` has a row for each."""

    ALERT_RULES = "alert_rules"
    DICTIONARY = "dictionary"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Version:
    """One that was in force, as the home keeps it.

    replaces     digest of the one before; None of the first.
    proposed_by  user name of whoever asked for it, approved_by of those who agreed; nobody where it was accepted at the terminal.
    approval     id of the approval; None where there was none.
    """

    number: int
    digest: str
    replaces: str | None
    proposed_by: str
    approved_by: tuple[str, ...]
    approval: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of a document that says something else from then on.

    place  names from the outside in: ("roles", "viewer", "permissions").
    gone, new  what stands there no more, and what stands there then; of a list its single members.
    """

    place: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldMove:
    """A property that is shown, or may be searched by, from then on or no more.

    purposes  for which.   records  of its kind, within the view of whoever it is; None where they were not counted.
    """

    kind: NodeKind
    name: str
    tier: str
    purposes: tuple[Purpose, ...]
    records: int | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """What somebody gains, or loses."""

    permissions: tuple[Permission, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    shown: tuple[FieldMove, ...] = ()
    searched: tuple[FieldMove, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.permissions or self.purposes or self.shown or self.searched)


@dataclass(frozen=True, slots=True)
class RoleEffect:
    """accounts  user names of the open accounts that have the role."""

    role: Role
    gained: Moves
    lost: Moves
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountEffect:
    """One account whose view, or what it is shown of it, changes.

    opened, closed  records that are within its view from then on, and no more.
    shown, hidden   records of which it is shown a value more, or less, than before.
    """

    username: str
    role: Role
    opened: int
    closed: int
    shown: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Reencryption:
    """A property whose values come under another tier: so many records bear one.

    work  what happens to them: "sealed", "opened", "resealed" under another key, or "kept" as they are stored.
    """

    kind: NodeKind
    name: str
    before: str
    after: str
    work: str
    records: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does.

    tokens     labels of those that can do nothing any more.
    approvals  how many open ones end, since what they rest on changes.
    stuck      operations that could not be agreed to any more, with who is missing.
    cut        not every record of the store was counted: numbers of records are at least so many.
    """

    roles: tuple[RoleEffect, ...] = ()
    accounts: tuple[AccountEffect, ...] = ()
    reencrypted: tuple[Reencryption, ...] = ()
    tokens: tuple[str, ...] = ()
    approvals: int = 0
    stuck: Mapping[str, str] | None = None
    cut: bool = False


LONGEST: Final = 200
"""Characters of a text that a difference tells; a longer one is cut, which is marked."""


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """What another document says otherwise, place by place, in the order of their names.

    before, after  plain JSON: mappings, lists, texts, numbers. A list of texts or numbers has no order.
    """
    return tuple(_differences((), before, after))


def _differences(place: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            yield from _differences((*place, str(name)), before.get(name), after.get(name))
        return
    if (_is_whole(before) and after is None) or (_is_whole(after) and before is None):
        given = before if after is None else after
        for name in sorted(given):
            there = given[name]
            yield from _differences((*place, str(name)), *((there, None) if after is None else (None, there)))
        return
    if _is_flat(before) and _is_flat(after):
        gone, new = [one for one in before if one not in after], [one for one in after if one not in before]
        if gone or new:
            yield Difference(place, tuple(map(_text, gone)), tuple(map(_text, new)))
        return
    yield Difference(place, _told(before), _told(after))


def _is_whole(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value)


def _is_flat(value: Any) -> bool:
    return isinstance(value, list | tuple) and not any(isinstance(one, Mapping | list | tuple) for one in value)


def _told(value: Any) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case list() | tuple():
            return tuple(map(_text, value))
        case _:
            return (_text(value),)


def _text(value: Any) -> str:
    match value:
        case Mapping():
            said = "; ".join(f"{name}: {_text(part)}" for name, part in value.items() if part not in (None, [], ()))
        case list() | tuple():
            said = ", ".join(map(_text, value))
        case bool():
            said = "true" if value else "false"
        case _:
            said = str(value)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def applied(versions: Sequence[Version], digest: str | None) -> tuple[Version, ...]:
    """Of what the home keeps, those that were in force: a crash can leave one more that never came to be."""
    last = max((place for place, one in enumerate(versions) if one.digest == digest), default=-1)
    return tuple(versions[: last + 1])
