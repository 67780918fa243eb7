"""What the threads of the service share: they start, look again and again, say an error once, and end when they are told to."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager

from traceapp.domain.errors import TraceappError
from traceapp.domain.rights import Actor
from traceapp.usecases.stations import Stations


class ServiceThread(ABC):
    """One thread; a job says what one sitting of it does.

    name    of the thread.   failed  what is said where a sitting ends with an error, which is the words behind it.
    """

    name: str
    failed: str

    def __init__(self, say: Callable[[str], None], every: float) -> None:
        """every  seconds between two sittings, and between two looks within one."""
        self._say = say
        self._every = every
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the look at hand is done."""
        self._stop.set()
        self._thread.join()

    @abstractmethod
    def work(self) -> None:
        """One sitting: returns, or raises, and another one follows."""

    def wait(self) -> bool:
        """Until the next look; True where there is none, because the service ends."""
        return self._stop.wait(self._every)

    def tell(self, text: str) -> None:
        """Say it, unless it was what was said last."""
        if text != self._said:
            self._said = text
            self._say(text)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.work()
            except TraceappError as error:
                self.tell(f"{self.failed}: {error}")
            except Exception as error:  # a defect is said, and ends no job
                self.tell(f"{self.failed}: {type(error).__name__}")
            self.wait()


class StoreThread(ServiceThread):
    """One that looks into the store, and not before its first interval has passed.

    every  seconds between two looks.
    """

    every: float

    def __init__(
        self, connected: Callable[[], AbstractContextManager[Stations]], actor: Actor, say: Callable[[str], None]
    ) -> None:
        super().__init__(say, self.every)
        self._connected = connected
        self._actor = actor

    @abstractmethod
    def look(self, stations: Stations) -> None:
        """What is done each time."""

    def work(self) -> None:
        if self.wait():
            return
        with self._connected() as stations:
            self.look(stations)
            while not self.wait():
                stations = stations.documents.renewed(stations)
                self.look(stations)
