"""Who stands outside, or inside with a right that is not enough, and tries the door: what does he get? Nothing, on record."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.web.conftest import SECRET, Tokens
from traceapp.app import create_app
from traceapp.domain.errors import SignInError
from traceapp.domain.rights import Role
from traceapp.host.outbound import parse_networks
from traceapp.identity import passwords
from traceapp.usecases.stations import Stations
from traceapp.web import shares
from traceapp.web.access import door_of
from traceapp.web.gate import AT_ONCE, OF_ONE, gate_of
from traceapp.web.shares import REFUSALS_A_MINUTE

pytestmark = pytest.mark.one_store

Ask = Callable[..., TestResponse]
TRACE = "/api/v1/batches/B-1/trace?direction=forward"
SCRIPT = "<script>alert(1)</script>"


def sent_from(client: FlaskClient, header: str, peer: str, **headers: str) -> TestResponse:
    said = {"Authorization": header, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.get("/api/v1/batches/B-1", headers=said, environ_base={"REMOTE_ADDR": peer})


def actors(stations: Stations, after: int) -> list[dict[str, Any]]:
    return [record["actor"] for record in records(stations, act="batch:show", after=after)]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP"])
def test_attacker_who_names_another_address_is_recorded_under_his_own(
    header: str, client: FlaskClient, tokens: Tokens, filled: Stations
) -> None:
    """A caller says in a header that he comes from the inner network; no proxy of ours said so."""
    before = filled.ledger.get_head().seq
    bearer = tokens(Role.COORDINATOR)

    assert sent_from(client, bearer, "203.0.113.9", **{header: "10.0.0.1"}).status_code == 200
    assert sent_from(client, bearer, "203.0.113.9", **{header: "' OR 1=1 --"}).status_code == 200
    assert sent_from(client, bearer, "203.0.113.9").status_code == 200

    found = actors(filled, before)
    assert [actor["address"] for actor in found] == ["203.0.113.9"] * 3
    assert [actor.get("claimed_address") for actor in found] == ["10.0.0.1", "no address", None]


def test_attacker_behind_a_proxy_of_ours_is_recorded_as_the_proxy_saw_him(filled: Stations, tokens: Tokens) -> None:
    """The proxy adds the address that it saw behind the one that the caller invented: only the proxy's word counts."""
    client = create_app(lambda: filled, SECRET, proxies=parse_networks("127.0.0.1, 10.9.0.0/16")).test_client()
    before = filled.ledger.get_head().seq
    bearer = tokens(Role.COORDINATOR)

    sent_from(client, bearer, "127.0.0.1", X_Forwarded_For="10.0.0.1, 203.0.113.9")
    sent_from(client, bearer, "127.0.0.1", X_Forwarded_For="10.0.0.1, 203.0.113.9, 10.9.0.3")
    sent_from(client, bearer, "127.0.0.1", X_Forwarded_For="nonsense")
    sent_from(client, bearer, "198.51.100.7", X_Forwarded_For="127.0.0.1")

    found = actors(filled, before)
    assert [actor["address"] for actor in found] == ["203.0.113.9", "203.0.113.9", "127.0.0.1", "198.51.100.7"]
    assert [actor.get("claimed_address") for actor in found] == [None, None, None, "127.0.0.1"]


# ------------------------------------------------------------------------------------------- tokens in addresses

IN_ADDRESS = {
    "as a parameter": "/api/v1/batches?number=B-1&access_token=x",
    "named differently": "/api/v1/batches?number=B-1&Token=x",
    "percent-encoded": "/api/v1/batches?number=B-1&%74oken=x",
    "a password": "/sign-in?username=a&password=b",
    "as a value": "/api/v1/batches?number=tat_0123456789abcdef_x",
    "in the path": "/api/v1/batches/tat_0123456789abcdef_x",
    "hidden": "/api/v1/batches?number=%74at_0123456789abcdef_x",
    "where nothing is": "/nowhere?api_key=x",
}


@pytest.mark.parametrize("target", IN_ADDRESS.values(), ids=IN_ADDRESS)
def test_attacker_who_reads_histories_and_referrers_finds_no_token(target: str, ask: Ask) -> None:
    """Somebody's program puts its token into the address, where browsers and proxies keep it: refused, kept nowhere."""
    reply = ask(target)

    assert reply.status_code == 400
    assert b"no place in an address" in reply.data
    assert b"tat_" not in reply.data
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Referrer-Policy"] == "same-origin"


