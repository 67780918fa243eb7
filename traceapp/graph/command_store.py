"""What became of an act whose process ended: the store is asked for the command that its intent names."""

from typing import Final

from traceapp.domain.errors import StoreConflictError
from traceapp.graph.connection import Graph

ABANDONED: Final = "intent:abandon"
"""Act of a command that stands for nothing: where it is, the write that it names can never come to be any more."""


class CommandStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def was_carried_out(self, command: str) -> bool:
        """Whether the write of this id came to be. Where it did not, it never will: its id is taken from now on.

        raises  StoreError and its kinds: not known now.
        """
        try:
            self._graph.write(lambda _: None, command=command, act=ABANDONED)
        except StoreConflictError:
            rows = self._graph.read_newest("command.get_command", uid=command)
            return bool(rows) and rows[0]["act"] != ABANDONED
        return False
