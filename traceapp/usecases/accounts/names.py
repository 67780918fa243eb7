"""What an account is called: its user name, and the printed name that is kept sealed."""

from traceapp.domain.accounts import Account
from traceapp.usecases.stations import Stations


def username_of(stations: Stations, uid: str) -> str:
    """Whatever is no account, such as `os:NAME`, stands for itself."""
    account = stations.accounts.get_account(uid)
    return account.username if account is not None else uid


def printed_name(stations: Stations, account: Account) -> str:
    """raises  KeyUnavailableError; KeyDestroyedError, which is one: for good; SealBrokenError."""
    return stations.sealer.open_document("Account", account.uid, "printed_name", account.printed_name).decode()
