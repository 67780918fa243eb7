"""The register of outside deliveries as a table for a file: the newest first."""

from collections.abc import Iterator
from typing import Final

from flask_babel import gettext

from traceapp.domain.deliveries import Delivery
from traceapp.domain.disclosure import Masked
from traceapp.domain.exports import Cell, Copy, Document, Fact, Table, TableForm
from traceapp.usecases.exports.exported_deliveries import RegisterRows
from traceapp.web.pages.delivery_words import CHANNELS, STATES, SUBJECTS
from traceapp.web.pages.wording import N_
from traceapp.web.table_head import Masks, copy_facts

COLUMNS: Final = {
    "entered_at": N_("When (UTC)"),
    "organisation": N_("Organisation"),
    "person": N_("Person"),
    "country": N_("Country"),
    "subject": N_("What"),
    "form": N_("Form"),
    "rows": N_("Rows"),
    "tier": N_("Values in clear up to tier"),
    "personal": N_("With fields about single persons"),
    "channel": N_("Way"),
    "legal_basis": N_("Ground"),
    "authority_number": N_("Authority’s number"),
    "state": N_("State"),
    "acknowledged_by": N_("Acknowledged by"),
    "acknowledged_at": N_("Acknowledged at (UTC)"),
    "entered_by": N_("Entered by"),
    "record": N_("Ledger record"),
    "approval": N_("Approval"),
    "file": N_("SHA-256 of the file"),
    "copy": N_("Id of this copy"),
    "uid": N_("Our own id"),
}
"""Columns by code, with the word above them."""
MASK: Final = Masked("T2")


def delivery_tables(form: TableForm, answer: RegisterRows, copy: Copy) -> Document:
    rows = [_row(one, masked=answer.masked, codes=form is TableForm.JSON) for one in answer.deliveries]
    table = Table("deliveries", gettext("Deliveries"), {code: gettext(word) for code, word in COLUMNS.items()}, rows)
    return Document(gettext("Outside deliveries"), copy, tuple(_facts(answer, copy)), [table], Masks())


def _row(one: Delivery, *, masked: bool, codes: bool) -> tuple[Cell, ...]:
    def hidden(text: str | None) -> Cell:
        return MASK if masked and text else text

    _, _, state = STATES[one.state]
    personal = str(one.to.personal).lower() if codes else gettext("yes") if one.to.personal else gettext("no")
    return (
        one.entered_at,
        hidden(one.to.organisation),
        hidden(one.to.person),
        one.to.country,
        one.subject if codes else gettext(SUBJECTS.get(one.subject, one.subject)),
        one.form,
        one.rows,
        one.tier,
        personal,
        one.to.channel.value if codes else gettext(CHANNELS[one.to.channel]),
        hidden(one.to.legal_basis),
        one.to.authority_number,
        one.state.value if codes else gettext(state),
        hidden(one.acknowledged_by),
        one.acknowledged_at,
        one.entered_by,
        one.record,
        one.approval,
        one.file,
        one.copy,
        one.uid,
    )


def _facts(answer: RegisterRows, copy: Copy) -> Iterator[Fact]:
    yield from copy_facts(copy)
    masked = answer.masked and bool(answer.deliveries)
    said = (
        gettext("Every delivery is here; organisations, persons and grounds are masked.")
        if masked
        else gettext("Every delivery is here, and nothing of it is masked.")
    )
    yield Fact("completeness", gettext("Completeness"), "WITHHELD" if masked else "COMPLETE")
    yield Fact("completeness_words", gettext("What is missing"), said)
    yield Fact("policy", gettext("Digest of the policy"), answer.policy_digest)
