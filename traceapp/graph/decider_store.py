"""What a decision on an approval looks at, in one reading: each is a way to the store and back, and somebody waits."""

from traceapp.domain.accounts import Account
from traceapp.domain.approvals import Approval
from traceapp.domain.sessions import Session
from traceapp.graph.account_store import AccountStore
from traceapp.graph.approval_store import ApprovalStore
from traceapp.graph.connection import Graph
from traceapp.graph.session_store import SessionStore


class DeciderStore:
    """Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, approvals: ApprovalStore, accounts: AccountStore, sessions: SessionStore) -> None:
        self._graph = graph
        self._approvals = approvals
        self._accounts = accounts
        self._sessions = sessions

    def find(self, approval: str, account: str, session: str) -> tuple[Approval | None, Account | None, Session | None]:
        """Those of these uids, each as its own store answers: None where there is none, or it does not count.

        session  of that account; empty: none.
        """
        (row,) = self._graph.read("approval.find_deciding", approval=approval, account=account, session=session)
        return (
            self._approvals.counting(row["approval"]) if row["approval"] else None,
            self._accounts.counting(row["account"]) if row["account"] else None,
            self._sessions.counting(row["session"]) if row["session"] else None,
        )
