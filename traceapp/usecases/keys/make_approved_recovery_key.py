"""Another recovery key with the word of others, at the terminal: where a part of the one there is lost."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.approvals import Operation
from traceapp.domain.errors import ApprovalNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.keys.make_recovery_key import renew_recovery_key
from traceapp.usecases.keys.officers import Files
from traceapp.usecases.stations import Stations

OTHER: Final = "This approval is not about the recovery key."


def make_approved_recovery_key(stations: Stations, actor: Actor, approval: str, files: Files) -> Recorded[Any]:
    """Write the two files, and seal every key to the new recovery key; the former one ends.

    raises  ApprovalNotFoundError: it is about something else; what `execute_approval` and `make_recovery_key` raise.
    """
    found = stations.approvals.get_approval(approval)
    if found is None or found.operation is not Operation.KEY_OFFICERS:
        stations.ledger.append(entry(stations, actor, Permission.KEY_OFFICERS, "failed", reason=OTHER, approval=approval))
        raise ApprovalNotFoundError(OTHER)

    def renew(stations: Stations, actor: Actor, parameters: Mapping[str, Any], uid: str) -> Recorded[Any]:
        return renew_recovery_key(stations, actor, files, uid)

    return execute_approval(stations, actor, approval, renew)
