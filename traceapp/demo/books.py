"""The books that the demo plant keeps: rows by form, written out as a source system would export them."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

FIRST_DAY: Final = datetime(2024, 12, 16, tzinfo=UTC)
LAST_DAY: Final = datetime(2026, 6, 12, tzinfo=UTC)
WEEKS: Final = (LAST_DAY - FIRST_DAY).days // 7


def at(week: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the demo's calendar: weeks count from its first Monday, days from 0."""
    return FIRST_DAY + timedelta(weeks=week, days=day, hours=hour, minutes=minute)


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as rows name it. owner is empty where the product is a GTIN."""

    owner: str
    product: str
    number: str
    serial: str = ""

    def cells(self, prefix: str = "") -> dict[str, str]:
        named = {"owner": self.owner, "product": self.product, "number": self.number, "serial": self.serial}
        return {prefix + name: value for name, value in named.items() if value}


@dataclass(slots=True)
class Books:
    """Rows by form, in the order in which they were written down."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def write(self, form: str, time: datetime, *cells: Mapping[str, str], **more: object) -> bool:
        """One row; what is empty or None is left out. False where it has not happened yet."""
        if time > LAST_DAY:
            return False
        said: dict[str, str] = {"time": stamp(time)}
        for part in (*cells, more):
            said.update({name: str(value) for name, value in part.items() if value not in {None, ""}})
        self.rows.setdefault(form, []).append(said)
        return True


def stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%MZ")


def write_form(path: Path, rows: list[dict[str, str]], headers: Mapping[str, str] | None = None) -> None:
    """Rows in order of time; columns in the order in which the rows first use them.

    headers  other words for the columns, where a site exports in its own language.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([(headers or {}).get(name, name) for name in columns])
    for row in sorted(rows, key=lambda row: row["time"]):
        writer.writerow([row.get(name, "") for name in columns])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
