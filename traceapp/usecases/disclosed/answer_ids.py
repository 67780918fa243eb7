"""Ids that mean something inside one answer, and nothing in another."""

import secrets

from traceapp.usecases.stations import Stations


class Stubs:
    """Ids of one answer alone; `own` says what each stands for, for its roll."""

    def __init__(self, stations: Stations) -> None:
        self._sealer = stations.sealer
        self._answer = secrets.token_hex(16)
        self._told: dict[str, str] = {}
        self._opaque = 0
        self.own: dict[str, str] = {}

    def __call__(self, uid: str) -> str:
        """Of a thing that is shown under a masked name."""
        return self._told.get(uid) or self._tell(uid, uid)

    def opaque(self, uid: str) -> str:
        """Of a withheld thing, which nothing is told of: drawn for how many there were before it, whichever it is."""
        if uid not in self._told:
            self._opaque += 1
            return self._tell(uid, f"withheld {self._opaque}")
        return self._told[uid]

    def _tell(self, uid: str, drawn_for: str) -> str:
        told = self._told[uid] = self._sealer.stub(self._answer, drawn_for)
        self.own[told] = uid
        return told
