"""The interned sets of scopes, from which the rights of a person are compiled."""

from traceapp.domain.scopes import AclEntry, Scope
from traceapp.graph.connection import Graph


class AclStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def list_entries(self) -> tuple[AclEntry, ...]:
        """Every set of scopes that a node of the store carries, by number."""
        rows = self._graph.read("acl.list_entries")
        return tuple(AclEntry(row["number"], frozenset(map(Scope.parse, row["scopes"]))) for row in rows)
