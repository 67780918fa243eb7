"""How values look: exact quantities, moments in UTC with the zone said, counts with thousands."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.disclosure import Gap, Masked, Text, Unproven
from traceapp.web.pages import wording
from traceapp.web.pages.policy_words import policy_sentence

LONGEST_ID: Final = 26
_LARGEST: Final = 50
_SIGN: Final = Markup('<svg class="sign" aria-hidden="true" focusable="false"><use href="#s-{}"/></svg>')
_THIN: Final = "\u00a0"


def count_text(count: int) -> str:
    return f"{count:,}"


def quantity_text(quantity: Decimal) -> str:
    """Every digit that the source stated, with thousands separators; never rounded."""
    if not quantity.is_finite() or abs(quantity.adjusted()) >= _LARGEST:
        return str(quantity)
    return f"{quantity:,f}"


def unit_text(unit: str | None) -> str:
    return gettext(wording.UNITS[unit]) if unit in wording.UNITS else (unit or "")


def amount_text(quantity: Decimal | None, unit: str | None = None) -> str:
    """`300 kg`; a quantity that nobody states is said to be so, never 0."""
    if quantity is None:
        return gettext("not stated")
    said = unit_text(unit)
    return f"{quantity_text(quantity)}{_THIN}{said}" if said else quantity_text(quantity)


def moment_text(moment: datetime) -> str:
    """`2026-05-19 08:02` in UTC; seconds only where there are some, their parts stay in the `datetime` attribute."""
    utc = moment.astimezone(UTC)
    return utc.strftime("%Y-%m-%d %H:%M:%S" if utc.second else "%Y-%m-%d %H:%M")


def moment(value: datetime | None, *, zone: bool = True) -> Markup:
    """A `<time>`; without the zone only under a column head that says UTC."""
    if value is None:
        return Markup('<span class="quiet">–</span>')
    return Markup('<time class="nowrap" datetime="{}">{}{}</time>').format(
        stored_time(value), moment_text(value), f"{_THIN}UTC" if zone else ""
    )


def masked(value: Masked | Gap) -> Markup:
    """What stands in place of a value: a sign, a word, and what the mask lets through."""
    mark = "masked" if isinstance(value, Masked) else "unverified" if isinstance(value, Unproven) else "degraded"
    return Markup('<span class="masked">{}<span>{}</span> <span class="tier">{}</span></span>').format(
        _SIGN.format(mark), wording.text_of(value), value.tier
    )


def ident(text: Text) -> Markup:
    """A number as printed, isolated from the text around it, never cut."""
    if isinstance(text, Masked | Gap):
        return masked(text)
    if text is None or text == "":
        return Markup('<span class="quiet">–</span>')
    return Markup('<bdi class="id{}">{}</bdi>').format(" id-long" if len(text) > LONGEST_ID else "", text)


def foreign(text: Text) -> Markup:
    """Words of somebody else, isolated: they may run from right to left."""
    if isinstance(text, Masked | Gap):
        return masked(text)
    return Markup('<span class="quiet">–</span>') if not text else Markup("<bdi>{}</bdi>").format(text)


def position_text(position: str) -> str:
    """`row 21` of a table, `event 3` of a document, in the reader's language; any other place as it stands."""
    word, _, number = position.partition(" ")
    if not number.isdecimal():
        return position
    match word:
        case "row":
            return gettext("row %(number)s", number=number)
        case "event":
            return gettext("event %(number)s", number=number)
        case _:
            return position


def register(app: Flask) -> None:
    """Filters and tests of the templates."""
    app.jinja_env.tests["gap"] = lambda value: isinstance(value, Gap)
    app.jinja_env.filters.update(
        amount=amount_text,
        certainty=lambda value: gettext(wording.CERTAINTIES[value]),
        count=count_text,
        country=lambda said: masked(said) if isinstance(said, Masked | Gap) else wording.country_name(said),
        eventname=wording.event_name,
        foreign=foreign,
        ident=ident,
        kind=wording.kind_name,
        linkname=wording.link_name,
        policy_sentence=policy_sentence,
        masked=masked,
        moment=moment,
        plain_moment=moment_text,
        position=position_text,
        pretty=lambda value: json.dumps(value, ensure_ascii=False, indent=2, default=str),
        quantity=quantity_text,
        role=wording.role_name,
        stored_moment=lambda text: moment(parse_stored_time(text), zone=False),
        unit=unit_text,
    )
