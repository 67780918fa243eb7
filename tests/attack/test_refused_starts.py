"""What an attacker could use is refused before anything listens: a debugger, a known password, a key that others may read."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.processes import ROOT
from traceapp.app import create_app
from traceapp.domain.errors import OutboundError, SettingsError, StoreUnavailableError
from traceapp.host.outbound import OutboundGuard
from traceapp.usecases.stations import Stations

START = ("serve", "--port", "0")


def traceapp(home: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TRACEAPP_", "FLASK_"))}
    return subprocess.run(
        [sys.executable, "-m", "traceapp.cli", *words],
        env={**kept, "TRACEAPP_HOME": str(home), "PYTHONPATH": str(ROOT), "TRACEAPP_RECOVERY_KEY": "elsewhere", **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def secret_file(path: Path, text: str, mode: int = 0o400) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


NEO4J = {"NEO4J_URI": "bolt://127.0.0.1:1", "NEO4J_USERNAME": "neo4j"}
SETTINGS: dict[str, tuple[Callable[[Path], dict[str, str]], str]] = {
    "a debugger": (lambda _: {"FLASK_DEBUG": "1"}, "FLASK_DEBUG is set"),
    "a development server": (lambda _: {"FLASK_RUN_FROM_CLI": "true"}, "FLASK_RUN_FROM_CLI is set"),
    "the default password": (lambda _: {**NEO4J, "NEO4J_PASSWORD": "neo4j"}, "too short"),
    "a password of handbooks": (lambda _: {**NEO4J, "NEO4J_PASSWORD": "ChangeMe"}, "everybody knows"),
    "a short password in a file": (
        lambda folder: {**NEO4J, "NEO4J_PASSWORD_FILE": secret_file(folder / "p", "seven77")},
        "too short",
    ),
    "a password file for the world": (
        lambda folder: {**NEO4J, "NEO4J_PASSWORD_FILE": secret_file(folder / "p", "long-enough-and-drawn", 0o644)},
        "open to others",
    ),
    "plain Bolt to another machine": (
        lambda _: {"NEO4J_URI": "bolt://graph.example.org", "NEO4J_PASSWORD": "long-enough-and-drawn"},
        "unencrypted",
    ),
    "TLS to whoever answers": (
        lambda _: {"NEO4J_URI": "neo4j+ssc://graph.example.org", "NEO4J_PASSWORD": "long-enough-and-drawn"},
        "whoever answers",
    ),
    "nothing that opens a lost home": (lambda _: {"TRACEAPP_RECOVERY_KEY": "officers"}, "has no recovery key"),
    "a setting that is none": (lambda _: {"TRACEAPP_DISABLE_AUDIT": "1"}, "TRACEAPP_DISABLE_AUDIT is no setting"),
    "a setting that is misspelt": (lambda _: {"TRACEAPP_TLS_CERTFILE": "x"}, "TRACEAPP_TLS_CERT_FILE is near it"),
}


@pytest.mark.parametrize(("said", "reason"), SETTINGS.values(), ids=SETTINGS)
def test_attacker_who_waits_for_a_careless_start_waits_in_vain(
    said: Callable[[Path], dict[str, str]], reason: str, tmp_path: Path
) -> None:
    """The service was set up so that somebody could walk in: it does not start, and says what to change."""
    done = traceapp(tmp_path / "home", *START, **said(tmp_path))

    assert done.returncode == 1, done.stdout + done.stderr
    assert reason in done.stderr
    assert "next: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home" / "service.url").exists()


KEYS = ["keys/keyring.json", "keys", "tls/host/host.key"]


@pytest.fixture(scope="module")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has had a store, a token and a certificate; to be copied."""
    folder = tmp_path_factory.mktemp("used")
    home = folder / "home"
    assert traceapp(home, "tls", "init").returncode == 0
    assert traceapp(home, "audit", "verify").returncode == 1, "no ledger yet"
    assert traceapp(home, "token", "create", "--role", "viewer", "--file", str(folder / "token")).returncode == 0
    return home


@pytest.mark.parametrize("name", KEYS)
def test_attacker_on_the_same_machine_finds_no_service_whose_keys_he_may_read(name: str, used_home: Path, tmp_path: Path) -> None:
    """A key file was opened to everybody: the next start refuses, for nobody knows who read it."""
    home = shutil.copytree(used_home, tmp_path / "home")
    path = home / name
    path.chmod(path.stat().st_mode | 0o044)

    done = traceapp(home, *START, "--tls")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "open to others" in done.stderr
    assert "Traceback" not in done.stderr


def closed() -> Stations:
    raise StoreUnavailableError("the store is down")


@pytest.mark.parametrize("secret", [b"", b"secret", b"x" * 15])
def test_attacker_who_guesses_the_secret_of_the_sessions_finds_no_application(secret: bytes) -> None:
    """An application with an empty or short secret would sign anybody's cookie."""
    with pytest.raises(SettingsError):
        create_app(closed, secret)


def test_attacker_who_finds_a_debugger_finds_no_application(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever switched the debugger on: no application is made."""
    monkeypatch.setattr(Flask, "debug", True)
    with pytest.raises(SettingsError):
        create_app(closed, b"only for tests, thirty-two bytes")


INNER = {
    "the cloud's own address": ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
    "the store beside us": ("https://localhost:7687/", "127.0.0.1"),
    "a name for the inside": ("https://id.example.org/", "10.0.0.5"),
    "another host": ("https://evil.example/", "93.184.215.14"),
    "another host behind a user": ("https://id.example.org@evil.example/", "93.184.215.14"),
    "a file": ("file:///etc/passwd", "127.0.0.1"),
    "an address in other clothes": ("https://id.example.org/", "::ffff:10.0.0.5"),
}


@pytest.mark.parametrize(("url", "address"), INNER.values(), ids=INNER)
def test_attacker_who_names_the_address_to_call_reaches_no_inner_machine(url: str, address: str) -> None:
    """A web hook, a time stamp or an identity provider's key set points inside: only listed hosts, at public addresses."""
    with pytest.raises(OutboundError):
        OutboundGuard(("id.example.org",)).check(url, lambda host, port: [address])
