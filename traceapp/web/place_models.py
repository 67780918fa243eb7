"""Answers about moves of sites and product lines as OpenAPI describes them. `place_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from traceapp.domain.rights import Role
from traceapp.web.answer_models import Ledger, Said


class Place(Said):
    """A site with all its lines (line null), a line at every site (site null), or a line of one site."""

    site: str | None
    line: str | None


class PlaceMove(Said):
    """One that others agreed to."""

    number: int
    old: Place
    new: Place
    proposed_by: str
    approved_by: list[str]
    approval: str
    at: Annotated[datetime, Field(description="From when on everything of the old place belongs to the new one.")]
    records: Annotated[int, Field(description="Records that belonged there at that moment.")]
    left: Annotated[int, Field(description="Records that still carry it; nobody's view hangs on that.")]
    cut: Annotated[bool, Field(description="Not every record was counted: there are at least so many left.")]
    finished_at: datetime | None


class PlaceMoves(Said):
    moves: list[PlaceMove]
    ledger: Ledger


class AccountMove(Said):
    """Records that come into an account's view or leave it."""

    username: str
    role: Role
    sites: list[str]
    lines: list[str]
    opened: int
    closed: int
    follows: Annotated[bool, Field(description="Its view names the new place from then on.")]


class MoveEffect(Said):
    records: Annotated[int, Field(description="Records that change place.")]
    places: Annotated[list[str], Field(description="What of the old place there is, each as `site|line`.")]
    accounts: list[AccountMove]
    tokens: Annotated[list[str], Field(description="Labels of tokens whose view names the old place; they do not follow.")]
    approvals: Annotated[list[str], Field(description="Ids of open requests that would give somebody a view of it.")]
    cut: Annotated[bool, Field(description="Not every record was counted: the numbers are at least so many.")]


class MoveComparison(Said):
    """What a move would do."""

    effect: MoveEffect
    ledger: Ledger
