"""A person says why he looks; from then on it stands in every record of the session."""

from dataclasses import replace

from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Act
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry, things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.rotate_session import rotate_session
from traceapp.usecases.stations import Stations


def purposes_of(stations: Stations, actor: Actor) -> tuple[Purpose, ...]:
    """Those that the actor's role may look for, in the order of their names."""
    row = stations.policy.document.roles.get(actor.role)
    return tuple(sorted(row.purposes)) if row is not None else ()


def choose_purpose(stations: Stations, actor: Actor, purpose: Purpose) -> Recorded[Opened]:
    """The session with this purpose, under a new secret.

    raises  InputError: the role does not look for it. NotSignedInError: the actor came through no session, or it ended.
    """
    possible = purposes_of(stations, actor)
    if purpose not in possible:
        reason = "a purpose that the role does not look for"
        request = {"chosen": purpose.value}
        stations.ledger.append(entry(stations, actor, Act.PURPOSE_CHOOSE, "denied", request=request, reason=reason))
        raise InputError.wanted("purpose", f"one of {', '.join(possible)}")

    def work() -> Opened:
        return rotate_session(stations, actor, lambda session: replace(session, purpose=purpose))

    before = actor.purpose.value if actor.purpose is not None else None
    return carry_out(
        stations,
        replace(actor, purpose=purpose),
        Act.PURPOSE_CHOOSE,
        {"chosen": purpose.value},
        work,
        about=things("Session", actor.session) if actor.session is not None else None,
        changes={"purpose": (before, purpose.value)},
    )
