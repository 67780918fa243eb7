"""A TCP proxy between driver and store that breaks connections at the worst moment, or changes what the server says."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from traceapp.graph.endpoint import Endpoint

HOST: Final = "127.0.0.1"
COMMIT: Final = bytes.fromhex("0002b0120000")
"""The whole message, in its one chunk."""
OPENS_A_WRITE: Final = b"CREATE (:Command"
"""Text of command.append_command."""


class Link:
    """One connection of the driver and its counterpart to the server."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.marked = False

    def cut(self) -> None:
        self.cut_client()
        _shut(self.server)

    def cut_client(self) -> None:
        _shut(self.client)


class Script:
    """What to do with what passes; returns what is passed on. This one changes nothing."""

    left = 0
    """Interventions that are still to come."""

    def on_request(self, link: Link, data: bytes) -> bytes:
        return data

    def on_answer(self, link: Link, data: bytes) -> bytes:
        return data


class CutBeforeCommit(Script):
    """The first COMMITs never reach the server."""

    def __init__(self, times: int) -> None:
        self.left = times

    def on_request(self, link: Link, data: bytes) -> bytes:
        if COMMIT not in data or self.left == 0:
            return data
        self.left -= 1
        link.cut()
        return b""


class CutAfterCommit(Script):
    """The first COMMITs are carried out, and their answers get lost."""

    def __init__(self, times: int) -> None:
        self.left = times

    def on_request(self, link: Link, data: bytes) -> bytes:
        link.marked = COMMIT in data and self.left > 0
        return data

    def on_answer(self, link: Link, data: bytes) -> bytes:
        if not link.marked:
            return data
        self.left -= 1
        link.cut()
        return b""


class DelayCommit(Script):
    """The first COMMIT is held back, its client cut off, and it arrives when the next attempt has opened its write.

    cut_next  the COMMIT of that attempt, if it comes to one, never reaches the server.
    """

    def __init__(self, *, cut_next: bool = False) -> None:
        self.left = 1
        self.held: tuple[Link, bytes] | None = None
        self.cut_next = cut_next

    def on_request(self, link: Link, data: bytes) -> bytes:
        if COMMIT in data and self.left:
            self.left = 0
            self.held = (link, data)
            link.cut_client()
            return b""
        if self.held is not None and OPENS_A_WRITE in data:
            (late, commit), self.held = self.held, None
            link.server.sendall(data)
            late.server.sendall(commit)
            return b""
        if COMMIT in data and self.cut_next:
            self.cut_next = False
            link.cut()
            return b""
        return data


class Rewrite(Script):
    """The server says something else, of the same length."""

    def __init__(self, said: bytes, instead: bytes) -> None:
        assert len(said) == len(instead)
        self.said = said
        self.instead = instead

    def on_answer(self, link: Link, data: bytes) -> bytes:
        return data.replace(self.said, self.instead)


@contextlib.contextmanager
def proxied(endpoint: Endpoint, script: Script) -> Iterator[Endpoint]:
    """The endpoint of a proxy in front of a store, as long as the block lasts."""
    target = int(endpoint.uri.rpartition(":")[2])
    threads: list[threading.Thread] = []
    links: list[Link] = []

    def pump(link: Link, source: socket.socket, sink: socket.socket, request: bool) -> None:
        hook = script.on_request if request else script.on_answer
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                passed = hook(link, data)
                if passed:
                    sink.sendall(passed)
        if not isinstance(script, DelayCommit) or not request:
            link.cut()

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                link = Link(client, socket.create_connection((HOST, target)))
                links.append(link)
                for words in ((link, client, link.server, True), (link, link.server, client, False)):
                    thread = threading.Thread(target=pump, args=words)
                    threads.append(thread)
                    thread.start()

    with socket.create_server((HOST, 0)) as listener:
        acceptor = threading.Thread(target=accept, args=(listener,))
        acceptor.start()
        try:
            yield replace(endpoint, uri=f"bolt://{HOST}:{listener.getsockname()[1]}")
        finally:
            _shut(listener)
            acceptor.join()
            for link in links:
                link.cut()
            for thread in threads:
                thread.join()
            for link in links:
                link.client.close()
                link.server.close()


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
