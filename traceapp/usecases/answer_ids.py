"""Ids that mean something inside one answer, and nothing in another."""

import secrets

from traceapp.usecases.stations import Stations


class Stubs:
    """Ids of one answer alone; `own` says what each stands for, for its roll."""

    def __init__(self, stations: Stations) -> None:
        self._sealer = stations.sealer
        self._answer = secrets.token_hex(16)
        self._told: dict[str, str] = {}
        self.own: dict[str, str] = {}

    def __call__(self, uid: str) -> str:
        told = self._told.get(uid)
        if told is None:
            told = self._told[uid] = self._sealer.stub(self._answer, uid)
            self.own[told] = uid
        return told
