"""What was approved and carried out is taken once, by whoever asked for it, while all who agreed may still agree to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from traceapp.domain.approvals import Approval, Person, check_signers
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError, TraceappError
from traceapp.domain.signatures import CheckedSignature
from traceapp.ledger.open_intents import held_intent
from traceapp.usecases.approvals.approval_persons import row_of, signers_today
from traceapp.usecases.approvals.held_things import Holding
from traceapp.usecases.exports.export_claim import Claim
from traceapp.usecases.signatures.verify_signatures import BROKEN, counted_signatures
from traceapp.usecases.stations import Stations


@contextmanager
def taking(
    stations: Stations,
    found: Approval,
    person: Person,
    holding: Holding,
    is_there: Callable[[Stations, Approval], bool],
    not_there: str,
    refused: Callable[[TraceappError], TraceappError],
) -> Iterator[tuple[Claim, tuple[CheckedSignature, ...]]]:
    """The claim, and the signatures by which it was approved; given back where anything is raised meanwhile.

    person     who takes it.   holding  what of the plant's data it is.
    is_there   whether there is anything to be taken now; not_there  what is said where there is not.
    refused    puts a refusal on record, and hands it back.
    raises     PermissionDeniedError: one of those who agreed may not any more, or a signature does not hold. ApprovalStateError:
               there is nothing, or another takes it at this moment. HomeError.
    """
    row = row_of(stations, found.operation)
    try:
        check_signers(found, person, signers_today(stations, row, found, holding) if row is not None else [])
    except PermissionDeniedError as error:
        raise refused(error) from None
    signatures = counted_signatures(stations, found)
    if signatures is None:
        raise refused(PermissionDeniedError(BROKEN))
    claim = Claim.of(stations.settings.home, found.uid)
    if claim is None:
        raise refused(ApprovalStateError(not_there))
    try:
        with held_intent(stations.settings.home, found.uid):  # nobody says of it meanwhile that it did not happen
            if not is_there(stations, found):  # asked while it is held: nobody takes it between
                raise refused(ApprovalStateError(not_there))
            yield claim, signatures
    except BaseException:
        claim.end()
        raise
