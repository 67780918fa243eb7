"""When who may see what has to be looked at next, and that it was not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from traceapp.domain.access_reviews import ReviewState
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.approvals.approval_persons import all_accounts
from traceapp.usecases.stations import Stations

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Due:
    """When who may see what has to be reviewed next; `open_uid` of the review that is under way."""

    at: datetime | None
    open_uid: str | None
    is_overdue: bool


def review_due(stations: Stations) -> Due:
    """When the next review is due by the policy; a number of tasks, recorded nowhere."""
    row, now = stations.policy.document.access_review, stations.clock.now()
    under_way = stations.reviews.list_reviews(ReviewState.OPEN, 1)
    if under_way:
        return Due(under_way[0].due_at, under_way[0].uid, now > under_way[0].due_at)
    if row is None:
        return Due(None, None, is_overdue=False)
    finished = stations.reviews.list_reviews(ReviewState.FINISHED, MOST)
    ends = [one.finished_at for one in finished if one.finished_at is not None]
    since = max(ends) if ends else min((one.created_at for one in all_accounts(stations)), default=now)
    at = since + timedelta(days=row.every_days)
    return Due(at, None, now > at)


def record_overdue(stations: Stations, actor: Actor) -> bool:
    """Put on record that a review is overdue, which rings; False where none is."""
    due = review_due(stations)
    if not due.is_overdue or due.at is None:
        return False
    request = {"change": "overdue", "since": due.at, **({"review": due.open_uid} if due.open_uid else {})}
    stations.ledger.append(entry(stations, actor, Permission.ACCOUNT_REVIEW, "failed", request=request, reason="overdue"))
    return True
