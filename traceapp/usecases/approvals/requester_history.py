"""What whoever asks for something did lately, in counts: whoever decides sees whether it is the person's usual."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from traceapp.domain.permissions import Permission
from traceapp.ledger.index_search import Tally, tally_acts
from traceapp.usecases.stations import Stations

SPAN: Final = timedelta(days=30)
PAST: Final = 3
"""Spans before it that tell what is usual; those in which the person did nothing at all tell nothing."""
TALLIES: Final[Mapping[str, Tally]] = {
    "looks": Tally(
        frozenset({Permission.BATCH_LOOK_UP, Permission.BATCH_SHOW, Permission.BATCH_TRACE, Permission.SOURCE_SHOW}),
        frozenset({"answered"}),
    ),
    "files": Tally(None, frozenset({"answered"}), files=True),
    "requests": Tally(frozenset({Permission.APPROVAL_REQUEST}), frozenset({"done"})),
    "broken": Tally(frozenset({Permission.BREAK_GLASS_BEGIN}), frozenset({"done"})),
    "denials": Tally(None, frozenset({"denied"})),
}
"""What is counted, by the word of the page for it."""


@dataclass(frozen=True, slots=True)
class Habit:
    """name     of `TALLIES`.   lately  how often in the last 30 days.
    usually  the median of the 30 days before, twice and three times; None where the person did nothing then.
    """

    name: str
    lately: int
    usually: float | None


def read_history(stations: Stations, account_uid: str, now: datetime) -> tuple[Habit, ...]:
    """Of one account, as far as the search index has come; empty where there is none yet.

    What was done by tokens stands under the tokens, and is not counted here.
    Only a part of an act that is itself decided and recorded.
    """
    spans = [(now - SPAN * (place + 1), now - SPAN * place) for place in range(PAST + 1)]
    counted = tally_acts(stations.settings.home, account_uid, spans, TALLIES)
    if counted is None:
        return ()
    lately, *before = counted
    past = [one for one in before if one.all]
    return tuple(Habit(name, lately.of[name], median(one.of[name] for one in past) if past else None) for name in TALLIES)
