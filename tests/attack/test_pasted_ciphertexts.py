"""Whoever administers the store puts a ciphertext in the place of another: what does he see? Nothing of either."""

import pytest

from tests.attack.four_lots import asked, plant
from tests.flows import batch, material, party
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp.domain.batch import BatchQuery
from traceapp.domain.disclosure import Unproven
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import NodeKind
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Status
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.batches.show_source import show_source
from traceapp.usecases.stations import Stations


def paste(stations: Stations, leg: StoreLeg, name: str, one: Identity, other: Identity) -> None:
    """What stands for a sealed property of one node, put in the place of another's."""
    with leg.session() as session:
        uids = {"one": stations.sealer.uid(one), "other": stations.sealer.uid(other)}
        text = f"MATCH (a {{uid: $one}}), (b {{uid: $other}}) SET b.{name} = a.{name} RETURN count(b) AS made"
        assert session.run(text, **uids).single(strict=True)["made"] == 1


def test_attacker_who_pastes_a_ciphertext_elsewhere_shows_nothing_by_it(
    planted: Stations, store_leg: StoreLeg, everywhere: Actor
) -> None:
    """Who one party is, in the place of another's: its fields alone are not told, and the rest of the answer is."""
    paste(planted, store_leg, "identity", party("SUP-A"), party("HOSP-1"))

    answer = asked(planted, everywhere, batch("F1"))
    (line,) = answer.consignees

    assert line.number == Unproven("T2")
    assert [node.number for node in answer.nodes if node.kind is NodeKind.SHIPMENT] == ["SH-1"]
    assert answer.completeness.status is Status.UNVERIFIED
    assert planted.sealer.uid(party("HOSP-1")) in answer.completeness.unverified
    assert answer.completeness.unavailable == ()
    assert records(planted, act="batch:trace")[-1]["completeness"] == "UNVERIFIED"


def test_attacker_who_pastes_an_identity_elsewhere_shows_nothing_by_it(
    planted: Stations, store_leg: StoreLeg, everywhere: Actor
) -> None:
    """The sealed identity of one delivery in the place of another's: the look-up marks it, and tells no number of it."""
    flows = plant()
    flows.receive(material("M2"))
    flows.append_to(planted.events, planted.sealer, flows.events[-1:])
    before = look_up_batches(planted, everywhere, BatchQuery(uid=planted.sealer.uid(material("M1")))).value
    assert [one.unverified for one in before] == [False]
    paste(planted, store_leg, "identity", material("M2"), material("M1"))

    (found,) = look_up_batches(planted, everywhere, BatchQuery(uid=planted.sealer.uid(material("M1")))).value

    assert found.unverified
    assert found.epc == Unproven("T2")
    assert "M2" not in repr(found)
    assert records(planted, act="batch:look_up")[-1]["completeness"] == "UNVERIFIED"


@pytest.mark.parametrize("change", ["e.payload = o.payload", "e.payload = 'x'"], ids=["of another event", "no ciphertext"])
def test_attacker_who_pastes_the_words_of_an_event_elsewhere_shows_nothing_by_them(
    change: str, planted: Stations, everywhere: Actor, lyon: Actor
) -> None:
    """The sealed words of one event in the place of another's: neither page nor source tells them, and all else is told."""
    event, other = (planted.sealer.event_uid(key) for key in ("e2", "e4"))
    query = BatchQuery(uid=planted.sealer.uid(batch("A1")))
    planted.graph.administer(f"MATCH (e:Event {{uid: '{event}'}}), (o:Event {{uid: '{other}'}}) SET {change}", "attack")

    page = show_batch(planted, everywhere, query).value
    row = show_source(planted, everywhere, event).value

    assert event not in {fact.event_uid for fact in page.facts}
    assert page.unverified
    assert not page.degraded
    assert (row.original, row.content) == (Unproven("T3"), Unproven("T3"))
    assert event in row.unverified.records
    assert records(planted, act="source:show")[-1]["completeness"] == "UNVERIFIED"
    with pytest.raises(BatchNotFoundError):
        show_source(planted, lyon, event)
