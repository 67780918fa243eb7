"""What does he get who adds up quantities of which he may not see one? What he sees, and the word that there may be more."""

import json
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.conftest import MakeActor
from tests.emptied import empty
from tests.flows import LYON, SUZHOU, Flows, batch, container, hour, material, order
from tests.servers import StoreLeg
from tests.web.conftest import SECRET, Tokens
from traceapp.app import create_app
from traceapp.domain.consignees import NOT_STATED
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.recorded import LedgerReceipt, Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.answers import document_bytes, trace_document


def plant(packed: int | None = 7, hidden: int = 60, *, made: int | None = 80) -> Flows:
    """A1 of Lyon in a tote of Suzhou's on Lyon's SH-1, and loose on SH-2; S1 of Suzhou in a tote of Lyon's on SH-3."""
    flows = Flows()
    flows.receive(material("M1"))
    flows.use(material("M1"), order("T1"), at=hour(10))
    flows.make(order("T1"), batch("A1"), made, at=hour(11))
    flows.event([], describes=[container("TOTE")], at=hour(1), scopes={container("TOTE"): SUZHOU})
    flows.link(LinkType.PACKED_IN, batch("A1"), container("TOTE"), packed, at=hour(12), scope=None)
    flows.ship(container("TOTE"), "SH-1", "HOSP-1", at=hour(20))
    flows.ship(batch("A1"), "SH-2", "HOSP-2", 9, at=hour(21))
    flows.use(batch("A1"), order("T2"), 5, at=hour(30), scope=SUZHOU)
    flows.make(order("T2"), batch("S1", "SUZHOU"), hidden, at=hour(31), scope=SUZHOU)
    flows.event([], describes=[container("BOX")], at=hour(1), scopes={container("BOX"): LYON})
    flows.link(LinkType.PACKED_IN, batch("S1", "SUZHOU"), container("BOX"), hidden, at=hour(32), scope=None)
    flows.ship(container("BOX"), "SH-3", "HOSP-3", at=hour(40))
    return flows


def asked(stations: Stations, who: Actor) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((Seed(number="M1"),), Direction.FORWARD)).value


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, sites={"LYON"})


def test_promise_each_consignee_may_have_got_more_where_goods_went_out_of_view(
    stations: Stations, coordinator: Actor, actor: MakeActor
) -> None:
    plant().append_to(stations.events, stations.sealer)

    answer = asked(stations, coordinator)

    assert {line.number: dict(line.quantities) for line in answer.consignees} == {
        "HOSP-1": {NOT_STATED: None},
        "HOSP-2": {NOT_STATED: None, "EA": Decimal(9)},
        "HOSP-3": {NOT_STATED: None},
    }
    assert [status for status, code, _ in answer.completeness.reasons if code == "more_unseen"] == [Status.WITHHELD]
    told = json.loads(document_bytes(trace_document(Recorded(answer, LedgerReceipt(1, "0" * 64)))))
    more = {"quantity": None, "unit": None, "withheld": True}
    assert {line["number"]: line["quantities"] for line in told["consignees"]} == {
        "HOSP-1": [more],
        "HOSP-2": [more, {"quantity": "9", "unit": "EA"}],
        "HOSP-3": [more],
    }
    whole = asked(stations, actor(Role.COORDINATOR))
    assert [line.withheld for line in whole.consignees] == [False, False, False]
    assert not whole.completeness.more_unseen


def test_attacker_learns_neither_quantity_nor_way_of_what_went_out_of_view(
    stations: Stations, coordinator: Actor, empty_leg: StoreLeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hidden quantities change, even to more than there is and to none at all, and a hidden tote goes to another party: not one
    byte of the answer does.
    """
    for module in ("access", "disclosed.answer_ids"):
        monkeypatch.setattr(f"traceapp.usecases.{module}.secrets", SimpleNamespace(token_hex=lambda _: "drawn once"))

    def said(flows: Flows) -> bytes:
        empty(empty_leg, stations)
        flows.append_to(stations.events, stations.sealer)
        document = trace_document(Recorded(asked(stations, coordinator), LedgerReceipt(1, "0" * 64)))
        del document["trace"]["as_of"]
        return document_bytes(document)

    assert len({said(plant(*hidden)) for hidden in ((7, 60), (79, 1), (500, 90), (None, 60))}) == 1
    assert len({said(tote_to(*way)) for way in (("SH-1", "HOSP-1"), ("SH-2", "HOSP-2"))}) == 1


def tote_to(shipment: str, party: str) -> Flows:
    """A1 of Lyon loose on two shipments to two parties, and in a tote of Suzhou's on one of them."""
    flows = Flows()
    flows.receive(material("M1"))
    flows.use(material("M1"), order("T1"), at=hour(10))
    flows.make(order("T1"), batch("A1"), 80, at=hour(11))
    flows.ship(batch("A1"), "SH-1", "HOSP-1", 4, at=hour(20))
    flows.ship(batch("A1"), "SH-2", "HOSP-2", 9, at=hour(20))
    flows.event([], describes=[container("TOTE")], at=hour(1), scopes={container("TOTE"): SUZHOU})
    flows.link(LinkType.PACKED_IN, batch("A1"), container("TOTE"), 7, at=hour(12), scope=None)
    flows.ship(container("TOTE"), shipment, party, at=hour(20))
    return flows


WORDS = {
    "en": ("and what is withheld", "not stated, withheld", "is not zero"),
    "zh_Hans": ("另有未显示部分", "未注明（未显示）", "并不表示为零"),
}


@pytest.mark.parametrize(("language", "words"), WORDS.items())
def test_promise_the_page_says_in_words_that_there_may_be_more(
    stations: Stations, tokens: Tokens, language: str, words: tuple[str, ...]
) -> None:
    plant().append_to(stations.events, stations.sealer)
    client = create_app(lambda: stations, SECRET).test_client()
    client.post("/language", data={"language": language, "next": "/"})
    said = {"Authorization": tokens(Role.COORDINATOR, sites={"LYON"}), "Accept-Language": language.replace("zh_Hans", "zh-CN")}

    page = client.get("/traces?number=M1&direction=forward", headers=said).text

    assert [word for word in words if word not in page] == []
