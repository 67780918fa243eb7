"""Answers that are files: finished, hashed and on record before the first byte leaves."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final

from flask import Response

from traceapp.domain.exports import ExportedFile, Subject, TableForm
from traceapp.domain.recorded import Recorded

MEDIA: Final[Mapping[TableForm, str]] = {
    TableForm.CSV: "text/csv; charset=utf-8",
    TableForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableForm.JSON: "application/json",
}
SEALED: Final = "application/octet-stream"
"""What only the recipient opens."""
NAMES: Final[Mapping[Subject, str]] = {
    Subject.TRACE: "trace",
    Subject.SEARCH: "search",
    Subject.LEDGER: "audit-trail",
    Subject.REVIEW: "access-review",
    Subject.DELIVERIES: "deliveries",
}
"""How files are called, by whose rows they hold."""
_CHUNK: Final = 64 * 1024


def table_file(recorded: Recorded[ExportedFile]) -> Response:
    """The finished file, with the digest that is on record (RFC 9530) and the number of its record in its name."""
    made = recorded.value
    sealed = made.sealed_to is not None
    answer = stored_file(made.file, made.size, made.sha256, SEALED if sealed else MEDIA[made.form], made.sent)
    answer.headers["Traceapp-Rows"] = str(made.rows)
    name = f"{NAMES[made.subject]}-{recorded.receipt.seq}.{made.form.value}"
    return named_file(f"{name}.age" if sealed else name, recorded, answer)


def stored_file(file: BinaryIO, size: int, sha256: str, media: str, sent: Callable[[int], None] | None = None) -> Response:
    """size in bytes, sha256 in hex; the file is closed when it is sent, or when nobody wants it any more.

    sent  is called once, when it is over, with how many bytes were handed over to the connection.
    """
    sending = _Sending(file, sent)
    answer = Response(iter(sending), content_type=media)
    answer.content_length = size
    answer.headers["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"
    answer.call_on_close(sending.close)
    return answer


def named_file(name: str, recorded: Recorded[Any], answer: Response) -> Response:
    """Under this name, with its record in the header."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Traceapp-Ledger"] = f"{recorded.receipt.seq} {recorded.receipt.leaf}"
    return answer


class _Sending:
    """The bytes of a file, which is closed with the answer."""

    def __init__(self, file: BinaryIO, sent: Callable[[int], None] | None) -> None:
        self._file, self._sent = file, sent
        self._handed = 0

    def __iter__(self) -> Iterator[bytes]:
        with self._file:
            while chunk := self._file.read(_CHUNK):
                yield chunk
                self._handed += len(chunk)

    def close(self) -> None:
        self._file.close()
        sent, self._sent = self._sent, None
        if sent is not None:
            sent(self._handed)
