"""Two things measured in turns, on a machine that does other work too: what counts is the middle of the pairs."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Middle:
    """A median, and the bounds within which it lies with 95 % (order statistics; of fewer than six values, least and most)."""

    value: float
    low: float
    high: float


def middle(values: Sequence[float]) -> Middle:
    ordered = sorted(values)
    count = len(ordered)
    away = math.ceil(0.98 * math.sqrt(count)) if count >= 6 else count
    low = max(0, (count - 1) // 2 - away)
    high = min(count - 1, count // 2 + away)
    return Middle(statistics.median(ordered), ordered[low], ordered[high])


def in_turns(one: Callable[[], float], other: Callable[[], float], rounds: int) -> list[tuple[float, float]]:
    """What both return, in pairs of which every second one begins with the other; a first pair warms up and does not count."""
    found = []
    for turn in range(rounds + 1):
        if turn % 2:
            pair = one(), other()
        else:
            second = other()
            pair = one(), second
        if turn:
            found.append(pair)
    return found
