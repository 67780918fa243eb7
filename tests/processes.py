"""What Linux tells about processes, and waiting for a condition instead of for a time."""

import ipaddress
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from traceapp.usecases.stations import Stations

ROOT: Final = Path(__file__).resolve().parent.parent
LISTEN: Final = "0A"


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Come back as soon as it holds; raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {seconds:.0f} s"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether the process lives; one that only waits to be collected does not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def listening_addresses(pid: int) -> set[tuple[str, int]]:
    """(address, port) of every TCP socket that the process listens on; mapped IPv4 addresses as IPv4."""
    process = Path("/proc") / str(pid)
    mine = set()
    for descriptor in (process / "fd").iterdir():
        try:
            mine.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
        except FileNotFoundError:
            continue
    found = set()
    for table in ("tcp", "tcp6"):
        for line in (process / "net" / table).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == LISTEN and words[9] in mine:
                address, port = words[1].split(":")
                found.add((_address(address), int(port, 16)))
    return found


def _address(text: str) -> str:
    """The kernel writes each group of four bytes in its own order, which is little-endian wherever this runs."""
    raw = b"".join(bytes.fromhex(text[start : start + 8])[::-1] for start in range(0, len(text), 8))
    address = ipaddress.ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def descendants(pid: int) -> set[int]:
    """Every process that was started by this one, or by one of those."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    found: set[int] = set()
    wave = {pid}
    while wave:
        wave = {child for child, parent in parents.items() if parent in wave and child not in found}
        found |= wave
    return found


def environment_of(stations: Stations) -> dict[str, str]:
    """For a process of its own on the home and the store of these stations."""
    settings = stations.settings
    ours = {
        "TRACEAPP_HOME": str(settings.home),
        "NEO4J_URI": str(settings.neo4j_uri),
        "NEO4J_USERNAME": settings.neo4j_username,
        "NEO4J_PASSWORD_FILE": str(settings.neo4j_password_file),
        "NEO4J_DATABASE": settings.neo4j_database,
    }
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TRACEAPP_"))}
    return {**clean, **ours}


def start_command(stations: Stations, *words: str) -> "subprocess.Popen[str]":
    """`traceapp WORDS…` as such a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "traceapp.cli", *words],
        env=environment_of(stations),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
