"""Whoever takes an approved file is killed at every step: it leaves once at most, and the ledger says whether it did."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.approving import agree
from tests.fault.test_approvals_killed import colleague
from tests.fault.test_intents_killed import CLIENT, CUT, Step
from tests.processes import ROOT, environment_of
from tests.recorded import records
from tests.signing import signed_by
from tests.web.conftest import EVERYWHERE, app, client, clock, filled
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.exports.taken import was_taken
from traceapp.usecases.stations import Stations

__all__ = ["app", "client", "clock", "filled"]
pytestmark = pytest.mark.one_store

WHY = "The authority wants the list of consignees."
BODY = {"seeds": [{"number": "RM-1"}], "direction": "forward", "form": "json", "reason": WHY}
ASKS = """
import sys
from pathlib import Path
from traceapp.app import create_app
from traceapp.composition import build_stations
from traceapp.settings import read_settings

method, address, left = sys.argv[1:]
stations = build_stations(read_settings())
client = create_app(lambda: stations, b"only for tests, thirty-two bytes").test_client()
answer = client.open(address, method=method, headers={"Authorization": sys.stdin.readline().strip()})
Path(left).write_bytes(answer.data)
answer.close()
"""
"""A process that asks the service one thing as whoever holds the token, and keeps what it was sent."""
CLAIM, END = ("traceapp.usecases.exports.export_claim", "Claim", "of"), ("traceapp.usecases.exports.taken", "Sending", "end")
TAKING: dict[str, tuple[Step, int, bool]] = {
    "once it is claimed": ((CLAIM, 1, False, None), 0, False),
    "before it is on record": ((CLIENT, 1, True, None), 0, False),
    "once it is on record": ((CLIENT, 1, False, None), 1, True),
    "before its end is on record": ((END, 1, True, None), 1, True),
}
"""Where it is killed, how many times the ledger says that it was on its way, and whether it counts as taken by then."""


def run_killed(stations: Stations, step: Step, header: str, *words: str) -> None:
    (module, owner, method), call, before, _ = step
    program = CUT.format(module=module, owner=owner, method=method, call=call, before=before) + ASKS
    environment = {**environment_of(stations), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program, *words], env=environment, input=header.encode(), capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


class Desk:
    """Whoever asks for the file, over HTTP with a token, and two who agree."""

    def __init__(self, stations: Stations) -> None:
        self.stations = stations
        self.deciders = [colleague(stations, name, role) for name, role in (("anna", Role.QUALITY), ("ben", Role.AUDITOR))]
        self.client = create_app(lambda: stations, b"only for tests, thirty-two bytes").test_client()
        wanted = TokenRequest(Role.COORDINATOR, EVERYWHERE, EVERYWHERE, "export", 1)
        self.header = f"Bearer {issue_token(stations, terminal_actor(), wanted).value}"

    def approved(self) -> str:
        made = self.client.post("/api/v1/traces/export", json=BODY, headers={"Authorization": self.header})
        assert made.status_code == 200, made.text
        asked = made.get_json()
        for person in self.deciders:
            agree(self.stations, person, asked["uid"], WHY, signed_by(person))
        return str(asked["uid"])

    def execute(self, uid: str) -> int:
        return self.client.post(f"/api/v1/approvals/{uid}/execute", headers={"Authorization": self.header}).status_code

    def take(self, uid: str) -> tuple[int, bytes]:
        answer = self.client.get(f"/api/v1/approvals/{uid}/file", headers={"Authorization": self.header})
        return answer.status_code, answer.data


def ways_out(stations: Stations, uid: str) -> list[str]:
    """The digests of all files that were on their way under this approval."""
    told = [one for one in records(stations, act="batch:export") if one.get("approval") == uid and one["outcome"] == "answered"]
    return [one["result"]["sha256"] for one in told]


@pytest.mark.parametrize("step", TAKING)
def test_promise_a_file_that_was_being_taken_leaves_once_at_most(step: str, filled: Stations, tmp_path: Path) -> None:
    desk, left = Desk(filled), tmp_path / "left"
    uid = desk.approved()
    assert desk.execute(uid) == 200
    cut, on_its_way, gone = TAKING[step]

    run_killed(filled, cut, desk.header, "GET", f"/api/v1/approvals/{uid}/file", str(left))

    assert (len(ways_out(filled, uid)), was_taken(filled.settings.home, uid)) == (on_its_way, gone)
    status, content = desk.take(uid)
    assert status == (409 if gone else 200)
    assert ("tables" in json.loads(content)) is not gone
    assert desk.take(uid)[0] == 409
    assert len(ways_out(filled, uid)) == on_its_way + (not gone), "each way out is on record"
    assert was_taken(filled.settings.home, uid)


@pytest.mark.parametrize(("call", "spent"), [(1, False), (2, True)])
def test_promise_a_file_whose_approval_was_being_spent_is_taken_once_or_not_yet(
    call: int, spent: bool, filled: Stations, tmp_path: Path
) -> None:
    """After the intent it is not spent, and is carried out again; once it is spent it is not, and what it allowed is there."""
    desk = Desk(filled)
    uid = desk.approved()

    run_killed(
        filled, (CLIENT, call, False, None), desk.header, "POST", f"/api/v1/approvals/{uid}/execute", str(tmp_path / "left")
    )

    assert desk.execute(uid) == (409 if spent else 200)
    assert [desk.take(uid)[0] for _ in range(2)] == [200, 409]
    assert len(ways_out(filled, uid)) == 1
