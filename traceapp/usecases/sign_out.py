"""A person leaves, everywhere at once."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations


def sign_out(stations: Stations, actor: Actor) -> Recorded[None]:
    """End every session of this person: a cookie is only a copy, and whoever kept another one must not go on with it.

    raises  StoreUnavailableError and its kin: nothing was ended. LedgerUnavailableError: it was, but is not on record;
            to leave is never refused.
    """
    stations.accounts.advance_session_epoch(actor.account_uid)
    stations.sessions.void_sessions_of_account(actor.account_uid)
    return stations.ledger.record(None, entry(stations, actor, Act.SESSION_END, "done"))
