"""The API over real stations: look-ups, traces, refusals, and what happens when the ledger is down."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import Tokens
from tests.web.plant import B1, SLASHED
from traceapp.domain.rights import Role
from traceapp.usecases.stations import Stations
from traceapp.web.answer_models import Batch, Problem, Source, Trace
from traceapp.web.reading import MAX_BODY

pytestmark = pytest.mark.usefixtures("filled")

Ask = Callable[..., TestResponse]


def numbers(answer: dict[str, Any]) -> set[str | None]:
    return {node["number"] for node in answer["nodes"]}


def uid_of(ask: Ask, number: str) -> str:
    return str(ask(f"/api/v1/batches?{urlencode({'number': number})}").get_json()["batch"]["uid"])


def test_a_forward_trace_is_whole_and_the_same_by_every_way(ask: Ask) -> None:
    uid = uid_of(ask, "RM-1")
    ways = [
        ask("/api/v1/batches/RM-1/trace?direction=forward"),
        ask("/api/v1/traces?number=rm-1&direction=forward"),
        ask(f"/api/v1/traces?uid={uid}"),
        ask("/api/v1/traces", "POST", json={"seeds": [{"number": "RM-1"}, {"uid": uid}], "direction": "forward"}),
    ]
    answers = [json.loads(reply.data) for reply in ways]

    for answer in answers:
        Trace.model_validate(answer)
        assert {"RM-1", "B-1", "S-9"} <= numbers(answer)
        assert len(answer["consignees"]) == 2
        assert answer["trace"]["direction"] == "forward"
        assert [answer[part] for part in ("nodes", "links", "consignees")] == [
            answers[0][part] for part in ("nodes", "links", "consignees")
        ]
    sequence = [answer["ledger"]["seq"] for answer in answers]
    assert sequence == sorted(set(sequence))


def test_a_backward_trace_names_the_supplier(ask: Ask) -> None:
    answer = ask("/api/v1/batches/S-9/trace?direction=backward").get_json()

    assert {"RM-1", "B-1", "S-9"} <= numbers(answer)
    assert len(answer["suppliers"]) == 1
    assert answer["consignees"] == []


def test_a_batch_is_shown_by_number_and_by_uid(ask: Ask) -> None:
    by_number = ask("/api/v1/batches/B-1")
    by_query = ask("/api/v1/batches?number=B-1&kind=Batch&site=LYON")
    by_uid = ask(f"/api/v1/batches?uid={uid_of(ask, 'B-1')}")

    for reply in (by_number, by_query, by_uid):
        assert reply.status_code == 200, reply.text
        Batch.model_validate_json(reply.data)
        assert reply.get_json()["batch"]["number"] == "B-1"
        assert {item["direction"] for item in reply.get_json()["neighbours"]} == {"forward", "backward"}


def test_a_number_with_a_slash_goes_by_the_query(ask: Ask) -> None:
    assert ask(f"/api/v1/batches?{urlencode({'number': SLASHED})}").get_json()["batch"]["number"] == SLASHED
    assert ask(f"/api/v1/traces?{urlencode({'number': SLASHED})}").status_code == 200
    assert ask(f"/api/v1/batches/{quote(SLASHED, safe='')}").status_code == 400
    assert ask("/api/v1/batches/A%2Ftrace").status_code == 400


def test_promise_a_number_that_fits_two_lots_asks(ask: Ask, stations: Stations) -> None:
    for path in ("/api/v1/batches/TWICE", "/api/v1/traces?number=TWICE", "/api/v1/batches/TWICE/trace"):
        before = stations.ledger.get_head().seq
        reply = ask(path)
        problem = json.loads(reply.data)
        Problem.model_validate(problem)
        assert reply.status_code == 409
        assert {tuple(candidate["sites"]) for candidate in problem["candidates"]} == {("LYON",), ("SUZHOU",)}
        assert stations.ledger.get_head().seq > before, "what the candidates disclose is recorded"

    assert ask("/api/v1/batches/TWICE?site=LYON").get_json()["batch"]["sites"] == ["LYON"]
    assert ask(f"/api/v1/batches?uid={problem['candidates'][0]['uid']}").status_code == 200


def test_promise_absent_and_invisible_are_the_same_bytes(client: FlaskClient, tokens: Tokens, ask: Ask) -> None:
    hidden_uid = uid_of(ask, "HIDDEN-1")
    lyon = {"Authorization": tokens(Role.VIEWER, sites=frozenset({"LYON"}))}

    def pair(path: str) -> tuple[TestResponse, TestResponse]:
        absent = client.get(path.format(number="HIDDEN-2", uid="0" * 32), headers=lyon)
        hidden = client.get(path.format(number="HIDDEN-1", uid=hidden_uid), headers=lyon)
        return absent, hidden

    for path in (
        "/api/v1/batches/{number}",
        "/api/v1/batches?number={number}",
        "/api/v1/batches?uid={uid}",
        "/api/v1/batches/{number}/trace",
        "/api/v1/traces?number={number}",
        "/api/v1/traces?uid={uid}",
    ):
        absent, hidden = pair(path)
        assert absent.status_code == hidden.status_code == 404, path
        assert absent.data == hidden.data, path
        assert list(absent.headers) == list(hidden.headers), path


def test_a_viewer_of_one_site_gets_stubs_and_is_told(client: FlaskClient, tokens: Tokens) -> None:
    reply = client.get("/api/v1/traces?number=B-1", headers={"Authorization": tokens(Role.VIEWER, sites=frozenset({"LYON"}))})
    answer = reply.get_json()

    assert "S-9" not in reply.text
    assert [node for node in answer["nodes"] if node["stub"]]
    assert answer["completeness"]["status"] == "WITHHELD"
    assert sum(answer["completeness"]["withheld"].values()) > 0


def test_an_event_opens_its_source(ask: Ask) -> None:
    facts = ask("/api/v1/batches/CSV-1").get_json()["facts"]
    assert len(facts) == 1

    reply = ask(f"/api/v1/events/{facts[0]['event_uid']}/source")

    Source.model_validate_json(reply.data)
    source = reply.get_json()
    assert source["source"] == "MES-TEST"
    assert "CSV-1" in source["content"]
    assert "CSV-1" in source["original"].values()


def test_promise_a_source_beyond_the_view_is_the_same_404(client: FlaskClient, tokens: Tokens, ask: Ask) -> None:
    uid = ask("/api/v1/batches/CSV-1").get_json()["facts"][0]["event_uid"]
    elsewhere = {"Authorization": tokens(Role.COORDINATOR, sites=frozenset({"SUZHOU"}))}

    hidden = client.get(f"/api/v1/events/{uid}/source", headers=elsewhere)
    absent = client.get(f"/api/v1/events/{'0' * 32}/source", headers=elsewhere)

    assert hidden.status_code == absent.status_code == 404
    assert hidden.data == absent.data
    assert ask("/api/v1/events/ABC/source").status_code == 400


def test_as_of_before_anything_was_known_finds_nothing(ask: Ask) -> None:
    assert ask("/api/v1/traces?number=B-1&as_of=1990-01-01T00:00:00Z").status_code == 404
    assert ask("/api/v1/traces?number=B-1&as_of=2990-01-01T00:00:00Z").status_code == 200


def test_the_window_counts_links_by_event_time(ask: Ask) -> None:
    early = ask("/api/v1/traces?number=RM-1&event_time_to=2026-03-03T12:00:00Z").get_json()

    assert "B-1" in numbers(early)
    assert "S-9" not in numbers(early)
    assert early["trace"]["window"] == {"event_time_from": None, "event_time_to": "2026-03-03T12:00:00.000000Z"}


def test_wrong_bodies_are_refused(ask: Ask) -> None:
    path = "/api/v1/traces"
    assert ask(path, "POST", data=b"x" * (MAX_BODY + 1), content_type="application/json").status_code == 413
    assert ask(path, "POST", data=b"{}", content_type="text/plain").status_code == 415
    assert ask(path, "POST", data=b"{", content_type="application/json").status_code == 400
    assert ask(path + "?x=1", "POST", json={"seeds": [{"number": "B-1"}]}).status_code == 400
    assert ask(path, "PUT", json={}).status_code == 405
    assert ask(path, "HEAD").status_code == 400
    assert ask(path, "OPTIONS").status_code == 200


def test_promise_no_record_no_answer(ask: Ask, stations: Stations, kill_ledger: Callable[[], None]) -> None:
    assert ask("/readyz").status_code == 200
    kill_ledger()

    for path in ("/api/v1/batches/B-1", "/api/v1/traces?number=RM-1", "/api/v1/batches/TWICE", "/api/v1/batches/NONE", "/readyz"):
        reply = ask(path)
        assert reply.status_code == 503, path
        assert reply.content_type == "application/problem+json"
        for word in (b"B-1", b"nodes", b"LYON", B1.text.encode()):
            assert word not in reply.data
    assert ask("/healthz").status_code == 200


def test_a_seed_that_breaks_its_standard_is_named(ask: Ask) -> None:
    by_query = ask("/api/v1/traces?epc=01/0952/10/A1")
    by_body = ask("/api/v1/traces", "POST", json={"seeds": [{"number": "B-1"}, {"epc": "01/0952/10/A1"}]})

    for reply, field in ((by_query, "epc"), (by_body, "seeds.1.epc")):
        problem = reply.get_json(force=True)
        assert (reply.status_code, problem["type"]) == (400, "urn:traceapp:problem:identifier")
        assert [wrong["field"] for wrong in problem["errors"]] == [field]
        assert "8, 12, 13 or 14 digits" in problem["errors"][0]["detail"]
