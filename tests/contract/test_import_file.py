"""import_file on every store: all good rows in, each once; the others said with line and reason; all of it on record."""

import csv
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import kept_records
from traceapp.domain.errors import DocumentError, ImportBrokenOffError, LedgerUnavailableError, PermissionDeniedError
from traceapp.domain.identifiers import local_identity
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.ledger.process import WriterProcess
from traceapp.usecases.intake import import_file as module
from traceapp.usecases.intake.import_file import ImportReport, import_file
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

HEADER = "from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time,order,row_id,corrects"
MakeActor = Callable[..., Actor]


@pytest.fixture
def take(stations: Stations, actor: MakeActor) -> Callable[[Path], ImportReport]:
    """Import as an integrator."""
    return lambda path: import_file(stations, actor(Role.INTEGRATOR), path, "MES", lambda share: None)


def row(number: int, *, row_id: str = "", corrects: str = "", quantity: str = "1.5", used: str = "") -> str:
    made = f"LYON,PUMP,B-{number},{quantity},KGM,2026-03-01T08:00:00Z,O-{number}"
    return f"SUP-7,TUBE,{used or f'T-{number}'},{made},{row_id},{corrects}"


def written(folder: Path, *rows: str, name: str = "consumption.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding=encoding)
    return path


def counts(stations: Stations) -> dict[str, int]:
    (nodes,) = stations.graph.administer("MATCH (n) WHERE n.kind IS NOT NULL RETURN count(n) AS found", "test")
    (events,) = stations.graph.administer("MATCH (n:Event) RETURN count(n) AS found", "test")
    (links,) = stations.graph.administer(
        "MATCH ()-[r]->() WHERE r.voided_seq IS NULL AND r.uid IS NOT NULL RETURN count(r) AS found", "test"
    )
    return {"nodes": nodes["found"], "events": events["found"], "links": links["found"], "head": stations.heads.get_head()}


def recorded(stations: Stations) -> list[dict[str, Any]]:
    lines = kept_records(stations.settings.home)
    found = [json.loads(line) for line in lines]
    return [record for record in (one.get("entry", one) for one in found) if record.get("act") == "event:import"]


def test_a_file_comes_in_and_its_source_is_kept(stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path) -> None:
    path = written(tmp_path, *(row(number) for number in range(7)))

    report = take(path)

    assert (report.events, report.appended, report.known, report.voided, report.rejected, report.links) == (7, 7, 0, 0, 0, 14)
    assert report.rejects_file is None
    assert b"".join(stations.archive.open(report.file_digest)) == path.read_bytes()
    assert counts(stations) == {"nodes": 21, "events": 7, "links": 14, "head": 7}
    intended, done = recorded(stations)
    assert (intended["outcome"], intended["request"]) == (
        "intended",
        {"file": "consumption.csv", "sha256": report.file_digest, "source": "MES"},
    )
    counter = done["result"].pop("counter")
    assert (counter["seq"], counter["events_count"], counter["nodes_count"]) == (7, 7, 21)
    assert (done["outcome"], done["result"]) == (
        "done",
        {"events": 7, "appended": 7, "known": 0, "voided": 0, "conflict": 0, "rejected": 0, "links": 14},
    )


def test_the_same_file_twice_changes_nothing(stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path) -> None:
    path = written(tmp_path, row(1), row(2), row(2))
    take(path)
    before = counts(stations)

    report = take(path)

    assert (report.events, report.appended, report.known, report.links) == (3, 0, 3, 0)
    assert counts(stations) == before


def test_groups_follow_one_another(
    stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUP_EVENTS", 10)

    report = take(written(tmp_path, *(row(number, used="T") for number in range(95))))

    assert (report.appended, report.links) == (95, 190)
    assert counts(stations) == {"nodes": 191, "events": 95, "links": 190, "head": 95}


def test_one_bad_row_does_not_stop_the_others(stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path) -> None:
    report = take(written(tmp_path, row(1), row(2, quantity="-3"), row(3, quantity="=1+1"), row(4)))

    assert (report.events, report.appended, report.rejected) == (4, 2, 2)
    assert report.rejects_file == stations.settings.home / "rejects" / f"{report.file_digest}.csv"
    assert report.rejects_file.stat().st_mode & 0o777 == 0o600
    with report.rejects_file.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [line["line"] for line in found] == ["row 3", "row 4"]
    assert all("quantity" in line["reason"] for line in found)
    assert found[0]["original"] == row(2, quantity="-3")


def test_a_known_row_id_with_other_content_is_refused(
    stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path
) -> None:
    take(written(tmp_path, row(1, row_id="1")))

    report = take(written(tmp_path, row(2, row_id="1"), row(3, row_id="3"), name="second.csv"))

    assert (report.events, report.appended, report.rejected) == (2, 1, 1)
    assert report.rejects_file is not None
    assert 'row 2,"known with other content, and nothing is edited away' in report.rejects_file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("correction_first", [False, True])
def test_a_corrected_row_counts_once(
    correction_first: bool, stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path
) -> None:
    wrong, right = (
        written(tmp_path, row(1, row_id="1"), name="1.csv"),
        written(tmp_path, row(2, row_id="2", corrects="1"), name="2.csv"),
    )
    for path in (right, wrong) if correction_first else (wrong, right):
        take(path)

    uid = stations.sealer.uid(local_identity("lot", "LYON", "PUMP", "B-2"))
    found = stations.graph.administer("MATCH ()-[r:PRODUCED]->(made) WHERE r.voided_seq IS NULL RETURN made.uid AS uid", "test")
    assert [line["uid"] for line in found] == [uid]
    assert counts(stations)["events"] == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"type": "EPCISDocument", "epcisBody": {"eventList": [{"type": "ObjectEv', "JSON"),
        (b"", "empty"),
        (b"supplier,colour\na,b\n", "column"),
        ((HEADER + "\n" + row(1) + "\n").encode() + b"\xff\xfe\x81\x00\xff", "UTF-8 nor GBK"),
    ],
    ids=["JSON cut in half", "empty", "wrong columns", "encoding breaks at the end"],
)
def test_an_unusable_file_does_nothing(
    content: bytes, reason: str, stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(DocumentError, match=reason):
        take(path)
    assert counts(stations) == {"nodes": 0, "events": 0, "links": 0, "head": 0}
    assert not (stations.settings.home / "sources").exists()
    assert [record["outcome"] for record in recorded(stations)] == ["failed"]


def test_a_missing_file_or_a_folder_does_nothing(
    stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path
) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(DocumentError, match="is no file"):
            take(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_chinese_text_comes_in_whatever_its_encoding(
    encoding: str, stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path
) -> None:
    take(written(tmp_path, row(1, used="原料-甲"), encoding=encoding))

    uid = stations.sealer.uid(local_identity("lot", "SUP-7", "TUBE", "原料-甲"))
    assert stations.graph.administer(f"MATCH (n:Material {{uid: '{uid}'}}) RETURN n.kind AS kind", "test") == [
        {"kind": "Material"}
    ]


def test_who_may_not_import_is_refused_and_recorded(stations: Stations, actor: MakeActor, tmp_path: Path) -> None:
    with pytest.raises(PermissionDeniedError):
        import_file(stations, actor(Role.VIEWER), written(tmp_path, row(1)), "MES", lambda share: None)

    assert [record["outcome"] for record in recorded(stations)] == ["denied"]
    assert counts(stations)["events"] == 0


def test_without_a_ledger_nothing_is_imported(stations: Stations, take: Callable[[Path], ImportReport], tmp_path: Path) -> None:
    os.kill(stations.ledger.get_writer_pid(), signal.SIGKILL)

    with pytest.raises(LedgerUnavailableError):
        take(written(tmp_path, row(1)))
    assert counts(stations)["events"] == 0
    writer = WriterProcess.start(stations.settings.home)
    try:
        assert take(written(tmp_path, row(1))).appended == 1
    finally:
        writer.stop()


def test_progress_grows_to_one(stations: Stations, actor: MakeActor, tmp_path: Path) -> None:
    shares: list[float] = []

    import_file(stations, actor(Role.INTEGRATOR), written(tmp_path, *map(row, range(50))), "MES", shares.append)

    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_promise_an_import_that_breaks_off_says_what_is_in(stations: Stations, actor: MakeActor, tmp_path: Path) -> None:
    path = written(tmp_path, *(row(number) for number in range(3000)))
    writer = [stations.ledger.get_writer_pid()]

    def stop_the_ledger(share: float) -> None:
        if share > 0.5 and writer:
            os.kill(writer.pop(), signal.SIGKILL)

    with pytest.raises(ImportBrokenOffError, match=r"^3000 events are in, then it broke off: The ledger"):
        import_file(stations, actor(Role.INTEGRATOR), path, "MES", stop_the_ledger)


def test_promise_no_node_but_its_sealed_one_tells_a_suppliers_lot_that_was_made_of_another(
    stations: Stations, actor: MakeActor, tmp_path: Path
) -> None:
    text = "from_owner,from_product,from_number,to_owner,to_product,to_number,time\n"
    path = tmp_path / "supplier.csv"
    path.write_text(text + "SUP-7,RESIN,PLANTED-IN-4711,SUP-7,TUBE,PLANTED-OUT-4712,2026-03-01\n", encoding="utf-8")

    import_file(stations, actor(Role.INTEGRATOR), path, "MES", lambda share: None)

    rows = stations.graph.administer("MATCH (n) RETURN properties(n) AS found", "test")
    assert [row["found"] for row in rows if "PLANTED" in repr(row["found"])] == []
    made = stations.graph.administer("MATCH (n:Transformation) RETURN n.number AS number, n.identity AS identity", "test")
    assert made == [{"number": None, "identity": None}]

    question = TraceQuestion((Seed(number="PLANTED-IN-4711"),), Direction.FORWARD)
    answer = trace_batch(stations, actor(Role.COORDINATOR), question).value
    assert {node.number for node in answer.nodes} == {"PLANTED-IN-4711", "PLANTED-OUT-4712"}
