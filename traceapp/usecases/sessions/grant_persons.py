"""Whose break-glass access it was: persons, not accounts, as they were then and as they are now."""

from traceapp.domain.accounts import Account, fold_printed_name
from traceapp.domain.errors import KeyDestroyedError, KeyUnavailableError, SealBrokenError
from traceapp.graph.grant_store import WaitingGrant
from traceapp.usecases.accounts.names import printed_name
from traceapp.usecases.approvals.approval_persons import former_persons
from traceapp.usecases.stations import Stations


def is_of(stations: Stations, grant: WaitingGrant, account_uid: str) -> bool:
    """Whether the person of this account broke this glass: by this or another account, by person id or printed name.

    raises  KeyUnavailableError, SealBrokenError: only the printed names can tell, and one of them cannot be opened now.
    """
    if account_uid == grant.account_uid or person_id_of(stations, account_uid) == grant.person_id:
        return True
    asker, broke = (stations.accounts.get_account(uid) for uid in (account_uid, grant.account_uid))
    if asker is None or broke is None:
        return False
    ids, others = ({one.person_id} | former_persons(stations, one) for one in (asker, broke))
    if grant.person_id in ids or not ids.isdisjoint(others):
        return True
    names = {_printed_name(stations, asker), _printed_name(stations, broke)}
    return len(names) == 1 and None not in names


def is_known_of(stations: Stations, grant: WaitingGrant, account_uid: str) -> bool:
    """The same for a list or a count, which decides nothing: a name that cannot be opened is nobody's."""
    try:
        return is_of(stations, grant, account_uid)
    except (KeyUnavailableError, SealBrokenError):
        return False


def person_id_of(stations: Stations, account_uid: str) -> str:
    account = stations.accounts.get_account(account_uid)
    return account.person_id if account is not None else account_uid


def _printed_name(stations: Stations, account: Account) -> str | None:
    """As it is compared; None where its key was destroyed, which leaves the person's id to tell.

    raises  KeyUnavailableError; SealBrokenError.
    """
    try:
        return fold_printed_name(printed_name(stations, account))
    except KeyDestroyedError:
        return None
