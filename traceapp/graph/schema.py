"""Migrations of the store: numbered files that are run once, in order, and never edited after their release."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import StatementError, StoreVersionError
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph
from traceapp.graph.query_catalogue import statements_root

FILE: Final = re.compile(r"^(?P<version>V\d{4})__[a-z0-9_]+\.cypher$")


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """One migration. Its statements end with `;` at the end of a line; each is safe to run twice."""

    version: str
    name: str
    checksum: str
    statements: tuple[str, ...]


def load_steps(folder: Path | None = None) -> tuple[SchemaStep, ...]:
    """The migrations this program knows, in order. raises StatementError: a wrong name, a gap in the numbers."""
    folder = folder or statements_root() / "schema"
    steps = tuple(_read_step(path) for path in sorted(folder.glob("*.cypher")))
    wanted = [f"V{number:04d}" for number in range(1, len(steps) + 1)]
    if [step.version for step in steps] != wanted:
        raise StatementError(f"schema steps must be {wanted}, found {[step.version for step in steps]}")
    return steps


def migrate(graph: Graph, now: datetime, steps: tuple[SchemaStep, ...] | None = None) -> tuple[str, ...]:
    """Bring the store to the schema of this program; the versions that were missing and are done now.

    Safe to call at every start, from several processes at once, and after a crash in the middle.
    raises  StoreVersionError: the store went through a step that is unknown here, or that was changed since.
    """
    known = load_steps() if steps is None else steps
    missing = check_schema(graph, known)
    for step in missing:
        for statement in step.statements:
            graph.administer(statement, f"schema.{step.name}")
        _note(graph, step, now)
    return tuple(step.version for step in missing)


def check_schema(graph: Graph, steps: tuple[SchemaStep, ...] | None = None) -> tuple[SchemaStep, ...]:
    """The steps that the store has not gone through. raises StoreVersionError as `migrate` does."""
    known = load_steps() if steps is None else steps
    checksums = {step.version: step.checksum for step in known}
    done = {row["version"]: row["checksum"] for row in graph.read("schema_step.list_steps")}
    unknown = sorted(done.keys() - checksums.keys())
    if unknown:
        raise StoreVersionError(f"the store was written by a newer traceapp: schema step {unknown[0]} is unknown here")
    changed = sorted(version for version, checksum in done.items() if checksum != checksums[version])
    if changed:
        raise StoreVersionError(f"schema step {changed[0]} is not the one that this store went through: its file was changed")
    return tuple(step for step in known if step.version not in done)


def _note(graph: Graph, step: SchemaStep, now: datetime) -> None:
    graph.write(
        lambda transaction: transaction.run(
            "schema_step.append_step", version=step.version, checksum=step.checksum, applied_at=stored_time(now)
        ),
        command=draw_command(),
        act=f"schema:{step.version}",
    )


def _read_step(path: Path) -> SchemaStep:
    found = FILE.match(path.name)
    if found is None:
        raise StatementError(f"{path.name}: a schema step is called V0001__what_it_does.cypher")
    source = path.read_text(encoding="utf-8")
    text = "\n".join(line for line in source.splitlines() if not line.startswith("//"))
    statements = tuple(part.strip() for part in re.split(r";\s*$", text, flags=re.MULTILINE) if part.strip())
    return SchemaStep(found["version"], path.stem, hashlib.sha256(source.encode()).hexdigest(), statements)
