"""What every file of tables says of itself first, and the words that stand in place of a value."""

from collections.abc import Iterator

from flask_babel import gettext

from traceapp.domain.disclosure import Masked, Unavailable, Unproven
from traceapp.domain.exports import Copy, Fact
from traceapp.web.pages.signature_words import meaning_word, signature_text
from traceapp.web.pages.wording import text_of


class Masks(dict[Masked | Unavailable | Unproven, str]):
    """Words for what stands in place of a value."""

    def __missing__(self, mask: Masked | Unavailable | Unproven) -> str:
        return f"{text_of(mask)} ({mask.tier})"


def copy_facts(copy: Copy) -> Iterator[Fact]:
    """When it was made, whose copy it is, and who signed that it may leave."""
    yield Fact("made_at", gettext("Made at (UTC)"), copy.made_at)
    yield Fact("holder", gettext("Copy of"), copy.holder)
    yield Fact("copy", gettext("Id of this copy"), copy.uid)
    for number, signed in enumerate(copy.signatures, 1):
        if signed.signature is not None:
            yield Fact(f"signature_{number}", meaning_word(signed.signature.meaning), signature_text(signed.signature))
            yield Fact(f"signature_{number}_digest", gettext("Digest of the signature"), signed.digest)
    if copy.recipient is not None:
        yield Fact("recipient", gettext("For"), copy.recipient)
