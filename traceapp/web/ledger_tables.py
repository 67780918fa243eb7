"""Records of the ledger as a table for a file: the newest first, each in one row, whatever has parts as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, overload

from flask_babel import gettext

from traceapp.domain.exports import Cell, Copy, Document, Fact, Table, TableForm
from traceapp.domain.ledger_search import FoundRecord
from traceapp.domain.trace import Status
from traceapp.usecases.exports.exported_ledger import LedgerRows
from traceapp.web.pages.wording import N_, STATUSES
from traceapp.web.table_head import Masks, copy_facts

_OF_ACTOR: Final = ("username", "role", "organisation", "purpose", "through", "address")
COLUMNS: Final = {
    "seq": N_("Record"),
    "time": N_("When (UTC)"),
    "act": N_("Act"),
    "outcome": N_("Outcome"),
    "username": N_("User name"),
    "role": N_("Role"),
    "organisation": N_("Organisation"),
    "purpose": N_("Purpose"),
    "through": N_("Came in by"),
    "address": N_("Address"),
    "completeness": N_("Completeness"),
    "reason": N_("Reason"),
    "approval": N_("Approval"),
    "request_id": N_("Id of the request"),
    "object": N_("About"),
    "request": N_("Asked for"),
    "disclosed": N_("Left in clear"),
    "withheld": N_("Masked"),
    "result": N_("Result"),
    "roll": N_("Roll of things shown"),
    "policy": N_("Digest of the policy"),
    "dictionary": N_("Digest of the dictionary"),
    "leaf": N_("Leaf of the ledger"),
    "masked": N_("Masked in this record"),
}
"""Columns by code, with the word above them."""
WORDS: Final = {
    Status.COMPLETE: N_("Every record that fits is here, and nothing of it is masked."),
    Status.WITHHELD: N_("Every record that fits is here; what names things outside the view of whoever took it is masked."),
    Status.TRUNCATED: N_("The newest records could not be found yet: take it again in a minute."),
    Status.DEGRADED: N_("Some rolls of things shown could not be read: records that only they would find are missing."),
}


def ledger_tables(form: TableForm, answer: LedgerRows, copy: Copy) -> Document:
    columns = {code: gettext(word) for code, word in COLUMNS.items()}
    table = Table("records", gettext("Records"), columns, _Rows(answer.records))
    return Document(gettext("Audit trail"), copy, tuple(_facts(answer, copy)), [table], Masks())


class _Rows(Sequence[Sequence[Cell]]):
    """A row for each record, made when it is wanted."""

    def __init__(self, records: Sequence[FoundRecord]) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Sequence[Cell]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[Cell]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        found = self._records[index]
        return [_row(one) for one in found] if isinstance(found, Sequence) else _row(found)

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        return map(_row, self._records)


def _row(found: FoundRecord) -> tuple[Cell, ...]:
    who: Mapping[str, Any] = found.told.get("actor") or {}
    beside: dict[str, Any] = {"leaf": found.leaf, "masked": " ".join(found.masked)}
    cells = (beside[name] if name in beside else (who if name in _OF_ACTOR else found.told).get(name) for name in COLUMNS)
    return tuple(cell if cell not in ([], {}) else None for cell in cells)


def _facts(answer: LedgerRows, copy: Copy) -> Iterator[Fact]:
    yield from copy_facts(copy)
    yield Fact("completeness", gettext("Completeness"), answer.status.name)
    yield Fact("completeness_words", gettext(STATUSES[answer.status]), gettext(WORDS[answer.status]))
    yield Fact("first", gettext("Oldest record that is kept"), answer.state.first)
    yield Fact("indexed", gettext("Newest record that can be found"), answer.state.indexed)
    yield Fact("newest", gettext("Newest record"), answer.state.head)
    yield Fact("policy", gettext("Digest of the policy"), answer.policy_digest)
