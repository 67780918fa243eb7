"""Approvals. One that is not what the service wrote last allows nothing."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from traceapp.domain.approvals import Approval, ApprovalState, Operation, Person, Signature, Step
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault
from traceapp.domain.sessions import Session
from traceapp.domain.signatures import Meaning
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.kept_rows import KeptRows
from traceapp.graph.session_store import session_changes
from traceapp.host.row_register import RowRegister

LABEL: Final = "Approval"
_SEALED: Final = ("document", "words")
_WRITTEN: Final = ("uid", "words", "signatures", "state", "ended_by", "ended_at", "oldest_key", "version")
"""What `put_approval.cypher` takes; the rest stands as it was asked for."""


class _LostError(Exception):
    """Somebody else wrote first: what this transaction did is undone."""


class ApprovalStore:
    """Every method raises StoreError and its kinds, and HomeError.

    Where a move is signed, the session in which it is notes that in the same transaction: both come to be, or neither.
    """

    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister) -> None:
        self._graph = graph
        self._rows = KeptRows(graph, macs, register, LABEL, "approval.get_approval", _deciding)

    def append_approval(self, approval: Approval, signed_in: Session | None = None) -> bool:
        """False where the session that it was signed in was written meanwhile."""
        row = _row(approval)

        def work(transaction: Transaction) -> bytes:
            _note_signing(transaction, signed_in)
            mac = self._rows.note(approval.uid, row)
            transaction.run("approval.append_approval", **row, mac=mac)
            return mac

        return self._write(approval.uid, work, "approval:append")

    def get_approval(self, uid: str) -> Approval | None:
        """None where there is none, or it is not what the service wrote last."""
        rows = self._graph.read("approval.get_approval", uid=uid)
        return self.counting(rows[0]) if rows else None

    def counting(self, row: Row) -> Approval | None:
        """What counts of a row as it was read; None where it is not what the service wrote last."""
        believed = self._rows.believed(row)
        return _approval(believed) if believed is not None else None

    def list_approvals(self, state: ApprovalState, at_most: int) -> list[Approval]:
        """Those in this state, the newest first; what is not as the service wrote it last is left out, and named by the sweep."""
        rows = self._graph.read("approval.list_approvals", state=state.value, row_limit=at_most)
        found = (self._rows.believed(row) for row in rows)
        return [_approval(row) for row in found if row is not None and row["state"] == state.value]

    def put_approval(self, approval: Approval, signed_in: Session | None = None) -> bool:
        """Keep one move; False where it was written since `approval.version` was read: of many at once one wins.

        signed_in  the session that the move is signed in, as it shall be; False also where that was written meanwhile.
        """
        written = _row(approval)

        def work(transaction: Transaction) -> bytes | None:
            stood = transaction.run("approval.get_approval", uid=approval.uid)
            if not stood or not self._rows.stands(stood[0]):
                return None
            mac = self._rows.note(approval.uid, _row(replace(approval, version=approval.version + 1)))
            told = {name: written[name] for name in _WRITTEN} | {"mac": mac}
            kept = (
                transaction.run("approval.put_signed_approval", **_signed(told, session_changes(signed_in)))
                if signed_in is not None
                else transaction.run("approval.put_approval", **told)
            )
            if not kept:
                raise _LostError
            return mac

        return self._write(approval.uid, work, "approval:put")

    def find_stored(self, uid: str) -> tuple[Approval | None, bool]:
        """What stands in the store under this id, and whether that is what the service wrote last; for who looks for forgeries.

        None where nothing does, or nothing that can be read as an approval.
        """
        rows = self._graph.read_newest("approval.get_approval", uid=uid)
        if not rows:
            return None, False
        try:
            return _approval(rows[0]), self._rows.believed(rows[0]) is not None
        except (KeyError, TypeError, ValueError):
            return None, False

    def _write(self, uid: str, work: Callable[[Transaction], bytes | None], act: str) -> bool:
        try:
            return self._rows.write(uid, work, act)
        except _LostError:
            return False

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the approval of this id; None where nothing is, or there never was one."""
        return self._rows.fault(uid)


