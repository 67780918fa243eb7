"""The document that stands there becomes the policy in force."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.policy.decisions import Policy
from traceapp.policy.document import read_policy
from traceapp.usecases.access import entry, things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.governed.running_documents import acceptance_of
from traceapp.usecases.keys.officers import Files, check_officers
from traceapp.usecases.stations import Stations


def accept_policy(stations: Stations, actor: Actor, officers: Files) -> Recorded[str]:
    """Accept the chosen document, on record with both digests; every process decides by it from its next question on.

    Nobody's role allows it, since the policy itself is what is missing, and nobody else could agree: both officers of the
    recovery key do.
    returns  the digest that is in force from now on.
    raises   PolicyError: the document cannot be read; RecoveryError: no recovery key, or these are not its two parts;
             LedgerUnavailableError.
    """
    acceptance = acceptance_of(stations.settings.home, stations.sealer.macs)
    digest = Policy(read_policy(stations.settings.policy), stations.dictionary).digest
    request = {
        "accepted_before": acceptance.digest,
        "accepted": digest,
        "document": stations.settings.policy,
        "by": "officers",
    }
    check_officers(stations, actor, Act.POLICY_ACCEPT, officers, request)

    def accept() -> str:
        acceptance.keep(digest)
        return digest

    changes = {"digest": (acceptance.digest, digest)}
    return carry_out(stations, actor, Act.POLICY_ACCEPT, request, accept, about=things("Policy", digest), changes=changes)


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
