"""How rows of each subject become tables, in words of the request's language."""

from collections.abc import Mapping
from functools import partial

from traceapp.domain.exports import Arrange, Subject
from traceapp.web.delivery_tables import delivery_tables
from traceapp.web.ledger_tables import ledger_tables
from traceapp.web.search_tables import search_tables
from traceapp.web.stations import stations
from traceapp.web.trace_tables import trace_tables


def arrangements() -> Mapping[Subject, Arrange]:
    sites = stations().organisation.sites
    return {
        Subject.TRACE: partial(trace_tables, sites),
        Subject.SEARCH: partial(search_tables, sites),
        Subject.LEDGER: ledger_tables,
        Subject.DELIVERIES: delivery_tables,
    }
