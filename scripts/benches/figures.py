"""What a bench found, as a table for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

WIDTH = 110
"""Names of figures are long, and never cut."""


@dataclass
class Figure:
    """One line of the result; ratio_to names another figure, and ratio is value ÷ its value."""

    figure: str
    value: float
    unit: str
    ratio_to: str | None = None
    ratio: float | None = None


def show(title: str, found: list[Figure]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("Figure")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("ratio", justify="right")
    table.add_column("to")
    for one in found:
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        table.add_row(one.figure, f"{one.value:,.1f}", one.unit, ratio, one.ratio_to or "")
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    console.print(table)


def write(path: Path | None, found: list[Figure]) -> None:
    if path is not None:
        path.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n", encoding="utf-8")
