"""Things of one number as they stand in a table that asks which one is meant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from traceapp.domain.batch import Candidate
from traceapp.domain.disclosure import told
from traceapp.domain.identifiers import number_key
from traceapp.domain.kinds import NodeKind


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """address: where the choice leads.   sites: printed names.
    by_supplier: its own number is another one; what was asked for is its supplier's number of it.
    """

    candidate: Candidate
    address: str
    sites: tuple[str, ...]
    by_supplier: bool


def candidate_rows(
    candidates: Iterable[Candidate], asked: str, sites: Mapping[str, str], address: Callable[[Candidate], str]
) -> list[CandidateRow]:
    """asked: the number as it was typed.   sites: code → printed name."""
    return [
        CandidateRow(
            candidate,
            address(candidate),
            tuple(sites.get(site, site) for site in candidate.sites),
            candidate.kind is NodeKind.MATERIAL and _differ(asked, told(candidate.number)),
        )
        for candidate in candidates
    ]


def caption(boundary: bool) -> str:
    """What stands over the table. boundary: others may lie outside the view, which is said whether there are any or not."""
    if boundary:
        return gettext("Within your view, by kind and product. Whether others outside it carry this number is not told.")
    return gettext("Within your view, by kind and product. Nothing is left out.")


def _differ(asked: str, number: str | None) -> bool:
    return bool(asked.strip()) and number is not None and number_key(number) != number_key(asked)
