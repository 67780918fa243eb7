"""A limit for every test: whatever hangs is ended and fails. No test asks a clock how fast something was."""

import signal
from collections.abc import Iterator
from types import FrameType
from typing import Final

import pytest

from tests.effort import LONG

LONGEST: Final = 1_200 if LONG else 300
"""Seconds that a test may take; `@pytest.mark.limit(30)` says another figure. With many more cases it takes as much longer."""


class HangsError(Exception):
    """The test was ended at its limit; the traceback shows where it stood."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    marker = item.get_closest_marker("limit")
    seconds = marker.args[0] if marker else LONGEST

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise HangsError(f"still not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
