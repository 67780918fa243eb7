"""scripts/bench intake [--json FILE] [--stores embedded,neo4j] [--line 5.26] [--events 50000] [--big ROWS]

Links a second into the store through the whole path: file on disk → digest, archive → rows → events → sealed → one
transaction a group → ledger. The file is an EPCIS 2.0 document of orders with three inputs and one output each (four links
an event). Beside it, in the same run, the store's own speed: the same number of bare events, nodes and links written in bulk
by the statements of the product, without reading, sealing or checking.

  --big ROWS    also import a CSV file of so many rows, and tell the memory it took beyond that of the first tenth
  --json FILE   also write [{"figure", "value", "unit", "ratio_to", "ratio"}, …]
"""

import argparse
import json
import resource
import sys
import tempfile
import time
import uuid
from pathlib import Path

from figures import Figure, show, write
from stores import STORES, console, service

from traceapp.composition import terminal_actor
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations

INPUTS = 3
LINKS = INPUTS + 1
PAGE = 2_000
HEADER = "from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time,order"


def epcis_file(path: Path, events: int, first: int = 0) -> None:
    """Orders in a chain of mixtures: each uses the last three outputs before it."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", ')
        file.write('"epcisBody": {"eventList": [')
        for number in range(first, first + events):
            file.write((",\n" if number > first else "\n") + json.dumps(_event(number), separators=(",", ":")))
        file.write("]}}\n")


def _event(number: int) -> dict[str, object]:
    def lots(*numbers: int) -> list[dict[str, object]]:
        return [
            {"epcClass": f"urn:epc:class:lgtin:9521001.0000{one % 7}1.B{one:07}", "quantity": 12.5, "uom": "KGM"}
            for one in numbers
        ]

    return {
        "type": "TransformationEvent",
        "eventID": f"urn:uuid:{uuid.UUID(int=number + 1)}",
        "eventTime": f"2026-{1 + number % 12:02}-{1 + number % 28:02}T08:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "transformationID": f"urn:traceapp:bench:{number}",
        "inputQuantityList": lots(number, number + 1, number + 2),
        "outputQuantityList": lots(number + 3),
        "bizStep": "commissioning",
        "ilmd": {"ex:batch": number},
    }


def csv_file(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        for row in range(rows):
            order = row // INPUTS
            lots = f"S-POLY,PVC-R7,M{row % 5000:05},LYON,TUBE-30,T{order:07}"
            file.write(f"{lots},1.5,KGM,2026-03-{1 + order % 28:02}T08:00:00Z,O{order}\n")


def import_speed(stations: Stations, path: Path) -> float:
    """Links a second, reading and recording included."""
    begun = time.perf_counter()
    report = import_file(stations, terminal_actor(), path, "BENCH", lambda share: None)
    spent = time.perf_counter() - begun
    if report.rejected or report.appended != report.events:
        raise SystemExit(f"{report.appended} of {report.events} events are new; the others: {report.rejects_file}")
    return report.links / spent


def bare_speed(stations: Stations, events: int) -> float:
    """Links a second of a load that knows everything beforehand: nodes and links alone, by the product's statements."""
    begun = time.perf_counter()
    uids = [uuid.uuid4().hex for _ in range(events + INPUTS)]
    orders = [uuid.uuid4().hex for _ in range(events)]
    _bulk(stations, "event.append_batch", [_node(uid, "Batch") for uid in uids])
    _bulk(stations, "event.append_transformation", [_node(uid, "Transformation") for uid in orders])
    used = [_link(uids[n + i], order) for n, order in enumerate(orders) for i in range(INPUTS)]
    _bulk(stations, "event.append_consumed_in", used)
    _bulk(stations, "event.append_produced", [_link(order, uids[n + INPUTS]) for n, order in enumerate(orders)])
    return events * LINKS / (time.perf_counter() - begun)


def _node(uid: str, kind: str) -> dict[str, object]:
    return {"uid": uid, "kind": kind, "acl": 0, "described": True, "record_seq": 1, "projected_seq": 1, "version": 1}


def _link(source: str, target: str) -> dict[str, object]:
    told = {"uid": uuid.uuid4().hex, "event_uid": source, "event_time": "2026-01-01T00:00:00.000000Z", "record_seq": 1}
    return {"source": source, "target": target, "properties": told | {"quantity": "12.5", "unit": "KGM"}}


def _bulk(stations: Stations, statement: str, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), PAGE):
        page = rows[start : start + PAGE]
        stations.graph.write(
            lambda transaction, page=page: transaction.run(statement, rows=page), command=uuid.uuid4().hex, act="bench:load"
        )


def big_file(stations: Stations, folder: Path, rows: int) -> tuple[float, float]:
    """(links a second, megabytes of memory beyond those of a tenth of the rows)."""
    first, whole = folder / "tenth.csv", folder / "whole.csv"
    csv_file(first, rows // 10)
    csv_file(whole, rows)
    import_speed(stations, first)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    report = import_file(stations, terminal_actor(), whole, "BENCH-BIG", lambda share: None)
    spent = time.perf_counter() - begun
    if report.rejected:
        raise SystemExit(f"{report.rejected} of {report.events} rows were rejected; see {report.rejects_file}")
    return report.links / spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--stores", default=",".join(STORES))
    parser.add_argument("--line", default="5.26")
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--big", type=int, default=0)
    asked = parser.parse_args(arguments)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="traceapp-bench-") as folder:
        path = Path(folder) / "orders.json"
        epcis_file(path, asked.events)
        warm = Path(folder) / "warm.json"
        epcis_file(warm, 2_000, first=asked.events + 10)
        for name in asked.stores.split(","):
            with service(name, Path(folder) / name, asked.line) as stations:
                console.print(f"{name}: {asked.events:,} events, {asked.events * LINKS:,} links")
                import_speed(stations, warm)
                bare = bare_speed(stations, asked.events)
                whole = import_speed(stations, path)
                found.append(Figure(f"intake.{name}.bare", bare, "links/s"))
                found.append(Figure(f"intake.{name}.whole", whole, "links/s", f"intake.{name}.bare", whole / bare))
                if asked.big:
                    speed, grown = big_file(stations, Path(folder), asked.big)
                    found.append(Figure(f"intake.{name}.csv", speed, "links/s", f"intake.{name}.bare", speed / bare))
                    found.append(Figure(f"intake.{name}.csv.memory", grown, "MB"))
    show("Intake through the whole path", found)
    write(asked.json, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
