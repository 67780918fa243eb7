"""A person leaves, everywhere at once."""

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations


def sign_out(stations: Stations, actor: Actor) -> Recorded[None]:
    """End every session of this person: a cookie is only a copy, and whoever kept another one must not go on with it.

    raises  StoreUnavailableError and its kin: nothing was ended. LedgerUnavailableError: it was, and there may be no intent on
            record, nor an outcome; to leave is never refused.
    """

    def work() -> None:
        stations.accounts.advance_session_epoch(actor.account_uid)
        stations.sessions.void_sessions_of_account(actor.account_uid)

    try:
        return carry_out(stations, actor, Act.SESSION_END, {"ended": "all"}, work, about=things("Account", actor.account_uid))
    except LedgerUnavailableError:
        work()
        raise
