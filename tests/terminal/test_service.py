"""The running service: first question, a part that is killed, the end of all that was started."""

import getpass
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.approving import agree
from tests.processes import descendants, wait_until
from tests.recorded import kept_records
from tests.signing import signed_by
from tests.terminal.conftest import Terminal, child_environment, wait_for_line
from tests.web.desks import session_of
from traceapp.backing import backing
from traceapp.composition import terminal_actor
from traceapp.domain.ledger_health import NOT_ANCHORED
from traceapp.domain.rights import Role
from traceapp.settings import read_settings
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.verifiers import verify_ledger

NUMBER = "RM-26-0417"
WHY = "The new line in Lyon sends its batch records by itself."
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory, traceapp: Terminal) -> Path:
    """A home that went through one whole `run --check`."""
    home = tmp_path_factory.mktemp("demo") / "home"
    said = traceapp(home, "run", "--check")
    assert said.code == 0, said.all
    assert NUMBER in said.out
    assert "Completeness:" in said.out
    assert "Consignees (" in said.out
    assert "coordinator" in said.out
    return home


def test_start_and_migration_are_on_record(demo_home: Path) -> None:
    lines = kept_records(demo_home)
    found = [record for record in map(json.loads, lines) if record["act"] in {"store:migrate", "service:start"}]

    who = f"os:{getpass.getuser()}"
    assert [(record["act"], record["outcome"], record["actor"]["username"]) for record in found[:3]] == [
        ("store:migrate", "intended", who),
        ("store:migrate", "done", who),
        ("service:start", "done", who),
    ]


@pytest.fixture(scope="module")
def service(demo_home: Path) -> Iterator["Running"]:
    running = Running(demo_home)
    yield running
    running.stop()


class Running:
    """`traceapp serve` on a home, and what one can ask it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.away = home.with_name("away")
        self.away.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "traceapp.cli", "serve", "--port", "0"],
            env=child_environment(home, TRACEAPP_ANCHOR_COPY=str(self.away)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_for_line(self.process, "traceapp serves")
        self.url = (home / "service.url").read_text(encoding="utf-8").strip()
        self.token = (home / "token").read_text(encoding="utf-8").strip()

    def ask(self, path: str) -> tuple[int, bytes]:
        try:
            with urlopen(Request(self.url + path, headers={"Authorization": f"Bearer {self.token}"}), timeout=30) as reply:
                return reply.status, reply.read()
        except HTTPError as error:
            return error.code, error.read()

    def children(self) -> dict[int, str]:
        """Every process below the service: pid → command line."""
        commands: dict[int, str] = {}
        for pid in descendants(self.process.pid):
            with suppress(FileNotFoundError, ProcessLookupError):
                commands[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        return commands

    def pid_of(self, word: str) -> int:
        return next(pid for pid, command in self.children().items() if word in command)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def test_trace_prints_a_table_and_json(service: Running, traceapp: Terminal) -> None:
    table = traceapp(service.home, "trace", NUMBER, "--direction", "forward")
    answer = traceapp(service.home, "trace", NUMBER, "--direction", "forward", "--format", "json")

    assert (table.code, answer.code) == (0, 0), table.all + answer.all
    assert "Completeness:" in table.out
    assert json.loads(answer.out)["completeness"]["status"] in table.out


def test_a_number_that_nobody_knows_is_one_clear_refusal(service: Running, traceapp: Terminal) -> None:
    said = traceapp(service.home, "trace", "NO-SUCH-LOT")

    assert said.code == 1
    assert "next:" in said.err
    assert "Traceback" not in said.all


def test_import_and_audit_use_the_running_store_and_ledger(service: Running, traceapp: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "receipts.csv"
    path.write_text(
        "supplier,product,supplier_lot,receipt_number,quantity,unit,time,site\n"
        "S-POLY,PVC-R7,LATE-1,RM-LATE-1,25,kg,2026-06-10,LYON\n",
        encoding="utf-8",
    )
    question = "/api/v1/batches?number=RM-LATE-1"
    before, _ = service.ask(question)
    imported = traceapp(service.home, "import", str(path), "--source", "ERP-LATE")
    after, _ = service.ask(question)
    verified = traceapp(service.home, "audit", "verify")

    assert (imported.code, verified.code) == (0, 0), imported.all + verified.all
    assert "1 new, 0 known" in imported.out
    assert "starting" not in imported.all, "the service's own store and ledger were used"
    assert (before, after) == (404, 200)
    assert "whole" in verified.out


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], capture_output=True, check=True)


class Ahead:
    """Two days from now: those who were hired today are newcomers no more."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=2)


def agree_and_carry_out(home: Path, uid: str) -> None:
    """All of the chain, each in a session of his own, and then whoever has the terminal."""
    with backing(read_settings(home=home, recovery_key="elsewhere"), say=lambda said: None) as stations:
        later = replace(stations, clock=Ahead())
        for role in (Role.QUALITY, Role.PRODUCTION, Role.IT, Role.AUDITOR):
            account = stations.accounts.get_account_by_username(role.value)
            assert account is not None
            person = session_of(later, account.uid)
            agree(later, person, uid, WHY, signed_by(person))
        execute_approval(later, terminal_actor(), uid)


