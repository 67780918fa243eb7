"""Cells of CSV that we write: nothing that a spreadsheet would take for a formula, whoever typed it, and nothing lost.

OWASP ASVS 5.0, 1.2.10: a cell that begins with one of `=`, `+`, `-`, `@`, tab or carriage return gets an apostrophe in front.
So does one with a line feed or a full-width sign there, which spreadsheets in Chinese and Japanese take alike, and one with an
apostrophe, so that whoever takes one apostrophe away has the cell as it was.
"""

from typing import Final

GUARD: Final = "'"
GUARDED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", GUARD)


def harmless(cell: str) -> str:
    """The cell as it is written."""
    return f"{GUARD}{cell}" if cell.startswith(GUARDED) else cell


def as_it_was(written: str) -> str:
    """The reverse: `as_it_was(harmless(cell)) == cell` for every cell."""
    return written.removeprefix(GUARD)
