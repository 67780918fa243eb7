"""Signing in by an identity provider: a real one on loopback, with real keys, that can be made to lie."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from time import time
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.test import TestResponse

from tests.clockwork import Clockwork
from tests.recorded import records
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.errors import OutboundError, SettingsError, SignatureComponentsError, SignInError
from traceapp.domain.rights import Role
from traceapp.domain.signatures import Component, Shown
from traceapp.host.outbound import OutboundGuard
from traceapp.identity.oidc import OidcProvider, read_oidc
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.open_session import bound
from traceapp.usecases.sessions.second_factors import begin_totp
from traceapp.usecases.signatures.signing import check_components
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

SECRET = "a secret of the client, from a file"
CLIENT = "traceapp"
BACK = "https://localhost/sign-in/provider/back"


class Provider(ThreadingHTTPServer):
    """Tells its configuration and keys, checks code, secret and PKCE, and issues what `change` makes of an honest token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "one"})
        self.codes: dict[str, dict[str, str]] = {}
        self.groups = ["trace-quality", "staff"]
        self.username, self.subject = "zhou", "248289"
        self.change: Callable[[dict[str, Any], dict[str, Any]], str] = self.honest
        self.asked_for: list[str] = []

    def honest(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        return jwt.encode(header, claims, self.key)

    def authorise(self, address: str) -> str:
        """What a person does there: comes with the address, signs in, is sent back; the code for our service."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{BACK}?code={code}&state={query['state']}"

    def token(self, query: dict[str, str]) -> str:
        now = int(time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        told = {"preferred_username": self.username, "name": "Zhou Min", "groups": self.groups}
        return self.change({"alg": "RS256", "kid": "one"}, claims | told)


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.asked_for.append(self.path)
        issuer = self.server.issuer
        if self.path == "/.well-known/openid-configuration":
            self._say(
                200,
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorise",
                    "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/keys",
                },
            )
        elif self.path == "/keys":
            self._say(200, KeySet([self.server.key]).as_dict(private=False))
        elif self.path == "/other-keys":
            self._say(200, KeySet([self.server.stranger]).as_dict(private=False))
        else:
            self._say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        query = self.server.codes.pop(said.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(said["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if query is None or said["client_secret"] != SECRET or challenge != query["code_challenge"]:
            return self._say(400, {"error": "invalid_grant"})
        return self._say(200, {"access_token": "x", "token_type": "Bearer", "id_token": self.server.token(query)})

    def _say(self, status: int, document: object) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def stations(stations: Stations, provider: Provider, tmp_path: Path) -> Stations:
    secret, file = tmp_path / "secret", tmp_path / "oidc.toml"
    secret.touch(0o600)
    secret.write_text(SECRET + "\n", encoding="utf-8")
    file.write_text(
        f"""
        issuer = "{provider.issuer}"
        client_id = "{CLIENT}"
        client_secret_file = "{secret}"
        redirect = "{BACK}"
        [[groups]]
        name = "trace-quality"
        role = "quality"
        [[groups]]
        name = "trace-lyon"
        role = "viewer"
        sites = ["LYON"]
        """,
        encoding="utf-8",
    )
    guard = OutboundGuard(("127.0.0.1",), (ip_network("127.0.0.0/8"),))
    return replace(stations, provider=OidcProvider(read_oidc(file), guard))


@pytest.fixture
def app(stations: Stations) -> Flask:
    return create_app(lambda: stations, b"only for tests, thirty-two bytes")


def sign_in(browser: FlaskClient, provider: Provider) -> TestResponse:
    """Out and back."""
    out = browser.get("/sign-in/provider?next=/sessions", base_url="https://localhost")
    assert out.status_code == 303
    return browser.get(provider.authorise(out.headers["Location"]), base_url="https://localhost")


def status(browser: FlaskClient) -> int:
    return browser.get("/api/v1/batches/N", base_url="https://localhost").status_code


def test_a_person_of_a_group_comes_in_with_its_role(app: Flask, provider: Provider, stations: Stations) -> None:
    browser = app.test_client()
    before = stations.ledger.get_head().seq

    reply = sign_in(browser, provider)

    assert (reply.status_code, reply.headers["Location"]) == (303, "/sessions")
    assert status(browser) == 404
    account = stations.accounts.get_account_by_username("zhou")
    assert account is not None
    assert account.role is Role.QUALITY
    told = [(record["act"], record["outcome"]) for record in records(stations, after=before)]
    assert told[:3] == [("account:follow", "intended"), ("account:follow", "done"), ("session:start", "done")]


def test_promise_whoever_came_by_the_provider_signs_with_a_factor_that_he_set_up_here(
    app: Flask, provider: Provider, stations: Stations
) -> None:
    """Having come in is no component, and his password there is none of ours; a session alone sets nothing up later on."""
    sign_in(app.test_client(), provider)
    account = stations.accounts.get_account_by_username("zhou")
    assert account is not None
    (session,) = stations.sessions.list_sessions_of_account(account.uid)
    actor = account.actor(session)
    clock = Clockwork()
    clock.go_on(360)

    assert begin_totp(stations, actor, "").value.key
    with pytest.raises(SignInError):
        begin_totp(replace(stations, clock=clock), actor, "")
    for shown in (Shown("zhou"), Shown("zhou", "the password over there")):
        with pytest.raises(SignatureComponentsError):
            check_components(stations, actor, shown)
    now = stations.clock.now()
    assert stations.sessions.put_session(bound(stations, account, replace(session, factor_at=now))) is not None
    assert check_components(stations, actor, Shown("zhou")).components == (Component.IDENTIFICATION, Component.FACTOR)


def test_a_change_of_groups_counts_at_the_next_sign_in(app: Flask, provider: Provider, stations: Stations) -> None:
    old = app.test_client()
    sign_in(old, provider)
    provider.groups = ["trace-lyon"]

    assert sign_in(app.test_client(), provider).status_code == 303

    account = stations.accounts.get_account_by_username("zhou")
    assert account is not None
    assert (account.role, account.sites) == (Role.VIEWER, frozenset({"LYON"}))
    assert status(old) == 401, "the session of the old role is over"
    assert "alert_silence" in last_change(stations)["leaves_stuck"], "he was the last who could agree to it"


def last_change(stations: Stations) -> dict[str, Any]:
    """What the newest record says of an account that followed its groups."""
    request: dict[str, Any] = records(stations, act="account:follow")[-1]["request"]
    return request


def test_attacker_who_left_the_company_is_closed_here(app: Flask, provider: Provider, stations: Stations) -> None:
    """No group of his maps to a role any more: the account is closed, its sessions end, and it stays so."""
    old = app.test_client()
    sign_in(old, provider)
    provider.groups = ["staff"]
    before = stations.ledger.get_head().seq

    assert sign_in(app.test_client(), provider).status_code == 401

    told = [(record["act"], record["outcome"]) for record in records(stations, after=before)]
    assert told == [("account:follow", "intended"), ("account:follow", "done"), ("session:start", "denied")]
    account = stations.accounts.get_account_by_username("zhou")
    assert account is not None
    assert account.disabled
    assert "alert_silence" in last_change(stations)["leaves_stuck"], "he was the last who could agree to it"
    assert status(old) == 401
    provider.groups = ["trace-quality"]
    assert sign_in(app.test_client(), provider).status_code == 401


def test_attacker_who_puts_himself_into_a_group_of_approvers_waits_for_the_word_of_others(
    app: Flask, provider: Provider, stations: Stations
) -> None:
    """Whoever keeps the groups makes nobody an approver here: a known person keeps his role, a new one finds no open account."""
    everywhere = frozenset({"*"})
    for name in ("anna", "ben"):
        create_account(stations, terminal_actor(), name, "correct horse battery", name, Role.AUDITOR, everywhere, everywhere)
    provider.groups = ["trace-lyon"]
    sign_in(app.test_client(), provider)
    provider.groups = ["trace-quality"]
    before = stations.ledger.get_head().seq

    assert sign_in(app.test_client(), provider).status_code == 303

    account = stations.accounts.get_account_by_username("zhou")
    assert account is not None
    assert account.role is Role.VIEWER
    told = [(record["act"], record["outcome"]) for record in records(stations, after=before)]
    assert told == [("account:follow", "denied"), ("session:start", "done")]
    provider.username, provider.subject = "chen", "248290"
    assert sign_in(app.test_client(), provider).status_code == 401
    new = stations.accounts.get_account_by_username("chen")
    assert new is not None
    assert (new.role, new.disabled) == (Role.QUALITY, True)


def test_attacker_who_takes_a_name_over_there_gets_no_account_of_that_name(
    app: Flask, provider: Provider, stations: Stations
) -> None:
    """An account here has the name already; who it is there is told by its subject, never by its name."""
    create_account(
        stations, terminal_actor(), "zhou", "correct horse battery", "Zhou", Role.ADMIN, frozenset({"*"}), frozenset({"*"})
    )

    assert sign_in(app.test_client(), provider).status_code == 401


Lie = Callable[[Provider, dict[str, Any], dict[str, Any]], str]


def part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def public_as_secret(provider: Provider, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The provider's public key as the secret of an HMAC."""
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    made = hmac.digest(provider.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


LIES: dict[str, Lie] = {
    "another audience": lambda p, h, c: p.honest(h, c | {"aud": "another-service"}),
    "another audience that calls us its party": lambda p, h, c: p.honest(h, c | {"aud": "another-service", "azp": CLIENT}),
    "two audiences without a party": lambda p, h, c: p.honest(h, c | {"aud": [CLIENT, "another-service"]}),
    "another party": lambda p, h, c: p.honest(h, c | {"azp": "another-service"}),
    "no signature": lambda p, h, c: f"{part({'alg': 'none'})}.{part(c)}.",
    "no signature, in other letters": lambda p, h, c: f"{part({'alg': 'nOnE'})}.{part(c)}.",
    "an HMAC by the public key": public_as_secret,
    "a header that names other keys": lambda p, h, c: jwt.encode(h | {"jku": f"{p.issuer}/other-keys"}, c, p.stranger),
    "jku beside an honest signature": lambda p, h, c: p.honest(h | {"jku": f"{p.issuer}/other-keys"}, c),
    "a header that brings its key": lambda p, h, c: jwt.encode(h | {"jwk": p.stranger.as_dict(private=False)}, c, p.stranger),
    "a stranger's key": lambda p, h, c: jwt.encode(h, c, p.stranger),
    "another issuer": lambda p, h, c: p.honest(h, c | {"iss": "https://evil.example"}),
    "over": lambda p, h, c: p.honest(h, c | {"exp": c["iat"] - 600}),
    "old": lambda p, h, c: p.honest(h, c | {"iat": c["iat"] - 3600}),
    "of another sign-in": lambda p, h, c: p.honest(h, c | {"nonce": "another"}),
    "without an end": lambda p, h, c: p.honest(h, {name: value for name, value in c.items() if name != "exp"}),
    "nobody's": lambda p, h, c: p.honest(h, c | {"sub": ""}),
    "no token": lambda p, h, c: "rubbish",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_attacker_with_a_token_that_is_not_for_us_is_refused(
    lie: Lie, app: Flask, provider: Provider, stations: Stations
) -> None:
    """A token for somebody else, unsigned, signed by another key, or that says where to find one."""
    provider.change = lambda header, claims: lie(provider, header, claims)
    browser = app.test_client()
    before = stations.ledger.get_head().seq

    reply = sign_in(browser, provider)

    assert reply.status_code == 401
    assert status(browser) == 401
    assert "/other-keys" not in provider.asked_for, "what the token says of keys is not even asked for"
    (denied,) = [record for record in records(stations, after=before) if record["act"] == "session:start"]
    assert denied["outcome"] == "denied"


def test_attacker_who_brings_his_own_code_into_anothers_browser_is_refused(app: Flask, provider: Provider) -> None:
    """The answer belongs to the browser that asked, and counts once."""
    out = app.test_client().get("/sign-in/provider", base_url="https://localhost").headers["Location"]
    victim = app.test_client()
    assert victim.get(provider.authorise(out), base_url="https://localhost").status_code == 401

    honest = app.test_client()
    away = honest.get("/sign-in/provider", base_url="https://localhost")
    cookie = honest.get_cookie("__Host-traceapp_session", "localhost")
    back = provider.authorise(away.headers["Location"])
    assert honest.get(back, base_url="https://localhost").status_code == 303
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("__Host-traceapp_session", cookie.value, domain="localhost", secure=True)
    provider.codes[parse_qs(urlsplit(back).query)["code"][0]] = {}
    assert thief.get(back, base_url="https://localhost").status_code == 401


def test_attacker_cannot_send_the_service_into_the_inner_network(provider: Provider, stations: Stations) -> None:
    """The provider's host is on no list, or resolves to an inner address that nobody opened."""
    settings = cast("OidcProvider", stations.provider).settings
    for guard in (OutboundGuard(()), OutboundGuard(("127.0.0.1",))):
        with pytest.raises(OutboundError):
            OidcProvider(settings, guard).ask()
    assert provider.asked_for == []


@pytest.mark.parametrize(
    "line",
    ['redirect = "http://trace.example.org/sign-in/provider/back"', 'redirect = "https://a.example/elsewhere"', "colour = 1"],
)
def test_a_wrong_file_is_refused_at_the_start(line: str, tmp_path: Path) -> None:
    file = tmp_path / "oidc.toml"
    rest = 'issuer = "https://id.example.org"\nclient_id = "x"\nclient_secret_file = "/nowhere"\n'
    file.write_text(rest + line + '\n[[groups]]\nname = "a"\nrole = "viewer"\n', encoding="utf-8")

    with pytest.raises(SettingsError, match="TRACEAPP_OIDC_FILE"):
        read_oidc(file)
