"""Another policy, dictionary or other alert rules: compared with what is in force, and put in force once others agreed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from traceapp.domain.errors import ApprovalStateError, InputError
from traceapp.domain.governed import Difference, DocumentKind, Effect, Version, differences
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.host.home_lock import alone
from traceapp.ledger.records import plain_json
from traceapp.policy.acceptance import Acceptance
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.names import username_of
from traceapp.usecases.approvals.approval_document import open_frozen, state_digest
from traceapp.usecases.changes import carry_out
from traceapp.usecases.governed.governed_documents import (
    GOVERNED,
    keep_content,
    keep_version,
    kept_content,
    list_kept_versions,
    parse_document,
    present_version,
    read_digest,
    refused_document,
)
from traceapp.usecases.governed.migrate_values import Migration, migration_of
from traceapp.usecases.stations import Stations

CHANGED_SINCE: Final = "The document in the home is not the one that was agreed to any more: it was not put in force."
LOCK: Final = "governed"
"""Held while another document comes in force."""
SAME: Final = "a document that says something else than the one in force"


@dataclass(frozen=True, slots=True)
class Comparison:
    """before, after  digests of what is in force and of what was proposed."""

    kind: DocumentKind
    before: str
    after: str
    differences: tuple[Difference, ...]
    effect: Effect


@dataclass(frozen=True, slots=True)
class GovernedState:
    """One document: the version in force, and those that were, the newest first.

    fault      why it is not as others agreed to it.
    migration  stored values that are being brought in the form that it wants.
    """

    kind: DocumentKind
    present: Version
    versions: tuple[Version, ...]
    fault: str | None
    migration: Migration | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """By whom a version was proposed and agreed to, under which approval and when."""

    proposed_by: str
    approved_by: tuple[str, ...]
    approval: str
    at: datetime


def list_documents(stations: Stations, actor: Actor) -> Recorded[tuple[GovernedState, ...]]:
    """raises  PermissionDeniedError; LedgerUnavailableError."""
    authorise(stations, actor, Permission.CHANGE_LIST)
    faults, now = stations.documents.loaded.faults, stations.clock.now()
    found = tuple(
        GovernedState(
            kind,
            present_version(stations, kind, now),
            list_kept_versions(stations, kind)[::-1],
            faults.get(kind),
            migration_of(stations) if kind is DocumentKind.DICTIONARY else None,
        )
        for kind in DocumentKind
    )
    told = entry(stations, actor, Permission.CHANGE_LIST, "answered", result={"documents": len(found)})
    return stations.ledger.record(found, told)


def show_version(stations: Stations, actor: Actor, kind: DocumentKind, number: int) -> Recorded[bytes]:
    """The text of a version that is or was in force.

    raises  InputError: there is none of this number; what `list_documents` raises.
    """
    request = {"document": kind.value, "version": number}
    authorise(stations, actor, Permission.CHANGE_LIST, request)
    content = _content_of(stations, kind, number)
    told = entry(stations, actor, Permission.CHANGE_LIST, "answered", request=request, result={"bytes": len(content)})
    return stations.ledger.record(content, told)


def compare_document(stations: Stations, actor: Actor, kind: DocumentKind, content: bytes) -> Recorded[Comparison]:
    """What would change, and what that would do to whom; nothing is kept.

    raises  InputError: it is no such document, or one that cannot follow the present one; what `list_documents` raises.
    """
    authorise(stations, actor, Permission.CHANGE_LIST, {"document": kind.value})
    document = parse_document(stations, kind, content)
    found = _compared(stations, kind, document)
    request = {"document": kind.value, "before": found.before, "after": found.after}
    result = {"differences": len(found.differences), "accounts": len(found.effect.accounts)}
    told = entry(stations, actor, Permission.CHANGE_LIST, "answered", request=request, result=result)
    return stations.ledger.record(found, told)


def keep_proposal(
    stations: Stations, actor: Actor, kind: DocumentKind, content: bytes | None, number: int | None
) -> dict[str, Any]:
    """Keep what shall be proposed where the approval will look for it; returns the parameters to ask with.

    content  the document; None for that of the version `number`, which comes back in force then.
    raises   InputError; PermissionDeniedError; HomeError.
    """
    authorise(stations, actor, Permission.CHANGE_PROPOSE, {"document": kind.value})
    if content is None:
        content = _content_of(stations, kind, number or 0)
    document = parse_document(stations, kind, content)
    digest = GOVERNED[kind].digest(document)
    _check_is_other(stations, kind, digest)
    _check_fits(stations, kind, document)
    request = {"document": kind.value, "digest": digest}
    carry_out(stations, actor, Permission.CHANGE_PROPOSE, request, partial(keep_content, stations, kind, digest, content))
    return {"digest": digest}


def check_change(kind: DocumentKind, stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """What whoever agrees signs: the digest of a document that the home keeps, and that of the one it follows."""
    digest = said.get("digest")
    if said.keys() != {"digest"} or not isinstance(digest, str):
        raise InputError.wanted("parameters", "digest")
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise InputError.wanted("digest", "64 hexadecimal digits")
    content = _proposed(stations, kind, digest)
    if content is None:
        raise InputError.wanted("digest", "the digest of a document that was sent to be proposed")
    _check_is_other(stations, kind, digest)
    _check_fits(stations, kind, GOVERNED[kind].read(content))
    return {"digest": digest, "replaces": _digest_in_force(stations, kind)}


def changed_document(kind: DocumentKind, stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The document as the home keeps it now, and the one in force: another one of the two supersedes the approval."""
    content = _proposed(stations, kind, parameters["digest"])
    there = Acceptance(stations.settings.home, stations.sealer.macs, None, kind=kind).digest
    return {"kept": content is not None, "in_force": _digest_in_force(stations, kind), "accepted": there}


