"""The connection, on every store."""

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator

import neo4j
import pytest

from tests.cutting_proxy import Rewrite, proxied
from tests.servers import StoreLeg, probe_catalogue
from traceapp.domain.errors import (
    SettingsError,
    StatementError,
    StoreConflictError,
    StoreCredentialsError,
    StoreError,
    StoreTimeoutError,
    StoreVersionError,
)
from traceapp.graph.connection import Graph, Transaction
from traceapp.graph.endpoint import Endpoint

LIMIT = 1.0
SECRET = "5" * 64
HOSTILE = "'}) DETACH DELETE n //\n\\u0027 \" ` $uid 批号 \U0001f9ea"


@pytest.fixture
def probed(empty_leg: StoreLeg) -> Iterator[Graph]:
    """A connection that knows the statements of the tests too."""
    with Graph.connect(empty_leg.endpoint, catalogue=probe_catalogue()) as graph:
        yield graph


def new_uid() -> str:
    return uuid.uuid4().hex


def append_probe(graph: Graph, uid: str, value: str = "1") -> None:
    graph.write(lambda transaction: transaction.run("probe.append_probe", uid=uid, value=value), command=new_uid())


def probes(graph: Graph, uid: str) -> list[str]:
    return [row["value"] for row in graph.read("probe.list_probes", uid=uid)]


def test_server_says_who_it_is(store: Graph, store_leg: StoreLeg) -> None:
    found = store.verify()
    assert found.product == ("Neo4j" if store_leg.is_neo4j else "ArcadeDB")
    assert found.version.startswith(store_leg.line)


def test_store_of_a_test_is_empty(store: Graph) -> None:
    assert store.read("head.get_sums")[0]["seq"] == 0
    assert store.read("acl.list_entries") == []


def test_values_come_back_as_they_were_sent(probed: Graph) -> None:
    sent = {
        "text": HOSTILE,
        "number": -(2**63),
        "flag": False,
        "sealed": bytes(range(256)),
        "texts": [HOSTILE, ""],
        "numbers": [2**53 + 1, -1],
        "nothing": None,
    }
    rows = probed.write(lambda transaction: transaction.run("probe.put_properties", **sent), command=new_uid())
    assert rows == [sent]
    assert type(rows[0]["flag"]) is bool


def test_hostile_text_is_a_value_and_nothing_else(probed: Graph) -> None:
    append_probe(probed, HOSTILE, HOSTILE)
    assert probes(probed, HOSTILE) == [HOSTILE]


def test_exception_in_the_work_leaves_nothing_behind(probed: Graph) -> None:
    uid, command = new_uid(), new_uid()

    def work(transaction: Transaction) -> None:
        transaction.run("probe.append_probe", uid=uid, value="1")
        raise LookupError("the reason")

    with pytest.raises(LookupError, match="the reason"):
        probed.write(work, command=command)
    assert probes(probed, uid) == []
    assert probed.read("command.get_command", uid=command) == []


def test_command_is_carried_out_once(probed: Graph) -> None:
    uid, command = new_uid(), new_uid()
    for _ in range(2):
        try:
            probed.write(lambda transaction: transaction.run("probe.append_probe", uid=uid, value="1"), command=command)
        except StoreConflictError as error:
            refused = str(error)
    assert "carried out before" in refused
    assert probes(probed, uid) == ["1"]


def test_one_command_from_many_callers_at_once_is_carried_out_once(probed: Graph) -> None:
    uid, command = new_uid(), new_uid()
    refused: list[StoreConflictError] = []

    def call() -> None:
        try:
            probed.write(lambda transaction: transaction.run("probe.append_probe", uid=uid, value="1"), command=command)
        except StoreConflictError as error:
            refused.append(error)

    in_parallel(call, 6)
    assert probes(probed, uid) == ["1"]
    assert len(refused) == 5


def test_writers_on_one_counter_lose_no_step(probed: Graph) -> None:
    def count() -> None:
        for _ in range(10):
            probed.write(lambda transaction: transaction.run("probe.add_one"), command=new_uid())

    in_parallel(count, 6)
    assert probed.read("head.get_sums")[0]["seq"] == 60


def test_write_reads_what_it_wrote(probed: Graph) -> None:
    uid = new_uid()

    def work(transaction: Transaction) -> list[str]:
        transaction.run("probe.append_probe", uid=uid, value="1")
        return [row["value"] for row in transaction.run("probe.list_probes", uid=uid)]

    assert probed.write(work, command=new_uid()) == ["1"]


