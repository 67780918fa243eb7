"""Somebody asks that another policy, dictionary or other alert rules come in force, or that a former version comes back."""

from traceapp.domain.approvals import Approval
from traceapp.domain.governed import DocumentKind
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.governed.change_documents import keep_proposal
from traceapp.usecases.governed.governed_documents import GOVERNED
from traceapp.usecases.stations import Stations


def propose_document(
    stations: Stations, actor: Actor, kind: DocumentKind, content: bytes | None, reason: str, number: int | None = None
) -> Recorded[Approval]:
    """Ask others to agree to it.

    content  the document; None where the version `number` shall come back.
    raises   InputError: no such document or version, one that is in force, no reason; what `request_approval` raises.
    """
    parameters = keep_proposal(stations, actor, kind, content, number)
    return request_approval(stations, actor, GOVERNED[kind].operation, parameters, reason)
