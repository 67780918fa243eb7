"""Every question of the cases that the product can be asked, put to a store that holds only the files it names."""

import dataclasses
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cases.conftest import Case, cases_folder, read_cases
from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.consignees import NOT_STATED
from traceapp.domain.errors import BatchNotFoundError, DocumentError
from traceapp.domain.kinds import LOTS, Certainty, Direction, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import PartyLine, Seed, TraceAnswer, TraceNode, TraceQuestion
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_source import show_source
from traceapp.usecases.intake.import_file import ImportReport, import_file
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

ASKED, _ = read_cases()
EVERYWHERE = frozenset({"*"})
IMPORTER = Actor("cases", "cases", Role.ADMIN, EVERYWHERE, EVERYWHERE, through="test")
PARTIES = {"9521001": "MAKER", "9521002": "SUP", "9521003": "D1", "9521011": "H1", "9521012": "H2", "9521013": "H3"}
CONTAINER_NAMES = {"8003/09521001000017T1": "T1", "00/095210010000000017": "PAL1"}
CONTAINERS = {"T1": "urn:epc:id:grai:9521001.00001.T1", "PAL1": "urn:epc:id:sscc:9521001.0000000001"}


def coordinator(sites: list[str] | None = None) -> Actor:
    return Actor("cases", "cases", Role.COORDINATOR, frozenset(sites) if sites else EVERYWHERE, EVERYWHERE, through="test")


@pytest.mark.cases
@pytest.mark.parametrize(
    "files", ASKED, ids=lambda files: "+".join(Path(file).name if "made/0" not in file else file for file in files)
)
def test_answers_are_the_worked_ones(files: tuple[str, ...], stations: Stations, tmp_path: Path) -> None:
    ours = dataclasses.replace(
        stations.organisation, owners=frozenset({"LYON", "SUZHOU", "MAKER"}), company_prefixes=frozenset({"9521001"})
    )
    stations = dataclasses.replace(stations, organisation=ours)
    reports = [read_in(stations, file, tmp_path) for file in files]

    wrong = {}
    for case in ASKED[files]:
        name, _, answer = case
        said = ask(stations, case, files, reports)
        expected = answer if case[1]["ask"] == "import" else {key: without_owner(value) for key, value in answer.items()}
        if said != expected:
            wrong[name] = {"said": said, "worked out": expected}

    assert not wrong


def read_in(stations: Stations, file: str, folder: Path) -> ImportReport | None:
    path = cases_folder() / file
    if file.startswith("recipe/"):
        path = folder / Path(file).name
        path.write_text("\n".join(RECIPES[path.stem]()) + "\n", encoding="utf-8")
    try:
        return import_file(stations, IMPORTER, path, "CASES", lambda _: None)
    except DocumentError:
        return None


def ask(stations: Stations, case: Case, files: tuple[str, ...], reports: list[ImportReport | None]) -> dict[str, Any]:
    """The product's answer, in the words and with the keys of the worked one."""
    _, question, answer = case
    if question["ask"] == "import":
        report = reports[0]
        refused = {"accepted": 0, "rejected": "document"} if report is None else None
        return {**answer, **(refused or {"accepted": report.appended + report.voided, "rejected": report.rejected})}  # type: ignore[union-attr]
    if question["ask"] == "kept":
        told = kept(stations, question["paths"])
        return {key: told[key] for key in answer}
    if question["ask"].startswith("look up"):
        return look_up(stations, question)
    try:
        traced = trace(stations, question)
    except BatchNotFoundError:
        return {"status": 404}
    said = Told(traced, in_csv=files[0].endswith(".csv"))
    return {key: answer[key] if key in NOT_ASKED else said.value(key, answer[key]) for key in answer}


