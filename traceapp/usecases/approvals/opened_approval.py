"""Whoever agrees has opened exactly this: the opened approval hands a value out, and to agree takes that value back."""

import hmac
from typing import Final

from traceapp.domain.approvals import Approval
from traceapp.domain.errors import ApprovalStateError
from traceapp.domain.rights import Actor
from traceapp.usecases.approvals.approval_persons import account_of
from traceapp.usecases.stations import Stations

UNSEEN: Final = "Nobody agrees to what he did not look at: open the approval in this session, and agree on its page."


def opening_of(stations: Stations, actor: Actor, approval: Approval) -> str | None:
    """What says that this person opened exactly this in this session; None of a token and of the terminal, which never agree.

    64 hex digits of an HMAC over the id of the approval, its digest, account and session. It is told after `approval:open` is on
    record, and nowhere else: the digest, which lists and the requester know as well, opens nothing.
    """
    if actor.session is None:
        return None
    return stations.sealer.digest(f"opened approval: {approval.uid} {approval.digest} {account_of(actor)} {actor.session}")


def check_opened(stations: Stations, actor: Actor, approval: Approval, seen: str) -> None:
    """raises  ApprovalStateError: what he sends back is not what he was given when he opened it."""
    given = opening_of(stations, actor, approval)
    if given is None or not hmac.compare_digest(given.encode(), seen.encode()):
        raise ApprovalStateError(UNSEEN)
