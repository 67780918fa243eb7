"""A notice: that an approval waits, may be signed by deputies as well, or expired; until when, and where it is. Nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from traceapp.domain.approvals import OPEN, Approval, ApprovalState


class NoticeKind(StrEnum):
    """As a message is typed."""

    WAITING = "approval.waiting"
    ESCALATED = "approval.escalated"
    EXPIRED = "approval.expired"


@dataclass(frozen=True, slots=True)
class Notice:
    """step  of the chain that waits, from 0.   until  when the time of the approval is over (UTC)."""

    kind: NoticeKind
    approval: str
    step: int
    until: datetime

    @property
    def uid(self) -> str:
        """The same of the same thing, so that nobody is told twice, and a receiver knows one that comes twice."""
        return f"{self.approval}-{self.step}-{self.kind.value.partition('.')[2]}"


class NoticeSink(Protocol):
    """Where notices go besides the page."""

    @property
    def name(self) -> str:
        """`webhook` or `mail`."""

    def recipients(self, persons: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """Whom to tell: of persons by user name and role; one of no name where it goes to no person."""

    def send(self, notice: Notice, recipient: str, now: datetime) -> None:
        """Hand one over; raises NoticeDeliveryError: it was not taken, try again later."""


def notices_of(approval: Approval, now: datetime) -> tuple[Notice, ...]:
    """What there is to tell of one at this moment."""
    uid, until = approval.uid, approval.expires_at
    if approval.state_at(now) is ApprovalState.EXPIRED:
        return (Notice(NoticeKind.EXPIRED, uid, 0, until),)
    number = approval.step_at() if approval.state in OPEN else None
    if number is None:
        return ()
    step, found = approval.steps[number], [Notice(NoticeKind.WAITING, uid, number, until)]
    if step.deputies - step.roles and now - approval.requested_at >= step.escalates_after:
        found.append(Notice(NoticeKind.ESCALATED, uid, number, until))
    return tuple(found)
