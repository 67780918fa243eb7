"""Some of what an approval is about, as a table: a column for each part that its rows say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext
from markupsafe import Markup, escape

from traceapp.domain.alerts import AlertLevel, AlertState
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.disclosure import Gap, Masked, Text
from traceapp.domain.kinds import NodeKind
from traceapp.web.pages.alerts import LEVELS, STATES
from traceapp.web.pages.record_words import OUTCOMES, act_words
from traceapp.web.pages.showing import foreign, ident, moment
from traceapp.web.pages.wording import N_, kind_name


@dataclass(frozen=True, slots=True)
class SampleTable:
    """Words of the heads, and the cells of each row under them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Markup]]


def sample_of(rows: Sequence[Mapping[str, Any]]) -> SampleTable:
    """Columns in the order of the first row that has them; what lies outside the reader's view is said in one cell."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "outside"))
    cells = [[_cell(name, row) for name in names] for row in rows]
    return SampleTable([gettext(_COLUMNS.get(name, name)) for name in names], cells)


def _cell(name: str, row: Mapping[str, Any]) -> Markup:
    if "outside" in row:
        return Markup('<span class="quiet">{}</span>').format(gettext("outside your view"))
    value = row.get(name)
    return _CELLS[name](value) if name in _CELLS and value is not None else foreign(value if value is None else _text(value))


def _text(value: Any) -> Text:
    return value if isinstance(value, str | Masked | Gap) else str(value)


_COLUMNS: Final = {
    "record": N_("Ledger record"),
    "at": N_("When (UTC)"),
    "act": N_("What was done"),
    "outcome": N_("How it ended"),
    "level": N_("Level"),
    "count": N_("How often"),
    "state": N_("State"),
    "kind": N_("Kind"),
    "number": N_("Number"),
    "name": N_("Name"),
}
_CELLS: Final[Mapping[str, Callable[[Any], Markup]]] = {
    "act": lambda code: escape(act_words(code)),
    "at": lambda text: moment(parse_stored_time(text), zone=False),
    "kind": lambda code: escape(kind_name(NodeKind(code))),
    "level": lambda code: escape(gettext(LEVELS[AlertLevel(code)][2])),
    "number": ident,
    "outcome": lambda code: escape(gettext(OUTCOMES[code][2] if code in OUTCOMES else code)),
    "state": lambda code: escape(gettext(STATES[AlertState(code)])),
}