# ------------------------------------------------------------------------------------------- other sites

CROSS = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a sister host": {"Sec-Fetch-Site": "same-site"},
    "another origin": {"Origin": "https://evil.example"},
    "the host as a part": {"Origin": "http://localhost.evil.example"},
    "another port": {"Origin": "http://localhost:8080"},
    "nobody": {"Origin": "null"},
    "a liar": {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
}


RISKY = {
    f"/approvals/{'0' * 32}/decision",
    f"/api/v1/approvals/{'0' * 32}/approve",
    "/api/v1/traces/export",
    "/deliveries/export",
    "/accounts/N/role",
}
"""To agree, to take a file out, to give a role: among all that change something."""


def unsafe_rules(app: Flask) -> Iterator[tuple[str, str]]:
    """(path, method) of every endpoint that changes something."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            path = rule.rule
            for name in rule.arguments:
                converter = path[path.index("<") : path.index(">") + 1]
                path = path.replace(converter, "0" * 32 if "uid" in name else "N", 1)
            yield path, method


@pytest.mark.parametrize("headers", CROSS.values(), ids=CROSS)
def test_attacker_whose_page_sends_a_form_with_somebodys_cookie_changes_nothing(
    headers: dict[str, str], doors: Flask, signed_in: FlaskClient, stations: Stations
) -> None:
    """A page elsewhere posts to every address that changes something; even the right token of the session does not help it."""
    token = signed_in.get("/test/csrf").text
    found = list(unsafe_rules(doors))
    assert {path for path, _ in found} >= RISKY
    for path, method in found:
        before = stations.ledger.get_head().seq
        reply = signed_in.open(path, method=method, headers={**headers, "X-CSRFToken": token})
        assert reply.status_code == 403, (path, method, reply.text)
        kept = records(stations, after=before)
        assert {record["outcome"] for record in kept} <= {"denied"}
    assert signed_in.get("/api/v1/batches/N").status_code == 404, "the session still lives"


def test_attacker_without_the_token_of_the_session_changes_nothing(doors: Flask, signed_in: FlaskClient) -> None:
    """An old browser sends neither header: the token alone decides."""
    for path, method in unsafe_rules(doors):
        reply = signed_in.open(path, method=method)
        assert reply.status_code in {400, 404}, (path, method)
    assert signed_in.get("/api/v1/batches/N").status_code == 404


def test_a_page_of_ours_gets_through(signed_in: FlaskClient) -> None:
    token = signed_in.get("/test/csrf").text
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Origin": "https://localhost"}):
        body = {"seeds": [{"number": "N"}]}
        assert signed_in.post("/api/v1/traces", json=body, headers={**headers, "X-CSRFToken": token}).status_code == 404


# ------------------------------------------------------------------------------------------- pages

INLINE = ("<style", " style=", "javascript:", " onclick=", " onload=", " onerror=", " onsubmit=")


def test_attacker_whose_script_got_into_a_page_runs_nothing_and_frames_nothing(
    doors: Flask, signed_in: FlaskClient, filled: Stations
) -> None:
    """Every endpoint, answered and refused, page and data: the policy allows no inline script or style, and no frame; and no
    page of ours needs one."""
    seen: set[int] = set()
    for rule in doors.url_map.iter_rules():
        path = rule.rule.replace("<path:filename>", "css/ui.css")
        for name in rule.arguments - {"filename"}:
            part = path[path.index("<") : path.index(">") + 1]
            path = path.replace(part, "0" * 32 if "uid" in name else "B-1", 1)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            for browser in (doors.test_client(), signed_in):
                for tail in ("", f"?number={SCRIPT}&q={SCRIPT}"):
                    if rule.endpoint in {"sign_in.leave", "test.end", "test.begin"} and browser is signed_in:
                        continue
                    reply = browser.open(path + tail, method=method)
                    seen.add(reply.status_code)
                    check_answer(reply, rule.endpoint)
                    reply.close()
    assert {200, 303, 400, 401, 404} <= seen


def check_answer(reply: TestResponse, endpoint: str) -> None:
    policy = reply.headers["Content-Security-Policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == "'none'", endpoint
    assert directives["script-src"] == directives["style-src"] == "'self'", endpoint
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'", endpoint
    assert directives["form-action"] == "'self'"
    assert not [word for word in ("unsafe", "data:", "*", "http:", "https:") if word in policy]
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    if endpoint != "static":
        assert reply.headers["Cache-Control"] == "no-store", endpoint
    if reply.mimetype == "text/html":
        assert SCRIPT not in reply.text
        lower = reply.text.lower()
        assert not [word for word in INLINE if word in lower], endpoint
        assert lower.count("<script") == lower.count('<script type="module" src='), endpoint
    else:
        assert reply.mimetype != "application/octet-stream" or "attachment" in reply.headers.get("Content-Disposition", "")


# ------------------------------------------------------------------------------------------- floods


def test_attacker_who_asks_a_thousand_traces_leaves_the_service_to_others(app: Flask, filled: Stations, tokens: Tokens) -> None:
    """A thousand traces at once, of one person and of several: no more run than may, everybody is told, others look lots up."""
    bearers = [tokens(Role.COORDINATOR) for _ in range(4)]
    seen: list[int] = []
    waits: list[str] = []

    def trace(number: int) -> None:
        reply = app.test_client().get(TRACE, headers={"Authorization": bearers[number % 4]})
        seen.append(reply.status_code)
        if reply.status_code != 200:
            waits.append(reply.headers["Retry-After"])

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(trace, range(1000)))

    assert len(seen) == 1000
    assert set(seen) <= {200, 429, 503}
    assert seen.count(200) > 0
    assert len(waits) == len(seen) - seen.count(200)
    assert set(waits) <= {"5"}
    assert 1 <= gate_of(app).most <= AT_ONCE
    assert app.test_client().get(TRACE, headers={"Authorization": bearers[0]}).status_code == 200, "every place was given back"


def test_attacker_who_holds_every_place_is_the_only_one_who_waits(app: Flask, filled: Stations, tokens: Tokens) -> None:
    """One person fills his share: he is told to wait, somebody else's trace runs. Several fill all: looking up still works."""
    gate, bearer = gate_of(app), tokens(Role.COORDINATOR)
    client = app.test_client()
    who = one_who_asked(client, bearer, filled)

    for _ in range(OF_ONE):
        gate.enter(who)
    own = client.get(TRACE, headers={"Authorization": bearer})
    assert (own.status_code, own.json["type"] if own.json else "") == (429, "urn:traceapp:problem:too-many-questions")
    assert client.get(TRACE, headers={"Authorization": tokens(Role.COORDINATOR)}).status_code == 200
    assert client.get("/api/v1/batches/B-1", headers={"Authorization": bearer}).status_code == 200

    for other in range(AT_ONCE - OF_ONE):
        gate.enter(f"another-{other}")
    full = client.get(TRACE, headers={"Authorization": tokens(Role.COORDINATOR)})
    assert (full.status_code, full.headers["Retry-After"]) == (503, "5")
    assert client.get("/api/v1/batches/B-1", headers={"Authorization": bearer}).status_code == 200
    for _ in range(OF_ONE):
        gate.leave(who)
    assert client.get(TRACE, headers={"Authorization": bearer}).status_code == 200


