"""The words on the cards and above the lanes of a picture, in the language of the page."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from flask_babel import gettext, ngettext

from traceapp.domain.disclosure import told
from traceapp.domain.kinds import Certainty, NodeKind
from traceapp.domain.quantities import add
from traceapp.domain.trace import PartyLine, TraceNode
from traceapp.web.lane_stages import SEVERITY, Group, Place, Stage, condition
from traceapp.web.lanes import CardText
from traceapp.web.pages.showing import amount_text, count_text
from traceapp.web.pages.wording import CARD_STATES, country_name, kind_name, kinds_counted, sign_of, site_names, text_of

MOST_NUMBERS: Final = 2
"""Numbers on the card of a group that has no product to be called by."""
LOTS: Final = frozenset({NodeKind.MATERIAL, NodeKind.BATCH, NodeKind.UNIT})


class PageCaptions:
    """`lanes.Captions`; `sites` gives the printed name of a site code, `unresolved` holds what no record describes."""

    def __init__(self, sites: Mapping[str, str], unresolved: frozenset[str] = frozenset()) -> None:
        self._sites = sites
        self._unresolved = unresolved

    def head(self, stage: Stage) -> tuple[str, str]:
        counted = self._parties_counted(stage) or kinds_counted(stage.kinds, stage.count)
        if stage.key.place is Place.WITHHELD:
            counted = gettext("%(count)s withheld", count=count_text(stage.count))
        return self._title(stage), counted

    def card(self, group: Group) -> CardText:
        if group.rest:
            return self._rest(group)
        node = group.first
        if node.stub:
            lines = (("name", gettext("Beyond your view")), ("quiet", gettext("walked through; nothing about it is shown")))
            return CardText("withheld", "withheld", gettext("Withheld"), self._corner(group), lines)
        if node.kind is NodeKind.PARTY:
            return self._party(group)
        if node.kind is NodeKind.PRODUCT:
            lines = (("id", text_of(node.number) or node.product or ""), ("quiet", gettext("its lot was not recorded")))
            return CardText("unknown", "unknown", gettext("No lot"), self._corner(group), lines)
        if node.kind in LOTS:
            tone = condition(node)
            word = kind_name(node.kind) if tone == "plain" else gettext(CARD_STATES[tone])
            return CardText(tone, sign_of(tone), word, self._corner(group), self._lot_lines(group))
        return CardText("plain", "plain", kind_name(node.kind), self._corner(group), self._lot_lines(group))

    def amounts(self, quantities: Mapping[str, Decimal | None], certain: bool) -> Sequence[str]:
        """`280 kg`, `≤ 46 kg` where a part of it is only possible, by unit; nothing where some part is not stated."""
        if any(amount is None for amount in quantities.values()):
            return []
        return [("" if certain else "≤ ") + amount_text(amount, unit) for unit, amount in sorted(quantities.items())]

    def _parties_counted(self, stage: Stage) -> str:
        """`9 consignees, 1 other party`: as many as the list has, and who else stands here."""
        if stage.kinds != {NodeKind.PARTY}:
            return ""
        listed = sum(len(group.parties) for group in stage.groups)
        others, count = stage.count - listed, count_text(listed)
        if stage.key.place is Place.SUPPLIERS:
            said = ngettext("%(count)s supplier", "%(count)s suppliers", listed, count=count)
        else:
            said = ngettext("%(count)s consignee", "%(count)s consignees", listed, count=count)
        if not others:
            return said
        other = ngettext("%(count)s other party", "%(count)s other parties", others, count=count_text(others))
        return said + gettext(", ") + other

    def _title(self, stage: Stage) -> str:
        match stage.key.place:
            case Place.SUPPLIERS:
                return gettext("Suppliers")
            case Place.BEHIND:
                return gettext("Behind what is withheld")
            case Place.WITHHELD:
                return gettext("Beyond your view")
            case Place.CONTAINERS:
                return gettext("Packed in")
            case Place.ENDS:
                return gettext("Shipments") if stage.kinds <= {NodeKind.SHIPMENT} else gettext("Stock, orders, shipments")
            case Place.CONSIGNEES:
                return gettext("Consignees")
            case Place.LOTS:
                return self._step(stage)

    def _step(self, stage: Stage) -> str:
        steps = abs(stage.key.step)
        if not steps:
            return gettext("Start")
        if stage.beyond:
            return gettext("%(steps)s steps and more", steps=steps)
        return ngettext("%(num)s step on", "%(num)s steps on", steps) if stage.key.step > 0 else _back(steps)

    def _corner(self, group: Group) -> str:
        if group.first.seed and group.single:
            return gettext("start")
        return "" if group.single else count_text(len(group.members))

    def _lot_lines(self, group: Group) -> tuple[tuple[str, str], ...]:
        node = group.first
        lines = _numbers(group) if group.single or not node.product else [("name", node.product)]
        if group.single and (node.name or node.product):
            lines.append(("quiet", text_of(node.name) or node.product or ""))
        if node.site:
            lines.append(("quiet", site_names(node.site, self._sites)))
        if group.single and node.uid in self._unresolved:
            lines.append(("quiet", gettext("described by no record")))
        return (*lines, *_possible(group))

    def _party(self, group: Group) -> CardText:
        node, certain = group.first, group.certain is Certainty.EXACT
        state = gettext("Confirmed") if certain else gettext("May have")
        name = _party_name(node, group.parties) if group.single else _countries(group.parties)
        if not group.parties:
            state = gettext("Own site") if node.number in self._sites else gettext("Party")
            name = self._sites.get(told(node.number) or "", name)
        lines = [("name", name)]
        if group.single and group.parties and group.parties[0].country:
            lines.append(("quiet", country_name(group.parties[0].country)))
        amount = _amounts(group.parties)
        if amount:
            lines.append(("quiet", amount if certain else f"≤ {amount}"))
        return CardText("plain", "exact" if certain else "possible", state, self._corner(group), tuple(lines))

    def _rest(self, group: Group) -> CardText:
        worst = min((condition(node) for node in group.members), key=SEVERITY.index)
        stated = worst != "plain" and all(node.kind in LOTS for node in group.members)
        lines = [
            ("name", gettext("%(count)s more", count=count_text(len(group.members)))),
            ("quiet", ngettext("in %(num)s group", "in %(num)s groups", group.rest)),
        ]
        amount = _amounts(group.parties)
        if amount:
            lines.append(("quiet", amount))
        tone = worst if stated else "plain"
        state = gettext("worst: %(state)s", state=gettext(CARD_STATES[worst])) if stated else gettext("More")
        return CardText(tone, sign_of(tone), state, "", (*lines, *_possible(group)))


def _numbers(group: Group) -> list[tuple[str, str]]:
    """The first of them by number; an id is never cut, so what does not fit is counted."""
    shown = group.members[:MOST_NUMBERS]
    lines = [("id", text_of(node.number or node.epc or node.name) or "–") for node in shown]
    if left := len(group.members) - len(shown):
        lines.append(("quiet", gettext("and %(count)s more", count=count_text(left))))
    return lines


def _back(steps: int) -> str:
    return ngettext("%(num)s step back", "%(num)s steps back", steps)


def _possible(group: Group) -> tuple[tuple[str, str], ...]:
    count = sum(1 for node in group.members if node.certainty is Certainty.POSSIBLE)
    if not count:
        return ()
    if count == len(group.members):
        return (("quiet", gettext("may have")),)
    return (("quiet", gettext("%(count)s may have", count=count_text(count))),)


def _party_name(node: TraceNode, lines: tuple[PartyLine, ...]) -> str:
    return text_of(node.name or next((line.name for line in lines if line.name), None) or node.number) or "–"


def _countries(lines: tuple[PartyLine, ...]) -> str:
    found = sorted({country_name(line.country) for line in lines if line.country})
    return gettext(", ").join(found) if found else gettext("No country stated")


def _amounts(lines: tuple[PartyLine, ...]) -> str:
    """The sum of what parties got, by unit; blank as soon as a part of it is not stated."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        for unit, amount in line.quantities.items():
            if amount is None:
                return ""
            sums[unit] = add(sums.get(unit, Decimal(0)), amount)
    return " + ".join(amount_text(amount, unit) for unit, amount in sums.items())
