"""Whoever administers the store can empty or delete the sets of scopes that rights are made of: what does he hide? Nothing."""

from dataclasses import replace

import pytest

from tests.attack.four_lots import asked
from tests.attack.test_swept_store import findings
from tests.flows import batch, material, party
from traceapp.domain.rights import Actor
from traceapp.domain.scopes import AclEntry, Scope, acl_number
from traceapp.domain.trace import Status
from traceapp.graph.acl_store import AclStore
from traceapp.host.row_register import RowRegister
from traceapp.usecases.stations import Stations

SET = "MATCH (x:AclEntry {number: $number})"
CHANGES = {
    "deleted": (f"{SET} DELETE x", "gone"),
    "emptied": (f"{SET} SET x.scopes = []", "changed"),
    "another set": (f"{SET} SET x.scopes = ['NICE|*']", "changed"),
    "no texts": (f"{SET} REMOVE x.scopes", "changed"),
    "another number": (f"{SET} SET x.number = x.number + 1", "gone"),
}


def carried(stations: Stations, one: str) -> int:
    (row,) = stations.graph.administer(f"MATCH (n {{uid: '{one}'}}) RETURN n.acl AS acl", "test")
    return int(row["acl"])


@pytest.mark.parametrize("hidden", ["a lot", "every party"])
@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_attacker_who_takes_a_set_of_scopes_away_hides_nothing(
    change: str, said: str, hidden: str, planted: Stations, everywhere: Actor
) -> None:
    """Other processes of the home remember it, too, and the sweep names it."""
    before = asked(planted, everywhere, material("M1"))
    number = carried(planted, planted.sealer.uid(batch("S1", "SUZHOU") if hidden == "a lot" else party("HOSP-1")))
    planted.graph.administer(change.replace("$number", str(number)), "attack")
    elsewhere = replace(planted, acls=AclStore(planted.graph, RowRegister(planted.settings.home)))

    for stations in (planted, elsewhere):
        answer = asked(stations, everywhere, material("M1"))
        assert {node.uid for node in answer.nodes} == {node.uid for node in before.nodes}
        assert [line.uid for line in answer.consignees] == [line.uid for line in before.consignees]
    assert f"{said}: AclEntry {number}" in findings(planted)


def test_attacker_who_takes_a_set_away_before_it_was_remembered_is_named(planted: Stations, everywhere: Actor) -> None:
    """The lots that carry its number cannot be shown any more: the answer says that they are not as they were written."""
    lot = planted.sealer.uid(batch("S1", "SUZHOU"))
    number = carried(planted, lot)
    planted.graph.administer(f"MATCH (x:AclEntry {{number: {number}}}) DELETE x", "attack")

    answer = asked(planted, everywhere, material("M1"))

    assert answer.completeness.status is Status.UNVERIFIED
    assert f"gone: AclEntry {number}, which nodes carry" in findings(planted)


def test_attacker_who_joins_two_scopes_by_a_line_break_has_no_set(planted: Stations) -> None:
    """Their digest is that of the two, and they would be a scope of the first site alone."""
    two = [Scope("LYON", "INF"), Scope("SUZHOU", "ORT")]
    number, texts = acl_number(two), sorted(scope.text for scope in two)

    assert AclEntry.proven(number, texts) == AclEntry(number, frozenset(two))
    assert AclEntry.proven(number, ["\n".join(texts)]) is None
    planted.graph.administer(f"CREATE (:AclEntry {{number: {number}, scopes: ['LYON|INF\\nSUZHOU|ORT']}})", "attack")
    assert number not in {entry.number for entry in planted.acls.list_entries()}
