"""The interned sets of scopes, on every store."""

import uuid
from pathlib import Path

from traceapp.domain.scopes import SHARED, AclEntry, Scope, acl_number
from traceapp.graph.acl_store import AclStore
from traceapp.graph.connection import Graph
from traceapp.host.row_register import RowRegister

LYON = Scope("LYON", "INF")
SUZHOU = Scope("SUZHOU", "ORT")
SETS = (frozenset({SHARED}), frozenset({LYON}), frozenset({LYON, SUZHOU}))


def append(graph: Graph, *sets: frozenset[Scope]) -> None:
    rows = [{"number": acl_number(scopes), "scopes": sorted(scope.text for scope in scopes)} for scopes in sets]
    graph.write(lambda transaction: transaction.run("event.append_acl_entries", rows=rows), command=uuid.uuid4().hex)


def test_empty_store_has_no_entry(store: Graph, home: Path) -> None:
    assert AclStore(store, RowRegister(home)).list_entries() == ()


def test_entries_come_back_whole_and_by_number(store: Graph, home: Path) -> None:
    append(store, *SETS)
    expected = sorted((AclEntry(acl_number(scopes), scopes) for scopes in SETS), key=lambda entry: entry.number)
    assert AclStore(store, RowRegister(home)).list_entries() == tuple(expected)


def test_a_set_is_interned_once(store: Graph, home: Path) -> None:
    append(store, *SETS)
    append(store, *SETS[1:])
    assert len(AclStore(store, RowRegister(home)).list_entries()) == len(SETS)


def test_largest_number_survives(store: Graph, home: Path) -> None:
    """53 bits: more than a float of the wire would keep if one engine made one of it."""
    row = {"number": 2**53 - 1, "scopes": [LYON.text]}
    store.write(lambda transaction: transaction.run("event.append_acl_entries", rows=[row]), command=uuid.uuid4().hex)
    assert [found["number"] for found in store.read("acl.list_entries")] == [2**53 - 1]
    assert AclStore(store, RowRegister(home)).list_entries() == (), "a set whose number is no digest of it gives no rights"
