"""The same genealogy as a lot → lot table in PostgreSQL, asked by a recursive common table expression."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from million_links import Part, Plant
from stored_form import lot_identity

BIN = Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"
CLOSURE = """
CREATE TEMPORARY TABLE closure ON COMMIT DROP AS
WITH RECURSIVE reached(id) AS (
    SELECT %s::bigint
    UNION
    SELECT link.target FROM reached JOIN link ON link.source = reached.id
)
SELECT id FROM reached
"""
NODES = """
SELECT lot.id, lot.uid, lot.number, lot.product, lot.site, lot.made_on, lot.quantity, lot.unit
FROM closure JOIN lot ON lot.id = closure.id
"""
LINKS = "SELECT link.source, link.target, link.quantity, link.unit FROM closure JOIN link ON link.source = closure.id"
TABLES = """
CREATE TABLE lot (
    id bigint PRIMARY KEY, uid text, number text, product text, site text, made_on date, quantity numeric, unit text
);
CREATE TABLE link (source bigint, target bigint, quantity numeric, unit text);
"""
READY_SECONDS = 60.0


class PostgresMissingError(Exception):
    """PostgreSQL is not installed here; the message says what to do."""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A server on loopback that lives as long as this block; yields its connection string. raises PostgresMissingError."""
    if not (BIN / "initdb").exists():
        raise PostgresMissingError(
            "PostgreSQL 15 is not installed (Debian: apt-get install postgresql); the bench runs without it"
        )
    as_account = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    folder.mkdir(parents=True)
    if as_account:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)
        for parent in folder.parents:
            if parent.stat().st_uid == os.geteuid() and parent != Path("/") and not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    port = _free_port()
    data = folder / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*as_account, BIN / "initdb", "-D", data, "-A", "trust", "-U", ACCOUNT, "-E", "UTF8"], check=True, **quiet)
    options = (
        f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c shared_buffers=512MB -c work_mem=256MB"
    )
    running = subprocess.Popen([*as_account, BIN / "postgres", "-D", data, *options.split()], **quiet)
    target = f"host=127.0.0.1 port={port} user={ACCOUNT} dbname=postgres"
    try:
        _wait(target)
        yield target
    finally:
        subprocess.run([*as_account, BIN / "pg_ctl", "stop", "-D", data, "-m", "fast", "-w"], check=False, **quiet)
        running.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(target: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(target, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def load(target: str, plant: Plant) -> None:
    with psycopg.connect(target) as connection:
        connection.execute(TABLES)
        with connection.cursor().copy("COPY lot FROM STDIN") as copy:
            for number in range(plant.lots):
                copy.write_row(
                    (
                        number,
                        f"{number:032x}",
                        lot_identity(number).number,
                        "TUBE-30",
                        "LYON",
                        "2025-03-01",
                        1000 + number % 77,
                        "EA",
                    )
                )
        with connection.cursor().copy("COPY link FROM STDIN") as copy:
            for position, (source, made) in enumerate(plant.links):
                copy.write_row((source, made, f"{1 + position % 90}.5", "KGM"))
        connection.execute("CREATE INDEX link_source ON link (source) INCLUDE (target)")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def ask(target: str, part: Part, rounds: int) -> tuple[float, int, int]:
    """Best time in seconds for the full package, with the number of lots and of links that came."""
    best, lots, links = float("inf"), 0, 0
    with psycopg.connect(target) as connection:
        for _ in range(rounds):
            begun = time.perf_counter()
            with connection.transaction():
                connection.execute(CLOSURE, (part.first,))
                lots = len(connection.execute(NODES).fetchall())
                links = len(connection.execute(LINKS).fetchall())
            best = min(best, time.perf_counter() - begun)
    return best, lots, links
