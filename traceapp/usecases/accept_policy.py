"""The document that stands there becomes the policy in force."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.policy.acceptance import accepted_digest, keep_accepted
from traceapp.policy.decisions import Policy
from traceapp.policy.document import read_policy
from traceapp.usecases.access import carry_out
from traceapp.usecases.stations import Stations


def accept_policy(stations: Stations, actor: Actor) -> Recorded[str]:
    """Accept the chosen document, on record with both digests; processes that start from now on decide by it.

    Nobody's role allows it, since the policy itself is what is missing: whoever has the service's files does it.
    returns  the digest that is in force from now on.
    raises   PolicyError: the document cannot be read; LedgerUnavailableError.
    """
    home = stations.settings.home
    digest = Policy(read_policy(stations.settings.policy), stations.dictionary).digest
    request = {"accepted_before": accepted_digest(home), "accepted": digest, "document": stations.settings.policy}

    def accept() -> str:
        keep_accepted(home, digest)
        return digest

    return carry_out(stations, actor, Act.POLICY_ACCEPT, request, accept)
