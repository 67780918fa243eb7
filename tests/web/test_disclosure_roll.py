"""Which things an answer showed, and what of each: beside the record, sealed, durable before anything leaves."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.recorded import ledger_bytes, records
from tests.web.conftest import Tokens
from tests.web.plant import B1, FIRST_HOSPITAL, S9, SECOND_HOSPITAL
from traceapp.domain.errors import SealBrokenError
from traceapp.domain.rights import Role
from traceapp.ledger.records import FOLDER
from traceapp.ledger.side_files import ROLLS
from traceapp.usecases.audit.open_roll import open_roll
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

Ask = Callable[..., TestResponse]


def roll_of(stations: Stations, record: dict[str, Any]) -> list[dict[str, Any]]:
    found = open_roll(stations, record["roll"]["sha256"], record["roll"]["at"])
    assert found is not None
    assert sum(len(group["uids"]) for group in found) == record["roll"]["things"]
    assert found == open_roll(stations, record["roll"]["sha256"]), "also by its digest alone"
    return found


def shown_of(roll: list[dict[str, Any]], uid: str) -> tuple[set[str], set[str]]:
    (group,) = (group for group in roll if uid in group["uids"])
    return set(group["disclosed"]), set(group["withheld"])


def test_promise_every_node_of_a_trace_stands_in_its_roll_with_what_left_of_it(ask: Ask, filled: Stations) -> None:
    answer = ask("/api/v1/batches/B-1/trace?direction=forward").get_json()

    (record,) = records(filled, act="batch:trace")
    roll = roll_of(filled, record)
    told = {node["uid"] for node in answer["nodes"]} | {line["uid"] for line in answer["consignees"]}
    assert {uid for group in roll for uid in group["uids"]} == told
    for node in answer["nodes"]:
        disclosed, _ = shown_of(roll, node["uid"])
        said = {name for name in ("number", "name", "epc", "product", "site", "status") if node.get(name) is not None}
        assert said <= disclosed, node
    for group in roll:
        assert set(group["disclosed"]) <= set(record["disclosed"].get(group["kind"], ()))


def test_promise_a_roll_names_a_masked_thing_by_its_own_uid(app: Flask, filled: Stations, tokens: Tokens) -> None:
    """The answer calls it by an id of its own; who asks the ledger who saw anything of it must find this answer."""
    header = {"Authorization": tokens(Role.VIEWER)}
    answer = app.test_client().get("/api/v1/batches/B-1/trace?direction=forward", headers=header).get_json()

    (record,) = records(filled, act="batch:trace")
    uids = {filled.sealer.uid(one) for one in (FIRST_HOSPITAL, SECOND_HOSPITAL)}
    assert uids.isdisjoint(line["uid"] for line in answer["consignees"]), "the plant's policy masks who receives"
    roll = roll_of(filled, record)
    for uid in uids:
        assert "name" in shown_of(roll, uid)[1] or "number" in shown_of(roll, uid)[1]


def test_promise_what_is_withheld_stands_in_no_roll(app: Flask, filled: Stations, tokens: Tokens) -> None:
    header = {"Authorization": tokens(Role.WAREHOUSE, sites=frozenset({"LYON"}))}
    answer = app.test_client().get("/api/v1/batches/B-1/trace?direction=forward", headers=header).get_json()

    assert answer["completeness"]["withheld"]
    (record,) = records(filled, act="batch:trace")
    uids = {uid for group in roll_of(filled, record) for uid in group["uids"]}
    assert filled.sealer.uid(B1) in uids
    assert filled.sealer.uid(S9) not in uids


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("/api/v1/batches/S-9", "batch:show"),
        ("/search?number=S-9", "batch:look_up"),
        ("/api/v1/batches/TWICE", "batch:show"),
    ],
    ids=["page", "look-up", "two candidates"],
)
def test_promise_every_answer_that_shows_things_has_a_roll(path: str, act: str, ask: Ask, filled: Stations) -> None:
    ask(path)

    (record,) = records(filled, act=act)
    roll = roll_of(filled, record)
    kinds = {kind for kind in record["disclosed"] if kind != "link"}
    assert {group["kind"] for group in roll} == kinds
    assert {one["uid"] for one in record["object"]} <= {uid for group in roll for uid in group["uids"]}


def test_promise_the_words_of_an_event_stand_in_the_roll_of_everything_that_they_state(ask: Ask, filled: Stations) -> None:
    event = ask("/api/v1/batches/CSV-1").get_json()["facts"][0]["event_uid"]

    assert ask(f"/api/v1/events/{event}/source").status_code == 200

    (record,) = records(filled, act="source:show")
    roll = roll_of(filled, record)
    assert shown_of(roll, event)[0] >= {"content", "original"}
    ((lot,),) = ([one["uid"] for one in shown["object"]] for shown in records(filled, act="batch:show"))
    assert shown_of(roll, lot)[0]


def test_a_source_that_is_not_kept_is_on_record_as_failed(ask: Ask, filled: Stations) -> None:
    event = ask("/api/v1/batches/B-1").get_json()["facts"][0]["event_uid"]

    assert ask(f"/api/v1/events/{event}/source").status_code == 400

    (record,) = records(filled, act="source:show")
    assert (record["outcome"], record["reason"], "roll" in record) == ("failed", "DocumentError", False)


def test_an_answer_that_shows_nothing_has_no_roll(ask: Ask, filled: Stations) -> None:
    assert ask("/api/v1/batches/NOBODY-1").status_code == 404

    (record,) = records(filled, act="batch:show")
    assert "roll" not in record


def test_attacker_who_reads_the_disk_learns_nothing_from_a_roll(ask: Ask, filled: Stations) -> None:
    """Neither uids nor names lie there in clear, and the digest is salted: no guess at what was shown can be tried."""
    for _ in range(2):
        ask("/api/v1/batches/S-9/trace?direction=backward")

    one, two = records(filled, act="batch:trace")
    assert one["roll"]["sha256"] != two["roll"]["sha256"]
    lying = b"".join(path.read_bytes() for path in filled.rolls.paths())
    assert filled.sealer.uid(B1).encode() not in lying
    assert b"number" not in lying


def test_attacker_who_swaps_two_rolls_is_found(ask: Ask, filled: Stations) -> None:
    for number in ("S-9", "B-1"):
        ask(f"/search?number={number}")
    one, two = (record["roll"] for record in records(filled, act="batch:look_up"))
    (path,) = filled.rolls.paths()
    content = path.read_bytes()
    first, second = bytes.fromhex(one["sha256"]), bytes.fromhex(two["sha256"])
    path.write_bytes(content.replace(first, b"-" * 32).replace(second, first).replace(b"-" * 32, second))

    with pytest.raises(SealBrokenError):
        open_roll(filled, one["sha256"])


@pytest.mark.parametrize("path", ["/api/v1/batches/B-1", "/api/v1/batches/B-1/trace?direction=forward", "/search?number=B-1"])
def test_attacker_who_stops_the_disk_of_the_rolls_gets_no_data(path: str, ask: Ask, filled: Stations) -> None:
    before = ledger_bytes(filled.settings.home)
    folder = filled.settings.home / FOLDER / ROLLS
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_bytes(b"")

    reply = ask(path)

    assert reply.status_code == 503
    assert filled.sealer.uid(B1).encode() not in reply.data
    assert ledger_bytes(filled.settings.home).startswith(before)
    assert not [record for record in records(filled, after=1) if record["act"].startswith("batch:")], "nothing was answered"


def test_promise_a_roll_is_there_before_its_record(ask: Ask, filled: Stations, kill_ledger: Callable[[], None]) -> None:
    kill_ledger()

    assert ask("/api/v1/batches/B-1").status_code == 503

    assert len(filled.rolls.paths()) == 1, "written, and named by no record: the safe way round"
