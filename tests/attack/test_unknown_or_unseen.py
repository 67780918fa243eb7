"""What does he get who asks for what he may not see? The same bytes as whoever asks for what is not there."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import MakeActor
from tests.emptied import empty
from tests.imported import take_in
from tests.recorded import records
from tests.web.conftest import SECRET, Tokens
from tests.web.plant import batch
from traceapp.app import create_app
from traceapp.domain.batch import BatchQuery
from traceapp.domain.rights import Role
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations
from traceapp.web.access import permission_of
from traceapp.web.operations import operation_of

SUZHOU = frozenset({"SUZHOU"})
LATER = """row_id,form,owner,product,number,time,site
1,batch-record,LYON,TUBE-30,LATER-1,2026-03-02T08:00:00Z,LYON
2,batch-record,LYON,TUBE-30,LATER-2,2026-03-02T08:00:00Z,LYON
"""
TWIN = """row_id,form,owner,product,number,time,site
{number},batch-record,SUZHOU,TUBE-30,{number},2026-03-02T08:00:00Z,SUZHOU
"""
CSRF = re.compile(rb'name="csrf_token" value="[^"]*"')
SEAL = re.compile(rb'name="csrf_token" value="[^"]*"|<aside class="receipt.*?</aside>', re.DOTALL)
"""And without the receipt of the look, whose number grows."""

Ask = Callable[[str], TestResponse]


def parts(reply: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body, without the token against forged forms, which is drawn for each page."""
    headers = sorted(
        (name, value) for name, value in reply.headers.items() if name not in {"Date", "Set-Cookie", "Content-Length"}
    )
    return reply.status_code, headers, CSRF.sub(b"", reply.data)


@pytest.fixture
def app(stations: Stations) -> Flask:
    return create_app(lambda: stations, SECRET)


@pytest.fixture
def outsider(app: Flask, tokens: Tokens) -> Ask:
    """Asks as somebody who sees the other site."""
    header = {"Authorization": tokens(Role.COORDINATOR, sites=SUZHOU)}
    client: FlaskClient = app.test_client()
    return lambda path: client.get(path, headers=header)


def addresses(stations: Stations, number: str) -> list[str]:
    uid = stations.sealer.uid(batch("LYON", number))
    return [
        f"/api/v1/batches/{number}",
        f"/api/v1/batches?number={number}",
        f"/api/v1/batches?uid={uid}",
        f"/api/v1/batches/{number}/trace",
        f"/api/v1/traces?number={number}&direction=both",
        f"/api/v1/traces?uid={uid}&product=TUBE-30",
        f"/search?number={number}",
        f"/batches?number={number}",
        f"/batches/{uid}",
        f"/traces?number={number}",
    ]


def test_attacker_cannot_tell_absent_from_invisible_by_one_byte(stations: Stations, outsider: Ask) -> None:
    """The same addresses are asked before the thing exists and after: nothing changes for whoever may not see it."""
    before = [parts(outsider(path)) for number in ("LATER-1", "LATER-2") for path in addresses(stations, number)]
    take_in(stations, LATER, "later.csv")
    after = [parts(outsider(path)) for number in ("LATER-1", "LATER-2") for path in addresses(stations, number)]

    assert after == before
    assert {status for status, _, _ in after} == {404}
    assert all(b"outside your view" in body for _, _, body in after)


def test_attacker_cannot_tell_an_event_outside_his_view_from_none(
    stations: Stations, filled: Stations, app: Flask, tokens: Tokens, outsider: Ask
) -> None:
    shown = app.test_client().get("/api/v1/batches/B-1", headers={"Authorization": tokens(Role.COORDINATOR)}).get_json()
    hidden = shown["facts"][0]["event_uid"]

    for form in ("/api/v1/events/{}/source", "/events/{}/source"):
        theirs, none = (parts(outsider(form.format(uid))) for uid in (hidden, "0" * 32))
        assert theirs[:2] == none[:2] == (404, theirs[1])
        assert theirs[2].replace(hidden.encode(), b"") == none[2].replace(b"0" * 32, b"")


def test_attacker_cannot_count_what_he_may_not_see(stations: Stations, outsider: Ask) -> None:
    """Candidates, the length of the answer and its tags are those of what he sees."""
    take_in(stations, TWIN.format(number="LATER-1"), "own.csv")
    before = parts(outsider("/api/v1/batches/LATER-1"))
    lengths = outsider("/api/v1/batches/LATER-1").content_length
    take_in(stations, LATER, "later.csv")
    reply = outsider("/api/v1/batches/LATER-1")

    assert before[0] == reply.status_code == 200, "his own lot is no candidate among several"
    assert "ETag" not in reply.headers
    assert abs((reply.content_length or 0) - (lengths or 0)) <= 2, "only the number of the ledger's record grows"
    told = [json.loads(body) for body in (before[2], reply.data)]
    for answer in told:
        for name in ("as_of", "ledger", "head"):
            answer.pop(name)
    assert told[0] == told[1]


