"""Checkpoints go out to the anchors by themselves, as long as the service runs."""

from collections.abc import Callable
from typing import Final

from traceapp.domain.ledger_health import AnchorState
from traceapp.jobs.service_thread import ServiceThread

EVERY: Final = 10.0
"""Seconds between two looks; each anchor says how often it is asked."""


class AnchorLedger(ServiceThread):
    """An error of an anchor is said once, and that it came back too."""

    name = "anchor-ledger"
    failed = "the ledger is not brought to its anchors"

    def __init__(self, look: Callable[[], tuple[AnchorState, ...]], say: Callable[[str], None], every: float = EVERY) -> None:
        """look  ask those whose time has come; raises OSError."""
        super().__init__(say, every)
        self._look = look
        self._errors: dict[str, str] = {}

    def work(self) -> None:
        try:
            for state in self._look():
                self._tell_of(state.name, state.error)
        except OSError as error:
            self._tell_of("ledger", f"how the anchors are cannot be kept ({error.strerror})")

    def _tell_of(self, name: str, error: str | None) -> None:
        before, self._errors[name] = self._errors.get(name, ""), error or ""
        if error and error != before:
            self._say(f"the anchor {name} of the ledger fails: {error}")
        elif before and not error:
            self._say(f"the anchor {name} of the ledger works again")
