"""Electronic signatures: one person's word on one record, with name, time, meaning and reason, that fits no other record.

What is signed is named by kind, uid and digest; the signature is over all of it, so that it can neither be cut off nor be put
under something else (21 CFR 11.50, 11.70; EU GMP annex 11, 14). Who signs shows components of his identity (11.200).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.rights import Role

FORM: Final = "traceapp signature 1"
"""Stands in every document that is signed: the key signs nothing else."""
TIME_APART: Final = timedelta(minutes=1)
"""So far the time of a signature and that of its ledger record may lie apart before the time is said to be in doubt."""


class Meaning(StrEnum):
    """What a signature says of the record (11.50(a)(3))."""

    REQUESTED = "requested"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class MeaningWords:
    """word and whole sentence, in both languages; the sentence is signed with the rest."""

    en: str
    zh: str
    says_en: str
    says_zh: str

    def word(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en

    def says(self, language: str) -> str:
        return self.says_zh if language.startswith("zh") else self.says_en


MEANINGS: Final[Mapping[Meaning, MeaningWords]] = {
    Meaning.REQUESTED: MeaningWords("Requested", "申请", "I ask that exactly this happens.", "本人申请按此内容执行。"),
    Meaning.REVIEWED: MeaningWords(
        "Reviewed", "复核", "I have examined this and find nothing against it.", "本人已审阅，无异议。"
    ),
    Meaning.APPROVED: MeaningWords("Approved", "批准", "I agree that exactly this happens.", "本人批准按此内容执行。"),
    Meaning.RELEASED: MeaningWords("Released", "放行", "I release exactly this for use.", "本人放行此内容，准予使用。"),
}


class Component(StrEnum):
    """What somebody shows of himself as he signs; the last two only he has."""

    IDENTIFICATION = "identification"
    PASSWORD = "password"  # noqa: S105 - the name of a component
    FACTOR = "second factor"


SECRET: Final = frozenset({Component.PASSWORD, Component.FACTOR})


@dataclass(frozen=True, slots=True)
class Shown:
    """What was typed as somebody signs; empty where he typed nothing. A second factor is shown before, in his session."""

    username: str = ""
    password: str = field(default="", repr=False)


NOTHING_SHOWN: Final = Shown()
WRONG_COMPONENTS: Final = "The user name or the password is wrong; nothing was signed."
"""Whichever of the two it was."""


def is_enough(components: frozenset[Component], *, first: bool) -> bool:
    """Whether these make a signature.

    first   of the session: two components then, one that only he has afterwards.
    source  21 CFR 11.200(a)(1)(i). A session that ended, or moved to another network, is no continuous period (ii).
    """
    return bool(components & SECRET) and (not first or len(components) > 1)


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """What is signed: SHA-256 (hex) of exactly what it says."""

    kind: str
    uid: str
    digest: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What one signature says.

    says        the sentence that was shown with its meaning, by language.
    name        printed name of whoever signed, as it was then; account, person, username, role the same.
    components  what he showed; first: it was the first signature of this session.
    reason      in his own words.
    """

    record: SignedRecord
    meaning: Meaning
    says: Mapping[str, str]
    name: str
    username: str
    account: str
    person: str
    role: Role
    signed_at: datetime
    reason: str
    components: tuple[Component, ...]
    session: str
    first: bool

    @property
    def document(self) -> bytes:
        """What is signed, in canonical JSON: names sorted, no blanks; times in UTC, which the Z says."""
        told = {
            "form": FORM,
            "record": {"kind": self.record.kind, "uid": self.record.uid, "sha256": self.record.digest},
            "meaning": self.meaning.value,
            "says": dict(self.says),
            "name": self.name,
            "username": self.username,
            "account": self.account,
            "person": self.person,
            "role": self.role.value,
            "signed_at": stored_time(self.signed_at),
            "reason": self.reason,
            "components": [one.value for one in self.components],
            "session": self.session,
            "first": self.first,
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class SealedSignature:
    """document  what was signed, byte by byte.   seal  64 bytes of Ed25519 over it."""

    document: bytes = field(repr=False)
    seal: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of both: by this the ledger names it."""
        return hashlib.sha256(self.document + self.seal).hexdigest()


def read_signature(document: bytes) -> Signature:
    """The reverse of `Signature.document`; raises ValueError: it is none."""
    try:
        told: dict[str, Any] = json.loads(document)
        record = SignedRecord(told["record"]["kind"], told["record"]["uid"], told["record"]["sha256"])
        found = Signature(
            record=record,
            meaning=Meaning(told["meaning"]),
            says=told["says"],
            name=told["name"],
            username=told["username"],
            account=told["account"],
            person=told["person"],
            role=Role(told["role"]),
            signed_at=parse_stored_time(told["signed_at"]),
            reason=told["reason"],
            components=tuple(map(Component, told["components"])),
            session=told["session"],
            first=told["first"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no signature") from error
    if found.document != document:
        raise ValueError("no signature of this form")
    return found


class SignatureState(StrEnum):
    """What became of a signature, the worst that holds."""

    VALID = "valid"
    RECORD_CHANGED = "record-changed"
    FORGED = "forged"
    GONE = "gone"


class Remark(StrEnum):
    """What has to be known beside that: none of it makes a signature worth less by itself."""

    TAKEN_BACK = "taken-back"
    TIME_IN_DOUBT = "time-in-doubt"
    SIGNER_RENAMED = "signer-renamed"
    SIGNER_CLOSED = "signer-closed"
    SIGNER_UNKNOWN = "signer-unknown"
    RECORD_PRUNED = "ledger-record-pruned"


@dataclass(frozen=True, slots=True)
class LedgerWord:
    """What the ledger says of a signature: in which record, when that was written, and whether the clock was behind then."""

    seq: int
    digest: str
    at: datetime
    clock_behind: bool = False

    def doubts(self, signed_at: datetime) -> bool:
        """Whether the time of a signature is not to be relied on; the order of the records is, whatever the clock did."""
        return self.clock_behind or abs(self.at - signed_at) > TIME_APART


@dataclass(frozen=True, slots=True)
class CheckedSignature:
    """digest     by which the ledger names it.
    signature     what it says; None where that cannot be read, or is gone.
    record        the one that it was looked for under.
    because       why it is not valid, as a code for machines; empty where it is.
    ledger_seq    the record that names it.
    """

    digest: str
    record: SignedRecord
    signature: Signature | None
    state: SignatureState
    because: str = ""
    remarks: tuple[Remark, ...] = ()
    ledger_seq: int | None = None


def judge(sealed: SealedSignature, proven: bool, record: SignedRecord) -> CheckedSignature:
    """What a signature is worth by itself where it was found; `beside_ledger` says the rest.

    proven  its seal is of our key.   record  what it stands under, as that is now.
    """
    try:
        found = read_signature(sealed.document)
    except ValueError:
        return CheckedSignature(sealed.digest, record, None, SignatureState.FORGED, "no-signature")
    state, because = SignatureState.VALID, ""
    if not proven:
        state, because = SignatureState.FORGED, "seal"
    elif (found.record.kind, found.record.uid) != (record.kind, record.uid):
        state, because = SignatureState.FORGED, "of-another-record"
    elif found.record.digest != record.digest:
        state, because = SignatureState.RECORD_CHANGED, "digest"
    return CheckedSignature(sealed.digest, record, found, state, because)


def beside_ledger(checked: CheckedSignature, word: LedgerWord | None, *, pruned: bool = False) -> CheckedSignature:
    """The same beside what the ledger says of it.

    word  None where no record names it, which proves that it was never given, unless `pruned`: records of that time went.
    """
    if checked.signature is None or checked.state is SignatureState.FORGED:
        return checked
    if word is None and not pruned:
        return replace(checked, state=SignatureState.FORGED, because="not-in-ledger")
    remarks = list(checked.remarks)
    if word is None:
        remarks.append(Remark.RECORD_PRUNED)
    elif word.doubts(checked.signature.signed_at):
        remarks.append(Remark.TIME_IN_DOUBT)
    return replace(checked, remarks=tuple(remarks), ledger_seq=word.seq if word is not None else None)
