"""Strangers and silence where a store should be: an error of ours, soon."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.servers import free_port
from traceapp.domain.errors import StoreError, StoreUnavailableError
from traceapp.graph.connection import Graph
from traceapp.graph.endpoint import Endpoint

Answer = Callable[[socket.socket], object]


def says(data: bytes) -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(data)
        connection.recv(1024)

    return answer


STRANGERS: dict[str, Answer] = {
    "closes at once": lambda connection: None,
    "a web server": says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "a Bolt version we do not share": says(bytes(4)),
    "garbage": says(bytes(range(200, 256)) * 20),
    "an answer cut off": says(bytes.fromhex("0000")),
    "silence": lambda connection: connection.recv(1024) and connection.recv(1024),
}


@contextlib.contextmanager
def stranger(answer: Answer) -> Iterator[Endpoint]:
    """Somebody else on the port of the store."""
    open_connections: list[socket.socket] = []

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                open_connections.append(connection)
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            answer(connection)
            connection.shutdown(socket.SHUT_RDWR)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(listener,))
        server.start()
        try:
            yield Endpoint(f"bolt://127.0.0.1:{listener.getsockname()[1]}", "neo4j", "neo4j", "password")
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            server.join()
            for connection in open_connections:
                connection.close()


@pytest.mark.limit(60)
@pytest.mark.parametrize("answer", STRANGERS.values(), ids=STRANGERS)
def test_stranger_on_the_port_is_an_error_of_ours(answer: Answer) -> None:
    with stranger(answer) as endpoint, pytest.raises(StoreError):
        Graph.connect(endpoint)


def test_port_where_nobody_listens_is_said() -> None:
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        Graph.connect(Endpoint(f"bolt://127.0.0.1:{free_port()}", "neo4j", "neo4j", "password"))


def test_host_that_does_not_exist_is_said() -> None:
    with pytest.raises(StoreUnavailableError, match="does not answer"):
        Graph.connect(Endpoint("bolt+s://no-such-host.invalid:7687", "neo4j", "neo4j", "password"))
