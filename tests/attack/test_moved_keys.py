"""Whoever administers the store moves the key that a number is looked up by: does another thing answer under that number?"""

import pytest

from tests.conftest import MakeActor
from tests.flows import batch, material, party
from tests.imported import take_in
from tests.recorded import records
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError, InputError, RowAlteredError
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceQuestion
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.intake.given_view import find_lots
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.problems import problem_of

pytestmark = pytest.mark.one_store

RECEIPTS = """form,supplier,product,number,receipt_number,quantity,unit,site,time
receipt,ACME,RESIN,S-1,R-1,5,KGM,LYON,2026-03-01T08:00:00Z
receipt,ACME,RESIN,S-2,R-2,5,KGM,LYON,2026-03-01T08:00:00Z
"""


def move_key(stations: Stations, from_: Identity, to: Identity) -> None:
    """The first is no more found by its number; the second is, under the number of the first."""
    uids = {"from": stations.sealer.uid(from_), "to": stations.sealer.uid(to)}
    for name, value in (("from", "'zzz'"), ("to", f"'{from_.number}'")):
        stations.graph.administer(f"MATCH (n:Traceable {{uid: '{uids[name]}'}}) SET n.number_key = {value}", "attack")


def others_of(stations: Stations) -> dict[str, str]:
    """Code → uid of the other one of two parties."""
    return {"HOSP-1": stations.sealer.uid(party("SUP-A")), "SUP-A": stations.sealer.uid(party("HOSP-1"))}


def trace(stations: Stations, who: Actor, number: str) -> object:
    return trace_batch(stations, who, TraceQuestion((Seed(number=number),), Direction.FORWARD))


@pytest.mark.every_store
def test_attacker_who_moves_a_look_up_key_has_no_other_lot_told_under_a_number(planted: Stations, everywhere: Actor) -> None:
    """Page, trace, look-up and the lots that somebody is given: a lot that does not say the number itself is not told as it."""
    move_key(planted, batch("F1"), batch("A1"))

    for act, look in (
        ("batch:show", lambda: show_batch(planted, everywhere, BatchQuery("F1"))),
        ("batch:trace", lambda: trace(planted, everywhere, "F1")),
        ("batch:look_up", lambda: look_up_batches(planted, everywhere, BatchQuery("F1"))),
    ):
        with pytest.raises(RowAlteredError, match="changed outside the service") as refused:
            look()
        assert "traceapp verify graph" in refused.value.next_step
        assert problem_of(refused.value).name == "row-altered"
        assert (records(planted, act=act)[-1]["outcome"], records(planted, act=act)[-1]["reason"]) == (
            "failed",
            "RowAlteredError",
        )
    own = show_batch(planted, everywhere, BatchQuery(uid=planted.sealer.uid(batch("F1")))).value
    assert own.candidate.number == "F1"


def test_attacker_who_adds_a_look_up_key_is_named_beside_the_right_lot(planted: Stations, everywhere: Actor) -> None:
    """Where the lot with that number is there, it alone is told, and the answer names the other one as changed."""
    other = planted.sealer.uid(batch("A1"))
    planted.graph.administer(f"MATCH (n:Traceable {{uid: '{other}'}}) SET n.number_key = 'F1'", "attack")

    page = show_batch(planted, everywhere, BatchQuery("F1")).value
    traced = trace_batch(planted, everywhere, TraceQuestion((Seed(number="F1"),), Direction.FORWARD)).value.completeness
    (found,) = look_up_batches(planted, everywhere, BatchQuery("F1")).value

    assert page.candidate.number == found.number == "F1"
    assert other in page.unverified.records
    assert (traced.status, other in traced.unverified) == (Status.UNVERIFIED, True)
    assert records(planted, act="batch:look_up")[-1]["completeness"] == "UNVERIFIED"


def test_attacker_who_moves_a_look_up_key_out_of_sight_is_no_oracle(planted: Stations, lyon: Actor) -> None:
    """Who may not see the changed lot gets the same words as of a number that nobody ever gave."""
    move_key(planted, batch("F1"), batch("S1", "SUZHOU"))

    said = []
    for number in ("F1", "NEVER-GIVEN"):
        with pytest.raises(BatchNotFoundError) as refused:
            show_batch(planted, lyon, BatchQuery(number))
        said.append((str(refused.value), refused.value.next_step))
        assert look_up_batches(planted, lyon, BatchQuery(number)).value == ()
    assert said[0] == said[1]


