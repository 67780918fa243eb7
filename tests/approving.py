"""An approval agreed to as the page does it: opened first, and then exactly what was opened."""

from traceapp.domain.approvals import Approval
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.signatures import Shown
from traceapp.usecases.approvals.decide_approval import approve_approval
from traceapp.usecases.approvals.list_approvals import show_approval
from traceapp.usecases.stations import Stations


def opened(stations: Stations, actor: Actor, uid: str) -> tuple[str, str]:
    """Digest of the approval, and what says that this person opened it in this session."""
    shown = show_approval(stations, actor, uid).value
    return shown.listed.approval.digest, shown.seen or ""


def agree(stations: Stations, actor: Actor, uid: str, words: str, shown: Shown) -> Recorded[Approval]:
    digest, seen = opened(stations, actor, uid)
    return approve_approval(stations, actor, uid, digest, seen, words, shown)
