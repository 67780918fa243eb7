"""A plant of a few lots, captured as events: one supplier, two sites, two hospitals, one number used twice.

SUP-A ─▶ RM-1 ─▶ (order O-1 at LYON) ─▶ B-1 ─▶ (despatch D-1) ─▶ HOSP-1
                                        B-1 ─▶ (order O-2 at SUZHOU) ─▶ S-9 ─▶ (despatch D-2) ─▶ HOSP-2
TWICE at LYON and TWICE at SUZHOU are two lots.      A/B%C 1 and "A" are two lots as well.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from traceapp.domain.events import CapturedEvent, LinkStatement, NodeStatement, SourcePlace
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import Scope
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SLASHED = "A/B%C 1"
FILE = "owner,product,number,time,site\nLYON,PUMP,CSV-1,2026-03-20T09:00:00Z,LYON\n"

LYON = Scope("LYON", "INF")
SUZHOU = Scope("SUZHOU", "ORT")


def batch(site: str, number: str) -> Identity:
    return local_identity("lot", site, "TUBE-30", number)


MATERIAL = local_identity("lot", "SUP-A", "RESIN-10", "R-77")
SUPPLIER = local_identity("party", "SUP-A")
FIRST_HOSPITAL = local_identity("party", "HOSP-1")
SECOND_HOSPITAL = local_identity("party", "HOSP-2")
B1 = batch("LYON", "B-1")
S9 = batch("SUZHOU", "S-9")


def events() -> list[CapturedEvent]:
    return [
        _event(
            1,
            EventType.RECEIPT,
            (_node(MATERIAL, NodeKind.MATERIAL, LYON), _node(SUPPLIER, NodeKind.PARTY, None)),
            (_link(LinkType.SUPPLIED, SUPPLIER, MATERIAL, 1, "100", {"receipt_number": "RM-1"}),),
            receipt_number="RM-1",
        ),
        *_order(2, "O-1", "LYON", LYON, MATERIAL, B1),
        *_order(3, "O-2", "SUZHOU", SUZHOU, B1, S9),
        *_shipment(4, "D-1", "LYON", LYON, B1, FIRST_HOSPITAL),
        *_shipment(5, "D-2", "SUZHOU", SUZHOU, S9, SECOND_HOSPITAL),
        *_lone(6, "LYON", LYON, "TWICE"),
        *_lone(7, "SUZHOU", SUZHOU, "TWICE"),
        *_lone(8, "LYON", LYON, SLASHED),
        *_lone(9, "LYON", LYON, "A"),
        *_lone(10, "SUZHOU", SUZHOU, "HIDDEN-1"),
    ]


def fill(stations: Stations, folder: Path) -> None:
    stations.events.append(events(), stations.sealer, "plant", stations.clock.now())
    path = folder / "batches.csv"
    path.write_text(FILE, encoding="utf-8")
    report = import_file(stations, terminal_importer(), path, "MES-TEST", lambda share: None)
    assert (report.events, report.rejected) == (1, 0)


def terminal_importer() -> Actor:
    everything = frozenset({"*"})
    return Actor("0" * 32, "importer", Role.INTEGRATOR, everything, everything, through="token")


def _order(n: int, order: str, site: str, scope: Scope, source: Identity, made: Identity) -> list[CapturedEvent]:
    run = local_identity("transformation", site, order)
    return [
        _event(
            n,
            EventType.CONSUMPTION,
            (
                _node(run, NodeKind.TRANSFORMATION, scope),
                _node(made, NodeKind.BATCH, scope),
                NodeStatement(source, NodeKind.BATCH if source == B1 else NodeKind.MATERIAL, described=False),
            ),
            (
                _link(LinkType.CONSUMED_IN, source, run, n, "10"),
                _link(LinkType.PRODUCED, run, made, n, "50"),
            ),
        )
    ]


def _shipment(n: int, number: str, site: str, scope: Scope, lot: Identity, party: Identity) -> list[CapturedEvent]:
    shipment = local_identity("shipment", site, number)
    return [
        _event(
            n,
            EventType.SHIPMENT,
            (
                _node(shipment, NodeKind.SHIPMENT, scope),
                _node(party, NodeKind.PARTY, None),
                NodeStatement(lot, NodeKind.BATCH, described=False),
            ),
            (
                _link(LinkType.SHIPPED_IN, lot, shipment, n, "20", {"report": "despatch"}),
                _link(LinkType.DELIVERED_TO, shipment, party, n, None, {"report": "despatch"}),
            ),
        )
    ]


def _lone(n: int, site: str, scope: Scope, number: str) -> list[CapturedEvent]:
    return [_event(n, EventType.BATCH_RECORD, (_node(batch(site, number), NodeKind.BATCH, scope),), ())]


def _node(identity: Identity, kind: NodeKind, scope: Scope | None) -> NodeStatement:
    return NodeStatement(identity, kind, described=True, scope=scope)


def _link(
    link: LinkType, source: Identity, target: Identity, n: int, quantity: str | None, attributes: dict[str, str] | None = None
) -> LinkStatement:
    amount = Decimal(quantity) if quantity is not None else None
    return LinkStatement(link, source, target, _time(n), amount, "H87" if amount is not None else None, attributes or {})


def _event(
    n: int,
    kind: EventType,
    nodes: tuple[NodeStatement, ...],
    links: tuple[LinkStatement, ...],
    receipt_number: str | None = None,
) -> CapturedEvent:
    return CapturedEvent(
        key=f"TEST/{n}",
        type=kind,
        event_time=_time(n),
        event_offset="+00:00",
        source="TEST",
        content_digest=hashlib.sha256(str(n).encode()).hexdigest(),
        nodes=nodes,
        links=links,
        original={"row": str(n)},
        place=SourcePlace("0" * 64, f"row {n}"),
        receipt_number=receipt_number,
    )


def _time(n: int) -> datetime:
    return START + timedelta(days=n)
