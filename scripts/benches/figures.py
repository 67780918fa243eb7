"""What a bench found, as a table for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pairs import Middle
from rich.console import Console
from rich.table import Table

WIDTH = 130
"""Names of figures are long, and never cut."""


@dataclass
class Figure:
    """One line of the result; ratio_to names another figure, and ratio is value ÷ its value.

    aim       what was promised of the value, such as "<= 200"; where there is a ratio, of the ratio.
    interval  bounds within which the value lies with 95 %; where there is a ratio and an aim, the ratio.
    """

    figure: str
    value: float
    unit: str
    ratio_to: str | None = None
    ratio: float | None = None
    aim: str | None = None
    interval: tuple[float, float] | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the aim is; None where there is none."""
        if self.aim is None:
            return None
        sign, bound = self.aim.split()
        found = self.value if self.ratio is None else self.ratio
        return found <= float(bound) if sign == "<=" else found >= float(bound)


def compared(base: Figure, figure: str, value: float, ratio: Middle, aim: str) -> Figure:
    """A figure beside another one, with the middle of the ratios of the pairs in which they were measured."""
    return Figure(figure, value, base.unit, base.figure, ratio.value, aim, (ratio.low, ratio.high))


def show(title: str, found: list[Figure]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("Figure")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("ratio", justify="right")
    table.add_column("to")
    judged = any(one.aim for one in found)
    if judged:
        table.add_column("95 %", justify="right")
        table.add_column("aim", justify="right")
        table.add_column("reached")
    for one in found:
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        row = [one.figure, _told(one.value), one.unit, ratio, one.ratio_to or ""]
        if judged:
            interval = "" if one.interval is None else " … ".join(f"{bound:.3f}" for bound in one.interval)
            row += [interval, one.aim or "", {None: "", True: "yes", False: "NO"}[one.reached]]
        table.add_row(*row)
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    console.print(table)


def write(path: Path | None, found: list[Figure]) -> None:
    if path is not None:
        path.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n", encoding="utf-8")


def _told(value: float) -> str:
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.3f}"
