"""Reviews of who may see what. One that is not what the service wrote last is none."""

from dataclasses import replace
from typing import Final

from traceapp.domain.access_reviews import AccessReview, ReviewState
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.row_register import RowFault
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.kept_rows import KeptRows
from traceapp.host.row_register import RowRegister

LABEL: Final = "AccessReview"
_WRITTEN: Final = ("uid", "state", "finished_at", "document", "oldest_key", "version")
"""What `put_review.cypher` takes; the rest stands as it began."""


class ReviewStore:
    """Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister) -> None:
        self._graph = graph
        self._rows = KeptRows(graph, macs, register, LABEL, "review.get_review", _deciding)

    def append_review(self, review: AccessReview) -> None:
        row = _row(review)

        def work(transaction: Transaction) -> bytes:
            mac = self._rows.note(review.uid, row)
            transaction.run("review.append_review", **row, mac=mac)
            return mac

        self._rows.write(review.uid, work, "review:append")

    def get_review(self, uid: str) -> AccessReview | None:
        """None where there is none, or it is not what the service wrote last."""
        rows = self._graph.read("review.get_review", uid=uid)
        row = self._rows.believed(rows[0]) if rows else None
        return _review(row) if row is not None else None

    def list_reviews(self, state: ReviewState, at_most: int) -> list[AccessReview]:
        """Those in this state, the newest first; what is not as the service wrote it last is left out, and named by the sweep."""
        rows = self._graph.read("review.list_reviews", state=state.value, row_limit=at_most)
        found = (self._rows.believed(row) for row in rows)
        return [_review(row) for row in found if row is not None and row["state"] == state.value]

    def put_review(self, review: AccessReview) -> bool:
        """Keep one decision; False where it was written since `review.version` was read."""
        written = _row(review)

        def work(transaction: Transaction) -> bytes | None:
            stood = transaction.run("review.get_review", uid=review.uid)
            if not stood or not self._rows.stands(stood[0]):
                return None
            mac = self._rows.note(review.uid, _row(replace(review, version=review.version + 1)))
            told = {name: written[name] for name in _WRITTEN}
            return mac if transaction.run("review.put_review", **told, mac=mac) else None

        return self._rows.write(review.uid, work, "review:put")

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the review of this id; None where nothing is, or there never was one."""
        return self._rows.fault(uid)


def _deciding(row: Row) -> Row:
    """All but the ciphertext, which proves itself and comes under new keys now and then."""
    return {name: value for name, value in row.items() if name not in {"document", "oldest_key", "mac"}}


def _row(review: AccessReview) -> Row:
    return {
        "uid": review.uid,
        "state": review.state.value,
        "begun_by": review.begun_by,
        "begun_at": stored_time(review.begun_at),
        "due_at": stored_time(review.due_at),
        "finished_at": stored_time(review.finished_at) if review.finished_at is not None else None,
        "document": review.document,
        "oldest_key": oldest_of([key_named(review.document)]),
        "version": review.version,
    }


def _review(row: Row) -> AccessReview:
    return AccessReview(
        uid=row["uid"],
        begun_by=row["begun_by"],
        begun_at=parse_stored_time(row["begun_at"]),
        due_at=parse_stored_time(row["due_at"]),
        document=bytes(row["document"]),
        finished_at=parse_stored_time(row["finished_at"]) if row["finished_at"] else None,
        version=row["version"],
    )
