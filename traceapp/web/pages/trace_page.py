"""What the trace page shows, arranged for reading; counts and sums are those of the whole answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from flask import url_for
from flask_babel import gettext

from traceapp.domain.disclosure import told
from traceapp.domain.kinds import Certainty, Direction, NodeKind
from traceapp.domain.trace import DescribedNode, PartyLine, TraceAnswer, TraceLink, TraceNode
from traceapp.web.lane_stages import condition, members_of
from traceapp.web.lanes import Picture, draw_lanes
from traceapp.web.pages import completeness_words
from traceapp.web.pages.batch_page import Property, worded_properties
from traceapp.web.pages.forms import TracePageInput, typed_moment
from traceapp.web.pages.lane_captions import PageCaptions
from traceapp.web.pages.paging import SHORT_PAGE, Cut, address_with, cut
from traceapp.web.pages.showing import amount_text
from traceapp.web.pages.wording import DIRECTIONS, STATES, direction_question, sign_of, site_names, text_of
from traceapp.web.trace_order import end_of, largest, nearest, outwards

FIELDS = (
    "number",
    "uid",
    "epc",
    "product",
    "site",
    "kind",
    "direction",
    "as_of",
    "at",
    "event_time_from",
    "event_time_to",
    "fields",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A count above the tables: confirmed (None where that is not known) and may have, and where it is listed."""

    label: str
    exact: int | None
    possible: int
    anchor: str

    @property
    def total(self) -> int:
        return (self.exact or 0) + self.possible


def typed_question(said: Mapping[str, str]) -> dict[str, str]:
    """The fields of the question's form as they were typed; forward where nothing was said."""
    return {name: said.get(name, "").strip() for name in FIELDS} | {"direction": said.get("direction", "").strip() or "forward"}


