"""What waits is kept: every break-glass access has its review, what was not done in its time is written down as expired, and who
is concerned is noted to be told.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from traceapp.domain.rights import Actor
from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.approvals.keep_approvals import keep_approvals
from traceapp.usecases.approvals.tell_of_approvals import Notices, note_notices
from traceapp.usecases.stations import Stations


class KeepApprovals(StoreThread):
    name = "keep-approvals"
    failed = "approvals are not kept up to date at this moment"
    every = 5.0

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Stations]],
        actor: Actor,
        notices: Notices,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(connected, actor, say)
        self._notices = notices

    def look(self, stations: Stations) -> None:
        keep_approvals(stations, self._actor)
        note_notices(stations, self._notices)
