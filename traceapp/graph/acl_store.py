"""The interned sets of scopes, from which the rights of a person are compiled."""

from traceapp.domain.scopes import AclEntry, Scope, acl_number
from traceapp.graph.connection import Graph, Row


class AclStore:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def list_entries(self) -> tuple[AclEntry, ...]:
        """Every set of scopes that a node of the store carries, by number.

        The number is a digest of the set: an entry that somebody made or changed by hand is none, and gives no rights.
        """
        rows = self._graph.read("acl.list_entries")
        return tuple(entry for row in rows if (entry := _entry(row)) is not None)


def _entry(row: Row) -> AclEntry | None:
    texts = row["scopes"]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return None
    scopes = frozenset(map(Scope.parse, texts))
    return AclEntry(row["number"], scopes) if acl_number(scopes) == row["number"] else None