def _note_signing(transaction: Transaction, session: Session | None) -> None:
    if session is not None and not transaction.run("session.put_session", **session_changes(session)):
        raise _LostError


def _signed(told: Row, signing: Row) -> Row:
    """The parameters of `approval.put_signed_approval`, from those of the two statements that it stands for."""
    return {
        "uid": told["uid"],
        "version": told["version"],
        "move": told | {"version": told["version"] + 1},
        "session": signing["uid"],
        "session_version": signing["version"],
        "signing": signing | {"version": signing["version"] + 1},
    }


def _deciding(row: Row) -> Row:
    """All but the ciphertexts, which prove themselves and come under new keys now and then."""
    return {name: value for name, value in row.items() if name not in {*_SEALED, "oldest_key", "mac"}}


def _row(approval: Approval) -> Row:
    return {
        "uid": approval.uid,
        "operation": approval.operation.value,
        "digest": approval.digest,
        "document": approval.document,
        "words": approval.words,
        "requester": _text(_person_document(approval.requester)),
        "steps": _text([_step_document(step) for step in approval.steps]),
        "signatures": _text([_signature_document(one) for one in approval.signatures]),
        "requested_at": stored_time(approval.requested_at),
        "expires_at": stored_time(approval.expires_at),
        "state": approval.state.value,
        "ended_by": approval.ended_by,
        "ended_at": stored_time(approval.ended_at) if approval.ended_at else None,
        "oldest_key": oldest_of(key_named(one) for one in (approval.document, approval.words)),
        "version": approval.version,
    }


def _approval(row: Row) -> Approval:
    return Approval(
        uid=row["uid"],
        operation=Operation(row["operation"]),
        digest=row["digest"],
        document=bytes(row["document"]),
        words=bytes(row["words"]),
        requester=_person(json.loads(row["requester"])),
        steps=tuple(map(_step, json.loads(row["steps"]))),
        signatures=tuple(map(_signature, json.loads(row["signatures"]))),
        requested_at=parse_stored_time(row["requested_at"]),
        expires_at=parse_stored_time(row["expires_at"]),
        state=ApprovalState(row["state"]),
        ended_by=row["ended_by"],
        ended_at=parse_stored_time(row["ended_at"]) if row["ended_at"] else None,
        version=row["version"],
    )


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _person_document(person: Person) -> dict[str, Any]:
    former = {"former": sorted(person.former)} if person.former else {}
    return {
        "account": person.account_uid,
        "person": person.person_id,
        "role": person.role.value,
        "name_key": person.name_key,
        **former,
    }


def _person(told: Mapping[str, Any]) -> Person:
    former = frozenset(told.get("former", ()))
    return Person(told["account"], told["person"], Role(told["role"]), told["name_key"], former)


def _step_document(step: Step) -> dict[str, Any]:
    return {
        "roles": sorted(step.roles),
        "count": step.count,
        "deputies": sorted(step.deputies),
        "escalates_after": int(step.escalates_after.total_seconds()),
        "meaning": step.meaning.value,
    }


def _step(told: Mapping[str, Any]) -> Step:
    roles, deputies = (frozenset(map(Role, told[name])) for name in ("roles", "deputies"))
    return Step(
        roles, told["count"], deputies, timedelta(seconds=told["escalates_after"]), Meaning(told.get("meaning", Meaning.APPROVED))
    )


def _signature_document(signature: Signature) -> dict[str, Any]:
    return {
        "by": _person_document(signature.person),
        "step": signature.step,
        "signed_at": stored_time(signature.signed_at),
        "digest": signature.digest,
        "sealed": signature.sealed,
    }


def _signature(told: Mapping[str, Any]) -> Signature:
    return Signature(
        _person(told["by"]), told["step"], parse_stored_time(told["signed_at"]), told["digest"], told.get("sealed", "")
    )
