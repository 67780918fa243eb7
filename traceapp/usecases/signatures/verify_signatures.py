"""Are signatures what their persons gave, under exactly the record that they stand under, and is each still there?

A signature is believed by three things that do not rest on each other: its seal, what stands in the store, and the record of
the ledger that names its digest. Whoever changes the store alone, or has the key alone, makes none that holds.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from traceapp.domain.approvals import Approval
from traceapp.domain.errors import ApprovalNotFoundError, KeyDestroyedError, SealBrokenError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.signatures import (
    CheckedSignature,
    LedgerWord,
    Remark,
    SealedSignature,
    Signature,
    SignatureState,
    SignedRecord,
    beside_ledger,
    judge,
)
from traceapp.graph.sweep_store import SweepStore
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.names import printed_name
from traceapp.usecases.approvals.approval_document import LABEL, Words, open_words
from traceapp.usecases.approvals.approval_moves import UNKNOWN
from traceapp.usecases.approvals.approval_persons import has_part, person_of
from traceapp.usecases.signatures.signatures_on_record import OnRecord, all_on_record, kept_since, on_record_of
from traceapp.usecases.stations import Stations

BROKEN: Final = "A signature by which it was approved does not hold: ask for the approval anew, and tell quality and security."
PAGE: Final = 1_000
NAMED_ON_RECORD: Final = 50
"""Signatures that do not hold which the ledger's record names; it counts all of them."""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """signatures  by approval, each in the order of time.   approvals  how many were looked at.   key  public, in PEM."""

    signatures: tuple[CheckedSignature, ...]
    approvals: int
    key: str

    @property
    def bad(self) -> tuple[CheckedSignature, ...]:
        return tuple(one for one in self.signatures if one.state is not SignatureState.VALID)


def verify_signatures(stations: Stations, actor: Actor, uid: str | None = None) -> Recorded[SignatureReport]:
    """Of one approval that the actor has a part in, or verifies the ledger for; None: of all there are.

    raises  PermissionDeniedError; ApprovalNotFoundError; KeyUnavailableError; LedgerUnavailableError, LedgerBrokenError;
            StoreError and its kinds.
    """
    request = {"approval": uid} if uid is not None else {}
    authorise(stations, actor, Permission.LEDGER_VERIFY if uid is None else Permission.APPROVAL_LIST, request)
    if uid is None:
        named = all_on_record(stations)
        uids = sorted(named.keys() | set(_uids(stations)))
    else:
        named, uids = {uid: on_record_of(stations, uid)}, [uid]
        _check_part(stations, actor, uid, named[uid])
    since = kept_since(stations)
    found = tuple(one for each in uids for one in _of_approval(stations, each, named.get(each, OnRecord()), since))
    report = SignatureReport(found, len(uids), stations.signature_key.public_pem)
    result: dict[str, Any] = {
        "approvals": report.approvals,
        "signatures": len(report.signatures),
        "bad": len(report.bad),
        "named": [f"{one.record.uid} {one.digest} {one.state.value}" for one in report.bad[:NAMED_ON_RECORD]],
    }
    about = things(LABEL, uid) if uid is not None else None
    told = entry(stations, actor, Act.SIGNATURE_VERIFY, "answered", request=request, result=result, object=about, approval=uid)
    return stations.ledger.record(report, told)


def sealed_signatures(stations: Stations, approval: Approval, words: tuple[Words, ...]) -> tuple[CheckedSignature, ...]:
    """Those of an approval that is shown, by their seals alone: the ledger is not asked."""
    return tuple(_judged(stations, approval, one) for one in words if one.signature is not None)


def counted_signatures(stations: Stations, approval: Approval) -> tuple[CheckedSignature, ...] | None:
    """Those by which it is approved, in their order; None where one of them does not hold: then nothing rests on it.

    raises  SealBrokenError; KeyUnavailableError.
    """
    held = {
        one.digest: one
        for one in sealed_signatures(stations, approval, open_words(stations, approval))
        if one.state is SignatureState.VALID and one.signature is not None
    }
    found = [held.get(one.sealed) for one in approval.signatures]
    persons = [one.person.account_uid for one in approval.signatures]
    whole = tuple(one for one in found if one is not None)
    given = [one.signature.account for one in whole if one.signature is not None]
    return whole if given == persons else None


