"""Frames between client and writer: four bytes of length, then JSON; and the socket they meet at."""

import json
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import HomeError
from traceapp.ledger.records import FOLDER

SOCKET: Final = "ledger.sock"
MAX_FRAME: Final = 256 * 1024
LENGTH: Final = struct.Struct(">I")
_LONGEST_ADDRESS: Final = 100  # sun_path holds 108 bytes on Linux, 104 elsewhere


def frame(message: Mapping[str, Any]) -> bytes:
    """One message, ready to send."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return LENGTH.pack(len(body)) + body


@contextmanager
def socket_address(home: Path) -> Iterator[str]:
    """An address of HOME/ledger/ledger.sock that is short enough for the system, however deep HOME lies.

    raises  HomeError: too deep, on a system without /proc.
    """
    folder = home / FOLDER
    address = str(folder / SOCKET)
    if len(os.fsencode(address)) <= _LONGEST_ADDRESS:
        yield address
        return
    if not Path("/proc/self/fd").is_dir():
        raise HomeError(f"The path of {address} is too long for a socket on this system.")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)
