"""What is wrong with a document of the rules, in the language of the page: place by place, as its reader found it."""

import re
from collections.abc import Iterator
from typing import Final

from flask_babel import gettext

from traceapp.web.pages.wording import N_

SENTENCES: Final = (
    # of the file
    N_("It is no TOML at line %(line)s, column %(column)s."),
    N_("It is no TOML: something is missing at the end of the document."),
    N_("It is no text in UTF-8 from byte %(position)s on."),
    # of its form
    N_("Field required"),
    N_("Extra inputs are not permitted"),
    N_("Input should be a valid string"),
    N_("Input should be a valid integer"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be a valid boolean"),
    N_("Input should be a valid list"),
    N_("Input should be a valid tuple"),
    N_("Input should be a valid frozenset"),
    N_("Input should be a valid dictionary"),
    N_("Input should be a valid dictionary or instance of %(row)s"),
    N_("Input should be greater than or equal to %(limit)s"),
    N_("Input should be greater than %(limit)s"),
    N_("Input should be less than or equal to %(limit)s"),
    N_("Input should be less than %(limit)s"),
    N_("Input should be %(wanted)s"),
    N_("String should have at least %(count)s character"),
    N_("String should match pattern '%(pattern)s'"),
    N_("List should have at least %(count)s item after validation, not %(found)s"),
    N_("Tuple should have at least %(count)s item after validation, not %(found)s"),
    N_("Frozenset should have at least %(count)s item after validation, not %(found)s"),
    N_("Dictionary should have at least %(count)s item after validation, not %(found)s"),
    N_("Input tag %(found)s found using 'kind' does not match any of the expected tags: %(wanted)s"),
    N_("Unable to extract tag using discriminator 'kind'"),
    # of the policy
    N_("wanted kinds of the model, found %(found)s"),
    N_("wanted no other scope beside the whole organisation"),
    N_("wanted a default purpose that is one of the purposes"),
    N_("wanted no search beyond the clearance: searching by a field is reading it"),
    N_("wanted the table t3 with clearance T3, and only there"),
    N_("wanted T0 or T1, as what is sealed in the store leaves only after others agreed"),
    N_("wanted sets of fields that are there, found %(found)s"),
    N_("wanted one of the roles"),
    N_("wanted purposes that are there, found %(found)s"),
    N_("wanted roles that may decide, found %(found)s"),
    N_("wanted two persons at least, who are not whoever asks: it is about the rules"),
    N_("wanted nobody who makes or changes accounts among those who decide, found %(found)s"),
    N_("wanted nobody who makes or changes accounts among those who review them, found %(found)s"),
    N_("%(kind)s has no property '%(name)s' in the data dictionary"),
    # of alert rules
    N_("wanted window_minutes or window_seconds, one of the two"),
    # of the dictionary
    N_("wanted a mask that hides the value of a sealed property"),
    N_("wanted last4 of a free text of tier T2 only"),
    N_("wanted tier T2 and a leak budget beside blind_index"),
    N_("wanted no index of what has few different values: their frequencies would speak"),
    N_("wanted no leak budget without blind_index"),
    N_("wanted a closed list that is not empty, of a text"),
    N_("wanted a unit of a number only"),
    N_("wanted tier T2 or T3 of a document, and of nothing else"),
    N_("wanted the same kinds under kinds and properties"),
    N_("wanted kinds that are not of the model, found %(found)s"),
    N_("wanted a clause of one of the rules, found '%(found)s'"),
    N_("wanted a pseudonym of %(wanted)s of a sealed identity"),
    N_("wanted names that the service does not write, found %(found)s"),
    N_("The data dictionary has no words for %(found)s"),
    N_("wanted one leak budget for its blind index, found %(found)s"),
    N_("wanted as it is: it comes with the program"),
    N_("wanted it still there: what is stored is known by it"),
    N_("wanted tier as it is: a thing is known and looked up by it"),
    N_("wanted tier %(tiers)s: lists of consignees are made of it as it is stored"),
    N_("wanted tier %(tiers)s: the state of a lot is computed and proven from it as it is stored"),
    N_("wanted tier %(tiers)s: answers call a thing by it, as it is stored"),
    N_("wanted tier as it is: %(why)s"),
    N_("wanted tier %(tiers)s: %(why)s"),
    N_("wanted %(name)s as it is: what is stored was written by it"),
    N_("wanted every value of its list still there"),
    N_("wanted no list of values: any may be stored"),
)
"""As the readers of the documents say them; the first that fits counts, and a test compares."""
BLANK: Final = re.compile(r"%\((\w+)\)s")
MALFORMED: Final = re.compile(r"^The (?:policy document is|alert rules are|data dictionary is) malformed: ")
UNREADABLE: Final = re.compile(r"^The (?:policy document|alert rules|data dictionary) cannot be read: ")
AT: Final = re.compile(r"\(at line (?P<line>\d+), column (?P<column>\d+)\)")
BYTE: Final = re.compile(r"codec can't decode bytes? .*?in position (?P<position>\d+)")
PLACED: Final = re.compile(r"^(?P<place>[\w.-]*): (?:Value error, )?(?P<said>.+)$", re.DOTALL)


def flaw_words(said: str) -> str:
    """All that is wrong: each with its place as it stands in the document; of a file that cannot be read, the line."""
    if UNREADABLE.match(said):
        return _unreadable(said)
    flaws = MALFORMED.sub("", said).removesuffix(".").split("; ")
    return gettext(" · ").join(_flaw(one) for one in flaws)


def sentence_of(said: str) -> tuple[str, dict[str, str]] | None:
    """The sentence that this is, and what fills its blanks; None where it is in no table."""
    for sentence, pattern in _patterns():
        found = pattern.fullmatch(said)
        if found is not None:
            return sentence, found.groupdict()
    return None


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for sentence in SENTENCES:
        parts = BLANK.split(sentence)
        made = (f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
        yield sentence, re.compile("".join(made).replace("character", "characters?").replace("item", "items?"), re.DOTALL)


def _unreadable(said: str) -> str:
    if (at := AT.search(said)) is not None:
        return gettext("It is no TOML at line %(line)s, column %(column)s.", **at.groupdict())
    if (byte := BYTE.search(said)) is not None:
        return gettext("It is no text in UTF-8 from byte %(position)s on.", **byte.groupdict())
    return gettext("It is no TOML: something is missing at the end of the document.")


def _flaw(flaw: str) -> str:
    places = []
    while (placed := PLACED.match(flaw)) is not None and sentence_of(flaw) is None:
        places += [placed["place"]] if placed["place"] else []
        flaw = placed["said"]
    found = sentence_of(flaw)
    if found is not None:
        filled = {name: value.replace(" or ", gettext(" or ")) for name, value in found[1].items()}
        flaw = gettext(found[0], **filled)
    return gettext(": ").join([".".join(places), flaw] if places else [flaw])
