"""What still names a place that was moved is brought to the new one, chunk by chunk; nobody's view hangs on how far that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from traceapp.domain.accounts import Account
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.places import KeptMove, PlaceMap
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.graph.place_store import LABELS, Rewritten
from traceapp.host.home_lock import only_run
from traceapp.usecases.access import entry, things
from traceapp.usecases.approvals.approval_persons import told_of_approver
from traceapp.usecases.audit.changed_values import changes_of_account
from traceapp.usecases.changes import carry_out, carry_out_as
from traceapp.usecases.chunks import CHUNK, Wait
from traceapp.usecases.stations import Stations

LOCK: Final = "places"
MOVING: Final = "records are being brought to their new place"

Show = Callable[[int], None]
"""Called with records done."""


@dataclass(frozen=True, slots=True)
class MoveRun:
    """What one run came to.

    finished  numbers of moves whose old place nothing names any more.
    broken    uids of records that are not as the service wrote them: they were not touched, and no move ends before they are.
    """

    done: int
    finished: tuple[int, ...]
    broken: tuple[str, ...]


def finish_moves(stations: Stations, actor: Actor, rate: float, wait: Wait, show: Show = lambda done: None) -> MoveRun:
    """Rewrite whatever names an old place, until nothing does or `wait` says stop.

    It keeps no note of how far it came and needs none: what is done names the old place no longer. So after a crash, however
    rude, the next run finds what is left. Each chunk is on record before it begins and when it is done, and so is the end.
    rate    records a second, more or less.
    raises  HomeError: another run is at work; StoreError and its kinds; LedgerUnavailableError.
    """
    with only_run(stations.settings.home, LOCK, MOVING):
        return _Run(stations, actor, rate, wait, show).run()


class _Run:
    def __init__(self, stations: Stations, actor: Actor, rate: float, wait: Wait, show: Show) -> None:
        self.stations = stations
        self.actor = actor
        self.done = 0
        self.broken: dict[str, None] = {}
        self._pause = CHUNK / rate
        self._wait = wait
        self._show = show
        self._stopped = False

    def run(self) -> MoveRun:
        places = self.stations.acls.places
        if not places.unfinished:
            return MoveRun(0, (), ())
        self.stations.places.intern(places, self.stations.acls.list_kept())
        for kept in places.unfinished:
            self._follow(kept)
        while self._pass(places):
            pass
        finished = () if self._stopped or self.broken else tuple(map(self._finish, places.unfinished))
        return MoveRun(self.done, finished, tuple(self.broken))

    def _pass(self, places: PlaceMap) -> bool:
        """Look at everything once; whether anything was written, so that it has to be looked at again."""
        before = self.done
        for label in LABELS:
            for uids in self.stations.places.list_named(label, places, self.stations.acls.list_kept()):
                left = [uid for uid in uids if uid not in self.broken]
                for start in range(0, len(left), CHUNK):
                    self._rewrite(label, left[start : start + CHUNK])
                    if self._stopped:
                        return False
        return self.done > before

    def _rewrite(self, label: str, uids: Sequence[str]) -> None:
        stations, made = self.stations, Rewritten(0, ())

        def work() -> Rewritten:
            nonlocal made
            kept = stations.acls.list_kept()
            made = stations.places.rewrite(label, uids, kept, stations.sealer, stations.clock.now())
            return made

        request = {"label": label, "records": len(uids)}
        self._carry_out(Act.PLACE_REWRITE, request, None, work, lambda: {"written": made.written, "broken": len(made.broken)})
        self.done += made.written
        self.broken |= dict.fromkeys(made.broken)
        self._show(self.done)
        self._stopped = self._wait(self._pause)

    def _finish(self, kept: KeptMove) -> int:
        request = {"number": kept.number, "from": kept.move.old.text, "to": kept.move.new.text, "records": kept.records}
        at = self.stations.clock.now()
        work = lambda: self.stations.places.finish(kept.number, at)  # noqa: E731
        self._carry_out(Act.PLACE_FINISH, request, kept.approval, work, lambda: {"written": self.done, "left": 0})
        return kept.number

    def _carry_out(
        self,
        act: Act,
        request: Mapping[str, Any],
        approval: str | None,
        work: Callable[[], Any],
        result: Callable[[], Mapping[str, Any]],
    ) -> None:
        def told(outcome: str, request: Mapping[str, Any], **said: Any) -> LedgerEntry:
            return entry(self.stations, self.actor, act, outcome, request=request, approval=approval, **said)

        carry_out_as(self.stations.ledger, told, request, work, result=result)

    def _follow(self, kept: KeptMove) -> None:
        """Views of the accounts that were named with the move; one that somebody changed since stays as he made it."""
        for uid in kept.accounts:
            account = self.stations.accounts.get_account(uid)
            if account is None or account.rights_since > kept.at:
                continue
            sites, lines = kept.move.view(account.sites, account.lines)
            if (sites, lines) != (account.sites, account.lines):
                self._put_view(kept, account, replace(account, sites=sites, lines=lines))

    def _put_view(self, kept: KeptMove, read: Account, to: Account) -> None:
        """The account is new to its rights from then on, and signs in anew, as after any change of a view."""
        stations = self.stations
        changed = replace(to, granted_at=stations.clock.now())

        def work() -> None:
            stations.accounts.put_account(changed, read)
            stations.sessions.void_sessions_of_account(changed.uid)

        request = {
            "username": read.username,
            "account": read.uid,
            "changed": "place",
            "sites": changed.sites,
            "lines": changed.lines,
        }
        carry_out(
            stations,
            self.actor,
            Permission.ACCOUNT_CHANGE,
            {**request, **({} if changed.disabled else told_of_approver(stations, changed.role))},
            work,
            about=things("Account", changed.uid),
            changes=changes_of_account(read, changed),
            approval=kept.approval,
        )
