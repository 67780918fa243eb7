"""Notices go out by a thread of their own: nothing waits for a mail server."""

from collections.abc import Callable
from typing import Final

from traceapp.jobs.service_thread import ServiceThread
from traceapp.usecases.approvals.tell_of_approvals import Notices, deliver_notices

EVERY: Final = 2.0
"""Seconds between two looks."""


class DeliverNotices(ServiceThread):
    name = "deliver-notices"
    failed = "notices are not handed on at this moment"

    def __init__(self, notices: Notices, say: Callable[[str], None], every: float = EVERY) -> None:
        super().__init__(say, every)
        self._notices = notices

    def work(self) -> None:
        deliver_notices(self._notices, self.tell)
