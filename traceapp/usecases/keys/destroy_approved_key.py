"""What others approved of a key is done by both officers, at the terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from traceapp.domain.approvals import Operation
from traceapp.domain.errors import ApprovalNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.approvals.approval_document import open_frozen
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.keys.destroy_key import destroy_key
from traceapp.usecases.keys.officers import check_officers
from traceapp.usecases.stations import Stations

OTHER: Final = "This approval is not about that key."


def destroy_approved_key(
    stations: Stations, actor: Actor, approval: str, group: str, officers: tuple[Path, Path]
) -> Recorded[Any]:
    """Destroy the key that this approval is about; returns its id.

    group  which it is, said once more.

    The officers are asked for first: a wrong file spends no approval.
    raises  ApprovalNotFoundError: it is about something else; RecoveryError: not the two officers; what `execute_approval` and
            `destroy_key` raise.
    """
    found = stations.approvals.get_approval(approval)
    if found is None or found.operation is not Operation.KEY_DESTROY or open_frozen(stations, found).parameters["group"] != group:
        stations.ledger.append(entry(stations, actor, Permission.KEY_DESTROY, "failed", reason=OTHER, approval=approval))
        raise ApprovalNotFoundError(OTHER)
    check_officers(stations, actor, Permission.KEY_DESTROY, officers, approval=approval)

    def destroy(stations: Stations, actor: Actor, parameters: Mapping[str, Any], uid: str) -> Recorded[Any]:
        return destroy_key(stations, actor, str(parameters["group"]), officers, uid)

    return execute_approval(stations, actor, approval, destroy)
