"""Whoever asked for something signs that he did: where the policy wants it, nobody agrees to it before."""

from typing import Final

from traceapp.domain.approvals import OPEN, Approval, Person
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError, SignatureComponentsError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.signatures import Meaning, Shown, SignatureState, SignedRecord
from traceapp.usecases.access import authorise
from traceapp.usecases.approvals.approval_document import LABEL, Words, check_reason, open_words, with_words
from traceapp.usecases.approvals.approval_moves import find_approval, put, refused
from traceapp.usecases.approvals.approval_persons import account_of, row_of
from traceapp.usecases.signatures.signing import check_components, said_of, sessions_after, sign
from traceapp.usecases.signatures.verify_signatures import sealed_signatures
from traceapp.usecases.stations import Stations

NOBODY: Final = "Only a person in a session of his own signs something; a token and the terminal do not."
NOT_YOURS: Final = "Only whoever asked for it can sign the request."
SIGNED: Final = "The request is signed already."
OVER: Final = "It is over, or is not what you saw: there is nothing to sign."
UNSIGNED: Final = "Whoever asked for it has to sign the request before anybody agrees."


def sign_request(stations: Stations, actor: Actor, uid: str, digest: str, reason: str, shown: Shown) -> Recorded[Approval]:
    """One's own request, as it is.

    digest  of what the person saw.
    raises  PermissionDeniedError: another's, a token or the terminal; ApprovalStateError: over, signed, or not what he saw;
            SignatureComponentsError; ApprovalNotFoundError; ConcurrentChangeError; InputError: no reason.
    """
    authorise(stations, actor, Permission.APPROVAL_REQUEST, {"approval": uid})
    words = check_reason(reason)
    found, person = find_approval(stations, actor, uid)
    try:
        _check(stations, actor, found, person, digest)
        signing = check_components(stations, actor, shown)
    except (PermissionDeniedError, ApprovalStateError, SignatureComponentsError) as error:
        raise refused(stations, actor, Act.APPROVAL_SIGN, found, error) from None
    now = stations.clock.now()
    signed = sign(stations, signing, SignedRecord(LABEL, uid, found.digest), Meaning.REQUESTED, words, now)
    made = with_words(stations, found, Words(account_of(actor), "sign", words, now, signed))
    after = sessions_after(stations, actor, signing, now)
    return put(stations, actor, Act.APPROVAL_SIGN, made, found, after, **said_of(signed, signing, Meaning.REQUESTED))


def is_signed(stations: Stations, found: Approval) -> bool:
    """Whether whoever asked for it has signed that."""
    signatures = sealed_signatures(stations, found, open_words(stations, found))
    return any(
        one.state is SignatureState.VALID and one.signature is not None and one.signature.meaning is Meaning.REQUESTED
        for one in signatures
    )


def check_request_signed(stations: Stations, found: Approval) -> None:
    """raises  ApprovalStateError: the policy wants the request signed, and it is not."""
    row = row_of(stations, found.operation)
    if row is not None and row.request_signed and not is_signed(stations, found):
        raise ApprovalStateError(UNSIGNED)


def _check(stations: Stations, actor: Actor, found: Approval, person: Person, digest: str) -> None:
    if actor.session is None:
        raise PermissionDeniedError(NOBODY)
    if not person.is_surely(found.requester):
        raise PermissionDeniedError(NOT_YOURS)
    if found.state not in OPEN or digest != found.digest:
        raise ApprovalStateError(OVER)
    if is_signed(stations, found):
        raise ApprovalStateError(SIGNED)
