"""Accounts in words: what state they are in, what they see, what a reviewer can say of them."""

from collections.abc import Collection, Mapping
from typing import Final

from flask_babel import gettext

from traceapp.domain.access_reviews import ReviewDecision
from traceapp.domain.scopes import ANY
from traceapp.usecases.governed.governed_documents import permission_words
from traceapp.web.pages.wording import N_, language

STATES: Final[Mapping[str, tuple[str, str, str]]] = {
    "open": ("released", "released", N_("Account open")),
    "suspended": ("held", "held", N_("Suspended")),
    "left": ("expired", "expired", N_("Left")),
}
"""What gives a state its colour, its sign and its word."""
DECISIONS: Final[Mapping[ReviewDecision, str]] = {
    ReviewDecision.CONFIRMED: N_("Confirmed"),
    ReviewDecision.SUSPENDED: N_("Withdrawn: suspended"),
    ReviewDecision.NARROWED: N_("Withdrawn: another role"),
    ReviewDecision.TOKENS_REVOKED: N_("Withdrawn: tokens revoked"),
    ReviewDecision.LEFT: N_("Left meanwhile"),
}
CHOICES: Final[Mapping[ReviewDecision, str]] = {
    ReviewDecision.CONFIRMED: N_("Confirm: it is right as it is"),
    ReviewDecision.SUSPENDED: N_("Suspend the account now"),
    ReviewDecision.TOKENS_REVOKED: N_("Revoke its tokens now"),
    ReviewDecision.NARROWED: N_("Give it another role now"),
}


def view_words(names: Collection[str]) -> str:
    """Sites or lines in a cell."""
    if ANY in names:
        return gettext("all")
    return gettext(", ").join(sorted(names)) or gettext("none")


def permission_text(permission: str) -> str:
    """What it allows, as a person says it."""
    return permission_words(permission, language())


def place_text(scope: str) -> str:
    """`SUZHOU|INF` as a person says it: a site and a product line, or all of them."""
    site, _, line = scope.partition("|")
    named = (gettext("all sites") if site == ANY else site, gettext("all product lines") if line == ANY else line)
    return gettext(" · ").join(named)
