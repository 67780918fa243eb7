"""The generated genealogy in the form that the product stores it in, sealed properties included, written in bulk."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from million_links import PARTIES, Plant

from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.clock import stored_time
from traceapp.domain.identifiers import Identity, local_identity, number_key
from traceapp.domain.kinds import NodeKind
from traceapp.domain.record_macs import Made
from traceapp.domain.scopes import SHARED, Scope, acl_number
from traceapp.graph.connection import Graph
from traceapp.graph.record_head import RecordHead, advance_head

Row = dict[str, Any]
Say = Callable[[str], None]
PAGE = 2_000
START = datetime(2025, 1, 1, tzinfo=UTC)
SITES = (Scope("LYON", "INF"), Scope("SUZHOU", "INF"))


def lot_identity(number: int) -> Identity:
    return local_identity("lot", "LYON", "TUBE-30", f"L{number:07}")


def order_identity(number: int) -> Identity:
    return local_identity("transformation", "LYON", f"T{number:07}")


def load(graph: Graph, sealer: DictionarySealer, plant: Plant, say: Say, scopes: Sequence[Scope] = SITES) -> None:
    """Write everything, spread over these scopes; the store is empty before."""
    entries = [{"number": acl_number([scope]), "scopes": [scope.text]} for scope in (*scopes, SHARED)]
    _write(graph, "event.append_acl_entries", entries)
    for statement, rows in (
        ("event.append_batch", _lots(plant, sealer, scopes)),
        ("event.append_transformation", _orders(plant, sealer, scopes)),
        ("event.append_party", _parties(sealer)),
        ("event.append_shipment", _shipments(plant, sealer, scopes)),
        ("event.append_consumed_in", _consumed(plant, sealer)),
        ("event.append_produced", _produced(plant, sealer)),
        ("event.append_shipped_in", _shipped(plant, sealer)),
        ("event.append_delivered_to", _delivered(plant, sealer)),
    ):
        say(statement.removeprefix("event.append_"))
        for page in _pages(rows):
            _write(graph, statement, [_proven(statement, row, sealer) for row in page])
    _write_head(graph, sealer)


def _write(graph: Graph, statement: str, rows: list[Row]) -> None:
    graph.write(lambda transaction: transaction.run(statement, rows=rows), command=uuid.uuid4().hex, act="bench:load")


def _proven(statement: str, row: Row, sealer: DictionarySealer) -> Row:
    """The row with its record MAC."""
    if "kind" in row:
        return {**row, "mac": sealer.macs.node(row["uid"], row["kind"], row)}
    type_ = statement.removeprefix("event.append_").upper()
    mac = sealer.macs.link(type_, row["source"], row["target"], row["properties"])
    return {**row, "properties": {**row["properties"], "mac": mac}}


def _write_head(graph: Graph, sealer: DictionarySealer) -> None:
    now = stored_time(START + timedelta(days=400))
    head = RecordHead(1, now, Made(), Made(), True)
    graph.write(
        lambda transaction: advance_head(transaction, sealer, head),
        command=uuid.uuid4().hex,
        act="bench:load",
    )


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while page := list(islice(waiting, PAGE)):
        yield page


def _node(uid: str, kind: NodeKind, scope: Scope, **more: Any) -> Row:
    return {
        "uid": uid,
        "kind": kind.value,
        "acl": acl_number([scope]),
        "described": True,
        "scopes": [scope.text] if scope is not SHARED else [],
        "mentioned": [],
        "stated": [],
        "record_seq": 1,
        "projected_seq": 1,
        "version": 1,
        **more,
    }


def _lots(plant: Plant, sealer: DictionarySealer, scopes: Sequence[Scope]) -> Iterator[Row]:
    for number in range(plant.lots):
        identity = lot_identity(number)
        uid = sealer.uid(identity)
        sealed = sealer.seal(
            "Batch",
            uid,
            {
                "production_date": START + timedelta(hours=number % 9000),
                "quantity_made": Decimal(1000 + number % 77),
                "quantity_unit": "EA",
                "sterilisation_lot": f"ST-{number % 500:03}",
                "environment": "ISO 14644-1 class 7",
                "sterilisation_dose": Decimal("25.4"),
            },
        )
        plain = {"identity": identity.text, "number": identity.number, "number_key": number_key(identity.number)}
        known = {"product": "TUBE-30", "oldest_key": sealed.oldest_key}
        yield _node(uid, NodeKind.BATCH, scopes[number % len(scopes)], **plain, **known, **sealed.plain, **sealed.sealed)


def _orders(plant: Plant, sealer: DictionarySealer, scopes: Sequence[Scope]) -> Iterator[Row]:
    for number in _made(plant):
        identity = order_identity(number)
        plain = {"identity": identity.text, "number": identity.number, "number_key": number_key(identity.number)}
        yield _node(sealer.uid(identity), NodeKind.TRANSFORMATION, scopes[number % len(scopes)], **plain)


def _parties(sealer: DictionarySealer) -> Iterator[Row]:
    for number in range(PARTIES):
        identity = local_identity("party", f"HOSP-{number:03}")
        uid = sealer.uid(identity)
        sealed = sealer.seal(
            "Party",
            uid,
            {
                "identity": identity.text,
                "name": f"Hospital {number} 医院",
                "country": "FR",
                "address": f"{number}, rue de la Gare",
            },
        )
        index = sealer.number_index("Party", identity.number)
        yield _node(
            uid, NodeKind.PARTY, SHARED, number_index=index, oldest_key=sealed.oldest_key, **sealed.plain, **sealed.sealed
        )


def _shipments(plant: Plant, sealer: DictionarySealer, scopes: Sequence[Scope]) -> Iterator[Row]:
    for position, (lot, _) in enumerate(plant.shipments):
        identity = _shipment(position)
        plain = {"identity": identity.text, "number": identity.number, "number_key": number_key(identity.number)}
        yield _node(sealer.uid(identity), NodeKind.SHIPMENT, scopes[lot % len(scopes)], **plain)


def _shipment(position: int) -> Identity:
    return local_identity("shipment", "LYON", f"S{position:06}")


def _made(plant: Plant) -> list[int]:
    return sorted({target for _, target in plant.links})


def _link(position: int, source: str, target: str, hours: int, more: Mapping[str, Any]) -> Row:
    event_time = stored_time(START + timedelta(hours=hours % 9000))
    told = {"uid": f"{position:032x}", "event_uid": f"{position:032x}", "event_time": event_time, "record_seq": 1, **more}
    return {"source": source, "target": target, "properties": told}


def _consumed(plant: Plant, sealer: DictionarySealer) -> Iterator[Row]:
    for position, (source, target) in enumerate(plant.links):
        used = {"quantity": f"{1 + position % 90}.5", "unit": "KGM"}
        yield _link(position, sealer.uid(lot_identity(source)), sealer.uid(order_identity(target)), target, used)


def _produced(plant: Plant, sealer: DictionarySealer) -> Iterator[Row]:
    for position, target in enumerate(_made(plant)):
        made = {"quantity": f"{1000 + target % 77}", "unit": "EA"}
        yield _link(position, sealer.uid(order_identity(target)), sealer.uid(lot_identity(target)), target, made)


def _shipped(plant: Plant, sealer: DictionarySealer) -> Iterator[Row]:
    for position, (lot, _) in enumerate(plant.shipments):
        sent = {"quantity": f"{1 + lot % 40}", "unit": "EA", "report": "despatch"}
        yield _link(position, sealer.uid(lot_identity(lot)), sealer.uid(_shipment(position)), lot + 100, sent)


def _delivered(plant: Plant, sealer: DictionarySealer) -> Iterator[Row]:
    for position, (lot, party) in enumerate(plant.shipments):
        consignee = sealer.uid(local_identity("party", f"HOSP-{party:03}"))
        yield _link(position, sealer.uid(_shipment(position)), consignee, lot + 100, {"report": "despatch"})
