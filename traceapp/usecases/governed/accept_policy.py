"""The document that stands there becomes the policy in force."""

from dataclasses import replace
from typing import Any

from traceapp.domain.errors import PolicyError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.policy.decisions import Policy
from traceapp.policy.document import PolicyDocument, read_policy
from traceapp.usecases.access import entry, things
from traceapp.usecases.accounts.give_role import APPROVERS
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.approvals.approval_persons import all_accounts, decides
from traceapp.usecases.approvals.missing_persons import why_deadlocked
from traceapp.usecases.changes import carry_out
from traceapp.usecases.governed.running_documents import acceptance_of
from traceapp.usecases.keys.officers import Files, check_officers
from traceapp.usecases.stations import Stations


def accept_policy(stations: Stations, actor: Actor, officers: Files, anyway: str | None = None) -> Recorded[str]:
    """Accept the chosen document, on record with both digests; every process decides by it from its next question on.

    Nobody's role allows it, since the policy itself is what is missing, and nobody else could agree: both officers of the
    recovery key do.
    anyway   why, where too few of today's persons could agree under it: it is on record with the reason.
    returns  the digest that is in force from now on.
    raises   PolicyError: the document cannot be read, or too few could agree under it and nobody says anyway; InputError: a
             reason that is too short; RecoveryError: no recovery key, or these are not its two parts;
             LedgerUnavailableError.
    """
    acceptance = acceptance_of(stations.settings.home, stations.sealer.macs)
    document = read_policy(stations.settings.policy)
    digest = Policy(document, stations.dictionary).digest
    words = check_reason(anyway) if anyway is not None else None
    request: dict[str, Any] = {
        "accepted_before": acceptance.digest,
        "accepted": digest,
        "document": stations.settings.policy,
        "by": "officers",
    }
    reason = _why_refused(stations, document) if digest != acceptance.digest else None
    if reason is not None:
        if words is None:
            stations.ledger.append(entry(stations, actor, Act.POLICY_ACCEPT, "failed", request=request, reason=reason))
            raise PolicyError(f"{reason} Where it has to be all the same, say --anyway with the reason.")
        request |= {"anyway": words, "although": reason}
    check_officers(stations, actor, Act.POLICY_ACCEPT, officers, request)

    def accept() -> str:
        acceptance.keep(digest)
        return digest

    changes = {"digest": (acceptance.digest, digest)}
    return carry_out(stations, actor, Act.POLICY_ACCEPT, request, accept, about=things("Policy", digest), changes=changes)


def _why_refused(stations: Stations, document: PolicyDocument) -> str | None:
    """Nothing is held against it in a home in which nobody decides anything yet, by the present policy or by this one, and never
    did: no other document would do.
    """
    either = (stations, replace(stations, policy=Policy(document, stations.dictionary)))
    deciding = any(decides(one, account.role) and not account.disabled for account in all_accounts(stations) for one in either)
    if not deciding and not stations.register.get_reached(APPROVERS):
        return None
    return why_deadlocked(stations, document)


def has_run(stations: Stations) -> bool:
    """Whether a policy was accepted on record, which the first start of a home does."""
    return acceptance_of(stations.settings.home, stations.sealer.macs).on_record is not None


def record_first_policy(stations: Stations, actor: Actor) -> None:
    """The document that a first start found is on record as accepted, so that there is no second first start.

    raises  LedgerUnavailableError.
    """
    if stations.policy.closed is not None or has_run(stations):
        return
    request = {"accepted_before": None, "accepted": stations.policy.document.digest, "document": stations.settings.policy}
    about = things("Policy", stations.policy.document.digest)
    stations.ledger.append(entry(stations, actor, Act.POLICY_ACCEPT, "done", request=request, object=about))
