"""The account that somebody names."""

from traceapp.domain.accounts import Account, normal_username
from traceapp.domain.errors import InputError
from traceapp.usecases.stations import Stations


def find_account(stations: Stations, username: str) -> Account:
    """raises InputError: nobody has this name."""
    account = stations.accounts.get_account_by_username(normal_username(username))
    if account is None:
        raise InputError("username: nobody has this name", (("username", "the name of an account"),))
    return account
