"""Hand a number on to quality that found nothing: unknown, or outside the view."""

import base64
import uuid

from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.stations import Stations

LABEL = "Referral"


def refer_number(stations: Stations, actor: Actor, asked: str) -> Recorded[Role]:
    """Record what was asked for, sealed for those who may read referrals, and say to which role it went.

    Nothing is looked up, so that an existing number and one that nobody knows are told alike and take equally long. What
    was typed may be a supplier's lot: the record holds a MAC of it and a ciphertext, never its text.
    raises  PermissionDeniedError: may not look numbers up; KeyUnavailableError; LedgerUnavailableError.
    """
    authorise(stations, actor, Permission.BATCH_LOOK_UP)
    uid = uuid.uuid4().hex
    sealed = stations.sealer.seal_document(LABEL, uid, "asked", asked.encode())
    request = {"referral": uid, "asked_mac": stations.sealer.digest(asked), "asked": base64.b64encode(sealed).decode()}
    role = stations.policy.routed_to
    made = entry(
        stations, actor, Act.NUMBER_REFER, "done", request=request, result={"role": role.value}, object=things(LABEL, uid)
    )
    return stations.ledger.record(role, made)
