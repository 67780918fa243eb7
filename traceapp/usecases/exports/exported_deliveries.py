"""The register of outside deliveries, as something that may leave as a file itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import stored_time
from traceapp.domain.deliveries import Delivery
from traceapp.domain.errors import InputError
from traceapp.domain.kept_documents import END
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Status
from traceapp.graph.document_store import DELIVERY
from traceapp.usecases.access import authorise, entry, result_digest, things
from traceapp.usecases.exports.deliveries import PAGE, delivery_from, told_of
from traceapp.usecases.exports.exportable import Exportable, ExportSubject, Wanted
from traceapp.usecases.stations import Stations

MOST: Final = 50_000
"""Entries in one file."""


@dataclass(frozen=True, slots=True)
class RegisterQuestion:
    """before  place in front of which entries count; None for all that there are."""

    before: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """masked  whether organisations, persons and grounds, which are T2, stay masked."""

    deliveries: Sequence[Delivery]
    masked: bool
    policy_digest: str


def ask_register(stations: Stations, actor: Actor, question: RegisterQuestion, wanted: Wanted) -> Exportable:
    """raises  PermissionDeniedError; InputError: more than `MOST`; SealBrokenError, KeyUnavailableError; StoreError."""
    request = {"before": question.before} if question.before is not None else {}
    authorise(stations, actor, Permission.DELIVERY_LIST, request)
    found = list(_read(stations, question.before if question.before is not None else END))
    if len(found) > MOST:
        raise InputError.wanted("question", f"at most {MOST} deliveries")
    masked = wanted.tier < Tier.T2
    completeness = (Status.WITHHELD if masked and found else Status.COMPLETE).name
    digest = result_digest([[one.uid, stored_time(one.entered_at), told_of(one)] for one in found])

    def record(**result: Any) -> LedgerEntry:
        return entry(
            stations,
            actor,
            Permission.DELIVERY_LIST,
            "answered",
            request=request,
            result={"deliveries": len(found), "sha256": digest} | result,
            object=things(DELIVERY, *(one.uid for one in found)) or None,
            completeness=completeness,
        )

    return Exportable(
        answer=RegisterRows(found, masked, stations.policy.digest),
        request=request,
        digest=digest,
        counts={"deliveries": len(found)},
        completeness=completeness,
        of=(),
        seeds=0,
        values={},
        sample=(),
        head=0,
        record=record,
    )


def _read(stations: Stations, before: str) -> Iterator[Delivery]:
    """The newest first; one more than `MOST` at most."""
    count = 0
    while count <= MOST and (page := stations.deliveries.list_newest(PAGE, before)):
        yield from (delivery_from(stations, one) for one in page)
        count += len(page)
        before = page[-1].place


def pin_register(stations: Stations, question: RegisterQuestion) -> RegisterQuestion:
    """What was entered until now."""
    return question if question.before is not None else replace(question, before=f"{stored_time(stations.clock.now())} {END}")


def register_document(question: RegisterQuestion) -> dict[str, Any]:
    return {"before": question.before} if question.before is not None else {}


def parse_register(told: Mapping[str, Any]) -> RegisterQuestion:
    """raises  KeyError, TypeError, ValueError."""
    if told.keys() - {"before"}:
        raise ValueError("wanted no other names")
    return RegisterQuestion(str(told["before"]) if "before" in told else None)


DELIVERIES: Final = ExportSubject(
    permission=Permission.DELIVERY_LIST,
    operation=Operation.DELIVERY_EXPORT,
    highest=Tier.T2,
    document=register_document,
    parse=parse_register,
    pin=pin_register,
    ask=ask_register,
)
