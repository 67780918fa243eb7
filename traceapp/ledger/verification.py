"""Is the ledger whole? Reads the file alone; shares no code with the writer."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import rfc8785

from traceapp.domain.recorded import LedgerReceipt, LedgerVerdict

_GENESIS: Final = "0" * 64
_LONGEST_LINE: Final = 1024 * 1024


class _BadLineError(Exception):
    """Why a line is no record of this place."""


def verify(path: Path, *, receipts: Sequence[LedgerReceipt] = (), upto: int | None = None) -> LedgerVerdict:
    """Read every record and name the first that is bad.

    receipts  receipts that must be in the ledger: only they prove that the newest record is unchanged and that
              nothing was cut off after it.
    upto      stop after this record (a writer may be adding more); it must be there. None reads to the end.
    """
    wanted = {receipt.seq: receipt.leaf for receipt in receipts if receipt.seq > 0}
    try:
        file = path.open("rb")
    except OSError as error:
        return LedgerVerdict(False, 0, 1, f"The ledger cannot be read: {error.strerror}.", "")
    previous = before = _GENESIS  # hashes of the record before, and of the one before that
    leaf = ""
    seq = 0
    suspect = False  # the record before does not join its neighbour and stands on trial itself
    with file:
        while upto is None or seq < upto or suspect:
            line = file.readline(_LONGEST_LINE)
            if not line:
                break
            expected = seq + 1
            try:
                record = _record(line, expected)
            except _BadLineError as error:
                if not suspect and seq not in wanted and _claims_place(line, seq, before, previous):
                    return LedgerVerdict(False, seq - 1, seq, f"Record {seq} stands there twice, with different content.", leaf)
                return LedgerVerdict(False, seq, expected - 1 if suspect else expected, str(error), leaf)
            joins = record["prev"] == previous
            if suspect:
                # Between two records that do not join, the later one is good if its successor names it.
                bad = expected - 2 if joins else expected - 1
                return LedgerVerdict(False, bad - 1, bad, f"Record {bad} was changed: it does not join its neighbours.", leaf)
            if not joins and expected == 1:
                return LedgerVerdict(False, 0, 1, "Record 1 was changed: it is not the beginning of a ledger.", "")
            suspect = not joins
            content = line[:-1]
            before, previous = previous, hashlib.sha256(content).hexdigest()
            leaf, seq = hashlib.sha256(b"\x00" + content).hexdigest(), expected
            if not suspect and wanted.get(seq, leaf) != leaf:
                return LedgerVerdict(False, seq - 1, seq, f"Record {seq} was changed: its receipt names another.", leaf)
    if suspect:
        # No successor tells which of the last two was changed; a receipt does, else the earlier one is named.
        bad = seq if wanted.get(seq, leaf) != leaf else seq - 1
        return LedgerVerdict(False, bad - 1, bad, f"Record {bad} was changed: it does not join its neighbour.", leaf)
    newest = max([*wanted, upto or 0, 1])
    if seq < newest:
        return LedgerVerdict(False, seq, seq + 1, f"Record {seq + 1} is missing: the ledger was cut off after {seq}.", leaf)
    return LedgerVerdict(True, seq, None, f"{seq} records, all as they were written.", leaf)


def _record(line: bytes, expected: int) -> dict[str, Any]:
    if not line.endswith(b"\n"):
        raise _BadLineError(f"Record {expected} is cut off in the middle.")
    content = line[:-1]
    try:
        record = json.loads(content, parse_constant=_refuse, parse_float=_refuse)
        seq, prev = record["seq"], record["prev"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _BadLineError(f"Record {expected} was changed: it is no record.") from None
    if seq != expected or isinstance(seq, bool):
        found = f"record {seq} stands in its place" if isinstance(seq, int) else "its number is no number"
        raise _BadLineError(f"Record {expected} is missing: {found}.")
    if not isinstance(prev, str) or not _is_canonical(record, content):
        raise _BadLineError(f"Record {expected} was changed: it is not in canonical form.")
    return dict(record)


def _claims_place(line: bytes, seq: int, before: str, taken_by: str) -> bool:
    """Whether another record than the one read already joins the record before it as well: one of the two was inserted."""
    try:
        record = _record(line, seq)
    except _BadLineError:
        return False
    return bool(record["prev"] == before) and hashlib.sha256(line[:-1]).hexdigest() != taken_by


def _is_canonical(record: object, content: bytes) -> bool:
    try:
        # The quick form differs from RFC 8785 only in the order of keys beyond ASCII.
        quick = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return quick == content or rfc8785.dumps(record) == content  # type: ignore[arg-type]
    except (ValueError, TypeError, RecursionError):
        return False


def _refuse(text: str) -> None:
    raise ValueError(f"a ledger holds no {text[:20]}")
