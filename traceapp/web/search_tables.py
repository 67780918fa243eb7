"""What carries a number as a table for a file."""

from collections.abc import Iterator, Mapping
from typing import Final

from flask_babel import gettext

from traceapp.domain.batch import Candidate
from traceapp.domain.exports import Cell, Copy, Document, Fact, Table, TableForm
from traceapp.domain.trace import Status
from traceapp.usecases.exports.exported_search import FoundThings
from traceapp.web.pages.candidates import caption
from traceapp.web.pages.wording import N_, STATUSES, kind_name, site_names
from traceapp.web.table_head import Masks, copy_facts

COLUMNS: Final = {
    "number": N_("Number"),
    "kind": N_("Kind"),
    "product": N_("Product"),
    "epc": N_("GS1 key"),
    "site": N_("Site"),
    "described": N_("Described by a source"),
    "unverified": N_("Not as it was written"),
    "uid": N_("Our own id"),
}
"""Columns by code, with the word above them."""
_YES, _NO = N_("yes"), N_("no")


def search_tables(sites: Mapping[str, str], form: TableForm, answer: FoundThings, copy: Copy) -> Document:
    """sites  code → printed name."""
    codes = form is TableForm.JSON
    rows = [_row(sites, one, codes=codes) for one in answer.candidates]
    columns = {code: gettext(word) for code, word in COLUMNS.items()}
    table = Table("candidates", gettext("Things with this number"), columns, rows)
    return Document(gettext("Look-up of a number"), copy, tuple(_facts(answer, copy)), [table], Masks())


def _row(sites: Mapping[str, str], one: Candidate, *, codes: bool) -> tuple[Cell, ...]:
    def answered(said: bool) -> str:
        return str(said).lower() if codes else gettext(_YES if said else _NO)

    site = ", ".join(one.sites)
    return (
        one.number,
        one.kind.value if codes else kind_name(one.kind),
        one.product,
        one.epc,
        site if codes else site_names(site, sites),
        answered(one.described),
        answered(one.unverified),
        one.uid,
    )


def _facts(answer: FoundThings, copy: Copy) -> Iterator[Fact]:
    yield from copy_facts(copy)
    yield Fact("completeness", gettext("Completeness"), answer.status.name)
    said = [caption(not answer.whole)]
    if answer.status is Status.UNVERIFIED:
        said.append(gettext("Something of it is not as the service wrote it."))
    yield Fact("completeness_words", gettext(STATUSES[answer.status]), " ".join(said))
    yield Fact("as_of", gettext("As known at (UTC)"), answer.as_of)
    yield Fact("head", gettext("Snapshot"), answer.head)
    yield Fact("policy", gettext("Digest of the policy"), answer.policy_digest)
