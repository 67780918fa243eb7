"""The search index against a plain look at every record, and a rebuilt one against one that grew with the ledger."""

import random
import sqlite3
import uuid
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clockwork import Clockwork
from tests.effort import examples
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.ledger_search import LedgerQuery, ShownThings
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.index import FILE, LedgerIndex
from traceapp.ledger.index_search import Counted, Tally, find_places, tally_acts
from traceapp.ledger.records import plain_entry
from traceapp.ledger.segments import read_frame
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.ledger.tail import LedgerTail

RECORDS = 20_000
QUERIES = examples(300, 2_000)
PEOPLE = ["ann", "ben", "chen", "dora"]
ACTS = ["batch:trace", "batch:show", "session:start"]
FIELDS = {"Batch": ["number", "product"], "Party": ["name", "country"]}
UIDS = [f"{number:032x}" for number in range(40)]
LARGEST = 1_000_000

Record = dict[str, Any]


def rolled(told: Mapping[str, Any]) -> tuple[ShownThings, ...] | None:
    """The rolls of this test lie in the record's reason; every seventh cannot be opened."""
    if told["seq"] % 7 == 0:
        return None
    kind, uid, name = told["reason"].split()
    return (ShownThings(kind, (name,), (), (uid,)),)


def draw_entry(draw: random.Random) -> LedgerEntry:
    kind = draw.choice([*FIELDS])
    left = {one: draw.sample(names, draw.randint(1, 2)) for one, names in FIELDS.items() if draw.random() < 0.4}
    has_roll = draw.random() < 0.5
    return LedgerEntry(
        act=draw.choice(ACTS),
        outcome=draw.choices(["answered", "denied"], [9, 1])[0],
        actor={"username": draw.choice(PEOPLE), "role": "auditor", "address": f"10.0.0.{draw.randrange(30)}", "purpose": None},
        disclosed=left,
        completeness=draw.choice([None, "COMPLETE"]),
        reason=f"{kind} {draw.choice(UIDS)} {draw.choice(FIELDS[kind])}",
        request_id=f"{draw.randrange(3000):032x}",
        result={"rows": 3} | ({"copy": f"{draw.randrange(9):032x}"} if draw.random() < 0.2 else {}),
        object=[{"kind": kind, "uid": draw.choice(UIDS)}] if draw.random() < 0.6 else None,
        roll={"sha256": "0" * 64, "things": 1} if has_roll else None,
    )


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose clock goes back now and then, and whose index was fed while it grew."""
    home, draw, clock = tmp_path_factory.mktemp("ledger"), random.Random(5), Clockwork()
    storage = LedgerStorage(home, clock, largest=LARGEST)
    index = LedgerIndex(home)
    with index.alone():
        index.begin()
        tail = LedgerTail(home, 0)
        while storage.head.seq < RECORDS:
            clock.go_on(draw.choice([60, 60, 60, -30]))
            storage.append([Wanted(uuid.uuid4().hex, plain_entry(draw_entry(draw))) for _ in range(draw.randint(1, 90))])
            index.add(tail.read_placed(), rolled)
    storage.close()
    return home


@pytest.fixture(scope="module")
def records(ledger: Path) -> list[Record]:
    return [told for seq in [LedgerTail(ledger, 0)] for some in iter(seq.read_new, []) for _, told in some]


def draw_query(draw: random.Random, records: list[Record]) -> LedgerQuery:
    some = draw.choice(records[1:])
    moment = parse_stored_time(some["time"])
    said: dict[str, Any] = {
        "person": draw.choice([*PEOPLE, "nobody"]),
        "act": some["act"],
        "outcome": draw.choice(["denied", "answered"]),
        "address": some["actor"].get("address"),
        "completeness": "COMPLETE",
        "field": draw.choice(["name", "Batch.number", "Party.country", "Party.number"]),
        "uids": tuple(draw.sample(UIDS, draw.randint(0, 2))),
        "request_id": some.get("request_id"),
        "since": moment,
        "until": moment + timedelta(hours=draw.randint(0, 40)),
    }
    return LedgerQuery(**{name: said[name] for name in draw.sample([*said], draw.randint(1, 3))})


def fits(query: LedgerQuery, told: Record) -> bool:
    """The meaning of a question, said once more and the plain way."""
    who, moment = told["actor"], parse_stored_time(told["time"])
    left = {f"{kind}.{name}" for kind, names in told["disclosed"].items() for name in names}
    left |= {name.partition(".")[2] for name in left}
    roll = rolled(told) if told.get("roll") else None
    seen: dict[str, set[str]] = {}
    for thing in told.get("object") or ():
        kind = thing["kind"]
        seen.setdefault(thing["uid"], set())
        if roll is None:
            seen[thing["uid"]] |= {part for name in told["disclosed"].get(kind, ()) for part in (name, f"{kind}.{name}")}
    for shown in roll or ():
        for uid in shown.uids:
            seen.setdefault(uid, set()).update(part for name in shown.disclosed for part in (name, f"{shown.kind}.{name}"))
    if query.uids is not None:
        about = [fields for uid, fields in seen.items() if uid in query.uids]
        if not about or (query.field is not None and not any(query.field in fields for fields in about)):
            return False
    elif query.field is not None and query.field not in left:
        return False
    return (
        query.person in {None, who["username"]}
        and query.address in {None, who.get("address")}
        and query.request_id in {None, told.get("request_id")}
        and all(getattr(query, name) in {None, told[name]} for name in ("act", "outcome", "completeness"))
        and (query.since is None or query.since <= moment)
        and (query.until is None or moment <= query.until)
    )


@pytest.mark.parametrize("part", range(examples(1, 10)))
def test_promise_every_question_finds_what_a_look_at_every_record_finds(part: int, ledger: Path, records: list[Record]) -> None:
    draw, found_some = random.Random(7 + part), 0
    for _ in range(QUERIES):
        query = draw_query(draw, records)
        expected = [told["seq"] for told in reversed(records) if fits(query, told)]

        places, state = find_places(ledger, query, None, len(records))

        assert [place.seq for place in places] == expected, query
        assert (state.first, state.indexed) == (1, len(records))
        found_some += bool(expected)
    assert found_some > QUERIES // 2


def test_promise_counts_of_a_person_are_those_of_a_look_at_every_record(ledger: Path, records: list[Record]) -> None:
    tallies = {
        "looks": Tally(frozenset({"batch:trace", "batch:show"}), frozenset({"answered"})),
        "denials": Tally(None, frozenset({"denied"})),
        "files": Tally(None, frozenset({"answered"}), files=True),
    }
    draw = random.Random(9)
    moments = sorted(parse_stored_time(draw.choice(records)["time"]) for _ in range(6))
    spans = [*zip(moments[::2], moments[1::2], strict=True)]
    for person in (*PEOPLE, "nobody"):
        own = [told for told in records if told["actor"].get("username") == person]
        expected = []
        for since, until in spans:
            some = [told for told in own if since <= parse_stored_time(told["time"]) <= until]
            looks = sum(told["act"] != "session:start" and told["outcome"] == "answered" for told in some)
            denials = sum(told["outcome"] == "denied" for told in some)
            files = sum(told["outcome"] == "answered" and "copy" in told["result"] for told in some)
            expected.append(Counted(len(some), {"looks": looks, "denials": denials, "files": files}))

        assert tally_acts(ledger, person, spans, tallies) == expected
    assert tally_acts(ledger.parent / "elsewhere", "ann", spans, tallies) is None


def test_promise_pages_put_together_are_the_whole(ledger: Path, records: list[Record]) -> None:
    query, found, before = LedgerQuery(person="ann", outcome="denied"), list[int](), None
    whole = [told["seq"] for told in reversed(records) if fits(query, told)]
    while page := find_places(ledger, query, before, 37)[0]:
        found += [place.seq for place in page]
        before = page[-1].seq

    assert found == whole


def test_promise_every_record_is_found_at_its_place(ledger: Path, records: list[Record]) -> None:
    for told in records[:: len(records) // 200]:
        ((place,), _) = find_places(ledger, LedgerQuery(), told["seq"] + 1, 1)

        assert place.seq == told["seq"]
        content = read_frame(ledger, place.segment, place.place)
        assert content is not None
        assert f'"seq":{told["seq"]},'.encode() in content


def dump(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / FILE)) as index:
        return list(index.iterdump())


def test_promise_a_rebuilt_index_is_the_one_that_grew(ledger: Path) -> None:
    grown = dump(ledger)
    index = LedgerIndex(ledger)
    with index.alone():
        index.discard()
        reason = index.begin()
        tail = LedgerTail(ledger, 0)
        while some := tail.read_placed():
            index.add(some, rolled)

    assert reason == "there was none"
    assert dump(ledger) == grown
