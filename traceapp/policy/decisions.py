"""May this person do this? A verdict that can be asked why."""

import copy
from collections.abc import Mapping
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.dictionary.properties import Dictionary
from traceapp.domain.errors import PolicyError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import BRINGS_IN, Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Decision, Role
from traceapp.domain.sentences import Sentence
from traceapp.policy.document import PolicyDocument

Names = Mapping[NodeKind, frozenset[str]]
CLOSED: Final = "policy/closed"
FAILED: Final = "policy/error"
READ_ONLY: Final = "documents/read-only"
ONLY_READING: Final = (
    "Nothing new is taken in: the data dictionary or the alert rules in the home are not those that were agreed to."
)
EVALUATION: Final = Sentence("The policy could not be evaluated, and so everything is denied.")


class Policy:
    """A validated document, ready to decide; it holds no state and asks nobody.

    closed  why everything is denied; None of a policy that is in force.
    raises  PolicyError: a set of fields names a property that the dictionary does not know.
    """

    __slots__ = ("_digest", "_document", "_tables", "closed", "read_only")

    def __init__(self, document: PolicyDocument, dictionary: Dictionary, closed: str | None = None) -> None:
        self._document = document
        self._digest = document.digest
        self.closed = closed
        self.read_only: str | None = None
        """Why nothing new is taken in; None where it is."""
        tiers = {purpose: _tiers(document, dictionary, purpose) for purpose in document.purposes}
        self._tables = {(purpose, tier): _up_to(named, tier) for purpose, named in tiers.items() for tier in Tier}

    @classmethod
    def denying(cls, reason: str, dictionary: Dictionary) -> "Policy":
        """One without a row, which denies everything for this reason."""
        return cls(PolicyDocument.empty(), dictionary, reason)

    def reading_only(self, reason: str | None) -> "Policy":
        """The same policy; with a reason, nothing that it allows brings anything new in."""
        made = copy.copy(self)
        made.read_only = reason
        return made

    @property
    def digest(self) -> str:
        """Stands in every ledger record and in every answer."""
        return self._digest

    @property
    def document(self) -> PolicyDocument:
        return self._document

    @property
    def routed_to(self) -> Role:
        """To whom whatever is withheld from an answer is routed."""
        return self._document.routed_to

    def purpose_label(self, purpose: Purpose, language: str) -> str:
        """The document's words for it, language "zh…" or any other for English; its value where the document names it not."""
        row = self._document.purposes.get(purpose)
        if row is None:
            return purpose.value
        return row.zh if language.startswith("zh") else row.en

    def chosen_purpose(self, actor: Actor) -> Purpose | None:
        """Why he says that he looks: what was chosen, or else what his role looks for; None of a role without a row."""
        row = self._document.roles.get(actor.role)
        return actor.purpose if actor.purpose is not None or row is None else row.default_purpose

    def purpose_of(self, actor: Actor) -> Purpose | None:
        """Why he looks, where it is one of the purposes of his role; else None."""
        row = self._document.roles.get(actor.role)
        purpose = self.chosen_purpose(actor)
        return purpose if row is not None and purpose in row.purposes else None

    def permissions(self, actor: Actor) -> frozenset[Permission]:
        """All that the actor's role allows, and no more than his token was made for."""
        row = self._document.roles.get(actor.role)
        if row is None:
            return frozenset()
        return row.permissions if actor.only is None else row.permissions & actor.only

    def fields(self, purpose: Purpose, clearance: Tier) -> Names:
        """Per kind the properties that this purpose opens up to this tier; nothing where the document does not know it."""
        return self._tables.get((purpose, clearance), {})

    def decide(self, actor: Actor, permission: Permission) -> Decision:
        """Allowed only where the actor's role has a row that names the permission, for a purpose of the role.

        rule    `<role>/<permission>` where a row spoke, else what denied: `default/deny`, `<role>/purposes`, `token/scope`,
                `documents/read-only`; `policy/closed` where no policy is in force, `policy/error` where evaluation failed.
        reason  one sentence, safe to show to the asker.
        """
        if self.closed is not None:
            return Decision(False, CLOSED, self.closed)
        try:
            return self._decide(actor, permission)
        except Exception:
            return Decision(False, FAILED, EVALUATION)

    def _decide(self, actor: Actor, permission: Permission) -> Decision:
        role, act = actor.role.value, permission.value
        row = self._document.roles.get(actor.role)
        if row is None or permission not in row.permissions:
            said = Sentence("The role %(role)s does not allow %(act)s.", role=role, act=act)
            return Decision(False, "default/deny", said)
        if actor.only is not None and permission not in actor.only:
            return Decision(False, "token/scope", Sentence("This token was not made for %(act)s.", act=act))
        if actor.purpose is not None and actor.purpose not in row.purposes:
            purpose = actor.purpose.value
            said = Sentence("The role %(role)s does not look for the purpose %(purpose)s.", role=role, purpose=purpose)
            return Decision(False, f"{role}/purposes", said)
        if self.read_only is not None and permission in BRINGS_IN:
            return Decision(False, READ_ONLY, Sentence(ONLY_READING))
        return Decision(True, f"{role}/{act}", Sentence("The role %(role)s allows %(act)s.", role=role, act=act))


def _tiers(document: PolicyDocument, dictionary: Dictionary, purpose: Purpose) -> dict[NodeKind, dict[str, Tier]]:
    """Per kind the properties that a purpose opens, with their tiers; what the service itself writes is always among them."""
    found: dict[NodeKind, dict[str, Tier]] = {
        kind: {name: own.tier for name, own in dictionary.service.nodes.items() if not dictionary.knows(kind, name)}
        for kind in NodeKind
    }
    for name in document.purposes[purpose].fields:
        for kind, properties in document.fields[name].names.items():
            for property_name in properties:
                if not dictionary.knows(kind, property_name):
                    raise PolicyError(f"fields.{name}: {kind.value} has no property {property_name!r} in the data dictionary.")
                found[kind][property_name] = dictionary.entry(kind, property_name).tier
    return found


def _up_to(tiers: Mapping[NodeKind, Mapping[str, Tier]], clearance: Tier) -> Names:
    return {kind: frozenset(name for name, tier in named.items() if tier <= clearance) for kind, named in tiers.items()}
