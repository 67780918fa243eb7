"""Who a running session belongs to: the account is read anew, so that a closed one is nobody at once."""

from traceapp.domain.rights import Actor
from traceapp.usecases.stations import Stations


def find_actor(stations: Stations, account_uid: str, address: str) -> Actor | None:
    """None where the account is gone or closed; raises StoreError."""
    account = stations.accounts.get_account(account_uid)
    return None if account is None or account.disabled else account.actor(through="session", address=address)