def test_attacker_who_is_asked_to_choose_is_told_that_his_view_ends_whatever_lies_beyond(
    stations: Stations, app: Flask, tokens: Tokens, outsider: Ask
) -> None:
    """Two of his carry the number, and a third one of another site: with it and without it the same bytes. Who sees every site
    and searches by every number is told that nothing is left out."""
    two = "".join(f"OWN-{number},batch-record,SUZHOU,TUBE-{number}0,LATER-1,2026-03-02T08:00:00Z,SUZHOU\n" for number in (1, 2))
    take_in(stations, LATER.splitlines(keepends=True)[0] + two, "own.csv")
    paths = ("/api/v1/batches/LATER-1", "/api/v1/batches/LATER-1/trace", "/batches?number=LATER-1", "/search?number=LATER-1")
    before = [SEAL.sub(b"", outsider(path).data) for path in paths]
    whole = app.test_client().get(paths[0], headers={"Authorization": tokens(Role.COORDINATOR)}).get_json()
    take_in(stations, LATER, "later.csv")
    after = [SEAL.sub(b"", outsider(path).data) for path in paths]

    assert after == before
    for body in after[:2]:
        told = json.loads(body)
        assert (len(told["candidates"]), told["boundary"]) == (2, True)
        assert "outside your view" in told["detail"]
    assert all(b"is not told" in body for body in after)
    assert (whole["boundary"], "outside your view" in whole["detail"]) == (False, False)


def test_attacker_who_creates_a_number_learns_nothing_of_its_twin(stations: Stations) -> None:
    """A number that exists outside the importer's view is taken in like any other."""
    take_in(stations, LATER, "later.csv")
    taken = take_in(stations, TWIN.format(number="LATER-1"), "taken.csv")
    free = take_in(stations, TWIN.format(number="FREE-1"), "free.csv")

    said = [(one.events, one.appended, one.rejected, one.known, one.links) for one in (taken, free)]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "row",
    [
        "1,,batch-record,SUZHOU,TUBE-30,MINE-1,2026-03-04T08:00:00Z,SUZHOU",
        "1,,batch-record,LYON,TUBE-30,LATER-1,2026-03-02T08:00:00Z,LYON",
        "9,2,batch-record,SUZHOU,TUBE-30,MINE-1,2026-03-04T08:00:00Z,SUZHOU",
        "2,2,batch-record,LYON,TUBE-30,LATER-2,2026-03-02T08:00:00Z,LYON",
    ],
    ids=["the same id", "the same row", "a correction", "a declaration of error"],
)
def test_attacker_who_sends_rows_under_ids_of_others_learns_nothing_and_voids_nothing(
    stations: Stations, actor: MakeActor, tmp_path: Path, empty_leg: Any, row: str
) -> None:
    """An importer of one site gets the same outcome whether rows of this source and id exist outside his view or not."""
    importer = actor(Role.INTEGRATOR, sites={"SUZHOU"})
    path = tmp_path / "rows.csv"
    path.write_text(f"row_id,corrects,form,owner,product,number,time,site\n{row}\n", encoding="utf-8")
    said = []
    for exists in (False, True):
        empty(empty_leg, stations)
        if exists:
            take_in(stations, LATER, "later.csv")
        first, again = (import_file(stations, importer, path, "ERP", lambda share: None) for _ in range(2))
        said.append([(one.appended, one.known, one.voided, one.rejected, one.links) for one in (first, again)])

    assert said[0] == said[1]
    assert said[0][1][:4] == (0, 1, 0, 0), "his own file twice changes nothing"
    known = look_up_batches(stations, actor(Role.COORDINATOR), BatchQuery("LATER-2")).value
    assert [one.described for one in known] == [True], "and what others sent stands"


FORBIDDEN = ("tier", "acl", "mac", "role", "see", "clear", "purpose", "policy", "everywhere")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_attacker_who_sends_more_than_is_asked_is_refused(app: Flask, tokens: Tokens, name: str) -> None:
    header = {"Authorization": tokens(Role.COORDINATOR)}
    client = app.test_client()
    bodies = [
        ("/api/v1/traces", {"seeds": [{"number": "B-1"}], name: "T0"}),
        ("/api/v1/traces", {"seeds": [{"number": "B-1", name: "T0"}]}),
        ("/api/v1/referrals", {"asked": "B-1", name: "T0"}),
    ]

    replies = [client.post(path, json=body, headers=header) for path, body in bodies]
    replies += [client.get(f"{path}?{name}=T0", headers=header) for path in ("/api/v1/batches/B-1", "/api/v1/batches/B-1/trace")]

    for reply in replies:
        assert reply.status_code == 400
        assert any(error["field"].endswith(name) for error in reply.get_json()["errors"])


