"""The form of the audit trail: moments as a person types them, and a tick for what was denied."""

from dataclasses import replace
from typing import Literal

from pydantic import field_validator

from traceapp.domain.exports import TableForm
from traceapp.domain.ledger_search import DENIED, LedgerQuery
from traceapp.web.audit_inputs import LedgerFilters, Seq, not_before_since
from traceapp.web.pages.forms import From, To


class LedgerFormInput(LedgerFilters):
    """What narrows the list, and where the page of it begins."""

    since: From | None = None
    until: To | None = None
    denied: Literal["1"] | None = None
    before: Seq | None = None

    _order = field_validator("until")(not_before_since)

    def asked(self) -> LedgerQuery:
        query = self.query(self.since, self.until)
        return query if self.denied is None else replace(query, outcome=DENIED)


class LedgerFormExportInput(LedgerFormInput):
    """The same as a file."""

    form: TableForm = TableForm.CSV


class LedgerFormRequestInput(LedgerFormExportInput):
    """A file that others have to agree to, and why it is wanted."""

    reason: str = ""
