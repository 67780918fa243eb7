"""The graph of a backup: its parts in the order in which they go back, cut into members, and the digest of each."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from traceapp.bundles.manifest import GraphPart
from traceapp.graph.backup_store import NODES, BackupStore
from traceapp.graph.sweep_store import LABELS

FOLDER: Final = "graph"
MOST_LINES: Final = 2_000
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of one member, which one transaction brings back; a line that is longer stands alone."""


@dataclass(slots=True)
class Summed:
    """Lines that went by: how many, and SHA-256 over them, each with its end of line."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def over(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The same lines."""
        for line in lines:
            self.rows += 1
            self.digest.update(line + b"\n")
            yield line

    @property
    def part(self) -> GraphPart:
        return GraphPart(rows=self.rows, sha256=self.digest.hexdigest())


def list_parts(store: BackupStore) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name of each part with its lines: all nodes first."""
    for label in NODES:
        yield f"nodes/{label}", store.list_nodes(label)
    for label in LABELS:
        yield f"links/{label}", store.list_links(label)


def cut(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Contents of members: whole lines, as many as one transaction takes."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        if held and (len(held) == MOST_LINES or size + len(line) > MOST_BYTES):
            yield b"\n".join(held) + b"\n"
            held, size = [], 0
        held.append(line)
        size += len(line) + 1
    if held:
        yield b"\n".join(held) + b"\n"


def graph_digest(parts: Mapping[str, GraphPart]) -> str:
    """One digest of the whole graph (SHA-256, hex)."""
    told = {name: one.model_dump() for name, one in parts.items()}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
