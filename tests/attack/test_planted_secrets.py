"""Who reads logs, process lists, environments, temporary files and the records finds none of the secrets that went through.

The service runs for real, as loud as it can be set, and fails in several ways while secrets are planted in every place
where a person or a program gives one. Then everything that it left is searched; the search is shown to work by what is
no secret.
"""

import base64
import itertools
import json
import os
import secrets
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

import pytest

from tests.conftest import ORGANISATION
from tests.processes import ROOT, descendants, is_running, wait_until
from tests.servers import StoreLeg

DEADLINE = 90
AT_REST = {"keys", "token", "store.password", "root.password", "host.key", "ca.key", "pin"}
"""Files and folders that hold a secret by their purpose, closed to others."""


def planted(name: str) -> str:
    return f"Geheim-{name}-{secrets.token_hex(12)}"


@dataclass
class Planted:
    """Secrets by what they are, and all that was said or left where others may look."""

    words: dict[str, str] = field(default_factory=dict)
    found: dict[str, bytes] = field(default_factory=dict)

    def plant(self, name: str) -> str:
        self.words[name] = planted(name)
        return self.words[name]

    def look_at(self, place: str, content: bytes) -> None:
        self.found[place] = self.found.get(place, b"") + content

    def hits(self) -> list[tuple[str, str]]:
        """(secret, place) of every one that shows, plain or in a form that anybody can turn back."""
        return [
            (name, place)
            for name, word in self.words.items()
            for form in forms(word)
            for place, content in self.found.items()
            if form in content
        ]


def forms(word: str) -> set[bytes]:
    raw = word.encode()
    shifted = {base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3)}
    return {raw, raw.hex().encode(), raw.hex().upper().encode(), raw[::-1], word.encode("utf-16-le"), *shifted} | {
        quote(word, safe="").encode()
    }


class Place:
    """A home, a temporary folder of its own, and the processes that were started on it."""

    def __init__(self, folder: Path, leg: StoreLeg, secrets_of_test: Planted) -> None:
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.leg = leg
        self.planted = secrets_of_test
        self.number = itertools.count(1)
        self.home.mkdir(mode=0o700)
        (self.home / "organisation.toml").write_bytes(ORGANISATION.read_bytes())

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TRACEAPP_"))}
        said = {
            **kept,
            "TRACEAPP_HOME": str(self.home),
            "TRACEAPP_LOG_LEVEL": "DEBUG",
            "TRACEAPP_RECOVERY_KEY": "elsewhere",
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(self.temporary),
            "PYTHONFAULTHANDLER": "1",
        }
        if self.leg.is_neo4j:
            found = self.leg.endpoint
            said |= {"NEO4J_URI": found.uri, "NEO4J_USERNAME": found.username, "NEO4J_DATABASE": found.database}
            said["NEO4J_PASSWORD"] = found.password
        said |= more
        if "NEO4J_PASSWORD_FILE" in more:
            said.pop("NEO4J_PASSWORD", None)
        return said

    def run(self, *words: str, standard_input: str = "", **more: str) -> int:
        """A command to its end; what it said is looked at."""
        done = subprocess.run(
            [sys.executable, "-m", "traceapp.cli", *words],
            env=self.environment(**more),
            input=standard_input.encode(),
            capture_output=True,
            timeout=DEADLINE,
            check=False,
        )
        self.planted.look_at(f"words of command {next(self.number)} ({words[0]})", done.stdout + done.stderr)
        return done.returncode


class Served:
    """`traceapp serve --tls` on a place."""

    def __init__(self, place: Place, **more: str) -> None:
        self.place = place
        self.said = place.home.parent / "said"
        (place.home / "service.url").unlink(missing_ok=True)
        with self.said.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "traceapp.cli", "serve", "--tls", "--port", "0"],
                env=place.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        address = place.home / "service.url"
        wait_until(lambda: self.process.poll() is not None or (address.exists() and address.read_text().endswith("\n")), DEADLINE)
        assert self.process.poll() is None, self.said.read_text()
        self.url = address.read_text().strip()
        self.cookies = HTTPCookieProcessor()
        trust = ssl.create_default_context(cafile=place.home / "tls" / "authority" / "ca.pem")
        self.opener = build_opener(HTTPSHandler(context=trust), self.cookies)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        data = urlencode(form).encode() if form is not None else None
        request = Request(self.url + path, data=data, headers={"Referer": self.url + path, **headers})
        try:
            with self.opener.open(request, timeout=30) as reply:
                return reply.status, reply.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def sign_in(self, username: str, password: str) -> int:
        page = self.ask("/sign-in")[1]
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.ask("/sign-in", {"username": username, "password": password, "csrf_token": token})[0]

    def processes(self) -> set[int]:
        found = descendants(self.process.pid)
        assert len(found) >= 3, "gunicorn, its worker and the ledger"
        return found

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(DEADLINE)
        self.place.planted.look_at("log of service and gunicorn", self.said.read_bytes())