def one_who_asked(client: FlaskClient, bearer: str, stations: Stations) -> str:
    before = stations.ledger.get_head().seq
    client.get("/api/v1/batches/B-1", headers={"Authorization": bearer})
    return str(records(stations, after=before)[-1]["actor"]["account"])


def test_attacker_with_a_right_that_is_not_enough_cannot_fill_the_ledger(app: Flask, stations: Stations, tokens: Tokens) -> None:
    """A token asks all day for what it may not have; each refusal is a record, until there were too many in a minute."""
    bearer = tokens(Role.ADMIN)
    client = app.test_client()
    statuses = [client.get(TRACE, headers={"Authorization": bearer}).status_code for _ in range(REFUSALS_A_MINUTE)]
    assert set(statuses) == {403}
    before = stations.ledger.get_head().seq

    late = [client.get(TRACE, headers={"Authorization": bearer}) for _ in range(20)]

    assert {reply.status_code for reply in late} == {429}
    assert stations.ledger.get_head().seq == before
    assert client.get(TRACE, headers={"Authorization": tokens(Role.COORDINATOR)}).status_code == 404, "another one is not stopped"


def test_attacker_who_asks_all_day_cannot_fill_the_ledger(
    app: Flask, stations: Stations, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with a right that is enough: a person's or token's records a minute have a bound, too."""
    monkeypatch.setattr(shares, "_REQUESTS", parse("30/minute"))
    bearer, client = tokens(Role.COORDINATOR), app.test_client()
    statuses = [client.get("/api/v1/batches/N", headers={"Authorization": bearer}).status_code for _ in range(40)]
    before = stations.ledger.get_head().seq

    assert statuses == [404] * 30 + [429] * 10
    assert client.get("/api/v1/batches/N", headers={"Authorization": bearer}).status_code == 429
    assert stations.ledger.get_head().seq == before


def test_attacker_who_floods_the_sign_in_fills_no_memory() -> None:
    """Two dozen passwords at once: two are being hashed at any moment, each in 64 MiB, whoever else waits or is turned away."""
    running, most = 0, 0
    lock, real = threading.Lock(), passwords._hasher.verify

    class Watching:
        def verify(self, stored: str, text: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            try:
                return bool(real(stored, text))
            finally:
                with lock:
                    running -= 1

    def guess(number: int) -> str:
        try:
            return "right" if passwords.verify_password(None, f"guess {number}") else "wrong"
        except SignInError:
            return "turned away"

    kept = passwords._hasher
    passwords._hasher = Watching()  # type: ignore[assignment]
    try:
        with ThreadPoolExecutor(24) as crowd:
            answers = set(crowd.map(guess, range(24)))
    finally:
        passwords._hasher = kept

    assert answers <= {"wrong", "turned away"}
    assert "wrong" in answers
    assert 1 <= most <= 2


# ------------------------------------------------------------------------------------------- odd input

BOMBS = {
    "a regular expression": "(a+)+$" + "a" * 190,
    "combining marks": "a" + "\u0301" * 400,
    "one sign that becomes eighteen": "\ufdfa" * 300,
    "a million letters": "x" * 1_000_000,
    "zalgo": "".join(chr(0x300 + place % 0x70) for place in range(5000)),
}


@pytest.mark.limit(60)
@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_attacker_with_a_bomb_of_letters_is_answered_at_once(text: str, ask: Ask, filled: Stations) -> None:
    """A number that a careless pattern or normalisation would chew on for minutes is too long, or plainly unknown."""
    for reply in (
        ask("/api/v1/batches", query_string={"number": text}),
        ask("/api/v1/traces", "POST", json={"seeds": [{"number": text}]}),
        ask("/api/v1/traces", "POST", json={"seeds": [{"epc": text}]}),
        ask("/api/v1/traces", "POST", json={"seeds": [{"uid": text}]}),
    ):
        assert reply.status_code in {400, 404, 413}


NESTED = {
    "deep lists": b'{"seeds": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "deep objects": b'{"seeds": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "a member twice": b'{"seeds": [{"number": "B-1"}], "seeds": [{"number": "S-9"}]}',
    "a member twice, inside": b'{"seeds": [{"number": "B-1", "number": "S-9"}]}',
    "no number": b'{"seeds": [{"number": NaN}]}',
    "a number without end": b'{"seeds": [{"number": ' + b"9" * 100_000 + b"}]}",
    "not UTF-8": b'{"seeds": [{"number": "\xff"}]}',
    "XML with an entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_attacker_with_a_body_that_reads_in_two_ways_or_never_ends_is_refused(body: bytes, ask: Ask, filled: Stations) -> None:
    """Twice the same member, ten thousand levels, an entity from outside: the body is refused as a whole."""
    reply = ask("/api/v1/traces", "POST", data=body, content_type="application/json")

    assert reply.status_code == 400
    assert b"root:" not in reply.data
    assert ask("/api/v1/traces", "POST", data=body, content_type="application/xml").status_code == 415


PATHS = ["../../etc/passwd", "..%5c..%5cetc", "%2e%2e/keys/keyring.json", "....//keys", "/etc/passwd", "keys%00.json", "..;/keys"]


@pytest.mark.parametrize("path", PATHS)
def test_attacker_who_climbs_out_of_a_folder_by_an_id_gets_no_file(path: str, ask: Ask, filled: Stations) -> None:
    """Every id in an address that might be the name of a file, and the static files themselves."""
    for address in ("/static/", "/api/v1/events/", "/api/v1/batches/uid/", "/sources/", "/events/"):
        reply = ask(f"{address}{path}")
        assert reply.status_code in {400, 403, 404, 405}, address
        assert b"root:" not in reply.data
        assert b"wrapped" not in reply.data


def test_every_door_that_is_open_is_known(doors: Flask) -> None:
    """The walk above meets every endpoint: one without a door would be refused before the headers count."""
    assert not [rule.endpoint for rule in doors.url_map.iter_rules() if door_of(doors, rule.endpoint) is None]
