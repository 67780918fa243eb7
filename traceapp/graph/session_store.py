"""Sessions of persons. One that was ended, and a secret that was replaced, open nothing any more, put back or not."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.purposes import Purpose
from traceapp.domain.row_register import Ending
from traceapp.domain.sessions import IDLE, Session
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.host.row_register import RowRegister

_TIMES: Final = ("begun_at", "seen_at", "ends_at", "factor_at", "moved_at", "signed_at")
_FIXED: Final = ("account_uid", "begun_at", "agent")


class SessionStore:
    """Every method raises StoreError and its kinds, and HomeError.

    A row is bound to what it says by `Session.binding`; that it is over is noted outside the store, before and after
    it is deleted: one that an end left standing, whose COMMIT failed or never came, is deleted by the next look.
    """

    def __init__(self, graph: Graph, register: RowRegister) -> None:
        self._graph = graph
        self._register = register

    def append_session(self, session: Session) -> None:
        """Begin a session, and forget what is over of the same person."""

        def work(transaction: Transaction) -> None:
            now = session.begun_at
            stale = {"account_uid": session.account_uid, "now": stored_time(now), "idle_since": stored_time(now - IDLE)}
            transaction.run("session.void_stale_sessions", **stale)
            transaction.run("session.append_session", **_row(session))

        self._graph.write(work, command=draw_command(), act="session:append")

    def get_session(self, secret_hash: str) -> Session | None:
        """The session of this cookie, over or not; None where there is none, or it was ended."""
        return self.find_session(secret_hash)[0]

    def find_session(self, secret_hash: str) -> tuple[Session | None, Session | None]:
        """The same; or else the one that was ended, or had this secret before, and stands in the store again."""
        rows = self._graph.read("session.get_session", secret_hash=secret_hash)
        if not rows:
            return None, None
        if self._ending(rows[0]) is None:
            return _session(rows[0]), None
        with self._register.writing():  # whoever ends one notes it first
            rows = self._graph.read_newest("session.get_session", secret_hash=secret_hash)
            put_back = [row for row in rows if self._finished(row) is Ending.SETTLED]
        return None, _session(put_back[0]) if put_back else None

    def list_sessions_of_account(self, account_uid: str) -> tuple[Session, ...]:
        """Those of one person, in the order of their beginning, over or not."""
        rows = self._graph.read("session.list_sessions_of_account", account_uid=account_uid)
        return tuple(filter(None, map(self.counting, rows)))

    def counting(self, row: Row) -> Session | None:
        """What counts of a row as it was read; None of one that was ended."""
        return _session(row) if self._ending(row) is None else None

    def list_sessions(self, now: datetime, *, row_limit: int) -> tuple[Session, ...]:
        """Everybody's, in the order of their beginning; some may be idle for too long."""
        rows = self._graph.read("session.list_sessions", now=stored_time(now), row_limit=row_limit)
        return tuple(filter(None, map(self.counting, rows)))

    def sweep(self, page: int) -> Iterator[tuple[Session, bool]]:
        """Every session there is, over or not, `page` at a time in the order of their uids, and whether it was put back.

        Read while nobody writes: put back is what was ended and stands.
        """
        after = ""
        while True:
            with self._register.writing():
                rows = self._graph.read_newest("verify.list_session", after=after, page=page)
                endings = [self._finished(row) for row in rows]
            if not rows:
                return
            for row, ending in zip(rows, endings, strict=True):
                if ending is not Ending.UNDER_WAY:
                    yield _session(row), ending is Ending.SETTLED
            after = rows[-1]["uid"]

    def stands(self, session: Session) -> bool:
        """Whether it is in the store at this moment exactly as it was read."""
        rows = self._graph.read_newest("session.get_session", secret_hash=session.secret_hash)
        return bool(rows) and _session(rows[0]) == session

    def put_session(self, session: Session, before: Session | None = None) -> Session | None:
        """Keep a session that was changed; it as it is kept now.

        before   as it was read; where its secret was another one, that opens nothing from now on.
        returns  None where it was ended, or written by another request, since `session.version` was read: nothing was written.
        """
        told = session_changes(session)
        replaced = before.secret_hash if before is not None and before.secret_hash != session.secret_hash else None

        def work(transaction: Transaction) -> bool:
            return bool(transaction.run("session.put_session", **told))

        with self._register.writing() if replaced is not None else nullcontext():
            kept = self._graph.write(work, command=draw_command(), act="session:put")
            if kept and replaced is not None:
                self._register.end(replaced)
        return replace(session, version=session.version + 1) if kept else None

    def note_use(self, session: Session) -> None:
        """Keep where and when a session was used last; where another request wrote it meanwhile, that one counts."""
        self._graph.overwrite("session.put_session", **session_changes(session))

    def void_session(self, uid: str) -> None:
        """End one session; an unknown one changes nothing."""

        def work(transaction: Transaction) -> list[str]:
            self._register.note_end(uid)
            transaction.run("session.void_session", uid=uid)
            return [uid]

        self._end(work)

    def void_sessions_of_account(self, account_uid: str, *, kept: str = "") -> None:
        """End all that a person has, but the one whose uid is `kept`."""

        def work(transaction: Transaction) -> list[str]:
            ended = transaction.run("session.void_sessions_of_account", account_uid=account_uid, kept=kept)
            uids = [str(row["uid"]) for row in ended]
            self._register.note_end(*uids)
            return uids

        self._end(work)

    def _end(self, work: Callable[[Transaction], list[str]]) -> None:
        with self._register.writing():
            self._register.end(*self._graph.write(work, command=draw_command(), act="session:end"))

    def _ending(self, row: Row) -> Ending | None:
        return self._register.ending(row["uid"], row["secret_hash"])

    def _finished(self, row: Row) -> Ending | None:
        """While nobody writes: how far the end of a row that stands had come; one that was under way is carried out."""
        ending = self._ending(row)
        if ending is Ending.UNDER_WAY:
            self._graph.overwrite("session.void_session", uid=row["uid"])
            self._register.end(row["uid"])
        return ending


def _row(session: Session) -> Row:
    return {
        "uid": session.uid,
        "secret_hash": session.secret_hash,
        "account_uid": session.account_uid,
        "binding": session.binding,
        "begun_at": stored_time(session.begun_at),
        "seen_at": stored_time(session.seen_at),
        "ends_at": stored_time(session.ends_at),
        "address": session.address,
        "agent": session.agent,
        "factor_due": session.factor_due,
        "factor_at": stored_time(session.factor_at) if session.factor_at else None,
        "purpose": session.purpose.value if session.purpose else None,
        "grant": session.grant,
        "left_network": session.left_network,
        "moved_at": stored_time(session.moved_at) if session.moved_at else None,
        "signed_at": stored_time(session.signed_at) if session.signed_at else None,
        "version": session.version,
        "factors": ",".join(session.factors),
    }


def session_changes(session: Session) -> Row:
    """Of all that, what may change while it lasts: the parameters of `session.put_session`."""
    return {name: value for name, value in _row(session).items() if name not in _FIXED}


def _session(row: Row) -> Session:
    times = {name: parse_stored_time(row[name]) if row[name] else None for name in _TIMES}
    told = {"grant": row["grant"] or "", "purpose": Purpose(row["purpose"]) if row["purpose"] else None}
    factors = tuple(filter(None, (row["factors"] or "").split(",")))
    return Session(**{**row, **times, **told, "factors": factors})
