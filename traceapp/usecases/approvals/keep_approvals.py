"""Approvals are kept up to date by the service itself, so that nothing waits for somebody to look."""

from traceapp.domain.approvals import OPEN
from traceapp.domain.rights import Actor
from traceapp.usecases.approvals.approval_moves import settled
from traceapp.usecases.sessions.keep_break_glass_reviews import PAGE, keep_break_glass_reviews
from traceapp.usecases.stations import Stations


def keep_approvals(stations: Stations, actor: Actor) -> None:
    """Write down what has expired, then open the reviews that are missing.

    raises  KeyUnavailableError; StoreError and its kinds; LedgerUnavailableError: not now, look again.
    """
    for state in sorted(OPEN):
        for one in stations.approvals.list_approvals(state, PAGE):
            settled(stations, actor, one)
    keep_break_glass_reviews(stations, actor)