def test_attacker_who_sends_members_that_a_body_has_not_is_refused_at_every_address(
    app: Flask, stations: Stations, tokens: Tokens
) -> None:
    """Whatever takes a body, asked by a role that may ask: each member that it has not is named, and nothing happens."""
    rows, bearers, seen = stations.policy.document.roles, dict[Role, str](), 0
    for rule in app.url_map.iter_rules():
        said, wanted = operation_of(app, rule.endpoint), permission_of(app, rule.endpoint)
        if said is None or said.body is None or wanted is None:
            continue
        role = next(role for role in sorted(rows) if wanted in rows[role].permissions)
        bearers.setdefault(role, tokens(role))
        more = {name: "T0" for name in FORBIDDEN if name not in said.body.model_fields}
        path = re.sub(r"<(\w+)>", lambda part: "0" * 16 if "uid" in part[1] else "n", rule.rule)
        (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}

        reply = app.test_client().open(path, method=method, json=more, headers={"Authorization": bearers[role]})

        assert reply.status_code == 400, (rule.rule, reply.status_code)
        assert more.keys() <= {error["field"] for error in reply.get_json()["errors"]}, rule.rule
        seen += 1
    assert seen >= 10


@pytest.mark.parametrize("asked", ["acl", "mac", "uid", "number_index", "payload", "n.name", "name) RETURN n //", "identity"])
def test_attacker_who_asks_for_a_field_that_is_none_is_told_its_name(app: Flask, tokens: Tokens, asked: str) -> None:
    header = {"Authorization": tokens(Role.COORDINATOR)}
    client = app.test_client()

    replies = [
        client.get("/api/v1/batches/B-1", query_string={"fields": f"number,{asked}"}, headers=header),
        client.get("/api/v1/traces", query_string={"number": "B-1", "fields": asked}, headers=header),
        client.post("/api/v1/traces", json={"seeds": [{"number": "B-1"}], "fields": ["name", asked]}, headers=header),
    ]

    for reply in replies:
        assert reply.status_code == 400
        assert [error["field"] for error in reply.get_json()["errors"]] == ["fields"]
        assert asked in reply.get_json()["detail"]


def test_attacker_who_hands_a_number_on_is_told_the_same_whether_it_exists(
    stations: Stations, filled: Stations, app: Flask, tokens: Tokens
) -> None:
    header = {"Authorization": tokens(Role.VIEWER, sites=SUZHOU)}
    client = app.test_client()
    replies = [client.post("/api/v1/referrals", json={"asked": number}, headers=header) for number in ("B-1", "X-9", "S-9")]

    assert [reply.status_code for reply in replies] == [200] * 3
    assert [reply.get_json()["routed_to"] for reply in replies] == ["quality"] * 3
    assert len({reply.content_length for reply in replies}) == 1
    kept = records(stations, act="number:refer")
    assert [sorted(record["request"]) for record in kept] == [["asked", "asked_mac", "referral"]] * 3
    assert "B-1" not in json.dumps(kept)

    listed = client.get("/referrals", headers={"Authorization": tokens(Role.QUALITY)})
    assert [number for number in ("S-9", "X-9", "B-1") if number in listed.text] == ["S-9", "X-9", "B-1"]
    assert client.get("/referrals", headers=header).status_code == 403


def test_the_page_of_a_number_that_found_nothing_hands_it_on_in_one_click(signed_in: FlaskClient) -> None:
    page = signed_in.get("/search?number=X<b>9")
    token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)
    assert token is not None
    assert 'name="asked" value="X&lt;b&gt;9"' in page.text

    done = signed_in.post("/referrals", data={"csrf_token": token[1], "asked": "X<b>9"})

    assert done.status_code == 200
    assert "Handed on to: quality" in done.text


SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7331*3}}", "javascript:alert(1)")


@pytest.mark.parametrize("script", SCRIPTS)
def test_attacker_who_writes_a_script_into_a_record_sees_it_as_text(
    stations: Stations, signed_in: FlaskClient, script: str
) -> None:
    """Of a note, a name, a number, a file and a wrong address: every page shows it escaped."""
    quoted = script.replace('"', '""')
    rows = f"""row_id,form,owner,product,number,time,site,party,name,environment,shipment,consignee,quantity,unit
1,batch-record,LYON,TUBE-30,"{quoted}",2026-03-02T08:00:00Z,LYON,,,"{quoted}",,,,
2,shipment,LYON,TUBE-30,"{quoted}",2026-03-02T09:00:00Z,LYON,,,,D-1,HOSP-1,2,EA
3,party,,,,2026-03-02T09:00:00Z,,HOSP-1,"{quoted}",,,,,
"""
    take_in(stations, rows, "script.csv")

    pages = [
        signed_in.get("/batches", query_string={"number": script}),
        signed_in.get("/traces", query_string={"number": script}),
        signed_in.get("/search", query_string={"number": script + "x"}),
        signed_in.get("/traces", query_string={"number": "A", "direction": script}),
    ]

    assert [page.status_code for page in pages] == [200, 200, 404, 400]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "21993" not in page.text
        assert 'href="javascript:' not in page.text
        assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