@pytest.mark.parametrize(
    ("statement", "params", "said"),
    [
        ("head.no_such", {}, "no statement is called"),
        ("probe.list_probes", {}, "missing parameters"),
        ("probe.list_probes", {"uid": "u", "more": 1}, "unknown parameters"),
        ("probe.list_probes", {"uid": 7}, "wants string"),
        ("probe.list_probes", {"uid": None}, "wants string"),
        ("probe.append_probe", {"uid": "u", "value": "v"}, "does not read"),
    ],
)
def test_wrong_use_of_a_statement_is_found_before_the_store(
    probed: Graph, statement: str, params: dict[str, object], said: str
) -> None:
    for ask in (probed.read, probed.read_newest):
        with pytest.raises(StatementError, match=said):
            ask(statement, **params)


@pytest.mark.limit(60)
def test_statement_that_runs_too_long_is_ended(store_leg: StoreLeg) -> None:
    with (
        store_leg.limited(LIMIT) as endpoint,
        Graph.connect(endpoint, statement_timeout=LIMIT, catalogue=probe_catalogue()) as graph,
    ):
        with pytest.raises(StoreTimeoutError, match=r"probe\.get_sum"):
            graph.read("probe.get_sum", until=100_000)
        assert graph.read("head.get_pulse") == [{"pulse": 1}]


def test_broken_uniqueness_does_not_tell_the_value(probed: Graph) -> None:
    """Both engines put it into their message; ours names the statement alone."""

    def work(transaction: Transaction) -> None:
        for _ in range(2):
            transaction.run("account.put_token", **token_row(new_uid()))

    with pytest.raises(StoreConflictError) as caught:
        probed.write(work, command=new_uid())
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_statements_and_values_reach_no_log(probed: Graph, caplog: pytest.LogCaptureFixture) -> None:
    """Names that the store has never seen make one engine warn with the whole statement."""
    with caplog.at_level(logging.WARNING):
        assert probes(probed, new_uid()) == []
        probed.read("account.get_token", token_hash=SECRET)
    assert caplog.text == ""


def token_row(uid: str) -> dict[str, object]:
    return {
        "uid": uid,
        "token_hash": SECRET,
        "account_uid": "",
        "role": "viewer",
        "sites": [],
        "lines": [],
        "lots": [],
        "only": None,
        "purpose": None,
        "networks": [],
        "label": "",
        "created_at": "",
        "expires_at": "",
        "revoked": False,
        "mac": b"",
    }


def test_wrong_password_is_said_and_not_repeated(store_leg: StoreLeg) -> None:
    found = store_leg.endpoint
    with pytest.raises(StoreCredentialsError, match="user name or the password") as caught:
        Graph.connect(Endpoint(found.uri, found.username, found.database, "wrong-password"))
    assert "wrong-password" not in str(caught.value)
    with Graph.connect(found) as graph:
        assert graph.read("head.get_pulse") == [{"pulse": 1}]


def test_unknown_user_is_said(store_leg: StoreLeg) -> None:
    found = store_leg.endpoint
    with pytest.raises(StoreCredentialsError):
        Graph.connect(Endpoint(found.uri, "nobody", found.database, found.password))


def test_unknown_database_is_said(store_leg: StoreLeg) -> None:
    found = store_leg.endpoint
    with pytest.raises(SettingsError, match="NEO4J_DATABASE"):
        Graph.connect(Endpoint(found.uri, found.username, "nosuchdatabase", found.password))


def test_server_that_is_too_old_is_refused(store_leg: StoreLeg) -> None:
    """The real server, whose name for itself is changed on the way."""
    found = store_leg.endpoint
    with neo4j.GraphDatabase.driver(found.uri, auth=(found.username, found.password), telemetry_disabled=True) as driver:
        agent = driver.get_server_info().agent
    old = b"Neo4j/4.4.30".ljust(len(agent), b"0")
    assert len(agent) == len(old)
    with proxied(store_leg.endpoint, Rewrite(agent.encode(), old)) as endpoint, pytest.raises(StoreVersionError, match=r"4\.4"):
        Graph.connect(endpoint)


def test_connection_of_another_process_is_refused(store: Graph) -> None:
    """A driver does not survive a fork; the child is told so and does not end the sockets of its parent."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            store.close()
            store.read("head.get_pulse")
        except StatementError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        assert "another process" in told.read()
    os.waitpid(child, 0)
    assert store.read("head.get_pulse") == [{"pulse": 1}]


def test_closed_connection_is_an_error_of_ours(empty_leg: StoreLeg) -> None:
    graph = Graph.connect(empty_leg.endpoint)
    graph.close()
    graph.close()
    with pytest.raises(StoreError):
        graph.read("head.get_pulse")


def in_parallel(work: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
