"""scripts/bench approvals [--json FILE] [--decisions 100]

How long a decision on an approval takes, beside a bare recorded write: an intent, one row that is sealed under a record MAC
and written under a version, and an outcome with commitments, as every change is. Whoever decides is looked up, signs, and is
asked for rights and separation; what would happen is compared with what was asked for. Both are done in turns, on the embedded
store, each on an approval of its own; told is the middle of the ratios of the pairs.

  --decisions N  pairs that are measured
  --profile      also print what a decision spends its time on
  --json FILE    also write [{"figure", "value", "unit", "ratio_to", "ratio"}, …]
"""

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from figures import Figure, compared, show, write
from pairs import in_turns, middle
from stores import console, service

from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval, Operation
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.domain.signatures import Shown
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.decide_approval import approve_approval
from traceapp.usecases.approvals.list_approvals import show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.changes import carry_out
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

AIM: Final = "<= 1.5"
EVERYWHERE: Final = frozenset({"*"})
WHY: Final = "The new interface asks for numbers before they are imported."
ASKED: Final = {"rule": "denials", "hours": 4}
OTHERS: Final = 50
"""Accounts beside the two."""


class DaysAgo:
    """When those were hired who decide today."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=3)


class Desk:
    """Anna asks, Ben decides; each time in a session of his own, whose second factor was just shown."""

    def __init__(self, stations: Stations) -> None:
        self.stations = stations
        then = replace(stations, clock=DaysAgo())
        names = [("anna", Role.QUALITY), ("ben", Role.AUDITOR), *((f"other-{number}", Role.VIEWER) for number in range(OTHERS))]
        for name, role in names:
            create_account(then, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE)
        self.anna = self._sit("anna")

    def decide(self) -> float:
        """Milliseconds of one decision."""
        asked, ben = self._ask(), self._sit("ben")
        seen = self._open(ben, asked)
        begun = time.perf_counter()
        approve_approval(self.stations, ben, asked.uid, asked.digest, seen, WHY, Shown(username=ben.username))
        return (time.perf_counter() - begun) * 1_000

    def write(self) -> float:
        """Milliseconds of one recorded write of the same kind of row."""
        asked, ben = self._ask(), self._sit("ben")
        begun = time.perf_counter()
        carry_out(
            self.stations,
            ben,
            Permission.APPROVAL_DECIDE,
            {"approval": asked.uid},
            lambda: self.stations.approvals.put_approval(asked),
            changes={"state": ("before", "after")},
            approval=asked.uid,
        )
        taken = (time.perf_counter() - begun) * 1_000
        self._end(asked)
        return taken

    def _ask(self) -> Approval:
        return request_approval(self.stations, self.anna, Operation.ALERT_SILENCE, ASKED, WHY).value

    def _end(self, asked: Approval) -> None:
        """What waits no more counts against nobody."""
        ben, kept = self._sit("ben"), self.stations.approvals.get_approval(asked.uid)
        assert kept is not None  # noqa: S101
        approve_approval(self.stations, ben, kept.uid, kept.digest, self._open(ben, kept), WHY, Shown(username=ben.username))

    def _open(self, ben: Actor, asked: Approval) -> str:
        """What says that he looked at it."""
        return show_approval(self.stations, ben, asked.uid).value.seen or ""

    def _sit(self, name: str) -> Actor:
        account = self.stations.accounts.get_account_by_username(name)
        assert account is not None  # noqa: S101
        self.stations.sessions.void_sessions_of_account(account.uid)  # a person has few, and one is found among them
        opened = make_session(self.stations, account, Client("", ""), factor_at=self.stations.clock.now())
        self.stations.sessions.append_session(opened.session)
        return opened.actor


def measure(desk: Desk, decisions: int) -> list[Figure]:
    pairs = in_turns(desk.write, desk.decide, decisions)
    writes, decided = ([pair[place] for pair in pairs] for place in (0, 1))
    base = Figure("a bare recorded write: median", statistics.median(writes), "ms")
    ratio = middle([decision / bare for bare, decision in pairs])
    return [base, compared(base, "a decision on an approval: median", statistics.median(decided), ratio, AIM)]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--decisions", type=int, default=100)
    options.add_argument("--profile", action="store_true")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="traceapp-bench-") as folder,
        service("embedded", Path(folder) / "home", "") as stations,
    ):
        desk = Desk(stations)
        console.print(f"{chosen.decisions} decisions and as many bare writes, in turns")
        found = measure(desk, chosen.decisions)
        if chosen.profile:
            profile = cProfile.Profile()
            for _ in range(20):
                asked, ben = desk._ask(), desk._sit("ben")
                seen, typed = desk._open(ben, asked), Shown(username=ben.username)
                profile.runcall(approve_approval, stations, ben, asked.uid, asked.digest, seen, WHY, typed)
            pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
    show("Approvals", found)
    write(chosen.json, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