def look_at_processes(place: Place, pids: set[int]) -> None:
    for pid in pids:
        try:
            name = (Path("/proc") / str(pid) / "comm").read_text().strip()
            for what in ("cmdline", "environ"):
                place.planted.look_at(f"{what} of {name} {pid}", (Path("/proc") / str(pid) / what).read_bytes())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue


def look_at_files(place: Place, folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and not AT_REST & set(path.relative_to(folder).parts):
            place.planted.look_at(str(path), path.read_bytes())


@pytest.fixture
def place(store_leg: StoreLeg, tmp_path: Path) -> Iterator[Place]:
    store_leg.strip()
    made = Place(tmp_path, store_leg, Planted())
    yield made
    store_leg.strip()


def test_attacker_who_reads_what_the_service_leaves_finds_no_secret(place: Place, tmp_path: Path) -> None:
    """Every secret goes its way, right and wrong, and the service breaks down in between; nothing of it shows anywhere."""
    everything = place.planted
    in_a_file: dict[str, str] = {}
    if place.leg.is_neo4j:
        everything.words["password of the store"] = place.leg.endpoint.password
        password_file = tmp_path / "store.password"
        password_file.write_text(place.leg.endpoint.password)
        password_file.chmod(0o400)
        in_a_file["NEO4J_PASSWORD_FILE"] = str(password_file)

    assert place.run("tls", "init") == 0
    with Served(place, **in_a_file) as served:
        use(place, served, in_a_file)
        break_down(served)
        use_wrongly(place, served)
        look_at_processes(place, served.processes() | {served.process.pid})
    if place.leg.is_neo4j:
        with Served(place) as served:  # whoever starts it has the password in his environment, and hands it to nobody
            assert place.run("trace", "N") == 1
            break_down(served)
            assert served.sign_in("planted-anna", everything.words["account password"]) in {200, 303}
            look_at_processes(place, served.processes())
    starts_that_are_refused(place, tmp_path)
    everything.words["token"] = (place.home / "token").read_text().strip().split("_")[2]
    kek = next(path for path in sorted((place.home / "keys").iterdir()) if path.name.startswith("key-encryption-key"))
    everything.words["key-encryption key"] = kek.read_text().strip()
    look_at_files(place, place.home)
    look_at_files(place, place.temporary)
    if place.leg.is_neo4j:
        look_at_files(place, Path(str(getattr(place.leg.server, "_home"))) / "logs")  # noqa: B009

    assert any(path.endswith(".side") for path in everything.found), "what lies beside the ledger is looked at as well"
    assert everything.hits() == []
    shown = b"".join(everything.found.values())
    assert b"planted-nobody" not in shown, "a user name that nobody has may be a password in the wrong field"
    words = (b"traceapp.ledger.writer", b"service:start", b"session:start", b"planted-anna")
    for word in (*words, b'"request_id"', b'"factors"', b'"values"', b'"command"', b'"organisation"'):
        assert word in shown, "the search looks at the right places"
    assert len(everything.words) >= 8


def use(place: Place, served: Served, more: dict[str, str]) -> None:
    """Every secret, rightly."""
    right = place.planted.plant("account password")
    first, name = place.planted.plant("first password"), place.planted.plant("printed name")
    created = ("account", "create", "planted-anna", "--role", "coordinator", "--printed-name", name)
    assert place.run(*created, standard_input=first + "\n", **more) == 0
    assert place.run("account", "password", "planted-anna", standard_input=right + "\n", **more) == 0
    assert place.run("token", "create", "--role", "coordinator", "--file", str(place.home / "token"), **more) == 0
    token = (place.home / "token").read_text().strip()
    assert served.ask("/api/v1/batches/N", Authorization=f"Bearer {token}")[0] == 404
    assert place.run("trace", "N", **more) == 1
    assert served.sign_in("planted-anna", right) in {200, 303}
    cookies = [cookie.value or "" for cookie in served.cookies.cookiejar if "session" in cookie.name]
    assert cookies
    payload = cookies[0].removeprefix(".").split(".")[0]
    place.planted.words["session cookie"] = payload[:60]


def use_wrongly(place: Place, served: Served) -> None:
    """Every secret, in a wrong place or nearly right."""
    plant = place.planted.plant
    assert served.sign_in("planted-anna", plant("wrong password")) == 401
    assert served.sign_in("planted-nobody" + plant("password in the wrong field"), "x" * 12) == 401
    token = (place.home / "token").read_text().strip()
    for header in (f"Bearer {token[:-1]}x", f"Bearer {plant('no token')}", f"Basic {plant('basic')}"):
        assert served.ask("/api/v1/batches/N", Authorization=header)[0] == 401
    assert served.ask(f"/api/v1/batches/N?access_token={quote(token)}")[0] == 400
    assert served.ask(f"/api/v1/batches/{token}")[0] == 400
    assert served.ask(f"/nowhere/{plant('address')}")[0] == 404
    host, _, port = served.url.removeprefix("https://").rpartition(":")
    plain = HTTPConnection(host, int(port), timeout=30)
    plain.request("POST", "/sign-in", urlencode({"password": plant("over plain HTTP")}))
    assert plain.getresponse().status == 400
    plain.close()


def break_down(served: Served) -> None:
    """A worker and the ledger die under a question; the service comes back."""
    token = (served.place.home / "token").read_text().strip()
    for word in (b"traceapp.ledger.writer", b"traceapp.gunicorn_conf"):
        victim = max(pid for pid in served.processes() if word in (Path("/proc") / str(pid) / "cmdline").read_bytes())
        os.kill(victim, signal.SIGABRT)
        wait_until(partial(is_gone, victim), DEADLINE)
        served.ask("/api/v1/batches/N", Authorization=f"Bearer {token}")
    wait_until(lambda: served.ask("/api/v1/batches/N", Authorization=f"Bearer {token}")[0] == 404, DEADLINE)


def is_gone(pid: int) -> bool:
    return not is_running(pid)


def starts_that_are_refused(place: Place, tmp_path: Path) -> None:
    """Wrong settings that hold a secret: each start ends with a sentence, and the secret is not in it."""
    plant = place.planted.plant
    wrong = place.planted.words["wrong store password"] = planted("store")
    uri = place.leg.endpoint.uri if place.leg.is_neo4j else "bolt://127.0.0.1:1"
    open_file = tmp_path / "open"
    open_file.write_text(plant("file open to others"))
    open_file.chmod(0o644)
    pin = tmp_path / "pin"
    pin.write_text(plant("PIN"))
    pin.chmod(0o400)
    key = tmp_path / "host.key"
    key.write_text(f"-----BEGIN PRIVATE KEY-----\n{plant('TLS key')}\n-----END PRIVATE KEY-----\n")
    key.chmod(0o400)
    store = {"NEO4J_URI": uri, "NEO4J_USERNAME": "neo4j"}
    refused = [
        {**store, "NEO4J_PASSWORD": wrong},
        {**store, "NEO4J_PASSWORD_FILE": str(open_file)},
        {"NEO4J_URI": f"bolt://neo4j:{plant('password in the address')}@127.0.0.1:1", "NEO4J_PASSWORD": wrong},
        {"TRACEAPP_PORT": plant("no port")},
        {"TRACEAPP_TRUSTED_PROXIES": plant("no network")},
        {"TRACEAPP_SECRET_KEY": plant("no setting")},
        {"TRACEAPP_TLS_CERT_FILE": str(place.home / "tls" / "host" / "host.pem"), "TRACEAPP_TLS_KEY_FILE": str(key)},
    ]
    module = {
        "TRACEAPP_KEY_PROVIDER": "pkcs11",
        "TRACEAPP_PKCS11_MODULE": "/nowhere/libsofthsm2.so",
        "TRACEAPP_PKCS11_TOKEN": "traceapp",
        "TRACEAPP_PKCS11_PIN_FILE": str(pin),
    }
    with ThreadPoolExecutor(2) as starts:
        for said, code in zip(refused, starts.map(lambda said: place.run("serve", "--port", "0", **said), refused), strict=True):
            assert code == 1, said.keys()
    assert place.run("audit", "verify", **module) in {0, 1}


def test_the_search_finds_what_is_planted() -> None:
    """The forms that are looked for: a search that finds nothing finds these."""
    everything = Planted()
    word = everything.plant("word")
    for number, content in enumerate((word, word.encode().hex(), base64.b64encode(b"ab" + word.encode()).decode(), word[::-1])):
        everything.look_at(f"place {number}", json.dumps({"x": content}).encode())

    assert {place for _, place in everything.hits()} == {"place 0", "place 1", "place 2", "place 3"}
