"""What of an approval leaves the house: that one waits, until when, and where. Who asked for what is on the page alone."""

from datetime import UTC, datetime
from typing import Any, Final

from traceapp.domain.clock import stored_time
from traceapp.domain.notices import Notice, NoticeKind

SUBJECTS: Final = {
    NoticeKind.WAITING: ("An approval waits", "有一项审批等待处理"),
    NoticeKind.ESCALATED: ("An approval waits, and deputies may decide", "有一项审批等待处理，代理人亦可决定"),
    NoticeKind.EXPIRED: ("The time of an approval is over", "有一项审批已过期"),
}
"""In English and Chinese."""


def link_of(address: str, notice: Notice) -> str:
    return f"{address.rstrip('/')}/approvals/{notice.approval}"


def notice_message(notice: Notice, link: str, now: datetime) -> dict[str, Any]:
    """As JSON."""
    data = {"approval": notice.approval, "until": stored_time(notice.until), "link": link}
    return {"type": notice.kind.value, "timestamp": stored_time(now), "data": data}


def notice_words(notice: Notice, link: str) -> tuple[str, str]:
    """Subject and text of a mail, in both languages."""
    english, chinese = SUBJECTS[notice.kind]
    until = notice.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    text = f"{english}, until {until}.\n{chinese}，截止时间 {until}。\n\n{link}\n"
    return f"traceapp: {english} · {chinese}", text
