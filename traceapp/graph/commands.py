"""The act on record that a write belongs to: its first write bears the command id that the intent names."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_CURRENT: ContextVar["CarriedOut | None"] = ContextVar("carried_out", default=None)


@dataclass(eq=False, slots=True)
class CarriedOut:
    """What became of the writes of one act so far.

    command    32 hex digits, as the intent on record names it.
    drawn      whether a write has taken it.
    open       commits that were begun and not answered: whether they came to be is not known here.
    committed  transactions that came to be.
    """

    command: str
    drawn: bool = False
    open: int = 0
    committed: int = 0


def draw_command() -> str:
    """An id for the next write: that of the act that is carried out here, once; else a fresh one."""
    current = _CURRENT.get()
    if current is None or current.drawn:
        return uuid.uuid4().hex
    current.drawn = True
    return current.command


def current_act() -> CarriedOut | None:
    """The act that is carried out here; None outside of one."""
    return _CURRENT.get()


@contextmanager
def carrying_out(command: str) -> Iterator[CarriedOut]:
    """Writes of this block, in this thread and in copies of its context, belong to the act whose intent names `command`."""
    made = CarriedOut(command)
    token = _CURRENT.set(made)
    try:
        yield made
    finally:
        _CURRENT.reset(token)
