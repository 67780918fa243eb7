"""What others keep of the ledger, so that nobody rewrites it unseen: its key, signed checkpoints, proofs of single records."""

from traceapp.domain.errors import RecordNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.stations import Stations


def sign_ledger(stations: Stations, actor: Actor) -> Recorded[str]:
    """A checkpoint over every record up to now (C2SP tlog-checkpoint); that it was asked for is the record after.

    raises  PermissionDeniedError; LedgerUnavailableError.
    """
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    note = stations.ledger.make_checkpoint()
    told = entry(stations, actor, Permission.LEDGER_VERIFY, "answered", request={"asked": "checkpoint"})
    return stations.ledger.record(note, told)


def prove_record(stations: Stations, actor: Actor, seq: int, permission: Permission = Permission.LEDGER_VERIFY) -> Recorded[str]:
    """That this record is in the ledger, as a text that stands for itself (C2SP tlog-proof).

    permission  by which it is asked for: whoever may search the ledger may have a proof of what he found.
    raises      PermissionDeniedError; LedgerUnavailableError; RecordNotFoundError.
    """
    authorise(stations, actor, permission)
    asked = {"asked": "proof", "record": seq}
    try:
        proof = stations.ledger.prove(seq)
    except RecordNotFoundError:
        stations.ledger.append(entry(stations, actor, permission, "failed", request=asked, reason="no such record"))
        raise
    told = entry(stations, actor, permission, "answered", request=asked, object=things("LedgerRecord", str(seq)))
    return stations.ledger.record(proof, told)
