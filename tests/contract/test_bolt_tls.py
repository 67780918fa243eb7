"""Bolt over TLS to a real Neo4j server: the pinned authority lets in, everything else is refused before a password is sent."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import LEGS
from tests.servers import Neo4jServer, StoreLeg
from traceapp.domain.errors import CertificateError, StoreUnavailableError
from traceapp.graph.connection import Graph
from traceapp.graph.endpoint import Endpoint, find_endpoint
from traceapp.host.certificates import TlsFolder, init_tls
from traceapp.host.tls import client_context
from traceapp.settings import Settings

pytestmark = pytest.mark.parametrize("store_leg", [leg for leg in LEGS if leg.is_neo4j], indirect=True, ids=lambda leg: leg.name)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Neo4jServer]]:
    """By line, started by the first test that wants one."""
    started: dict[str, Neo4jServer] = {}
    yield started
    for server in started.values():
        server.stop()


@pytest.fixture
def sealed(store_leg: StoreLeg, servers: dict[str, Neo4jServer], tmp_path_factory: pytest.TempPathFactory) -> Endpoint:
    """A server that speaks TLS alone, and the address and authority that `scripts/neo4j` printed for it."""
    if store_leg.line not in servers:
        home = tmp_path_factory.mktemp("bolt-tls")
        init_tls(home, (), datetime.now(UTC))
        files = TlsFolder(home)
        servers[store_leg.line] = Neo4jServer(store_leg.line, tls=(files.host, files.host_key))
    return servers[store_leg.line].endpoint()


def with_plain(found: Endpoint) -> Endpoint:
    return replace(found, uri=found.uri.replace("bolt+s://", "bolt://"), ca_file=None)


def test_the_right_authority_lets_in(sealed: Endpoint, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(sealed.password)
    password.chmod(0o400)
    settings = Settings.model_validate(
        {
            "NEO4J_URI": sealed.uri,
            "NEO4J_PASSWORD": None,
            "NEO4J_PASSWORD_FILE": password,
            "NEO4J_CA_FILE": sealed.ca_file,
            "NEO4J_DATABASE": sealed.database,
        }
    )
    assert sealed.uri.startswith("bolt+s://")

    with Graph.connect(find_endpoint(settings)) as graph:
        assert graph.verify().product == "Neo4j"
        assert graph.read("head.get_pulse")


def test_a_routed_address_is_checked_as_well(sealed: Endpoint) -> None:
    with Graph.connect(replace(sealed, uri=sealed.uri.replace("bolt+s", "neo4j+s"))) as graph:
        assert graph.verify().product == "Neo4j"


def test_attacker_between_service_and_store_with_a_certificate_of_his_own_hears_no_password(
    sealed: Endpoint, tmp_path: Path
) -> None:
    """Somebody answers in the store's place under an authority that is not the pinned one."""
    init_tls(tmp_path, (), datetime.now(UTC))
    with pytest.raises(StoreUnavailableError):
        Graph.connect(replace(sealed, ca_file=TlsFolder(tmp_path).authority))


def test_the_authorities_of_the_system_do_not_know_it(sealed: Endpoint) -> None:
    with pytest.raises(StoreUnavailableError):
        Graph.connect(replace(sealed, ca_file=None))


def test_a_certificate_for_another_name_is_refused(sealed: Endpoint) -> None:
    """127.0.0.2 is not in the certificate; the context is the one that the driver is given."""
    host, _, port = sealed.uri.removeprefix("bolt+s://").rpartition(":")
    context = client_context(sealed.ca_file, system=False) if sealed.ca_file else ssl.create_default_context()
    with (
        closing(socket.create_connection((host, int(port)), timeout=10)) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match="mismatch"),
    ):
        context.wrap_socket(plain, server_hostname="127.0.0.2")


def test_no_certificate_no_answer(sealed: Endpoint) -> None:
    """Plain Bolt at the same port: the server hangs up."""
    with pytest.raises(StoreUnavailableError):
        Graph.connect(with_plain(sealed))


def test_a_file_without_a_certificate_is_said(sealed: Endpoint, tmp_path: Path) -> None:
    nothing = tmp_path / "ca.pem"
    nothing.write_text("no certificate")
    for path in (nothing, tmp_path / "absent.pem"):
        with pytest.raises(CertificateError, match="holds no certificate"):
            Graph.connect(replace(sealed, ca_file=path))


def test_the_server_speaks_no_old_tls(sealed: Endpoint) -> None:
    host, _, port = sealed.uri.removeprefix("bolt+s://").rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(sealed.ca_file)
    with (
        closing(socket.create_connection((host, int(port)), timeout=10)) as plain,
        context.wrap_socket(plain, server_hostname=host) as wrapped,
    ):
        assert wrapped.version() in {"TLSv1.2", "TLSv1.3"}
