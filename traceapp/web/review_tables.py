"""A finished review of accounts as a table for a file."""

from collections.abc import Iterator
from typing import Any, Final

from flask_babel import gettext

from traceapp.domain.exports import Cell, Copy, Document, Fact, Table, TableForm
from traceapp.usecases.accounts.reviewed_accounts import ShownItem, ShownReview
from traceapp.web.pages.account_words import DECISIONS, STATES, view_words
from traceapp.web.pages.wording import N_, role_name
from traceapp.web.table_head import copy_facts

TITLE: Final = N_("Review of who may see what")
COLUMNS: Final = {
    "username": N_("User name"),
    "name": N_("Printed name"),
    "role": N_("Role"),
    "state": N_("State"),
    "clearance": N_("Clearance"),
    "sites": N_("Sites"),
    "lines": N_("Product lines"),
    "lots": N_("Lots approved one by one"),
    "permissions": N_("Permissions"),
    "tokens": N_("Tokens"),
    "passkeys": N_("Passkeys"),
    "last_used": N_("Last use (UTC)"),
    "dormant": N_("Unused for long"),
    "decision": N_("Decision"),
    "by": N_("Decided by"),
    "at": N_("When (UTC)"),
    "reason": N_("Reason"),
}
"""Columns by code, with the word above them."""


def review_tables(form: TableForm, shown: ShownReview, copy: Copy) -> Document:
    """Each account a row, as its reviewer saw it. In JSON closed lists stand by their codes, elsewhere in words."""
    codes = form is TableForm.JSON
    rows = tuple(_row(one, codes=codes) for one in shown.items)
    table = Table("accounts", gettext("Accounts"), {code: gettext(word) for code, word in COLUMNS.items()}, rows)
    return Document(gettext(TITLE), copy, tuple(_facts(shown, copy)), (table,), {})


def _facts(shown: ShownReview, copy: Copy) -> Iterator[Fact]:
    review = shown.review
    yield from copy_facts(copy)
    yield Fact("review", gettext("Id of the review"), review.uid)
    yield Fact("begun_by", gettext("Begun by"), shown.begun_by)
    yield Fact("begun_at", gettext("Begun (UTC)"), review.begun_at)
    yield Fact("due_at", gettext("To be finished by (UTC)"), review.due_at)
    yield Fact("finished_at", gettext("Finished (UTC)"), review.finished_at)


def _row(one: ShownItem, *, codes: bool) -> tuple[Cell, ...]:
    item, seen = one.item, one.item.seen
    told: dict[str, Cell] = dict.fromkeys(COLUMNS)
    told |= {"username": item.username, "name": one.facts.printed_name if one.facts is not None else None}
    if item.decision is not None:
        told["decision"] = item.decision.value if codes else gettext(DECISIONS[item.decision])
    told |= {"by": item.by, "at": item.at, "reason": item.reason or None}
    if seen:
        told |= _seen(seen, codes=codes)
    return tuple(told.values())


def _seen(seen: Any, *, codes: bool) -> dict[str, Cell]:
    _, _, state = STATES[seen["state"]]
    view = (lambda names: ", ".join(names)) if codes else view_words
    return {
        "role": seen["role"] if codes else role_name(seen["role"]),
        "state": seen["state"] if codes else gettext(state),
        "clearance": seen["clearance"],
        "sites": view(seen["sites"]),
        "lines": view(seen["lines"]),
        "lots": len(seen["lots"]),
        "permissions": ", ".join(seen["permissions"]),
        "tokens": ", ".join(seen["tokens"]),
        "passkeys": seen["passkeys"],
        "last_used": seen["last_used"],
        "dormant": ("yes" if seen["dormant"] else "no") if codes else (gettext("yes") if seen["dormant"] else gettext("no")),
    }
