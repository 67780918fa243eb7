"""What somebody in a test types as he signs; with the second factor that he just showed it is enough."""

from traceapp.domain.rights import Actor
from traceapp.domain.signatures import Shown


def signed_by(actor: Actor) -> Shown:
    """For the first signature of a session in which a second factor was just shown."""
    return Shown(username=actor.username)
