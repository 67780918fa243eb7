"""Documents of one label, sealed and under a MAC. One that is not what the service wrote last is none."""

from dataclasses import replace
from typing import Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.kept_documents import END, KeptDocument
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.row_register import RowFault
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.kept_rows import KeptRows
from traceapp.host.row_register import RowRegister

RECIPIENT: Final = "Recipient"
DELIVERY: Final = "Delivery"
PLURALS: Final = {RECIPIENT: "recipients", DELIVERY: "deliveries"}
_CIPHERTEXT: Final = frozenset({"document", "oldest_key", "mac"})


class DocumentStore:
    """label: one of `PLURALS`. Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister, label: str) -> None:
        area = label.lower()
        self._graph = graph
        self._get, self._list = f"{area}.get_{area}", f"{area}.list_{PLURALS[label]}"
        self._append, self._put = f"{area}.append_{area}", f"{area}.put_{area}"
        self._rows = KeptRows(graph, macs, register, label, self._get, _deciding)

    def append(self, document: KeptDocument) -> None:
        row = _row(document)

        def work(transaction: Transaction) -> bytes:
            mac = self._rows.note(document.uid, row)
            transaction.run(self._append, **row, mac=mac)
            return mac

        self._rows.write(document.uid, work, self._append)

    def get(self, uid: str) -> KeptDocument | None:
        """None where there is none, or it is not what the service wrote last."""
        rows = self._graph.read(self._get, uid=uid)
        row = self._rows.believed(rows[0]) if rows else None
        return _document(row) if row is not None else None

    def list_newest(self, at_most: int, before: str = END) -> list[KeptDocument]:
        """The newest in front of a place; what is not as the service wrote it last is left out, and named by the sweep."""
        rows = self._graph.read(self._list, before=before, row_limit=at_most)
        return [_document(row) for row in map(self._rows.believed, rows) if row is not None]

    def put(self, document: KeptDocument) -> bool:
        """Keep what became of it; False where it was written since `version` was read."""

        def work(transaction: Transaction) -> bytes | None:
            stood = transaction.run(self._get, uid=document.uid)
            if not stood or not self._rows.stands(stood[0]):
                return None
            mac = self._rows.note(document.uid, _row(replace(document, version=document.version + 1)))
            told = {name: value for name, value in _row(document).items() if name != "place"}
            return mac if transaction.run(self._put, **told, mac=mac) else None

        return self._rows.write(document.uid, work, self._put)

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the document of this id; None where nothing is, or there never was one."""
        return self._rows.fault(uid)


def _deciding(row: Row) -> Row:
    """All but the ciphertext, which comes under new keys now and then; the digest binds what is in it."""
    return {name: value for name, value in row.items() if name not in _CIPHERTEXT}


def _row(document: KeptDocument) -> Row:
    return {
        "uid": document.uid,
        "place": document.place,
        "document": document.document,
        "digest": document.digest,
        "state": document.state,
        "oldest_key": oldest_of((key_named(document.document),)),
        "version": document.version,
    }


def _document(row: Row) -> KeptDocument:
    at, _, uid = row["place"].partition(" ")
    return KeptDocument(uid, parse_stored_time(at), bytes(row["document"]), row["digest"], row["state"], row["version"])
