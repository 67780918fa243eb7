"""The bytes of answers of the audit trail: `Recorded` comes in and nothing else."""

from flask import Response

from traceapp.domain.ledger_search import FoundRecord, IndexState, LedgerPage
from traceapp.domain.recorded import Recorded
from traceapp.web.answers import document_response
from traceapp.web.files import named_file


def records_answer(recorded: Recorded[LedgerPage]) -> Response:
    page = recorded.value
    told = {
        "records": [one.document for one in page.records],
        "next": page.before,
        "index": state_document(page.state),
        "ledger": recorded.receipt,
    }
    return document_response(told)


def record_answer(recorded: Recorded[FoundRecord]) -> Response:
    told = {"record": recorded.value.document, "ledger": recorded.receipt}
    return document_response(told)


def proof_answer(seq: int, recorded: Recorded[str]) -> Response:
    told = {"seq": seq, "proof": recorded.value, "ledger": recorded.receipt}
    return document_response(told)


def proof_file(seq: int, recorded: Recorded[str]) -> Response:
    """The same as a file; its record is named in the header."""
    return named_file(f"record-{seq}.tlog-proof", recorded, Response(recorded.value, content_type="text/plain; charset=utf-8"))


def state_document(state: IndexState) -> dict[str, int]:
    return {"first": state.first, "indexed": state.indexed, "head": state.head, "lag": state.lag, "unread": state.unread}
