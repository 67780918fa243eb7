"""Sessions of persons. One that was ended, and a secret that was replaced, open nothing any more, put back or not."""

import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.purposes import Purpose
from traceapp.domain.row_register import RowRegister
from traceapp.domain.sessions import IDLE, Session
from traceapp.graph.connection import Graph, Row, Transaction

_TIMES: Final = ("begun_at", "seen_at", "ends_at", "factor_at", "moved_at")
_FIXED: Final = ("account_uid", "begun_at", "agent")


class SessionStore:
    """Every method raises StoreError and its kinds, and HomeError.

    A row is bound to what it says by `Session.binding`; that it is over is noted outside the store, before it is deleted.
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

        self._graph.write(work, command=uuid.uuid4().hex, act="session:append")

    def get_session(self, secret_hash: str) -> Session | None:
        """The session of this cookie, over or not; None where there is none, or it was ended."""
        return self.find_session(secret_hash)[0]

    def find_session(self, secret_hash: str) -> tuple[Session | None, Session | None]:
        """The same; or else the one that was ended, or had this secret before, and stands in the store again."""
        rows = self._graph.read("session.get_session", secret_hash=secret_hash)
        if not rows:
            return None, None
        if not self._has_ended(rows[0]):
            return _session(rows[0]), None
        with self._register.writing():  # whoever ends one notes it first
            rows = self._graph.read_newest("session.get_session", secret_hash=secret_hash)
        return None, _session(rows[0]) if rows else None

    def list_sessions_of_account(self, account_uid: str) -> tuple[Session, ...]:
        """Those of one person, in the order of their beginning, over or not."""
        rows = self._graph.read("session.list_sessions_of_account", account_uid=account_uid)
        return tuple(_session(row) for row in rows if not self._has_ended(row))

    def list_sessions(self, now: datetime, *, row_limit: int) -> tuple[Session, ...]:
        """Everybody's, in the order of their beginning; some may be idle for too long."""
        rows = self._graph.read("session.list_sessions", now=stored_time(now), row_limit=row_limit)
        return tuple(_session(row) for row in rows if not self._has_ended(row))

    def list_put_back(self, now: datetime, *, row_limit: int) -> tuple[Session, ...]:
        """Those that were ended and stand in the store."""
        with self._register.writing():
            rows = self._graph.read("session.list_sessions", now=stored_time(now), row_limit=row_limit)
            return tuple(_session(row) for row in rows if self._has_ended(row))

    def put_session(self, session: Session, before: Session | None = None) -> Session | None:
        """Keep a session that was changed; it as it is kept now.

        before   as it was read; where its secret was another one, that opens nothing from now on.
        returns  None where it was ended, or written by another request, since `session.version` was read: nothing was written.
        """
        told = _changes(session)
        replaced = before.secret_hash if before is not None and before.secret_hash != session.secret_hash else None

        def work(transaction: Transaction) -> bool:
            if not transaction.run("session.put_session", **told):
                return False
            if replaced is not None:
                self._register.end(replaced)
            return True

        with self._register.writing() if replaced is not None else nullcontext():
            kept = self._graph.write(work, command=uuid.uuid4().hex, act="session:put")
        return replace(session, version=session.version + 1) if kept else None

    def note_use(self, session: Session) -> None:
        """Keep where and when a session was used last; where another request wrote it meanwhile, that one counts."""
        self._graph.overwrite("session.put_session", **_changes(session))

    def void_session(self, uid: str) -> None:
        """End one session; an unknown one changes nothing."""

        def work(transaction: Transaction) -> None:
            self._register.end(uid)
            transaction.run("session.void_session", uid=uid)

        self._end(work)

    def void_sessions_of_account(self, account_uid: str, *, kept: str = "") -> None:
        """End all that a person has, but the one whose uid is `kept`."""

        def work(transaction: Transaction) -> None:
            ended = transaction.run("session.void_sessions_of_account", account_uid=account_uid, kept=kept)
            self._register.end(*(row["uid"] for row in ended))

        self._end(work)

    def _end(self, work: Callable[[Transaction], object]) -> None:
        with self._register.writing():
            self._graph.write(work, command=uuid.uuid4().hex, act="session:end")

    def _has_ended(self, row: Row) -> bool:
        return self._register.has_ended(row["uid"], row["secret_hash"])


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
        "version": session.version,
    }


def _changes(session: Session) -> Row:
    """Of all that, what may change while it lasts."""
    return {name: value for name, value in _row(session).items() if name not in _FIXED}


def _session(row: Row) -> Session:
    times = {name: parse_stored_time(row[name]) if row[name] else None for name in _TIMES}
    return Session(
        **{**row, **times, "grant": row["grant"] or "", "purpose": Purpose(row["purpose"]) if row["purpose"] else None}
    )
