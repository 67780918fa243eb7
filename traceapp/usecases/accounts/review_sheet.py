"""The sheet of a review leaves as a file, once every account of it has its word."""

import secrets
from collections.abc import Callable
from typing import Final, TypeAlias

from traceapp.domain.access_reviews import ReviewState
from traceapp.domain.errors import ReviewStateError
from traceapp.domain.exports import Copy, Document, ExportedFile, Subject, TableForm
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.reviewed_accounts import LABEL, ShownReview, find_review, shown_review
from traceapp.usecases.exports.export_rows import finished_file
from traceapp.usecases.stations import Stations

ArrangeReview: TypeAlias = Callable[[TableForm, ShownReview, Copy], Document]
"""Puts a review into tables, in words of one language."""
NOT_FINISHED: Final = "Accounts of this review still wait for a word: its sheet is there once it is finished."


def take_sheet(stations: Stations, actor: Actor, uid: str, form: TableForm, arrange: ArrangeReview) -> Recorded[ExportedFile]:
    """The sheet of a finished review as a file, on record with its digest.

    raises  PermissionDeniedError; ReviewNotFoundError; ReviewStateError: it is open; SealBrokenError, KeyUnavailableError;
            StoreError and its kinds; LedgerUnavailableError; HomeError.
    """
    request = {"review": uid, "form": form.value}
    authorise(stations, actor, Permission.ACCOUNT_LIST, request)
    found = find_review(stations, actor, uid)
    if found.state is ReviewState.OPEN:
        stations.ledger.append(entry(stations, actor, Permission.ACCOUNT_LIST, "failed", request=request, reason=NOT_FINISHED))
        raise ReviewStateError(NOT_FINISHED)
    copy = Copy(secrets.token_hex(16), actor.username, stations.clock.now())
    made = finished_file(stations, arrange(form, shown_review(stations, actor, found), copy), Subject.REVIEW, form, copy)
    try:
        told = entry(
            stations,
            actor,
            Permission.ACCOUNT_LIST,
            "answered",
            request=request,
            result=made.on_record,
            object=things(LABEL, uid),
        )
        return stations.ledger.record(made, told)
    except BaseException:
        made.file.close()
        raise
