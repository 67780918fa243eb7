"""Are accounts, tokens, break-glass accesses and sessions what the service wrote last, and is each of them still there?"""

from hmac import compare_digest
from typing import Final

from traceapp.domain.row_register import RowFault
from traceapp.graph.sweep_store import ROWS, SweepStore
from traceapp.usecases.open_session import bound
from traceapp.usecases.stations import Stations

PAGE: Final = 1_000
MOST_SESSIONS: Final = 100_000


def check_rows(stations: Stations, store: SweepStore) -> tuple[int, tuple[str, ...]]:
    """How many rows were looked at, and one finding for each that is not as it was written last, or is gone.

    raises  StoreError and its kinds; HomeError.
    """
    fault_of = {
        "Account": stations.accounts.fault,
        "Token": stations.accounts.fault_of_token,
        "Grant": stations.grants.fault,
    }
    findings: list[str] = []
    count = 0
    for label in ROWS:
        uids = set(stations.register.list_missed(label)) | set(_uids(store, label))
        count += len(uids)
        faults = ((uid, fault_of[label](uid)) for uid in sorted(uids))
        findings += [f"{fault.value}: {label} {uid}" for uid, fault in faults if fault is not None]
    sessions = _check_sessions(stations)
    return count + sessions[0], (*findings, *sessions[1])


def _uids(store: SweepStore, label: str) -> list[str]:
    found: list[str] = []
    while page := store.list_rows(label, found[-1] if found else "", PAGE):
        found += page
    return found


def _check_sessions(stations: Stations) -> tuple[int, list[str]]:
    """Those that have not come to their latest end; one that was taken away is over, and nobody misses it."""
    now = stations.clock.now()
    found = stations.sessions.list_sessions(now, row_limit=MOST_SESSIONS)
    changed = []
    for session in found:
        account = stations.accounts.get_account(session.account_uid)
        if account is None:  # it is named itself, if it was there
            continue
        holds = compare_digest(bound(stations, account, session).binding, session.binding)
        if not holds and stations.sessions.get_session(session.secret_hash) == session:
            changed.append(f"{RowFault.CHANGED.value}: Session {session.uid}")
    put_back = stations.sessions.list_put_back(now, row_limit=MOST_SESSIONS)
    return len(found) + len(put_back), [*changed, *(f"{RowFault.PUT_BACK.value}: Session {one.uid}" for one in put_back)]
