"""Passkeys, shown by a device of software: what it signed for one challenge, host or person is worth nothing for another."""

import hashlib
import json
import re
import struct
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from webauthn.helpers import bytes_to_base64url
from werkzeug.test import TestResponse

from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.stations import Stations
from traceapp.web.host_names import HostNames
from traceapp.web.pages import passkeys as pages

pytestmark = pytest.mark.one_store

PASSWORD = "correct horse battery"
EVERYWHERE = frozenset({"*"})
BASE = "https://trace.example"
VERIFIED = 0x05  # somebody was there, and showed finger or PIN


@dataclass
class Device:
    """An authenticator with one key. `host` and `origin` are what its browser believes.   step  0: it does not count."""

    host: str = "trace.example"
    origin: str = BASE
    flags: int = VERIFIED
    counter: int = 0
    step: int = 1
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    uid: bytes = b"credential of a device"

    def make(self, options: dict[str, Any]) -> str:
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self.uid)) + self.uid + public
        data = self._data(0x40) + attested
        client = self._client("webauthn.create", options["challenge"])
        told = {"clientDataJSON": client, "attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})}
        return self._credential(told)

    def sign(self, options: dict[str, Any]) -> str:
        self.counter += self.step
        data, client = self._data(0), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {"clientDataJSON": client, "authenticatorData": data, "signature": signature}, userHandle=self.handle
        )

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | more]) + struct.pack(">I", self.counter)

    def _client(self, act: str, challenge: str) -> bytes:
        return json.dumps({"type": act, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, parts: dict[str, bytes], **more: str) -> str:
        uid = bytes_to_base64url(self.uid)
        response = {name: bytes_to_base64url(value) for name, value in parts.items()} | more
        return json.dumps({"id": uid, "rawId": uid, "type": "public-key", "response": response, "clientExtensionResults": {}})


@pytest.fixture
def app(stations: Stations) -> Flask:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    return create_app(lambda: stations, b"only for tests, thirty-two bytes", names=HostNames(("trace.example",)))


def page_token(browser: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page, base_url=BASE).text)
    assert found is not None
    return found[1]


def send(browser: FlaskClient, page: str, address: str, **said: str) -> TestResponse:
    token = page_token(browser, page)
    headers = {"X-CSRFToken": token, "Origin": BASE, "Referer": BASE + page}
    return browser.post(address, data={**said, "csrf_token": token}, headers=headers, base_url=BASE)


def enter(app: Flask) -> FlaskClient:
    browser = app.test_client()
    assert send(browser, "/sign-in", "/sign-in", username="anna", password=PASSWORD).status_code == 303
    return browser


def options(browser: FlaskClient, page: str, address: str) -> dict[str, Any]:
    found: dict[str, Any] = send(browser, page, address).get_json()
    return found


@pytest.fixture
def device(app: Flask) -> Device:
    """Anna's, made on the page."""
    made, browser = Device(), enter(app)
    asked = options(browser, "/factors", "/factors/passkeys/options")
    credential = made.make(asked)
    kept = send(browser, "/factors", "/factors/passkeys", password=PASSWORD, credential=credential, label="a device")
    assert kept.status_code == 303
    return made


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/api/v1/batches/N", base_url=BASE).status_code == 404


def test_a_passkey_is_the_second_factor(app: Flask, device: Device) -> None:
    browser = enter(app)
    assert not is_in(browser)
    asked = options(browser, "/second-factor", "/second-factor/passkey/options")
    assert send(browser, "/second-factor", "/second-factor/passkey", credential=device.sign(asked)).status_code == 303

    assert is_in(browser)


def test_a_passkey_alone_is_a_sign_in(app: Flask, device: Device) -> None:
    browser = app.test_client()
    asked = options(browser, "/sign-in", "/second-factor/passkey/options")
    assert asked["allowCredentials"] == [], "nobody is known yet, and nothing is told of anybody"

    assert send(browser, "/sign-in", "/second-factor/passkey", credential=device.sign(asked)).status_code == 303

    assert is_in(browser)


