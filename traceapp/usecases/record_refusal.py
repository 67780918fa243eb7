"""A door stayed shut: who knocked, at what, and why it was not opened."""

from collections.abc import Mapping
from typing import Any

from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import actor_document, entry_of
from traceapp.usecases.stations import Stations


def record_refusal(
    stations: Stations, actor: Actor | None, act: Permission | Act, reason: str, request: Mapping[str, Any]
) -> None:
    """Record that a request was refused before any use case began.

    actor    None where nobody is signed in.
    reason   one sentence.   request  endpoint, method, address: never a value that was sent.
    raises   LedgerUnavailableError.
    """
    who = actor_document(stations, actor) if actor is not None else {"address": request.get("address", "")}
    stations.ledger.append(entry_of(stations, who, act, "denied", request=request, reason=reason))


def record_spray(stations: Stations, address: str) -> None:
    """An alert: more wrong passwords than people mistype, from everywhere; strangers are turned away for the time being."""
    reason = "too many wrong passwords over all addresses; networks that nobody signed in from are turned away"
    stations.ledger.append(entry_of(stations, {"address": address}, Act.SIGN_IN_SPRAY, "denied", reason=reason))
