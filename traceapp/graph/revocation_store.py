"""Rights taken away without a key: ended sessions, deleted tokens, shut accounts. Nothing is proven, and nothing opened."""

from traceapp.graph.account_store import ACCOUNT, TOKEN
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Transaction
from traceapp.graph.session_store import SessionStore
from traceapp.host.row_register import RowRegister


class RevocationStore:
    """For when the keys are away. Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, register: RowRegister) -> None:
        self._graph = graph
        self._register = register
        self._sessions = SessionStore(graph, register)

    def revoke_session(self, uid: str) -> None:
        """An unknown one changes nothing."""
        self._sessions.void_session(uid)

    def revoke_sessions_of(self, username: str) -> bool:
        """False where nobody has this name."""
        found = self._graph.read("account.find_uid", username=username)
        for row in found:
            self._sessions.void_sessions_of_account(row["uid"])
        return bool(found)

    def shut_account(self, username: str) -> bool:
        """False where nobody has this name. Its row cannot be written, which takes a key: it counts as closed until it is."""
        found = self._graph.read("account.find_uid", username=username)
        for row in found:
            with self._register.writing():
                self._register.shut(ACCOUNT, row["uid"])
            self._sessions.void_sessions_of_account(row["uid"])
        return bool(found)

    def revoke_token(self, uid: str) -> bool:
        """False where there is none. It cannot be marked as revoked, which takes a key: it is deleted, and stays so."""

        def work(transaction: Transaction) -> bool:
            taken = bool(transaction.run("account.void_token", uid=uid))
            if taken:
                self._register.void(TOKEN, uid)
            return taken

        with self._register.writing():
            return self._graph.write(work, command=draw_command(), act="token:void")
