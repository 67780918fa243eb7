"""Whose rows can leave as a file: one row for each kind of question, and one road for all of them."""

from collections.abc import Mapping
from typing import Final

from traceapp.domain.approvals import Operation
from traceapp.domain.exports import Subject
from traceapp.usecases.exports.exportable import ExportSubject
from traceapp.usecases.exports.exported_deliveries import DELIVERIES
from traceapp.usecases.exports.exported_ledger import LEDGER
from traceapp.usecases.exports.exported_search import SEARCH
from traceapp.usecases.exports.exported_trace import TRACE

SUBJECTS: Final[Mapping[Subject, ExportSubject]] = {
    Subject.TRACE: TRACE,
    Subject.SEARCH: SEARCH,
    Subject.LEDGER: LEDGER,
    Subject.DELIVERIES: DELIVERIES,
}
SUBJECT_OF: Final[Mapping[Operation, Subject]] = {
    **{row.operation: subject for subject, row in SUBJECTS.items()},
    Operation.OUTSIDE_DELIVERY: Subject.TRACE,
}
"""By the operation with which others agree to it."""
