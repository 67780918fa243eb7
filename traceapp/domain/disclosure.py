"""What stands in an answer where a value does not: withheld by the policy, or not to be opened at this moment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Masked:
    """A value that the asker may not see; the same whether it is there, null, absent or empty.

    tier   of the property, as the dictionary has it.
    shown  what its mask lets through (the last four characters, a pseudonym); None for nothing.
    """

    tier: str
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A value that could be shown and cannot be opened, because its key is not to be had now."""

    tier: str
