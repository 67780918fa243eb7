"""Whoever does not see all sites and lines imports within his view: his keys are apart from those of others."""

import hashlib
import json
from dataclasses import replace

from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.rights import Actor
from traceapp.domain.scopes import ANY


def within(view: str | None, row: CapturedEvent | RejectedRow) -> CapturedEvent | RejectedRow:
    """The event under a key of its importer's view: what others sent under the same source and row_id is another event to him.

    So the outcome of his rows, and what he may declare void, depends on nothing that lies outside his view.
    """
    if view is None or isinstance(row, RejectedRow):
        return row
    return replace(
        row,
        key=f"{view}/{row.key}",
        content_digest=_digest_within(view, row.content_digest),
        voids=f"{view}/{row.voids}" if row.voids is not None else None,
        voids_digest=_digest_within(view, row.voids_digest) if row.voids_digest is not None else None,
    )


def _digest_within(view: str, digest: str) -> str:
    return hashlib.sha256(f"{view}/{digest}".encode()).hexdigest()


def view_of(actor: Actor) -> str | None:
    """A name for the sites and lines of somebody who does not see all of them; None for whoever does."""
    if ANY in actor.sites and ANY in actor.lines:
        return None
    told = json.dumps([sorted(actor.sites), sorted(actor.lines)], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
