"""Break-glass accesses reviewed as the page does it: by the approval that waits for them, on exactly what it shows."""

from tests.approving import agree
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval
from traceapp.domain.rights import Actor
from traceapp.usecases.approvals.decide_approval import deny_approval
from traceapp.usecases.sessions.keep_break_glass_reviews import find_break_glass_reviews, keep_break_glass_reviews
from traceapp.usecases.stations import Stations


def review_of(stations: Stations, grant: str) -> Approval | None:
    """The open review of an access, after the service looked; None where nothing of it waits."""
    keep_break_glass_reviews(stations, terminal_actor())
    return find_break_glass_reviews(stations).get(grant)


def review(stations: Stations, actor: Actor, grant: str, words: str, *, justified: bool) -> None:
    found = review_of(stations, grant)
    assert found is not None, "nothing of it waits for a review"
    if justified:
        agree(stations, actor, found.uid, words, signed_by(actor))
    else:
        deny_approval(stations, actor, found.uid, words)
