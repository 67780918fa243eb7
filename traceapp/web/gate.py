"""How many heavy questions one process answers at once, in all and for one person; the rest of its threads stay free.

A worker has eight threads. A trace costs processor time and store; were all threads tracing, nobody could look a lot up or
sign in. Who comes when it is full waits a moment in a short line, or is told to come back.
"""

import threading
from collections import Counter
from typing import Final

from flask import Flask, current_app, g

from traceapp.domain.errors import BusyError, TooManyQuestionsError
from traceapp.domain.permissions import Permission

HEAVY: Final = frozenset({Permission.BATCH_EXPORT, Permission.BATCH_TRACE, Permission.FEED_SEND})
AT_ONCE: Final = 4
IN_LINE: Final = 2
OF_ONE: Final = 3
PATIENCE: Final = 2.0
_EXTENSION: Final = "traceapp.gate"


class Gate:
    """at_once   questions that run; in_line: more that may wait, `patience` seconds; of_one: both, for one person."""

    def __init__(self, at_once: int = AT_ONCE, in_line: int = IN_LINE, of_one: int = OF_ONE, patience: float = PATIENCE) -> None:
        self._free = at_once
        self._line = in_line
        self._of_one = of_one
        self._patience = patience
        self._held: Counter[str] = Counter()
        self._change = threading.Condition()
        self._at_once = at_once
        self.waiting = 0
        self.most = 0
        """Questions that ran at one moment, at most."""

    def enter(self, who: str) -> None:
        """raises  TooManyQuestionsError: this person has as many as one may. BusyError: it is full, or stayed so."""
        with self._change:
            if self._held[who] >= self._of_one:
                raise TooManyQuestionsError(f"You ask more than {self._of_one} heavy questions at once.")
            if self._free == 0 and self.waiting >= self._line:
                raise BusyError("The gate is full, and so is the line before it.")
            self._held[who] += 1
            if self._free == 0:
                self.waiting += 1
                came = self._change.wait_for(lambda: self._free > 0, self._patience)
                self.waiting -= 1
                if not came:
                    self._give_back(who)
                    raise BusyError("The gate stayed full.")
            self._free -= 1
            self.most = max(self.most, self._at_once - self._free)

    def leave(self, who: str) -> None:
        with self._change:
            self._free += 1
            self._give_back(who)
            self._change.notify()

    def _give_back(self, who: str) -> None:
        self._held[who] -= 1
        if not self._held[who]:
            del self._held[who]


def gate_of(app: Flask) -> Gate:
    found: Gate = app.extensions[_EXTENSION]
    return found


def pass_gate(permission: Permission, who: str) -> None:
    """Where the act is a heavy one, keep a place until this request has ended; raises what `Gate.enter` raises."""
    if permission in HEAVY:
        gate_of(current_app).enter(who)
        g.gate_held_by = who


def register(app: Flask) -> None:
    app.extensions[_EXTENSION] = Gate()
    app.teardown_request(_leave)


def _leave(_error: BaseException | None) -> None:
    who = g.pop("gate_held_by", None)
    if who is not None:
        gate_of(current_app).leave(who)
