"""The picture of a trace: lanes of cards with threads between them, laid out here and written as SVG by a template.

Nothing here knows a language: whoever draws brings the words. Lengths are units of the view box, one unit a pixel.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Protocol

from traceapp.domain.kinds import Certainty
from traceapp.domain.trace import TraceAnswer, TraceLink
from traceapp.web.lane_stages import Group, Stage, stages_of

FULL: Final = 1206.0
WIDEST_CARD: Final = 172.0
SLIMMEST_CARD: Final = 136.0
WIDEST_GAP: Final = 180.0
GAP: Final = 72.0
SLIMMEST_GAP: Final = 68.0
HEAD: Final = 52.0
LINE: Final = 16.0
PAD: Final = 12.0
BETWEEN: Final = 14.0
PORT: Final = 22.0
NARROW_PORT: Final = 10.0
MOST_NUMBERS: Final = 6
"""Threads into one card that carry their number; of more, only the widest few do."""
BYPASS: Final = 16.0
PAPER_WIDTH: Final = 1340.0
PAPER_HEIGHT: Final = 780.0
"""What an A4 sheet on its side carries at 7 pt."""
TEXT_EDGES: Final = 22.0
MOST_LINES: Final = 3
WIDTHS: Final = (Decimal("0.5"), Decimal("0.2"), Decimal("0.05"))


@dataclass(frozen=True, slots=True)
class CardText:
    """What stands on a card.

    tone   state that gives stripe and sign: recalled, rejected, held, …   mark  the sign's name.
    state  its word.   corner  count or the word for the start.
    lines  (style, text), style is `id`, `name` or `quiet`; an id is wrapped, never cut.
    """

    tone: str
    mark: str
    state: str
    corner: str
    lines: tuple[tuple[str, str], ...]


class Captions(Protocol):
    """The words of the picture, in the language of the page."""

    def head(self, stage: Stage) -> tuple[str, str]: ...

    def card(self, group: Group) -> CardText: ...

    def amounts(self, quantities: Mapping[str, Decimal | None], certain: bool) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Line:
    style: str
    text: str
    y: float


@dataclass(slots=True)
class Card:
    group: Group
    text: CardText
    x: float
    y: float
    height: float
    lines: tuple[Line, ...]
    feeds: list[tuple[str, str]] = field(default_factory=list)

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(slots=True)
class Lane:
    title: str
    note: str
    x: float
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Thread:
    """A merged link between two cards: its path, the width of its band (1 to 4), its numbers above it at the target.

    A number that is wider than the gap is left to the table of links.
    """

    path: str
    width: int
    possible: bool
    amounts: tuple[str, ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """nodes stand on cards; turning links lead back to an earlier lane, or stay within a card, and are not drawn."""

    width: float
    height: float
    card: float
    lanes: tuple[Lane, ...]
    threads: tuple[Thread, ...]
    nodes: int
    turning: int

    @property
    def fits_paper(self) -> bool:
        """Whether its words can still be read on a sheet; else paper gets the same cards as a list."""
        return self.width <= PAPER_WIDTH and self.height <= PAPER_HEIGHT

    @property
    def cards(self) -> int:
        return sum(len(lane.cards) for lane in self.lanes)


@dataclass(slots=True)
class _Merged:
    source: Card
    target: Card
    span: int
    quantities: dict[str, Decimal | None] = field(default_factory=dict)
    counted: set[tuple[object, ...]] = field(default_factory=set)
    exact: bool = False
    possible: bool = False
    said: tuple[str, ...] = ()
    numbered: bool = True
    leaves: float = 0.0
    arrives: float = 0.0

    def add(self, link: TraceLink) -> None:
        """One input of a transformation that has several outputs in the same card counts once."""
        self.exact |= link.certainty is Certainty.EXACT
        self.possible |= link.certainty is not Certainty.EXACT
        same = (link.source, link.via, link.pair, link.quantity, link.unit) if link.via else (id(link),)
        if same in self.counted:
            return
        self.counted.add(same)
        unit = link.unit or ""
        known = self.quantities.get(unit, Decimal(0))
        self.quantities[unit] = None if known is None or link.quantity is None else known + link.quantity


def draw_lanes(answer: TraceAnswer, captions: Captions) -> Picture:
    """Lay out every node of the answer; what does not fit on a card of its own stands on a card that says how many."""
    stages = stages_of(answer)
    size, gap = _measures(len(stages))
    lanes = [_lane(stage, captions, number * (size + gap), size) for number, stage in enumerate(stages)]
    column = {node.uid: (number, card) for number, lane in enumerate(lanes) for card in lane.cards for node in card.group.members}
    merged, turning = _merge(answer.links, column)
    _settle(lanes, merged)
    height = max((card.bottom for lane in lanes for card in lane.cards), default=HEAD) + 2
    for one in merged:
        one.said = tuple(captions.amounts(one.quantities, not one.possible))
        one.target.feeds.append((" + ".join(one.said), _name(one.source)))
    threads, lowest = _threads(lanes, merged, size, gap, height)
    width = len(lanes) * size + max(0, len(lanes) - 1) * gap
    return Picture(width, max(height, lowest), size, tuple(lanes), threads, len(column), turning)


def _measures(lanes: int) -> tuple[float, float]:
    """(width of a card, gap between lanes): as many lanes as can be read without turning the page sideways."""
    if lanes < 2:
        return WIDEST_CARD, GAP
    if lanes * WIDEST_CARD + (lanes - 1) * GAP <= FULL:
        return WIDEST_CARD, min(WIDEST_GAP, (FULL - WIDEST_CARD * lanes) / (lanes - 1))
    size = max(SLIMMEST_CARD, (FULL - GAP * (lanes - 1)) / lanes)
    return size, max(SLIMMEST_GAP, min(GAP, (FULL - size * lanes) / (lanes - 1)))


def wrap(text: str, width: float, size: float) -> list[str]:
    """Cut a text into lines of a width, at blanks where there are some; a wide character takes two places."""
    lines: list[str] = []
    line, used = "", 0.0
    for word in _words(text):
        taken = _measure(word, size)
        if line and used + taken > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        for letter in word if taken > width else [word]:
            step = _measure(letter, size)
            if line and used + step > width:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + letter, used + step
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        word += letter
        if letter == " " or _wide(letter):
            yield word
            word = ""
    if word:
        yield word


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in {"W", "F"}


def _measure(text: str, size: float) -> float:
    return sum(size * 1.75 if _wide(letter) else 0.0 if unicodedata.combining(letter) else size for letter in text)


def _lane(stage: Stage, captions: Captions, x: float, size: float) -> Lane:
    title, note = captions.head(stage)
    lane = Lane(title, note, x, [])
    for group in stage.groups:
        text = captions.card(group)
        lines, y = [], LINE + PAD + 10
        for style, said in text.lines:
            pieces = wrap(said, size - TEXT_EDGES, 7.9 if style == "id" else 7.7 if style == "name" else 6.4)
            if style != "id" and len(pieces) > MOST_LINES:
                pieces = [*pieces[: MOST_LINES - 1], pieces[MOST_LINES - 1] + "…"]
            for piece in pieces:
                lines.append(Line(style, piece, y))
                y += LINE
        lane.cards.append(Card(group, text, x, 0, y - 4, tuple(lines)))
    return lane


def _merge(links: Sequence[TraceLink], column: Mapping[str, tuple[int, Card]]) -> tuple[list[_Merged], int]:
    merged: dict[tuple[str, str], _Merged] = {}
    turning = 0
    for link in links:
        if link.source not in column or link.target not in column:
            continue
        (near, source), (far, target) = column[link.source], column[link.target]
        if far <= near:
            turning += 1
            continue
        key = (source.group.key, target.group.key)
        if key not in merged:
            merged[key] = _Merged(source, target, far - near)
        merged[key].add(link)
    return list(merged.values()), turning


def _settle(lanes: Sequence[Lane], merged: Sequence[_Merged]) -> None:
    """Heights that give every thread its port, and an order that follows what feeds a card where states are alike."""
    entering: dict[str, list[_Merged]] = defaultdict(list)
    leaving: dict[str, list[_Merged]] = defaultdict(list)
    for one in merged:
        entering[one.target.group.key].append(one)
        leaving[one.source.group.key].append(one)
    for lane in lanes:
        lane.cards.sort(key=lambda card: _order(card, entering[card.group.key]))
        y = HEAD
        for card in lane.cards:
            into, out = entering[card.group.key], leaving[card.group.key]
            _choose_numbers(into)
            crowded = len(into) > MOST_NUMBERS
            card.height = max(card.height, (NARROW_PORT if crowded else PORT) * len(into) + PAD, NARROW_PORT * len(out) + PAD)
            card.y = y
            y += card.height + BETWEEN
    for lane in lanes:
        for card in lane.cards:
            _ports(card, leaving[card.group.key], "leaves")
            _ports(card, entering[card.group.key], "arrives")


def _choose_numbers(into: Sequence[_Merged]) -> None:
    if len(into) <= MOST_NUMBERS:
        return
    for one in sorted(into, key=lambda one: max((amount or 0 for amount in one.quantities.values()), default=0))[:-3]:
        one.numbered = False


def _order(card: Card, entering: Sequence[_Merged]) -> tuple[object, ...]:
    place = [int(part) for part in card.group.key.split(".")]
    if not entering or card.group.rest:
        return (card.group.rest > 0, card.text.tone, 0.0, place)
    feeding = sum(one.source.y + one.source.height / 2 for one in entering) / len(entering)
    return (False, card.text.tone, feeding, place)


def _ports(card: Card, threads: Sequence[_Merged], side: str) -> None:
    other = (lambda one: (one.span > 1, one.target.y)) if side == "leaves" else (lambda one: (one.span > 1, one.source.y))
    for place, one in enumerate(sorted(threads, key=other)):
        setattr(one, side, card.y + card.height * (place + 1) / (len(threads) + 1))


def _threads(
    lanes: Sequence[Lane], merged: Sequence[_Merged], size: float, gap: float, height: float
) -> tuple[tuple[Thread, ...], float]:
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for one in merged:
        for unit, quantity in one.quantities.items():
            totals[_stage_pair(one, unit)] += quantity or Decimal(0)
    threads, lowest = [], height
    for one in merged:
        start, end = one.source.x + size, one.target.x
        middle = (start + end) / 2
        if one.span == 1:
            path = f"M{start:.1f} {one.leaves:.1f}C{middle:.1f} {one.leaves:.1f} {middle:.1f} {one.arrives:.1f}"
            path += f" {end:.1f} {one.arrives:.1f}"
        else:
            below = _below(lanes, one)
            lowest = max(lowest, below + BYPASS)
            out, back = start + gap, end - gap
            path = f"M{start:.1f} {one.leaves:.1f}C{out:.1f} {one.leaves:.1f} {start:.1f} {below:.1f} {out:.1f} {below:.1f}"
            path += f"H{back:.1f}C{end:.1f} {below:.1f} {back:.1f} {one.arrives:.1f} {end:.1f} {one.arrives:.1f}"
        fits = one.numbered and all(_measure(text, 6.2) <= gap - 6 for text in one.said)
        threads.append(Thread(path, _width(one, totals), not one.exact, one.said if fits else (), end - 6, one.arrives - 4))
    return tuple(threads), lowest


def _below(lanes: Sequence[Lane], one: _Merged) -> float:
    """Under the cards of every lane that is passed."""
    passed = [lane for lane in lanes if one.source.x < lane.x < one.target.x]
    return max((card.bottom for lane in passed for card in lane.cards), default=HEAD) + BYPASS


def _width(one: _Merged, totals: Mapping[tuple[str, str, str], Decimal]) -> int:
    if len(one.quantities) != 1:
        return 1
    ((unit, quantity),) = one.quantities.items()
    total = totals[_stage_pair(one, unit)]
    share = (quantity or Decimal(0)) / total if total else Decimal(0)
    return 4 - next((place for place, least in enumerate(WIDTHS) if share >= least), 3)


def _stage_pair(one: _Merged, unit: str) -> tuple[str, str, str]:
    return one.source.group.key.partition(".")[0], one.target.group.key.partition(".")[0], unit


def _name(card: Card) -> str:
    """What it is called where another card names it: one of several numbers says how many more there are."""
    style, name = next((line for line in card.text.lines if line[0] in {"id", "name"}), ("name", card.text.state))
    more = len(card.group.members) - 1
    return f"{name} (+{more})" if more and style == "id" else name
