"""The rows of a trace as a file: finished and hashed first, on record with its digest next, and only then sent."""

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.documents.tables import write_document
from traceapp.domain.errors import InputError
from traceapp.domain.exports import Arrange, Copy, Document, ExportedFile, TableForm
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import TraceQuestion
from traceapp.policy.document import ExportRow
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import ask
from traceapp.usecases.trace_record import answered_entry, request_document
from traceapp.usecases.unnamed_file import unnamed_file

NOTHING: Final = ExportRow(tier=Tier.T0, rows=0)


def export_trace(
    stations: Stations, actor: Actor, question: TraceQuestion, form: TableForm, arrange: Arrange
) -> Recorded[ExportedFile]:
    """What one person takes out by himself: values of the tiers that the policy names are in clear, others masked.

    raises  what `trace_batch` raises; InputError: more rows than the policy lets one person take, or than the form holds;
            HomeError: the file cannot be written.
    """
    alone = stations.policy.document.exports or NOTHING
    traced = ask(stations, actor, question, Permission.BATCH_EXPORT, alone.tier)
    copy = Copy(secrets.token_hex(16), actor.username, stations.clock.now())
    answer = traced.answer
    document = arrange(form, answer, copy)
    if document.rows > alone.rows:
        wanted = f"a question whose answer has at most {alone.rows} rows; this one has {document.rows}"
        asked = request_document(stations, question, answer.head, ())
        refused = entry(stations, actor, Permission.BATCH_EXPORT, "failed", request=asked, reason="too many rows")
        stations.ledger.append(refused)
        raise InputError(f"question: wanted {wanted}", (("question", wanted),))
    made = finished_file(stations, document, form, copy)
    try:
        told = answered_entry(stations, actor, traced, Permission.BATCH_EXPORT, **made.on_record)
        recorded = stations.ledger.record(made, told)
        stations.ledger.make_checkpoint()
    except BaseException:
        made.file.close()
        raise
    return recorded


def finished_file(
    stations: Stations, document: Document, form: TableForm, copy: Copy, sent: Callable[[bool], None] | None = None
) -> ExportedFile:
    """The file at its beginning; it has no name, and is gone when it is closed.

    raises  HomeError: it cannot be written; InputError: more than the form holds.
    """
    with unnamed_file(stations.settings.home) as file:
        write_document(document, form, file)
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
    return ExportedFile(form, file, size, digest, document.rows, copy.uid, sent)
