"""Checkpoints go out to the anchors by themselves, as long as the service runs."""

import threading
from collections.abc import Callable
from typing import Final

from traceapp.domain.ledger_health import AnchorState

EVERY: Final = 10.0
"""Seconds between two looks; each anchor says how often it is asked."""


class AnchorLedger:
    """A thread of the service; an error of an anchor is said once, and that it came back too."""

    def __init__(self, look: Callable[[], tuple[AnchorState, ...]], say: Callable[[str], None], every: float = EVERY) -> None:
        """look  ask those whose time has come; raises OSError."""
        self._look, self._say, self._every = look, say, every
        self._said: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="anchor-ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the look at hand is done."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                for state in self._look():
                    self._tell(state.name, state.error)
            except OSError as error:
                self._tell("ledger", f"how the anchors are cannot be kept ({error.strerror})")
            if self._stop.wait(self._every):
                return

    def _tell(self, name: str, error: str | None) -> None:
        before, self._said[name] = self._said.get(name, ""), error or ""
        if error and error != before:
            self._say(f"the anchor {name} of the ledger fails: {error}")
        elif before and not error:
            self._say(f"the anchor {name} of the ledger works again")
