"""A window of event time at work: links outside it are left out, and it is remembered that some were."""

from collections.abc import Iterable
from typing import Final

from traceapp.domain.clock import stored_time
from traceapp.domain.genealogy import EVENT_TIME, Bundle
from traceapp.domain.kinds import LinkType
from traceapp.domain.packing import EVER, FOREVER
from traceapp.domain.trace import Window

PACKING: Final = frozenset({LinkType.PACKED_IN.value, LinkType.UNPACKED_FROM.value})
"""Packing says where a lot was, not when it went: no window cuts it."""


class WindowCut:
    """One window over one walk.

    bit  whether a link was left out; the answer says so, since more may lie behind it.
    """

    def __init__(self, window: Window) -> None:
        first, last = window.event_time_from, window.event_time_to
        self._first = stored_time(first) if first is not None else EVER
        self._last = stored_time(last) if last is not None else FOREVER
        self._open = window == Window()
        self.bit = False

    @property
    def first(self) -> str:
        """The earliest stored time inside."""
        return self._first

    @property
    def last(self) -> str:
        """The latest stored time inside."""
        return self._last

    @property
    def is_open(self) -> bool:
        """Nothing lies outside."""
        return self._open

    def holds(self, time: str | None) -> bool:
        """Whether a link of this stored time counts; one whose time may not be told does, since in doubt it counts."""
        if time is None or self._first <= time <= self._last:
            return True
        self.bit = True
        return False

    def within(self, groups: list[Bundle]) -> list[Bundle]:
        """Bundles, or exits, without the links outside; those that lost all of them are left out."""
        return groups if self._open else list(self._kept(groups))

    def _kept(self, groups: Iterable[Bundle]) -> Iterable[Bundle]:
        for *ends, links in groups:
            if ends[1] in PACKING:
                yield [*ends, links]
                continue
            inside = [link for link in links if self.holds(link[EVENT_TIME] if len(link) > EVENT_TIME else None)]
            if inside:
                yield [*ends, inside]