@pytest.mark.every_store
@pytest.mark.parametrize("asked", ["HOSP-1", "SUP-A"])
def test_attacker_who_moves_a_blind_index_has_no_other_party_told_under_a_code(
    asked: str, planted: Stations, everywhere: Actor
) -> None:
    """A consignee gets the blind index of a supplier, or the reverse."""
    planted.graph.administer("MATCH (n:Party) SET n.number_index = n.number_index + 'x'", "attack")
    index = planted.sealer.number_index(NodeKind.PARTY.value, asked)
    parties = others_of(planted)
    planted.graph.administer(f"MATCH (n:Party {{uid: '{parties[asked]}'}}) SET n.number_index = '{index}'", "attack")

    with pytest.raises(RowAlteredError):
        look_up_batches(planted, everywhere, BatchQuery(asked))


@pytest.mark.every_store
@pytest.mark.parametrize(
    "change",
    [
        "MATCH (e:Event {receipt_key: 'R-2'}) SET e.receipt_key = 'R-1'",
        "MATCH (e:Event {receipt_key: 'R-1'}), (o:Event {receipt_key: 'R-2'})-[r:RECORDED]->(m:Material) "
        "CREATE (e)-[made:RECORDED]->(m) SET made.act = r.act, made.mac = r.mac",
    ],
    ids=["key moved", "recorded of another"],
)
def test_attacker_who_moves_a_receipt_number_has_no_other_material_told_under_it(
    change: str, stations: Stations, actor: MakeActor
) -> None:
    """Neither a receipt whose number was changed nor one that was hung onto another material leads there."""
    take_in(stations, RECEIPTS)
    who = actor(Role.COORDINATOR)
    assert [one.number for one in look_up_batches(stations, who, BatchQuery("R-1")).value] == ["R-1"]
    stations.graph.administer(change, "attack")

    found = look_up_batches(stations, who, BatchQuery("R-1")).value
    page = show_batch(stations, who, BatchQuery("R-1")).value

    assert [one.number for one in found] == ["R-1"]
    assert (page.candidate.number, bool(page.unverified)) == ("R-1", True)
    assert records(stations, act="batch:look_up")[-1]["completeness"] == "UNVERIFIED"


def test_attacker_who_moves_a_look_up_key_has_no_other_lot_given_to_anybody(planted: Stations, everywhere: Actor) -> None:
    """Lots that are approved one by one, named by number: what carries it by a changed key alone is not found."""
    assert find_lots(planted, everywhere, Role.REGULATOR, ["F1"]) == {planted.sealer.uid(batch("F1"))}
    move_key(planted, batch("F1"), batch("A1"))

    with pytest.raises(InputError, match="found none"):
        find_lots(planted, everywhere, Role.REGULATOR, ["F1"])


@pytest.mark.every_store
@pytest.mark.parametrize("change", ["SET n.acl = 0", "REMOVE n.acl", "SET n.acl = 0 REMOVE n.mac"], ids=str)
@pytest.mark.parametrize("number", ["F1", "M1", "HOSP-1"])
def test_attacker_who_hides_a_lot_from_everybody_is_named_to_whoever_sees_every_site(
    number: str, change: str, planted: Stations, everywhere: Actor, lyon: Actor
) -> None:
    """By its acl: its number, code and uid are no unknown ones to him; to everybody else they are."""
    one = {"F1": batch("F1"), "M1": material("M1"), "HOSP-1": party("HOSP-1")}[number]
    uid = planted.sealer.uid(one)
    planted.graph.administer(f"MATCH (n:Traceable {{uid: '{uid}'}}) {change}", "attack")

    seeds = (Seed(number=number), Seed(uid=uid))
    for look in (
        *(lambda q=q: show_batch(planted, everywhere, q) for q in (BatchQuery(number), BatchQuery(uid=uid))),
        *(lambda s=s: trace_batch(planted, everywhere, TraceQuestion((s,), Direction.FORWARD)) for s in seeds),
        lambda: look_up_batches(planted, everywhere, BatchQuery(number)),
    ):
        with pytest.raises(RowAlteredError):
            look()
    assert look_up_batches(planted, lyon, BatchQuery(number)).value == ()
    with pytest.raises(BatchNotFoundError):
        show_batch(planted, everywhere, BatchQuery("NEVER-GIVEN"))
