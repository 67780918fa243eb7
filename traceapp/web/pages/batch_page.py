"""What the batch page shows, arranged for reading; nothing is added to what the record says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from flask_babel import gettext

from traceapp.domain.batch import BatchRecord, Neighbour, StateFact
from traceapp.domain.disclosure import Disclosed, Masked, Unavailable, Unproven
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.web.pages.showing import quantity_text
from traceapp.web.pages.wording import (
    FACT_NAMES,
    STATES,
    fact_word,
    property_name,
    property_text,
    property_unit,
    sign_of,
    text_of,
)

STATE_FIRST: Final = ("hold", "expiry", "inspection", "release")
GRAVE: Final = {("hold", "held"), ("expiry", "expired"), ("release", "rejected"), ("inspection", "failed")}


@dataclass(frozen=True, slots=True)
class State:
    """A computed state in words, and the event that set it."""

    name: str
    tone: str
    sign: str
    word: str
    fact: StateFact


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its label in the dictionary.

    text  masked where its value may not be seen.
    """

    label: str
    text: Disclosed[str]
    moment: datetime | None
    unit: str | None


class BatchPage:
    """A record with the words of its page.

    asked_then  a moment of the past was asked about, not now.
    """

    def __init__(self, record: BatchRecord, sites: Mapping[str, str], *, asked_then: bool = False) -> None:
        self.record = record
        self.asked_then = asked_then
        self._sites = sites

    @property
    def title(self) -> str:
        lot = self.record.candidate
        return text_of(lot.number or lot.epc) or lot.uid

    @property
    def sites(self) -> list[str]:
        return [self._sites.get(site, site) for site in self.record.candidate.sites]

    @cached_property
    def states(self) -> list[State]:
        """The one that stops the lot first."""
        made = []
        for fact in self.record.states:
            tone, word = fact_word(fact)
            name = gettext(FACT_NAMES[fact.name]) if fact.name in FACT_NAMES else fact.name
            made.append(State(name, tone, sign_of(tone), word, fact))
        return sorted(made, key=lambda state: STATE_FIRST.index(state.fact.name) if state.fact.name in STATE_FIRST else 9)

    @property
    def headline(self) -> State | None:
        """What the title says: whatever stops the lot, else how far it is released."""
        grave = [state for state in self.states if (state.fact.name, state.fact.value) in GRAVE]
        told = next(iter(grave or [state for state in self.states if state.fact.name == "release"]), None)
        if told is None or told.tone != "masked":
            return told
        word = STATES["masked"]
        return replace(told, word=gettext(word))

    @property
    def properties(self) -> list[Property]:
        """Those whose value is told, or a part of it."""
        return [one for one in self._properties if not isinstance(one.text, Masked) or one.text.shown]

    @property
    def masked(self) -> list[Property]:
        """Those of which nothing is told, not even whether they have a value."""
        return [one for one in self._properties if isinstance(one.text, Masked) and not one.text.shown]

    @property
    def restricted(self) -> list[tuple[str, str]]:
        """Name and label of those of T3 that are masked, whether or not they have a value: one may ask to be shown one."""
        kind = self.record.candidate.kind
        masked = (name for name, value in self.record.properties.items() if isinstance(value, Masked) and value.tier == "T3")
        return [(name, property_name(kind, name)) for name in masked]

    @cached_property
    def _properties(self) -> list[Property]:
        return worded_properties(self.record.candidate.kind, self.record.properties)

    @cached_property
    def sources(self) -> list[Neighbour]:
        return [one for one in self.record.neighbours if one.direction is Direction.BACKWARD]

    @cached_property
    def targets(self) -> list[Neighbour]:
        return [one for one in self.record.neighbours if one.direction is not Direction.BACKWARD]


def worded_properties(kind: NodeKind, properties: Mapping[str, Disclosed[PropertyValue]]) -> list[Property]:
    """Properties of one thing in the words of the page."""
    return [
        Property(
            property_name(kind, name),
            _text(kind, name, value),
            value if isinstance(value, datetime) else None,
            property_unit(kind, name),
        )
        for name, value in properties.items()
    ]


def _text(kind: NodeKind, name: str, value: Disclosed[PropertyValue]) -> Disclosed[str]:
    match value:
        case Masked() | Unavailable() | Unproven():
            return value
        case bool():
            return property_text(kind, name, value)
        case Decimal() | int():
            return quantity_text(Decimal(value))
        case _:
            return property_text(kind, name, value)