def _check_part(stations: Stations, actor: Actor, uid: str, named: OnRecord) -> None:
    found, _ = stations.approvals.find_stored(uid)
    if stations.policy.decide(actor, Permission.LEDGER_VERIFY).allowed:
        if found is not None or named.words:
            return
    elif found is not None and has_part(found, person_of(stations, actor)):
        return
    failed = entry(stations, actor, Act.SIGNATURE_VERIFY, "failed", request={"approval": uid}, reason="none that is shown")
    stations.ledger.append(failed)
    raise ApprovalNotFoundError(UNKNOWN)


def _uids(stations: Stations) -> Iterator[str]:
    rows, after = SweepStore(stations.graph), ""
    while page := rows.list_rows(LABEL, after, PAGE):
        after = page[-1]
        yield from page


def _of_approval(stations: Stations, uid: str, named: OnRecord, since: datetime | None) -> list[CheckedSignature]:
    """since  the time of the oldest record that is kept; None where nothing was pruned."""
    stored, believed = stations.approvals.find_stored(uid)
    readable, judged = _read(stations, stored)
    found: list[CheckedSignature] = []
    for checked in judged:
        at = checked.signature.signed_at if checked.signature is not None else None
        pruned = since is not None and at is not None and at <= since
        known = beside_ledger(checked, named.words.get(checked.digest), pruned=pruned)
        if known.state is SignatureState.VALID and not believed:
            known = replace(known, state=SignatureState.RECORD_CHANGED, because="row")
        found.append(_with_signer(stations, known))
    record, there = SignedRecord(LABEL, uid, stored.digest if stored is not None else ""), {one.digest for one in found}
    gone = [named.words[digest] for digest in named.given - there]
    found += [_absent(record, word.digest, word, readable=readable) for word in sorted(gone, key=lambda word: word.seq)]
    counted = [one.sealed for one in stored.signatures] if stored is not None else []
    found += [_absent(record, digest, None) for digest in counted if digest not in there | named.given]
    if not readable and not found:
        found.append(_absent(record, "", None))
    return found


def _absent(record: SignedRecord, digest: str, word: LedgerWord | None, *, readable: bool = False) -> CheckedSignature:
    """What the ledger names, or the store counts, and nobody can read: gone, or in its place stands what was not written."""
    if word is not None and readable:
        return CheckedSignature(digest, record, None, SignatureState.GONE, "missing", (), word.seq)
    seq = word.seq if word is not None else None
    return CheckedSignature(digest, record, None, SignatureState.FORGED, "not-what-was-written", (), seq)


def _read(stations: Stations, stored: Approval | None) -> tuple[bool, tuple[CheckedSignature, ...]]:
    """Whether what stands there can be opened, and the signatures in it."""
    if stored is None:
        return True, ()
    try:
        words = open_words(stations, stored)
    except (SealBrokenError, ValueError, KeyError, TypeError):
        return False, ()
    return True, sealed_signatures(stations, stored, words)


def _judged(stations: Stations, stored: Approval, words: Words) -> CheckedSignature:
    assert words.signature is not None  # noqa: S101  asked by the caller
    signed: SealedSignature = words.signature
    proven = stations.signature_key.proves(signed.document, signed.seal)
    checked = judge(signed, proven, SignedRecord(LABEL, stored.uid, _digest_now(stations, stored)))
    counts = {one.sealed for one in stored.signatures}
    taken_back = words.act == "approve" and signed.digest not in counts
    return replace(checked, remarks=(*checked.remarks, Remark.TAKEN_BACK)) if taken_back else checked


def _digest_now(stations: Stations, stored: Approval) -> str:
    """Of what the approval says at this moment; empty where it says two things, or nothing that opens."""
    try:
        document = stations.sealer.open_document(LABEL, stored.uid, "document", stored.document)
    except SealBrokenError:
        return ""
    digest = hashlib.sha256(document).hexdigest()
    return digest if digest == stored.digest else ""


def _with_signer(stations: Stations, checked: CheckedSignature) -> CheckedSignature:
    signature = checked.signature
    if signature is None:
        return checked
    remark = _remark(stations, signature)
    return replace(checked, remarks=(*checked.remarks, remark)) if remark is not None else checked


def _remark(stations: Stations, signature: Signature) -> Remark | None:
    account = stations.accounts.get_account(signature.account)
    if account is None:
        return Remark.SIGNER_UNKNOWN
    if account.disabled:
        return Remark.SIGNER_CLOSED
    try:
        name = printed_name(stations, account)
    except (KeyDestroyedError, SealBrokenError):
        return Remark.SIGNER_UNKNOWN
    return Remark.SIGNER_RENAMED if name != signature.name else None
