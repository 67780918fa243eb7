"""Rows as a file: finished and hashed first, on record with its digest next, and only then sent."""

import hashlib
import io
import secrets
from collections.abc import Callable
from typing import Any, Final

from traceapp.confidential.age_file import seal_file
from traceapp.dictionary.entries import Tier
from traceapp.documents.tables import write_document
from traceapp.domain.errors import InputError
from traceapp.domain.exports import Arrange, Copy, Document, ExportedFile, Subject, TableForm
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.policy.document import ExportRow
from traceapp.usecases.access import entry
from traceapp.usecases.exports.export_subjects import SUBJECTS
from traceapp.usecases.exports.exportable import Wanted
from traceapp.usecases.exports.unnamed_file import unnamed_file
from traceapp.usecases.stations import Stations

NOTHING: Final = ExportRow(tier=Tier.T0, rows=0)


def export_rows(
    stations: Stations, actor: Actor, subject: Subject, question: Any, form: TableForm, arrange: Arrange
) -> Recorded[ExportedFile]:
    """What one person takes out by himself: values of the tiers that the policy names are in clear, others masked.

    question  of the subject.
    raises    what the question raises; InputError: more rows than the policy lets one person take, or than the form holds;
              HomeError: the file cannot be written.
    """
    row, alone = SUBJECTS[subject], stations.policy.document.exports or NOTHING
    asked = row.ask(stations, actor, question, Wanted(alone.tier))
    copy = Copy(secrets.token_hex(16), actor.username, stations.clock.now())
    document = arrange(form, asked.answer, copy)
    if document.rows > alone.rows:
        wanted = f"a question whose answer has at most {alone.rows} rows; this one has {document.rows}"
        refused = entry(stations, actor, row.permission, "failed", request=asked.request, reason="too many rows")
        stations.ledger.append(refused)
        raise InputError.wanted("question", wanted)
    made = finished_file(stations, document, subject, form, copy)
    return on_its_way(stations, made, lambda: asked.record(**made.on_record))


def on_its_way(stations: Stations, made: ExportedFile, record: Callable[[], LedgerEntry]) -> Recorded[ExportedFile]:
    """The file once its record, with a checkpoint over it, is durable; closed where that fails."""
    try:
        recorded = stations.ledger.record(made, record())
        stations.ledger.make_checkpoint()
    except BaseException:
        made.file.close()
        raise
    return recorded


def finished_file(
    stations: Stations,
    document: Document,
    subject: Subject,
    form: TableForm,
    copy: Copy,
    sent: Callable[[int], None] | None = None,
    key: str | None = None,
    tier: str = "",
) -> ExportedFile:
    """The file at its beginning; it has no name, and is gone when it is closed.

    key   of the recipient: what is on disk is sealed to it, and in clear it is in memory alone.
    tier  that others agreed to.

    raises  HomeError: it cannot be written; InputError: more than the form holds.
    """
    with unnamed_file(stations.settings.home) as file:
        if key is None:
            write_document(document, form, file)
        else:
            plain = io.BytesIO()
            write_document(document, form, plain)
            seal_file(plain.getbuffer(), key, file)
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
    return ExportedFile(subject, form, file, size, digest, document.rows, copy.uid, sent, key, tier)
