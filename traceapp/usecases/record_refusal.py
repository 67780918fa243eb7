"""Somebody was turned away at the door; that is recorded like everything else."""

from collections.abc import Mapping
from typing import Any

from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerReceipt
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry_of
from traceapp.usecases.stations import Stations


def record_refusal(
    stations: Stations, actor: Actor | None, act: Permission | Act, reason: str, request: Mapping[str, Any]
) -> LedgerReceipt:
    """raises  LedgerUnavailableError"""
    return stations.ledger.append(entry_of(stations, actor, act, "denied", request, reason=reason))
