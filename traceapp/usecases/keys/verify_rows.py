"""Are rows that decide rights, and sessions, what the service wrote last, and is each of them still there?"""

from hmac import compare_digest
from typing import Final

from traceapp.domain.row_register import RowFault
from traceapp.domain.sessions import Session
from traceapp.graph.sweep_store import ROWS, SweepStore
from traceapp.usecases.sessions.open_session import bound
from traceapp.usecases.stations import Stations

PAGE: Final = 1_000


def check_rows(stations: Stations, store: SweepStore) -> tuple[int, tuple[str, ...]]:
    """How many rows were looked at, and one finding for each that is not as it was written last, or is gone.

    raises  StoreError and its kinds; HomeError.
    """
    fault_of = {
        "Account": stations.accounts.fault,
        "Token": stations.accounts.fault_of_token,
        "Grant": stations.grants.fault,
        "Approval": stations.approvals.fault,
        "Recipient": stations.recipients.fault,
        "Delivery": stations.deliveries.fault,
        "Feed": stations.feeds.fault,
        "AccessReview": stations.reviews.fault,
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
    now, count = stations.clock.now(), 0
    findings = []
    for session, put_back in stations.sessions.sweep(PAGE):
        if session.ends_at <= now:
            continue
        count += 1
        fault = RowFault.PUT_BACK if put_back else _fault(stations, session)
        if fault is not None:
            findings.append(f"{fault.value}: Session {session.uid}")
    return count, findings


def _fault(stations: Stations, session: Session) -> RowFault | None:
    account = stations.accounts.get_account(session.account_uid)
    if account is None:  # it is named itself, if it was there
        return None
    holds = compare_digest(bound(stations, account, session).binding, session.binding)
    return None if holds or not stations.sessions.stands(session) else RowFault.CHANGED
