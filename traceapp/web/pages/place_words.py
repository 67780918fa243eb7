"""Why a move of a place cannot be, in the language of the page."""

import re
from typing import Final

from flask_babel import gettext

from traceapp.domain.errors import InputError
from traceapp.web.pages.wording import N_

_WANTED: Final = (
    (r"\d+ to \d+ characters", N_("Wanted a reason of 10 to 1000 characters.")),
    (
        r"a code of 1 to (?P<longest>\d+) printable characters, .+",
        N_("Wanted codes of 1 to %(longest)s printable characters, without | * ? and without blanks at their ends."),
    ),
    (r"a site for a site, or a line for a line", N_("Wanted a site for a site, or a product line for a product line.")),
    (r"another place than the old one", N_("Wanted another place than the one it is at now.")),
    (
        r"a place that was not moved away; (?P<old>.+) is (?P<new>.+) since then",
        N_("Wanted a place that was not moved away: %(old)s is %(new)s since then."),
    ),
    (
        r"a place that nothing was moved away from; (?P<old>.+) is (?P<new>.+) now",
        N_("Wanted a place that nothing was moved away from: %(old)s is %(new)s now."),
    ),
    (r"a place that a record belongs to", N_("No record belongs to this place. Choose a code of the list.")),
)
"""What was wanted, as domain and use case say it, and the sentence for it."""
FIELDS: Final = {"from": "site", "to": "to_site", "reason": "reason"}
"""The name of what is wrong → the field of the page."""


def wrong_of(error: InputError) -> tuple[str, str]:
    """What was wanted, and the field of the page that it is about."""
    for name, wanted in error.fields:
        for pattern, words in _WANTED:
            if (found := re.fullmatch(pattern, wanted)) is not None:
                return gettext(words, **found.groupdict()), FIELDS.get(name, "")
    return gettext("The question cannot be understood."), ""
