"""A person comes in with name and password."""

from traceapp.domain.errors import SignInError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.identity.passwords import verify_password
from traceapp.usecases.access import entry_of
from traceapp.usecases.stations import Stations

LONGEST_NAME = 64


def sign_in(stations: Stations, username: str, password: str, address: str) -> Recorded[Actor]:
    """The person behind the name, when the password is theirs; both outcomes are recorded.

    raises  SignInError: name or password is wrong, or the account is closed; which of them is not said.
    """
    account = stations.accounts.get_account_by_username(username) if len(username) <= LONGEST_NAME else None
    fits = verify_password(account.password_hash if account is not None else None, password)
    asked = {"username": username[:LONGEST_NAME], "address": address}
    if account is None or not fits or account.disabled:
        stations.ledger.append(entry_of(stations, None, Act.SESSION_START, "denied", asked, reason="SignInError"))
        raise SignInError("Name or password is wrong.")
    actor = account.actor(through="session", address=address)
    return stations.ledger.record(actor, entry_of(stations, actor, Act.SESSION_START, "done", asked))