def fits_still(kind: DocumentKind, stations: Stations, actor: Actor, parameters: Mapping[str, Any]) -> bool:
    """Whether the home keeps what was agreed to, before the approval is spent.

    raises  ApprovalStateError: too few of today's persons could agree under it. It waits until there are enough.
    """
    content = _proposed(stations, kind, parameters["digest"])
    if content is None:
        return False
    reason = GOVERNED[kind].unfit(stations, GOVERNED[kind].read(content))
    if reason is not None:
        raise ApprovalStateError(reason)
    return True


def preview_change(kind: DocumentKind, stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Differences and effect, as they stand at this moment."""
    content = _proposed(stations, kind, parameters["digest"])
    if content is None:
        return {}
    found = _compared(stations, kind, GOVERNED[kind].read(content))
    return plain_comparison(found)


def apply_change(
    kind: DocumentKind, stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str
) -> Recorded[Version]:
    """Put it in force: its bytes, then who agreed, then the one file by which every process goes.

    raises  ApprovalStateError: the document in the home, or what is in force, is not what was agreed to any more; of two changes
            of one state the first one comes in force; or too few could agree under it since a moment ago.
            HomeError: it cannot be written.
    """
    row, digest = GOVERNED[kind], parameters["digest"]
    content = _proposed(stations, kind, digest)
    request = {"accepted_before": parameters["replaces"], "accepted": digest, "document": kind.value}
    if content is None:
        failed = entry(stations, actor, row.act, "failed", request=request, reason=CHANGED_SINCE, approval=approval)
        stations.ledger.append(failed)
        raise ApprovalStateError(CHANGED_SINCE)
    now, found = stations.clock.now(), stations.approvals.get_approval(approval)
    agreed_to = open_frozen(stations, found).result if found is not None else None

    def work() -> Version:
        with alone(stations.settings.home, LOCK):
            return change()

    def change() -> Version:
        if state_digest(changed_document(kind, stations, parameters)) != agreed_to or found is None:
            raise ApprovalStateError(CHANGED_SINCE)
        fits_still(kind, stations, actor, parameters)
        proposed_by = username_of(stations, found.requester.account_uid)
        approved_by = tuple(username_of(stations, one.person.account_uid) for one in found.signatures)
        return come_in_force(stations, kind, digest, content, Agreed(proposed_by, approved_by, approval, now))

    return carry_out(
        stations,
        actor,
        row.act,
        request,
        work,
        about=things(_LABELS[kind], digest),
        changes={"digest": (_digest_in_force(stations, kind), digest)},
        approval=approval,
    )


def come_in_force(stations: Stations, kind: DocumentKind, digest: str, content: bytes, agreed: Agreed) -> Version:
    """Keep a document, the one before it and who agreed; then switch: every process goes by it from its next question on.

    raises  HomeError: something cannot be written; the former one is in force still.
    """
    present = present_version(stations, kind, agreed.at)
    version = Version(
        present.number + 1, digest, present.digest, agreed.proposed_by, agreed.approved_by, agreed.approval, agreed.at
    )
    former = GOVERNED[kind].content(stations)
    if read_digest(kind, former) == present.digest:
        keep_content(stations, kind, present.digest, former)
    keep_version(stations, kind, present)
    keep_content(stations, kind, digest, content)
    keep_version(stations, kind, version)
    Acceptance(stations.settings.home, stations.sealer.macs, None, kind=kind).keep(digest)
    return version


_LABELS: Final = {DocumentKind.POLICY: "Policy", DocumentKind.DICTIONARY: "Dictionary", DocumentKind.ALERT_RULES: "AlertRules"}


def plain_comparison(found: Comparison) -> dict[str, Any]:
    """Differences and effect as plain JSON."""
    told: dict[str, Any] = plain_json({"differences": list(map(asdict, found.differences)), "effect": asdict(found.effect)})
    return told


def _compared(stations: Stations, kind: DocumentKind, document: Any) -> Comparison:
    row = GOVERNED[kind]
    present = row.in_force(stations)
    told = differences(row.plain(present), row.plain(document))
    return Comparison(kind, row.digest(present), row.digest(document), told, row.effect(stations, present, document))


def _proposed(stations: Stations, kind: DocumentKind, digest: str) -> bytes | None:
    """What the home keeps under this digest, where it can come in force now."""
    content = kept_content(stations, kind, digest)
    try:
        return content if content is not None and parse_document(stations, kind, content) is not None else None
    except InputError:
        return None


def _check_is_other(stations: Stations, kind: DocumentKind, digest: str) -> None:
    """What is in force needs nobody's word; what is not any more as it was agreed to can be agreed to again."""
    if digest == _digest_in_force(stations, kind) and kind not in stations.documents.loaded.faults:
        raise InputError.wanted("document", SAME)


def _check_fits(stations: Stations, kind: DocumentKind, document: Any) -> None:
    """raises  InputError: too few of today's persons could agree under it."""
    reason = GOVERNED[kind].unfit(stations, document)
    if reason is not None:
        raise refused_document(reason)


def _digest_in_force(stations: Stations, kind: DocumentKind) -> str:
    return GOVERNED[kind].digest(GOVERNED[kind].in_force(stations))


def _content_of(stations: Stations, kind: DocumentKind, number: int) -> bytes:
    """raises  InputError."""
    present = present_version(stations, kind, stations.clock.now())
    if number == present.number:
        return GOVERNED[kind].content(stations)
    version = next((one for one in list_kept_versions(stations, kind) if one.number == number), None)
    content = kept_content(stations, kind, version.digest) if version is not None else None
    if content is None:
        raise InputError.wanted("version", "the number of a version that was in force")
    return content
