"""Stored values are sealed anew chunk by chunk, at a rate, on record: what a rotation of keys and a change of tiers share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from traceapp.domain.permissions import Act
from traceapp.domain.rights import Actor
from traceapp.graph.sealed_store import Resealed
from traceapp.usecases.access import Objects
from traceapp.usecases.changes import carry_out
from traceapp.usecases.chunks import CHUNK, Wait
from traceapp.usecases.stations import Stations

LOCK: Final = "reencryption"
SEALING: Final = "values are being sealed anew"


@dataclass(slots=True)
class Resealing:
    """One run over the store; whoever makes it holds `LOCK`.

    It knows no place where it left off and needs none: what is done is not found again. So after a crash, however rude, the next
    run finds what is left. Each chunk is on record before it begins and when it is done.
    rate    records a second, more or less.
    broken  uids of records with a value that does not belong there, each once; nothing of them was touched.
    """

    stations: Stations
    actor: Actor
    act: Act
    rate: float
    wait: Wait
    done: int = 0
    broken: dict[str, None] = field(default_factory=dict)
    stopped: bool = False

    def chunk(
        self, request: Mapping[str, Any], work: Callable[[], Resealed], about: Objects, approval: str | None = None
    ) -> Resealed:
        """Carry out one; `rest` comes after whatever is shown of it."""
        made = carry_out(self.stations, self.actor, self.act, request, work, about=about, approval=approval).value
        self.done += made.written
        self.broken |= dict.fromkeys(made.broken)
        return made

    def rest(self) -> None:
        """Keep to the rate; afterwards `stopped` says whether to go on."""
        self.stopped = self.wait(CHUNK / self.rate)
