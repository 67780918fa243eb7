"""A store for a bench, started with room enough and stopped again."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from traceapp.composition import connected, place_demo_organisation, prepare_home, terminal_actor
from traceapp.graph.embedded import EmbeddedEngine
from traceapp.ledger.process import WriterProcess
from traceapp.settings import Settings, read_settings
from traceapp.usecases.migrate_store import migrate_store
from traceapp.usecases.stations import Stations

NEO4J = Path(__file__).resolve().parents[1] / "neo4j"
STORES = ("embedded", "neo4j")
console = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def running(name: str, home: Path, line: str) -> Iterator[Settings]:
    """A store of this kind, that lives as long as this block."""
    if name == "embedded":
        engine = EmbeddedEngine(home, heap="2g")
        engine.start()
        try:
            yield read_settings(home=home)
        finally:
            engine.stop()
        return
    where = ["--line", line, "--home", str(home / "neo4j")]
    said = subprocess.run(
        [sys.executable, NEO4J, "start", *where, "--port", "0", "--heap", "2g", "--pagecache", "1g"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = dict(re.findall(r"^export (NEO4J_\w+)=['\"]?([^'\"\n]*)['\"]?$", said.stdout, re.MULTILINE))
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield read_settings(home=home)
    finally:
        for key, value in before.items():
            os.environ.pop(key) if value is None else os.environ.__setitem__(key, value)
        subprocess.run([sys.executable, NEO4J, "stop", *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


@contextlib.contextmanager
def service(name: str, home: Path, line: str) -> Iterator[Stations]:
    """A store of this kind with keys and a ledger, brought to the schema of the program."""
    prepare_home(read_settings(home=home))
    place_demo_organisation(read_settings(home=home))
    with running(name, home, line) as settings:
        writer = WriterProcess.start(home)
        try:
            with connected(settings) as stations:
                migrate_store(stations, terminal_actor())
                yield stations
        finally:
            writer.stop()
