"""A door stayed shut: who knocked, at what, and why it was not opened."""

from collections.abc import Mapping
from typing import Any

from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.usecases.access import actor_document
from traceapp.usecases.stations import Stations


def record_refusal(
    stations: Stations, actor: Actor | None, act: Permission | Act, reason: str, request: Mapping[str, Any]
) -> None:
    """Record that a request was refused before any use case began.

    actor    None where nobody is signed in.
    reason   one sentence.   request  endpoint, method, address: never a value that was sent.
    raises   LedgerUnavailableError.
    """
    stations.ledger.append(
        LedgerEntry(
            act=act.value,
            outcome="denied",
            actor=actor_document(actor) if actor is not None else {},
            request=request,
            policy=stations.policy.digest,
            reason=reason,
        )
    )