class TracePage:
    """An answer with the words of its page.

    asked  the question and the parts of the tables that are wanted.   sites  code → printed name.
    """

    def __init__(self, answer: TraceAnswer, asked: TracePageInput, sites: Mapping[str, str]) -> None:
        self.answer = answer
        self._asked = asked
        self._sites = sites
        self.nodes = {node.uid: node for node in answer.nodes}

    @property
    def direction(self) -> Direction:
        return self.answer.question.direction

    @property
    def direction_word(self) -> str:
        return gettext(DIRECTIONS[self.direction])

    @property
    def picture_title(self) -> str:
        return direction_question(self.direction)

    @cached_property
    def seeds(self) -> list[TraceNode]:
        return [self.nodes[uid] for uid in self.answer.seeds if uid in self.nodes]

    @property
    def title(self) -> str:
        """The numbers of the seeds as printed."""
        titles = [text_of(seed.number or seed.name or seed.epc) or "–" for seed in self.seeds[:3]]
        return " + ".join(titles) or self._asked.number or "–"

    @cached_property
    def asked(self) -> dict[str, str]:
        """The form again, with the number and what narrowed it replaced by the uid that was found."""
        question = self.answer.question
        moments = {
            "as_of": question.as_of,
            "at": question.at,
            "event_time_from": question.window.event_time_from,
            "event_time_to": question.window.event_time_to,
        }
        said = {name: typed_moment(moment) for name, moment in moments.items()} | {"direction": question.direction.value}
        if question.fields is not None:
            said["fields"] = ",".join(sorted(question.fields))
        if len(self.answer.seeds) == 1:
            said["uid"] = self.answer.seeds[0]
        return typed_question(said)

    # What is unknown

    @property
    def headline(self) -> tuple[str, str]:
        return completeness_words.headline(self.answer.completeness)

    @property
    def ladder(self) -> list[completeness_words.Rung]:
        return completeness_words.ladder(self.answer.completeness)

    @property
    def reasons(self) -> list[completeness_words.Reason]:
        return completeness_words.reasons(self.answer.completeness)

    @property
    def clear(self) -> str:
        return completeness_words.clear(self.answer.completeness)

    # How big

    @cached_property
    def figures(self) -> list[Figure]:
        made = [_figure(gettext("lots"), [node for node in self._lots if not (node.seed or node.stub)], "lots")]
        shipments = [node for node in self.answer.nodes if node.kind is NodeKind.SHIPMENT]
        if self.direction is not Direction.BACKWARD:
            made.append(_figure(gettext("shipments"), shipments, "links"))
            made.append(_figure(gettext("consignees"), self.answer.consignees, "consignees"))
            made.append(Figure(gettext("countries"), *_countries(self.answer.consignees), "consignees"))
        if self.direction is not Direction.FORWARD:
            made.append(_figure(gettext("suppliers"), self.answer.suppliers, "suppliers"))
        said = self.answer.completeness
        hidden = sum(said.withheld.values())
        return [*made, Figure(gettext("withheld"), None, hidden, "completeness")] if hidden and not said.few else made

    # Tables

    @cached_property
    def consignees(self) -> Cut[PartyLine]:
        return cut("parties", sorted(self.answer.consignees, key=largest), self._asked.parties, SHORT_PAGE)

    @cached_property
    def suppliers(self) -> Cut[PartyLine]:
        return cut("parties", sorted(self.answer.suppliers, key=largest), self._asked.parties, SHORT_PAGE)

    @cached_property
    def lots(self) -> Cut[TraceNode]:
        """Lots and stubs, nearest first; of one card alone where a card was opened."""
        chosen = self.group
        nodes = self._lots if chosen is None else [node for node in self.answer.nodes if node.uid in chosen]
        return cut("lots", sorted(nodes, key=nearest), self._asked.lots)

    @cached_property
    def group(self) -> frozenset[str] | None:
        """The nodes of the card that was opened."""
        return members_of(self.answer, self._asked.group) if self._asked.group else None

    @cached_property
    def links(self) -> Cut[TraceLink]:
        return cut("links", sorted(self.answer.links, key=partial(outwards, self.nodes)), self._asked.links, SHORT_PAGE)

    @cached_property
    def class_level(self) -> list[tuple[str, str]]:
        """Products that were used or made without a lot, with what is known of their quantity."""
        return [
            (product, gettext(", ").join(amount_text(amount, unit) for unit, amount in quantities.items()) or amount_text(None))
            for product, quantities in sorted(self.answer.class_level.items())
        ]

    # Picture

    @cached_property
    def picture(self) -> Picture:
        return draw_lanes(self.answer, PageCaptions(self._sites, frozenset(self.answer.completeness.unresolved)))

    def card_address(self, key: str, single: TraceNode | None, *, stub: bool) -> str:
        """Where a card leads: a single thing to its own page, a group and what is masked to its list."""
        if stub:
            return "#completeness"
        if single is not None and not single.masked:
            return self.batch_address(single.uid)
        return self.address("lots", group=key, lots=None)

    def address(self, anchor: str, **changed: str | int | None) -> str:
        """This answer again, in another part: the moment that was asked about stays, so that nothing moves meanwhile."""
        return address_with(anchor, **({"as_of": typed_moment(self.answer.as_of)} | changed))

    @property
    def file_question(self) -> dict[str, Any]:
        """What is asked again for a file: this answer, as of the moment that it is of."""
        said = self.asked | {"as_of": typed_moment(self.answer.as_of)}
        return {name: value for name, value in said.items() if value}

    def file_address(self, form: str) -> str:
        """The rows of this answer as a file."""
        return url_for("trace.export", form=form, **self.file_question)

    def batch_address(self, uid: str) -> str:
        return url_for("batch.show", uid=uid)

    # Words of rows

    def site(self, codes: str | None) -> str:
        return site_names(codes, self._sites)

    def end(self, uid: str) -> TraceNode:
        """The node at an end of a link."""
        return end_of(self.nodes, uid)

    @staticmethod
    def properties(node: TraceNode) -> list[Property]:
        """What was asked for beside what identifies it."""
        if not isinstance(node, DescribedNode) or node.kind is None:
            return []
        return worded_properties(node.kind, node.properties)

    @cached_property
    def states_said(self) -> bool:
        """Whether any node carries a state; else the table has no column for it."""
        return any(node.status is not None for node in self.answer.nodes)

    @staticmethod
    def state(node: TraceNode) -> tuple[str, str, str]:
        """(tone, sign, word)."""
        tone = condition(node)
        return tone, sign_of(tone), gettext(STATES[tone])

    def amounts(self, line: PartyLine) -> list[str]:
        """`240 pcs`, `≤ 240 pcs` where it only may have, "not stated" where a part of it is not; what is withheld in words."""
        if line.withheld:
            said = [amount_text(amount, unit) for unit, amount in line.quantities.items() if amount is not None]
            return [*said, _unseen(said)]
        at_most = "" if line.certainty is Certainty.EXACT else "≤ "
        said = [(at_most if amount is not None else "") + amount_text(amount, unit) for unit, amount in line.quantities.items()]
        return said or [amount_text(None)]

    @cached_property
    def sums(self) -> list[str]:
        """What all consignees got, by unit; "not stated" beside it where some part is."""
        return _sums(self.answer.consignees)

    @cached_property
    def supplied(self) -> list[str]:
        return _sums(self.answer.suppliers)

    @cached_property
    def _lots(self) -> list[TraceNode]:
        ends = {NodeKind.SHIPMENT, NodeKind.PARTY, NodeKind.CONTAINER, NodeKind.LOCATION, NodeKind.ORDER, NodeKind.DISPOSAL}
        return [node for node in self.answer.nodes if node.kind not in ends]


def _figure(label: str, items: Sequence[TraceNode] | Sequence[PartyLine], anchor: str) -> Figure:
    exact = sum(1 for item in items if item.certainty is Certainty.EXACT)
    return Figure(label, exact, len(items) - exact, anchor)


def _unseen(said: Sequence[str]) -> str:
    """What stands for goods that may have gone by something withheld, after the quantities that are shown."""
    return gettext("and what is withheld") if said else gettext("not stated, withheld")


def _countries(lines: Sequence[PartyLine]) -> tuple[int, int]:
    exact = {country for line in lines if line.certainty is Certainty.EXACT and (country := told(line.country))}
    every = {country for line in lines if (country := told(line.country))}
    return len(exact), len(every - exact)


def _sums(lines: Sequence[PartyLine]) -> list[str]:
    """By unit; what only may have counts in full, and where somebody states no quantity the sum is a least value."""
    sums: dict[str, Decimal] = {}
    silent, withheld = False, any(line.withheld for line in lines)
    for line in lines:
        for unit, amount in line.quantities.items():
            silent |= amount is None
            if amount is not None:
                sums[unit] = sums.get(unit, Decimal(0)) + amount
    said = [amount_text(amount, unit) for unit, amount in sorted(sums.items())]
    if withheld:
        return [*said, _unseen(said)]
    return [*said, amount_text(None)] if silent else said
