"""What stands in an answer where a value does not: withheld by the policy, or not to be opened at this moment."""

from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")
LAST: Final = 4
"""Characters that a partial mask lets through."""
SHORTEST: Final = 2 * LAST
"""A text that is shorter shows none of them: what is left would be guessed."""


@dataclass(frozen=True, slots=True)
class _Mask:
    tier: str
    shown: str | None = None


class Masked(_Mask):
    """A value that the asker may not see; the same whether it is there, null, absent or empty.

    tier   of the property, as the dictionary has it.
    shown  what its mask lets through (the last four characters, a pseudonym); None for nothing.
    """

    # A class of its own without fields of its own: the JSON writer would write a dataclass out as it stands.
    __slots__ = ()

    @property
    def document(self) -> dict[str, object]:
        """As JSON: `{"masked": true, "tier": "T2"}`, with `shown` where the mask lets something through."""
        said: dict[str, object] = {"masked": True, "tier": self.tier}
        return said if self.shown is None else said | {"shown": self.shown}


@dataclass(frozen=True, slots=True)
class _Gap:
    tier: str


class Unavailable(_Gap):
    """A value that could be shown and cannot be opened, because its key is not to be had now."""

    __slots__ = ()

    @property
    def document(self) -> dict[str, object]:
        return {"unavailable": True, "tier": self.tier}


class Unproven(_Gap):
    """A value that could be shown and is not, because what is stored for it does not belong there: somebody changed it."""

    __slots__ = ()

    @property
    def document(self) -> dict[str, object]:
        return {"unverified": True, "tier": self.tier}


Gap: TypeAlias = Unavailable | Unproven
Disclosed: TypeAlias = T | Masked | Gap
Text: TypeAlias = str | Masked | Gap | None
"""A text of an answer: None where there is none, or none was asked for."""


def told(value: Text) -> str | None:
    """The text itself, where it is disclosed: what lists are sorted, joined and titled by."""
    return value if isinstance(value, str) else None


def last_characters(value: object) -> str | None:
    """What a partial mask shows of a text; None of a short one and of none at all."""
    return value[-LAST:] if isinstance(value, str) and len(value) >= SHORTEST else None
