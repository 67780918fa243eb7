"""Exactly what shall happen, and what people said of it: an approval holds both sealed, and its digest is what they signed."""

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from traceapp.domain.approvals import LONGEST_REASON, SHORTEST_REASON, Approval, Operation, Person, Step
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import InputError, SealBrokenError
from traceapp.domain.signatures import SealedSignature
from traceapp.ledger.records import plain_json
from traceapp.usecases.stations import Stations

LABEL: Final = "Approval"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Exactly what shall happen: the digest of this is what people sign.

    parameters  what was asked for, as plain JSON.
    recipient   who gets what leaves; None where nothing leaves.
    result      SHA-256 (hex) of what it would be done to, as that stands; None where that is said by the parameters.
    policy      digest of the policy document by which it was asked for.
    requester   account that asked, or `os:NAME` of somebody at the terminal.
    """

    approval: str
    operation: Operation
    parameters: Mapping[str, Any]
    recipient: str | None
    result: str | None
    policy: str
    requester: str

    @property
    def document(self) -> bytes:
        """In canonical JSON: names sorted, no blanks."""
        told = {
            "approval": self.approval,
            "operation": self.operation.value,
            "parameters": plain_json(self.parameters),
            "recipient": self.recipient,
            "result": self.result,
            "policy": self.policy,
            "requester": self.requester,
        }
        return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """SHA-256 (hex)."""
        return hashlib.sha256(self.document).hexdigest()


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said when he did his part.

    act        "request", "hand_over", "sign", "approve", "withdraw", "deny", "cancel" or "spent".
    signature  that he gave with it; None of what is not signed.
    """

    account: str
    act: str
    text: str
    at: datetime
    signature: SealedSignature | None = None


def open_frozen(stations: Stations, approval: Approval) -> Frozen:
    """What was asked for.

    raises  SealBrokenError: it is not what its digest is of; KeyUnavailableError.
    """
    content = stations.sealer.open_document(LABEL, approval.uid, "document", approval.document)
    told = json.loads(content)
    found = Frozen(**{**told, "operation": Operation(told["operation"])})
    if found.digest != approval.digest or found.document != content or found.approval != approval.uid:
        raise SealBrokenError("What an approval says shall happen is not what its digest is of.")
    return found


def seal_frozen(stations: Stations, frozen: Frozen) -> bytes:
    return stations.sealer.seal_document(LABEL, frozen.approval, "document", frozen.document)


def frozen_approval(
    stations: Stations,
    operation: Operation,
    parameters: Mapping[str, Any],
    result: str | None,
    requester: Person,
    steps: tuple[Step, ...],
    hours: int,
    recipient: str | None = None,
) -> Approval:
    """A new one, of exactly this, under the policy of this moment. Nobody has said anything of it yet: `words` comes next.

    steps, hours  of the policy's row.   result, recipient  as `Frozen` has them.
    """
    uid, now = secrets.token_hex(8), stations.clock.now()
    frozen = Frozen(uid, operation, parameters, recipient, result, stations.policy.digest, requester.account_uid)
    return Approval(
        uid=uid,
        operation=operation,
        digest=frozen.digest,
        document=seal_frozen(stations, frozen),
        words=b"",
        requester=requester,
        steps=steps,
        requested_at=now,
        expires_at=now + timedelta(hours=hours),
    )


def open_words(stations: Stations, approval: Approval) -> tuple[Words, ...]:
    """All that was said, in the order of time; raises SealBrokenError; KeyUnavailableError."""
    told = json.loads(stations.sealer.open_document(LABEL, approval.uid, "words", approval.words))
    return tuple(map(_words, told))


def seal_words(stations: Stations, uid: str, words: tuple[Words, ...]) -> bytes:
    told = [_document(one) for one in words]
    return stations.sealer.seal_document(LABEL, uid, "words", json.dumps(told, ensure_ascii=False).encode())


def with_words(stations: Stations, approval: Approval, said: Words) -> Approval:
    """The approval with one person's words more."""
    return replace(approval, words=seal_words(stations, approval.uid, (*open_words(stations, approval), said)))


def _document(words: Words) -> dict[str, Any]:
    told = {"account": words.account, "act": words.act, "text": words.text, "at": stored_time(words.at)}
    if words.signature is None:
        return told
    seal = b64encode(words.signature.seal).decode()
    return {**told, "signature": {"document": words.signature.document.decode(), "seal": seal}}


def _words(told: Mapping[str, Any]) -> Words:
    signed = told.get("signature")
    sealed = SealedSignature(signed["document"].encode(), b64decode(signed["seal"])) if signed is not None else None
    return Words(told["account"], told["act"], told["text"], parse_stored_time(told["at"]), sealed)


def state_digest(told: Any) -> str:
    """SHA-256 (hex) of what something would be done to, in plain JSON."""
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def check_reason(text: str) -> str:
    """Without blanks at its ends; raises InputError."""
    reason = text.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InputError.wanted("reason", f"{SHORTEST_REASON} to {LONGEST_REASON} characters")
    return reason
