"""Break-glass accesses. One that somebody made or changed in the store by hand gives nothing."""

import uuid
from dataclasses import replace
from typing import Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.grants import GrantRecord, GrantState, Verdict
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.rights import Role
from traceapp.graph.connection import Graph, Row
from traceapp.graph.record_head import whole

LABEL: Final = "Grant"
_FIXED: Final = ("account_uid", "role", "tier", "reason", "begun_at")


class GrantStore:
    """Every method raises StoreError and its kinds."""

    def __init__(self, graph: Graph, macs: RecordMacs) -> None:
        self._graph = graph
        self._macs = macs

    def append_grant(self, grant: GrantRecord) -> None:
        self._graph.write(
            lambda transaction: transaction.run("grant.append_grant", **_row(grant), mac=self._mac(grant)),
            command=uuid.uuid4().hex,
            act="grant:append",
        )

    def get_grant(self, uid: str) -> GrantRecord | None:
        """The access with this id, lasting or not; None where there is none, or where it is not as it was written."""
        rows = self._graph.read("grant.get_grant", uid=uid)
        return _grant(rows[0]) if rows and self._proves(rows[0]) else None

    def list_grants(self, state: GrantState, *, row_limit: int = 200) -> tuple[GrantRecord, ...]:
        """Those in this state, the oldest first; changed ones too, since a list gives no rights and shall hide nothing."""
        return tuple(map(_grant, self._graph.read("grant.list_grants", state=state.value, row_limit=row_limit)))

    def put_grant(self, grant: GrantRecord) -> bool:
        """Keep its end or its review; False where it was written since `grant.version` was read."""
        told = {name: value for name, value in _row(grant).items() if name not in _FIXED}
        mac = self._mac(replace(grant, version=grant.version + 1))
        kept = self._graph.write(
            lambda transaction: transaction.run("grant.put_grant", **told, mac=mac), command=uuid.uuid4().hex, act="grant:put"
        )
        return bool(kept)

    def _mac(self, grant: GrantRecord) -> bytes:
        return self._macs.row(LABEL, _deciding(_row(grant)))

    def _proves(self, row: Row) -> bool:
        return self._macs.proves_row(LABEL, _deciding(row) | {"mac": whole(row)["mac"]})


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