def kept(stations: Stations, paths: list[str]) -> dict[str, Any]:
    """What the events' own words, opened as a person opens a source, hold at `<event>/<field>/…`; all their sensor reports."""
    rows = stations.graph.administer("MATCH (e:Event) RETURN e.uid AS uid, e.position AS position", "test")
    originals = {
        int(row["position"].removeprefix("event ")) - 1: show_source(stations, coordinator(), row["uid"]).value.original
        for row in rows
    }
    return {
        "values": {path: at_path(originals, path.split("/")) for path in paths},
        "sensor_reports": sum(
            len(element["sensorReport"])
            for event in originals.values()
            for element in cast("list[Any]", event.get("sensorElementList", []))
        ),
    }


def at_path(value: Any, path: list[str]) -> Any:
    """Steps are names of fields, or places of a list counted from 0."""
    for step in path:
        value = value[step] if step in value or not step.isdigit() else value[int(step)]
    return value


def look_up(stations: Stations, question: dict[str, Any]) -> dict[str, Any]:
    narrow = question.get("narrow", {})
    kind = NodeKind(narrow["kind"].capitalize()) if "kind" in narrow else None
    found = look_up_batches(
        stations, coordinator(), BatchQuery(number=question["number"], site=narrow.get("site"), kind=kind)
    ).value
    return {"candidates": sorted(shown(candidate) for candidate in found)}


def shown(thing: Candidate | TraceNode) -> str:
    """As the cases write it: the path of a GS1 key, a made lot by its number, a row by product and number."""
    if thing.epc is None:
        return f"{thing.product}/{thing.number}" if thing.product else str(thing.number)
    if thing.epc in CONTAINER_NAMES:
        return CONTAINER_NAMES[thing.epc]
    return str(thing.number) if thing.epc.startswith("01/09521") and "/10/" in thing.epc else thing.epc


def without_owner(answer: Any) -> Any:
    """A row's lot is told by product and number here: the answers name its owner too, which is not shown in every view."""
    if isinstance(answer, str):
        return answer.partition("/")[2] if answer.count("/") == 2 and not answer[0].isdigit() else answer
    return sorted(map(without_owner, answer)) if isinstance(answer, list) else answer


def trace(stations: Stations, question: dict[str, Any]) -> TraceAnswer:
    seeds = tuple(seed_of(text) for text in question.get("seeds") or [question.get("seed") or question["container"]])
    at = datetime.fromisoformat(question["at"]) if "at" in question else None
    ask = Direction.BACKWARD if question["ask"] == "contents" else Direction(question["ask"])
    asked = TraceQuestion(seeds, ask, at=at)
    return trace_batch(stations, coordinator(question.get("sites")), asked).value


def seed_of(text: str) -> Seed:
    if text in CONTAINERS:
        return Seed(epc=CONTAINERS[text])
    parts = text.split("/")
    if parts[0].isdigit():
        return Seed(epc="https://id.gs1.org/" + text)
    if len(parts) == 3:
        return Seed(number=parts[2], product=parts[1])
    return Seed(number=text)


