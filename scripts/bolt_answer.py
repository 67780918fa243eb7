"""Just enough Bolt to ask whether a server answers; the driver may not be installed yet."""

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"


@contextlib.contextmanager
def connected(port: int, authority: Path | None) -> Iterator[socket.socket]:
    """Over TLS where there is an authority to trust."""
    with socket.create_connection((HOST, port), timeout=10) as plain:
        if authority is None:
            yield plain
            return
        with ssl.create_default_context(cafile=str(authority)).wrap_socket(plain, server_hostname=HOST) as wrapped:
            yield wrapped


def signed_in_answer(port: int, password: str, authority: Path | None = None) -> bool:
    """Whether a signed-in client gets an answer from the database."""
    with connected(port, authority) as connection:
        connection.sendall(bytes.fromhex("6060b017") + bytes.fromhex("00000405") + bytes(12))
        if receive(connection, 4) != bytes.fromhex("00000405"):
            return False
        requests = (
            b"\xb1\x01" + pack({"user_agent": "traceapp/1", "bolt_agent": {"product": "traceapp/1"}}),
            b"\xb1\x6a" + pack({"scheme": "basic", "principal": "neo4j", "credentials": password}),
            b"\xb3\x10" + pack("RETURN 1") + pack({}) + pack({"db": "neo4j"}),
        )
        for request in requests:
            connection.sendall(struct.pack(">H", len(request)) + request + b"\x00\x00")
            if receive_message(connection)[1:2] != b"\x70":
                return False
        return True


def pack(value: str | dict[str, Any]) -> bytes:
    if isinstance(value, dict):
        return bytes([0xA0 + len(value)]) + b"".join(pack(key) + pack(item) for key, item in value.items())
    encoded = value.encode()
    return (bytes([0x80 + len(encoded)]) if len(encoded) < 16 else bytes([0xD0, len(encoded)])) + encoded


def receive_message(connection: socket.socket) -> bytes:
    message = b""
    while True:
        (size,) = struct.unpack(">H", receive(connection, 2))
        if size == 0 and message:
            return message
        message += receive(connection, size)


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data
