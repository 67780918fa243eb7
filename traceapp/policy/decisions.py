"""May this person do this? A verdict that can be asked why."""

from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Decision
from traceapp.policy.document import PolicyDocument


class Policy:
    """A validated document, ready to decide; it holds no state and asks nobody."""

    __slots__ = ("_digest", "_document")

    def __init__(self, document: PolicyDocument) -> None:
        self._document = document
        self._digest = document.digest

    @property
    def digest(self) -> str:
        """Stands in every ledger record and in every answer."""
        return self._digest

    @property
    def document(self) -> PolicyDocument:
        return self._document

    def decide(self, actor: Actor, permission: Permission) -> Decision:
        """Allowed only where the actor's role has a row that names the permission.

        rule    `<role>/<permission>` where a row spoke, else `default/deny`.
        reason  one sentence, safe to show to the asker.
        """
        row = self._document.roles.get(actor.role)
        if row is None or permission not in row.permissions:
            return Decision(False, "default/deny", f"The role {actor.role.value} does not allow {permission.value}.")
        return Decision(True, f"{actor.role.value}/{permission.value}", f"The role {actor.role.value} allows {permission.value}.")