def test_a_source_system_sends_by_the_example_of_the_docs(service: Running, traceapp: Terminal, tmp_path: Path) -> None:
    """docs/feeds.md, line by line: openssl makes the key, the script signs and sends; the Python of the page signs the same."""
    key, public, token = (str(tmp_path / name) for name in ("mes.key", "mes.pub", "mes.token"))
    openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    openssl("pkey", "-in", key, "-pubout", "-out", public)
    created = traceapp(service.home, "feed", "create", "MES-LYON", "--key", public, "--reason", WHY)
    assert (created.code, "waits for approval" in created.out) == (3, True), created.all
    agree_and_carry_out(service.home, created.out.split()[0])
    issued = traceapp(service.home, "token", "create", "--role", "integrator", "--days", "90", "--file", token)
    assert issued.code == 0, issued.all
    lots = DOCS / "samples" / "receipt.csv"

    sent = subprocess.run(
        [DOCS / "samples" / "send-message.sh", service.url, token, key, "MES-LYON", "1", lots], capture_output=True, check=False
    )
    told = json.loads(sent.stdout)
    assert (told["receipt"]["rejected"], told["next"]) == (0, 2), sent
    assert told["receipt"]["appended"] == told["receipt"]["events"] > 0

    page: dict[str, Any] = {}
    exec((DOCS / "feeds.md").read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0], page)  # noqa: S102 - of our own page
    body = lots.read_bytes().replace(b"RM-26-", b"RM-27-")
    signed = page["headers"](Path(key).read_bytes(), "MES-LYON", 3, body)
    bearer = {"Authorization": f"Bearer {Path(token).read_text(encoding='utf-8').strip()}", "Content-Type": "text/csv"}
    with urlopen(Request(f"{service.url}/api/v1/feeds/MES-LYON/messages", body, {**signed, **bearer}), timeout=30) as reply:
        assert json.load(reply)["gaps"] == ["2"]
    listed = traceapp(service.home, "feed", "list")
    assert listed.out.startswith("MES-LYON  next 4  last message "), listed.all
    assert "missing 2" in listed.out

    openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    openssl("pkey", "-in", key, "-pubout", "-out", public)
    other = traceapp(service.home, "feed", "key", "MES-LYON", "--key", public, "--reason", WHY)
    unknown = traceapp(service.home, "feed", "key", "MES", "--key", public, "--reason", WHY)
    assert (unknown.code != 0, "No feed of this name" in unknown.all) == (True, True), unknown.all
    ended = traceapp(service.home, "feed", "end", "MES-LYON")
    assert (other.code, ended.code) == (3, 0), other.all + ended.all
    assert "ended" in traceapp(service.home, "feed", "list").out


def test_promise_the_service_anchors_its_ledger_and_the_terminal_says_when(service: Running, traceapp: Terminal) -> None:
    """What was kept elsewhere is checked by the standalone verifier, while the service goes on."""
    wait_until(lambda: any(path.stat().st_size for path in service.away.iterdir()))
    (copy,) = service.away.iterdir()
    status = traceapp(service.home, "audit", "status")
    verifier = [sys.executable, verify_ledger.__file__, str(service.home / "ledger"), f"--anchor={copy}", "--json"]
    verified = json.loads(subprocess.run(verifier, capture_output=True, check=False).stdout)

    assert status.code == 0, status.all
    assert re.search(r"^records +1 to [0-9]+, signed up to", status.out, re.MULTILINE)
    assert "reserve 6" in status.out, "64 MiB, but for what the records of the demo took"
    assert any(line.startswith("copy ") and "records at 20" in line for line in status.out.splitlines())
    assert NOT_ANCHORED not in status.out
    assert (verified["checks"]["anchors"], verified["anchors"] >= 1) == ([], True)


def test_promise_no_record_no_answer_when_the_ledger_is_killed(service: Running, traceapp: Terminal) -> None:
    path = f"/api/v1/traces?number={NUMBER}&direction=forward"
    before, _ = service.ask(path)
    os.kill(service.pid_of("traceapp.ledger.writer"), signal.SIGKILL)

    status, body = service.ask(path)

    assert before == 200
    assert status == 503
    assert NUMBER.encode() not in body
    assert b"consignees" not in body
    wait_until(lambda: service.ask(path)[0] == 200)
    assert traceapp(service.home, "audit", "verify").code == 0


def test_a_killed_store_comes_back_with_all_data(service: Running) -> None:
    path = f"/api/v1/traces?number={NUMBER}&direction=forward"
    wait_until(lambda: service.ask(path)[0] == 200)
    nodes = json.loads(service.ask(path)[1])["nodes"]
    os.kill(service.pid_of("ArcadeDBServer"), signal.SIGKILL)

    wait_until(lambda: service.ask(path)[0] == 200)

    assert sorted(node["number"] or "" for node in json.loads(service.ask(path)[1])["nodes"]) == sorted(
        node["number"] or "" for node in nodes
    )


def test_a_service_that_is_killed_leaves_no_process_behind(demo_home: Path, service: Running) -> None:
    children = service.children()
    service.process.kill()
    service.process.communicate(timeout=60)

    def gone() -> bool:
        return not any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children)

    assert any("gunicorn" in command for command in children.values())
    wait_until(gone)
    again = Running(demo_home)
    again.stop()
    assert again.process.returncode == 0