class Told:
    """An answer of the product, read key by key."""

    def __init__(self, answer: TraceAnswer, in_csv: bool) -> None:
        self._answer = answer
        self._in_csv = in_csv
        self._nodes = {node.uid: node for node in answer.nodes}
        self._containers = set(answer.containers)

    def name(self, uid: str) -> str:
        return shown(self._nodes[uid])

    def party(self, line: PartyLine) -> str:
        number = line.number or ""
        if self._in_csv:
            return number
        return PARTIES.get(number.split("/")[-1][:7], number)

    def value(self, key: str, like: Any) -> Any:
        told = KEYS[key](self)
        if isinstance(like, dict):
            return {name: None if told.get(name) is None else float(told[name]) for name in told}
        return told

    def _lots(self, certainty: Certainty | None = None, *, clear: bool = False) -> Iterator[str]:
        unresolved = set(self._answer.completeness.unresolved) if clear else set()
        for node in self._answer.nodes:
            lot = node.kind in LOTS and not node.seed and node.uid not in self._containers
            if lot and (certainty is None or node.certainty is certainty) and node.uid not in unresolved:
                yield self.name(node.uid)

    def _exact(self) -> list[str]:
        return sorted(self._lots(Certainty.EXACT))

    def _possible(self) -> list[str]:
        return sorted(self._lots(Certainty.POSSIBLE))

    def _clear(self) -> list[str]:
        return sorted(self._lots(clear=True))

    def _containers_held(self) -> list[str]:
        return sorted(self.name(uid) for uid in self._answer.containers)

    def _contents(self) -> list[str]:
        return sorted({*self._lots(), *(self.name(uid) for uid in self._containers if not self._nodes[uid].seed)})

    def _consignees(self) -> dict[str, Decimal | None]:
        return {self.party(line): _total(line) for line in self._answer.consignees}

    def _possible_consignees(self) -> list[str]:
        return sorted(self.party(line) for line in self._answer.consignees if line.certainty is Certainty.POSSIBLE)

    def _suppliers(self) -> list[str]:
        return sorted(self.party(line) for line in self._answer.suppliers)

    def _class_level(self) -> list[str]:
        return sorted(self._answer.completeness.class_level)

    def _unresolved(self) -> list[str]:
        return sorted(self.name(uid) for uid in self._answer.completeness.unresolved)

    def _links(self) -> int:
        return sum(1 for link in self._answer.links if self._is_flow(link.source) and self._is_flow(link.target))

    def _is_flow(self, uid: str) -> bool:
        node = self._nodes.get(uid)
        return node is not None and node.kind in LOTS and uid not in self._containers

    def _withheld_lots(self) -> int:
        return self._answer.completeness.withheld.get("lots", 0)

    def _withheld_shipments(self) -> int:
        return self._answer.completeness.withheld.get("shipments", 0)

    def _withheld_consignees(self) -> int:
        return self._answer.completeness.withheld.get("parties", 0)

    def _others(self) -> int:
        return len(list(self._lots()))

    def _greatest_hop(self) -> int:
        return max(node.hop for node in self._answer.nodes)


def _total(line: PartyLine) -> Decimal | None:
    """What is shown of it; where goods went out of the view, more may have come, of which the answer gives no number."""
    amounts = [amount for unit, amount in line.quantities.items() if unit != NOT_STATED or not line.withheld]
    return None if not amounts or None in amounts else sum((amount for amount in amounts if amount is not None), Decimal())


KEYS: dict[str, Callable[[Told], Any]] = {
    "exact": Told._exact,
    "possible": Told._possible,
    "clear": Told._clear,
    "containers": Told._containers_held,
    "contents": Told._contents,
    "consignees": Told._consignees,
    "possible_consignees": Told._possible_consignees,
    "suppliers": Told._suppliers,
    "class_level": Told._class_level,
    "unresolved": Told._unresolved,
    "links": Told._links,
    "withheld_lots": Told._withheld_lots,
    "withheld_shipments": Told._withheld_shipments,
    "withheld_consignees": Told._withheld_consignees,
    "withheld_suppliers": Told._withheld_consignees,
    "others": Told._others,
    "greatest_hop": Told._greatest_hop,
}
NOT_ASKED = frozenset({"nodes", "all_links", "paths_to_each_end", "paths_to_all_ends"})
"""Keys that describe the recipe itself, not the answer."""


def lattice() -> list[str]:
    """25 layers of 20 lots, every lot of a layer into every lot of the next, in a shuffled order."""
    rows = [
        f"MAKER,LAYER,L{layer:02}-N{source:02},MAKER,LAYER,L{layer + 1:02}-N{target:02},1,EA,2026-01-{layer:02}T08:00:00Z"
        for layer in range(1, 25)
        for source in range(1, 21)
        for target in range(1, 21)
    ]
    random.Random(1).shuffle(rows)
    return [HEADER, *rows]


def chain() -> list[str]:
    rows = [
        f"MAKER,CHAIN,C{hop:03},MAKER,CHAIN,C{hop + 1:03},1,EA,2026-{1 + hop // 28:02}-{1 + hop % 28:02}T08:00:00Z"
        for hop in range(200)
    ]
    random.Random(2).shuffle(rows)
    return [HEADER, *rows]


HEADER = "from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time"
RECIPES = {"lattice": lattice, "chain": chain}