LIES = {
    "another challenge": lambda device, asked: device.sign({**asked, "challenge": bytes_to_base64url(b"d" * 32)}),
    "another host": lambda device, asked: Device(host="evil.example", key=device.key, handle=device.handle).sign(asked),
    "another origin": lambda device, asked: Device(origin="https://evil.example", key=device.key, handle=device.handle).sign(
        asked
    ),
    "nobody touched it": lambda device, asked: Device(flags=0x01, key=device.key, handle=device.handle).sign(asked),
    "another key": lambda device, asked: Device(handle=device.handle).sign(asked),
    "another credential": lambda device, asked: Device(key=device.key, handle=device.handle, uid=b"x").sign(asked),
    "another person": lambda device, asked: Device(key=device.key, handle=bytes_to_base64url(b"m" * 16)).sign(asked),
    "rubbish": lambda device, asked: "{}",
    "no JSON": lambda device, asked: "{",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_attacker_with_an_assertion_for_something_else_is_refused(lie: Any, app: Flask, device: Device) -> None:
    """A signature for one challenge, host, person or key is sent for another."""
    browser = app.test_client()
    asked = options(browser, "/sign-in", "/second-factor/passkey/options")

    assert send(browser, "/sign-in", "/second-factor/passkey", credential=lie(device, asked)).status_code == 401

    assert not is_in(browser)


@pytest.mark.parametrize("step", [1, 0], ids=["a device that counts", "one that does not"])
def test_attacker_who_sends_an_assertion_again_is_refused(step: int, app: Flask, device: Device) -> None:
    """Overheard with its cookie, and sent from another browser: the challenge was used."""
    device.step = step
    browser = app.test_client()
    asked = options(browser, "/sign-in", "/second-factor/passkey/options")
    cookie = browser.get_cookie("__Host-traceapp_session", "trace.example")
    assert cookie is not None
    credential = device.sign(asked)
    assert send(browser, "/sign-in", "/second-factor/passkey", credential=credential).status_code == 303

    thief = app.test_client()
    thief.set_cookie("__Host-traceapp_session", cookie.value, domain="trace.example", secure=True)
    assert send(thief, "/sign-in", "/second-factor/passkey", credential=credential).status_code == 401
    assert not is_in(thief)


def test_attacker_with_a_copy_of_the_key_is_seen_by_its_counter(app: Flask, device: Device) -> None:
    """The copy counts on from where it was taken."""
    copy = Device(key=device.key, handle=device.handle)
    for one, status in ((device, 303), (device, 303), (copy, 401)):
        browser = app.test_client()
        asked = options(browser, "/sign-in", "/second-factor/passkey/options")
        assert send(browser, "/sign-in", "/second-factor/passkey", credential=one.sign(asked)).status_code == status


def test_attacker_with_a_stolen_session_cannot_add_a_passkey(app: Flask) -> None:
    """Not without the password."""
    browser = enter(app)
    asked = options(browser, "/factors", "/factors/passkeys/options")
    credential = Device().make(asked)

    kept = send(browser, "/factors", "/factors/passkeys", password="a guess of his", credential=credential, label="mine")

    assert kept.status_code == 401
    assert "Remove the passkey" not in browser.get("/factors", base_url=BASE).text


def test_attacker_who_waits_cannot_use_an_old_challenge(app: Flask, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    """A challenge is remembered as used for ten minutes, and counts for five."""
    browser = app.test_client()
    asked = options(browser, "/sign-in", "/second-factor/passkey/options")
    later = time.time() + 301
    monkeypatch.setattr(pages, "time", SimpleNamespace(time=lambda: later))

    assert send(browser, "/sign-in", "/second-factor/passkey", credential=device.sign(asked)).status_code == 401


@pytest.mark.parametrize("address", ["https://[2001:db8::7]:8443/", "https://[2001:db8::7]/"])
def test_an_ipv6_host_stays_whole(app: Flask, address: str) -> None:
    with app.test_request_context(base_url=address):
        assert pages._site().host == "2001:db8::7"
        assert pages._site().origin == address.rstrip("/")
