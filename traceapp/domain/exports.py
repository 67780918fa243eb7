"""What leaves as a file: tables with a head that says what they are, how complete, and whose copy this is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO, TypeAlias

from traceapp.domain.disclosure import Gap, Masked
from traceapp.domain.signatures import CheckedSignature

Cell: TypeAlias = str | int | Decimal | datetime | Masked | Gap | Mapping[str, Any] | list[Any] | None
"""A moment is aware; a quantity keeps every digit; what is masked stays visible as masked; what has parts is plain JSON."""


class Subject(StrEnum):
    """Whose rows leave: `usecases/exports/export_subjects.py` has a row for each that may hold batches of ours."""

    TRACE = "trace"
    SEARCH = "search"
    LEDGER = "ledger"
    REVIEW = "review"
    DELIVERIES = "deliveries"


class TableForm(StrEnum):
    """How tables leave as a file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Table:
    """name is a code for machines, title and columns are words for people; each row has a cell for each column.

    columns  code → word.
    rows     as many as len says; read once, in their order.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the head: a code for machines, its word for people, and what it says."""

    name: str
    word: str
    said: Cell


@dataclass(frozen=True, slots=True)
class Copy:
    """Whose copy a file is: it stands in the file, and on record.

    uid   of this copy alone, 32 hex digits.   holder  user name.   made_at  when.
    signatures  under the approval by which it leaves, in the order of time.
    recipient   for whom, where that is another.
    """

    uid: str
    holder: str
    made_at: datetime
    signatures: tuple[CheckedSignature, ...] = ()
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, in one language.

    masks  what stands in place of a value in words; by what stands there in the answer.
    """

    title: str
    copy: Copy
    facts: Sequence[Fact]
    tables: Sequence[Table]
    masks: Mapping[Masked | Gap, str]

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables)


Arrange: TypeAlias = Callable[[TableForm, Any, Copy], Document]
"""Puts an answer into tables, in words of one language."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that is finished, and hashed; whoever sends it closes it.

    subject    whose rows.   tier  the highest whose values are in it, where others agreed to that; empty where nobody had to.
    size       in bytes.   sha256  of the file, in hex; the record of the export names it too.   copy  its id.
    sent       called once with how many bytes were handed over, when it is over; None where nobody asks.
    sealed_to  the key of the recipient who alone can open it; None of a file in clear.
    """

    subject: Subject
    form: TableForm
    file: BinaryIO
    size: int
    sha256: str
    rows: int
    copy: str
    sent: Callable[[int], None] | None = None
    sealed_to: str | None = None
    tier: str = ""

    @property
    def on_record(self) -> dict[str, Any]:
        """What the record of the export tells of it."""
        told = {
            "subject": self.subject.value,
            "tier": self.tier,
            "form": self.form.value,
            "rows": self.rows,
            "bytes": self.size,
            "file": self.sha256,
            "copy": self.copy,
        }
        return told if self.sealed_to is None else told | {"sealed_to": self.sealed_to}
