"""Who is behind a session: the account is read anew, so that a closed one, or one that signed out, is nobody at once."""

from traceapp.domain.rights import Actor
from traceapp.usecases.stations import Stations


def find_actor(stations: Stations, account_uid: str, epoch: int, address: str) -> Actor | None:
    """The person of this account, with the rights of this moment; None where it is unknown or closed.

    epoch  in which the session was begun; None as well where the person has ended his sessions since.

    Nothing is disclosed and nothing recorded: the sign-in was, and what the person does will be.
    """
    account = stations.accounts.get_account(account_uid)
    if account is None or account.disabled or account.session_epoch != epoch:
        return None
    return account.actor(through="session", address=address)
