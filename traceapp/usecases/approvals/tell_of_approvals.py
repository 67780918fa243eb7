"""People are told of approvals that wait for them: noted while the store is looked at, handed over by a thread of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from traceapp.domain.approvals import Approval, ApprovalState
from traceapp.domain.clock import Clock
from traceapp.domain.errors import NoticeDeliveryError
from traceapp.domain.notices import Notice, NoticeKind, NoticeSink, notices_of
from traceapp.ledger.notice_book import NoticeBook
from traceapp.usecases.approvals.approval_document import open_frozen
from traceapp.usecases.approvals.approval_persons import list_persons, row_of
from traceapp.usecases.approvals.approved_operations import OPERATIONS
from traceapp.usecases.stations import Stations

MOST: Final = 200
RECENT: Final = timedelta(days=1)
"""What expired earlier is told nobody any more."""
KEPT: Final = timedelta(days=60)
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
LATE: Final = timedelta(days=2)
"""So long after the end of an approval its notices are given up."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Where they are kept, and where they go."""

    book: NoticeBook
    sinks: Sequence[NoticeSink]
    clock: Clock


def note_notices(stations: Stations, notices: Notices) -> int:
    """Note what is new of the approvals; how many there were. Nobody is called here.

    raises  KeyUnavailableError; StoreError and its kinds; HomeError.
    """
    if not notices.sinks:
        return 0
    now, noted = notices.clock.now(), 0
    waiting = stations.approvals.list_approvals(ApprovalState.REQUESTED, MOST)
    over = stations.approvals.list_approvals(ApprovalState.EXPIRED, MOST)
    for approval in (*waiting, *(one for one in over if now - one.expires_at < RECENT)):
        for notice in notices_of(approval, now):
            if not notices.book.is_told(notice.uid):
                persons = _persons(stations, approval, notice)
                told = [(sink.name, one) for sink in notices.sinks for one in sink.recipients(persons)]
                notices.book.put(notice, told, now)
                noted += 1
    notices.book.forget(now - KEPT)
    return noted


def deliver_notices(notices: Notices, say: Callable[[str], None]) -> int:
    """Hand over what is due; how many were. A sink that does not take one is offered it again: 5 s, 10 s … 1 h.

    raises  HomeError.
    """
    sinks, away, done = {sink.name: sink for sink in notices.sinks}, set[str](), 0
    for delivery in notices.book.list_due(notices.clock.now()):
        now, sink = notices.clock.now(), sinks.get(delivery.sink)
        if sink is None or now > delivery.notice.until + LATE:
            notices.book.put_delivered(delivery)
            continue
        try:
            if sink.name in away:
                raise NoticeDeliveryError("it did not take the one before")
            sink.send(delivery.notice, delivery.recipient, now)
        except Exception as error:  # whatever one sink meets, the others get theirs
            if sink.name not in away:
                why = str(error) if isinstance(error, NoticeDeliveryError) else type(error).__name__
                say(f"a notice was not taken by the {sink.name}: {why}; it is offered again")
            away.add(sink.name)
            pause = min(FIRST_PAUSE * (1 << min(delivery.tries, 20)), LONGEST_PAUSE)
            notices.book.put_refused(delivery, now + pause)
            continue
        notices.book.put_delivered(delivery)
        done += 1
    return done


def _persons(stations: Stations, approval: Approval, notice: Notice) -> list[tuple[str, str]]:
    """User name and role of those whom it concerns: who may sign what waits now, or whoever asked for what expired."""
    if notice.kind is NoticeKind.EXPIRED:
        account = stations.accounts.get_account(approval.requester.account_uid)
        return [(account.username, account.role.value)] if account is not None else []
    row, step = row_of(stations, approval.operation), approval.steps[notice.step]
    roles = step.roles if notice.kind is NoticeKind.WAITING else step.deputies - step.roles
    signed = [one.person for one in approval.signatures]
    found = []
    holding = OPERATIONS[approval.operation].holds(open_frozen(stations, approval).parameters)
    for person in list_persons(stations, row, holding=holding) if row is not None else []:
        if person.role in roles and not person.is_same(approval.requester) and not any(map(person.is_same, signed)):
            account = stations.accounts.get_account(person.account_uid)
            if account is not None:
                found.append((account.username, person.role.value))
    return found
