"""What every file of tables says of itself first, and the words that stand in place of a value."""

from collections.abc import Iterator

from flask_babel import gettext

from traceapp.domain.disclosure import Masked, Unavailable, Unproven
from traceapp.domain.exports import Copy, Fact
from traceapp.web.pages.wording import text_of


class Masks(dict[Masked | Unavailable | Unproven, str]):
    """Words for what stands in place of a value."""

    def __missing__(self, mask: Masked | Unavailable | Unproven) -> str:
        return f"{text_of(mask)} ({mask.tier})"


def copy_facts(copy: Copy) -> Iterator[Fact]:
    """When it was made, and whose copy it is."""
    yield Fact("made_at", gettext("Made at (UTC)"), copy.made_at)
    yield Fact("holder", gettext("Copy of"), copy.holder)
    yield Fact("copy", gettext("Id of this copy"), copy.uid)
