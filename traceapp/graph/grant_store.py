"""Break-glass accesses. One that is not what the service wrote last gives nothing, and still waits for its review."""

from dataclasses import dataclass, replace
from typing import Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.grants import GrantRecord, GrantState, Verdict
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault, Waiting
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.kept_rows import KeptRows
from traceapp.host.row_register import RowRegister

LABEL: Final = "Grant"
ROWS: Final = 200
_FIXED: Final = ("account_uid", "role", "tier", "reason", "begun_at")


@dataclass(frozen=True, slots=True)
class WaitingGrant:
    """An access without its review.

    person_id  whose it was, where the register knows it.
    record     None where what stands in the store, if anything, is not what the service wrote last: `fault` says how.
    """

    uid: str
    account_uid: str
    person_id: str | None
    record: GrantRecord | None = None
    fault: RowFault | None = None


class GrantStore:
    """Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister) -> None:
        self._graph = graph
        self._register = register
        self._rows = KeptRows(graph, macs, register, LABEL, "grant.get_grant", _deciding)

    def append_grant(self, grant: GrantRecord, person_id: str) -> None:
        """Begin an access of this person (`Account.person_id`); from now on it waits, whatever becomes of it in the store."""
        row = _row(grant)

        def work(transaction: Transaction) -> bytes:
            mac = self._rows.note(grant.uid, row)
            if grant.state is GrantState.OPEN:
                self._register.put_waiting(LABEL, Waiting(grant.uid, grant.account_uid, person_id))
            transaction.run("grant.append_grant", **row, mac=mac)
            return mac

        self._rows.write(grant.uid, work, "grant:append")

    def get_grant(self, uid: str) -> GrantRecord | None:
        """The access with this id, lasting or not; None where there is none, or it is not what the service wrote last."""
        rows = self._graph.read("grant.get_grant", uid=uid)
        row = self._rows.believed(rows[0]) if rows else None
        return _grant(row) if row is not None else None

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the access of this id; None where nothing is, or there never was one."""
        return self._rows.fault(uid)

    def list_waiting(self) -> tuple[WaitingGrant, ...]:
        """All that wait for their review, the oldest first; behind them those whose row was changed or taken away."""
        noted = {one.uid: one for one in self._register.list_waiting(LABEL)}
        rows = {row["uid"]: row for row in self._graph.read("grant.list_grants", state=GrantState.OPEN.value, row_limit=ROWS)}
        found = [self._standing_open(row, noted.get(uid)) for uid, row in rows.items()]
        found += [self._not_open(noted[uid]) for uid in noted.keys() - rows.keys()]
        return tuple(sorted((one for one in found if one is not None), key=_oldest_first))

    def put_grant(self, grant: GrantRecord) -> bool:
        """Keep its end or its review; False where it was written since `grant.version` was read."""
        told = {name: value for name, value in _row(grant).items() if name not in _FIXED}

        def work(transaction: Transaction) -> bytes | None:
            stood = transaction.run("grant.get_grant", uid=grant.uid)
            if not stood or not self._rows.stands(stood[0]):
                return None
            mac = self._rows.note(grant.uid, _row(replace(grant, version=grant.version + 1)))
            return mac if transaction.run("grant.put_grant", **told, mac=mac) else None

        written = self._rows.write(grant.uid, work, "grant:put")
        if written and grant.state is GrantState.REVIEWED:
            self._register.void_waiting(LABEL, grant.uid)
        return written

    def close_lost(self, uid: str) -> None:
        """The review of an access whose row was changed or taken away: it waits no more, and its row never counts again."""
        with self._register.writing():
            self._register.void(LABEL, uid)

    def _standing_open(self, row: Row, noted: Waiting | None) -> WaitingGrant | None:
        """What an open row of the store comes to; None where it was reviewed, and put back as it was before."""
        uid, account_uid = str(row["uid"]), str(row["account_uid"])
        met = self._register.is_known(LABEL, uid)
        believed = self._rows.believed(row)
        if believed is not None:
            if believed["state"] != GrantState.OPEN.value:
                return None
            if noted is None and not met:  # older than the register
                self._register.put_waiting(LABEL, Waiting(uid, account_uid, account_uid))
            return WaitingGrant(uid, account_uid, noted.person_id if noted else None, _grant(believed))
        if noted is None and met:
            return None
        told = noted or Waiting(uid, account_uid, account_uid)
        return WaitingGrant(uid, told.account_uid, told.person_id, None, self._rows.fault(uid) or RowFault.CHANGED)

    def _not_open(self, noted: Waiting) -> WaitingGrant | None:
        """What became of one that waited when the register was asked, and is not among the open ones that were read.

        None where it waits no more: it was reviewed meanwhile, or never came to be.
        """
        found = self.get_grant(noted.uid)
        if found is not None and found.state is GrantState.REVIEWED:
            self._register.void_waiting(LABEL, noted.uid)
            return None
        if found is not None:
            return WaitingGrant(noted.uid, noted.account_uid, noted.person_id, found)
        self._rows.settle(noted.uid)
        if not self._register.is_waiting(LABEL, noted.uid):
            return None
        fault = self._rows.fault(noted.uid) or RowFault.GONE
        return WaitingGrant(noted.uid, noted.account_uid, noted.person_id, None, fault)


def _oldest_first(waiting: WaitingGrant) -> tuple[bool, str, str]:
    record = waiting.record
    return record is None, stored_time(record.begun_at) if record is not None else "", waiting.uid


def _deciding(row: Row) -> Row:
    """All but the ciphertexts, which prove themselves and come under new keys now and then: of them, whether they are there."""
    plain = {name: value for name, value in row.items() if name not in {"reason", "note", "oldest_key", "mac"}}
    return plain | {name: row[name] is not None for name in ("reason", "note")}


def _row(grant: GrantRecord) -> Row:
    return {
        "uid": grant.uid,
        "account_uid": grant.account_uid,
        "role": grant.role.value,
        "tier": grant.tier,
        "reason": grant.reason,
        "begun_at": stored_time(grant.begun_at),
        "ends_at": stored_time(grant.ends_at),
        "state": grant.state.value,
        "reviewed_by": grant.reviewed_by,
        "reviewed_at": stored_time(grant.reviewed_at) if grant.reviewed_at else None,
        "verdict": grant.verdict.value if grant.verdict else None,
        "note": grant.note,
        "oldest_key": oldest_of(key_named(one) for one in (grant.reason, grant.note) if one is not None),
        "version": grant.version,
    }


def _grant(row: Row) -> GrantRecord:
    return GrantRecord(
        **{
            **{name: value for name, value in row.items() if name != "mac"},
            "role": Role(row["role"]),
            "reason": bytes(row["reason"]),
            "note": bytes(row["note"]) if row["note"] is not None else None,
            "begun_at": parse_stored_time(row["begun_at"]),
            "ends_at": parse_stored_time(row["ends_at"]),
            "state": GrantState(row["state"]),
            "reviewed_at": parse_stored_time(row["reviewed_at"]) if row["reviewed_at"] else None,
            "verdict": Verdict(row["verdict"]) if row["verdict"] else None,
        }
    )
