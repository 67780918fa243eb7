"""A trace as tables for a file: the same rows in the same order as on its page, after what says how complete they are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from flask_babel import gettext

from traceapp.domain.disclosure import Masked, Text, Unavailable, Unproven
from traceapp.domain.exports import Cell, Copy, Document, Fact, Table, TableForm
from traceapp.domain.kinds import Certainty, Direction, NodeKind
from traceapp.domain.trace import DescribedNode, PartyLine, TraceAnswer, TraceLink, TraceNode
from traceapp.web.lane_stages import condition
from traceapp.web.pages import completeness_words
from traceapp.web.pages.showing import unit_text
from traceapp.web.pages.wording import (
    CERTAINTIES,
    DIRECTIONS,
    N_,
    STATES,
    STATUSES,
    country_name,
    kind_name,
    link_name,
    property_name,
    property_text,
    sentence_gap,
    site_names,
    text_of,
)
from traceapp.web.table_head import Masks, copy_facts
from traceapp.web.trace_order import end_of, largest, nearest, outwards

TITLES: Final = {"records": N_("Records"), "consignees": N_("Consignees"), "suppliers": N_("Suppliers"), "links": N_("Links")}
NODE: Final = {
    "number": N_("Number"),
    "kind": N_("Kind"),
    "name": N_("Name"),
    "product": N_("Product"),
    "epc": N_("GS1 key"),
    "site": N_("Site"),
    "status": N_("State"),
    "certainty": N_("Certainty"),
    "hop": N_("Steps"),
    "uid": N_("Our own id"),
}
PARTY: Final = {
    "name": N_("Name"),
    "number": N_("Number"),
    "country": N_("Country"),
    "certainty": N_("Certainty"),
    "quantity": N_("Quantity"),
    "unit": N_("Unit"),
    "bound": N_("Bound"),
    "lots": N_("Lots"),
    "shipments": N_("Shipments"),
    "uid": N_("Our own id"),
}
LINK: Final = {
    "source": N_("From"),
    "type": N_("How"),
    "target": N_("To"),
    "quantity": N_("Quantity"),
    "unit": N_("Unit"),
    "event_time": N_("When (UTC)"),
    "certainty": N_("Certainty"),
    "source_uid": N_("From, our own id"),
    "target_uid": N_("To, our own id"),
}
"""Columns by code, with the word above them."""


def trace_tables(sites: Mapping[str, str], form: TableForm, answer: TraceAnswer, copy: Copy) -> Document:
    """The whole answer. In JSON closed lists stand by their codes, elsewhere in words of the request's language.

    sites  code → printed name.
    """
    words = _Words(sites, codes=form is TableForm.JSON)
    nodes = {node.uid: node for node in answer.nodes}
    asked = _asked(answer)
    rows = (words.node(node, asked) for node in sorted(answer.nodes, key=nearest))
    tables = [_table("records", NODE | asked, rows)]
    for name, lines, direction in (
        ("consignees", answer.consignees, Direction.BACKWARD),
        ("suppliers", answer.suppliers, Direction.FORWARD),
    ):
        if answer.question.direction is not direction:
            tables.append(_table(name, PARTY, (row for line in sorted(lines, key=largest) for row in words.party(line))))
    links = sorted(answer.links, key=partial(outwards, nodes))
    tables.append(_table("links", LINK, (words.link(nodes, link) for link in links)))
    return Document(_title(answer, nodes), copy, tuple(_facts(answer, copy)), tables, Masks())


def _table(name: str, columns: Mapping[str, str], rows: Iterator[Sequence[Cell]]) -> Table:
    return Table(name, gettext(TITLES[name]), {code: gettext(word) for code, word in columns.items()}, tuple(rows))


def _asked(answer: TraceAnswer) -> dict[str, str]:
    """What was asked for beside what identifies a thing, with its label; that of the first kind that has it."""
    found: dict[str, str] = {}
    for node in answer.nodes:
        if isinstance(node, DescribedNode) and node.kind is not None:
            for name in node.properties:
                found.setdefault(name, property_name(node.kind, name))
    return dict(sorted(found.items()))


def _title(answer: TraceAnswer, nodes: Mapping[str, TraceNode]) -> str:
    seeds = [end_of(nodes, uid) for uid in answer.seeds[:3]]
    names = " + ".join(text_of(seed.number or seed.name or seed.epc) or "–" for seed in seeds)
    return f"{gettext(DIRECTIONS[answer.question.direction])}: {names}"


def _facts(answer: TraceAnswer, copy: Copy) -> Iterator[Fact]:
    """What it is, how complete, under which rules, and whose copy."""
    said = answer.completeness
    title, sentence = completeness_words.headline(said)
    yield from copy_facts(copy)
    yield Fact("completeness", gettext("Completeness"), said.status.name)
    yield Fact("completeness_words", gettext(STATUSES[said.status]), title + sentence_gap() + sentence)
    for number, reason in enumerate(completeness_words.reasons(said), 1):
        told = sentence_gap().join(part for part in (reason.missing, reason.effect, reason.next_step) if part)
        yield Fact(f"reason_{number}", reason.word, told)
    yield Fact("as_of", gettext("As known at (UTC)"), answer.as_of)
    yield Fact("head", gettext("Snapshot"), answer.head)
    window = answer.question.window
    yield Fact("event_time_from", gettext("Happened from (event time, UTC)"), window.event_time_from)
    yield Fact("event_time_to", gettext("Happened until (event time, UTC)"), window.event_time_to)
    yield Fact("policy", gettext("Digest of the policy"), answer.policy_digest)
    for name, amounts in answer.class_level.items():
        without = ", ".join(f"{amount if amount is not None else '?'} {unit}".strip() for unit, amount in amounts.items())
        yield Fact(f"class_level_{name}", gettext("Product without a lot"), f"{name}: {without}")


class _Words:
    """Cells of rows, in words or by codes."""

    def __init__(self, sites: Mapping[str, str], *, codes: bool) -> None:
        self._sites = sites
        self._codes = codes

    def _said(self, code: str, word: Callable[[], str]) -> str:
        return code if self._codes else word()

    def node(self, node: TraceNode, asked: Collection[str]) -> tuple[Cell, ...]:
        """asked  properties that have a column of their own."""
        if node.stub or node.kind is None:
            empty: dict[str, Cell] = dict.fromkeys((*NODE, *asked)) | {
                "kind": self._said("withheld", lambda: gettext("Withheld")),
                "uid": node.uid,
            }
            return tuple(empty.values())
        kind = node.kind
        return (
            node.number,
            self._said(kind.value, lambda: kind_name(kind)),
            node.name,
            node.product,
            node.epc,
            self._said(node.site or "", lambda: site_names(node.site, self._sites)),
            self._state(node),
            self._certainty(node.certainty),
            node.hop,
            node.uid,
            *(self._property(kind, node, name) for name in asked),
        )

    def party(self, line: PartyLine) -> Iterator[tuple[Cell, ...]]:
        """A row for each unit that it got quantities in."""
        for unit, amount in line.quantities.items() or [("", None)]:
            yield (
                line.name,
                line.number,
                self._country(line.country),
                self._certainty(line.certainty),
                amount,
                self._unit(unit),
                self._bound(line, unit, amount),
                len(line.lots),
                len(line.shipments),
                line.uid,
            )

    def link(self, nodes: Mapping[str, TraceNode], link: TraceLink) -> tuple[Cell, ...]:
        return (
            self._end(end_of(nodes, link.source)),
            self._said(link.type, lambda: link_name(link.type)),
            self._end(end_of(nodes, link.target)),
            link.quantity,
            self._unit(link.unit),
            link.event_time,
            self._certainty(link.certainty),
            link.source,
            link.target,
        )

    def _end(self, node: TraceNode) -> Cell:
        if node.stub:
            return self._said("withheld", lambda: gettext("Withheld"))
        return node.number or node.name or node.epc

    def _state(self, node: TraceNode) -> Cell:
        status = node.status
        if status is None or isinstance(status, Masked | Unavailable | Unproven):
            return status
        return self._said(status.value, lambda: gettext(STATES[condition(node)]))

    def _certainty(self, certainty: Certainty) -> str:
        return self._said(certainty.value, lambda: gettext(CERTAINTIES[certainty]))

    def _country(self, country: Text) -> Cell:
        return country if self._codes or not isinstance(country, str) else country_name(country)

    def _unit(self, unit: str | None) -> str | None:
        return unit if self._codes or not unit else unit_text(unit)

    def _bound(self, line: PartyLine, unit: str, amount: Decimal | None) -> str:
        """Whether the quantity is what it got, the most that it may have, or that part of it which is shown."""
        if amount is None:
            known = ("withheld", N_("not stated, withheld")) if line.withheld else ("unknown", N_("not stated"))
        elif line.withheld:
            known = ("shown", N_("as far as shown"))
        elif line.certainty is not Certainty.EXACT:
            known = ("at_most", N_("at most"))
        else:
            known = ("exact", N_("exactly"))
        code, word = known
        return self._said(code, lambda: gettext(word))

    def _property(self, kind: NodeKind, node: TraceNode, name: str) -> Cell:
        value = node.properties.get(name) if isinstance(node, DescribedNode) else None
        if isinstance(value, bool):
            return self._said(str(value).lower(), lambda: property_text(kind, name, value))
        if isinstance(value, str):
            return self._said(value, lambda: property_text(kind, name, value))
        return value
