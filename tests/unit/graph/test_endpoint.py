"""Where the store is: addresses, passwords, and what is refused before anything is sent."""

import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from traceapp.domain.errors import SettingsError, StoreUnavailableError
from traceapp.graph.endpoint import (
    Endpoint,
    check_address,
    find_endpoint,
    read_server_file,
    server_file,
    write_server_file,
)
from traceapp.host.certificates import TlsFolder, init_tls
from traceapp.settings import Settings


def settings(**said: object) -> Settings:
    unset = {"NEO4J_URI": None, "NEO4J_PASSWORD": None, "NEO4J_PASSWORD_FILE": None, "TRACEAPP_ALLOW_PLAIN_BOLT": False}
    return Settings.model_validate({**unset, **said})


@pytest.mark.parametrize(
    "uri",
    [
        "bolt://127.0.0.1:7687",
        "bolt://localhost",
        "neo4j://[::1]:7687",
        "bolt+s://graph.example.org",
        "neo4j+ssc://localhost:7687",
    ],
)
def test_address_that_keeps_the_password_is_taken(uri: str) -> None:
    check_address(uri, allow_plain_bolt=False)


@pytest.mark.parametrize(
    "uri", ["bolt://graph.example.org:7687", "neo4j://10.0.0.7", "bolt://127.0.0.1.example.org", "bolt://0.0.0.0"]
)
def test_promise_no_password_in_the_clear_over_a_network(uri: str) -> None:
    with pytest.raises(SettingsError, match="unencrypted"):
        check_address(uri, allow_plain_bolt=False)
    check_address(uri, allow_plain_bolt=True)


@pytest.mark.parametrize("uri", ["bolt+ssc://graph.example.org:7687", "neo4j+ssc://10.0.0.7"])
def test_promise_no_password_to_whoever_answers(uri: str) -> None:
    with pytest.raises(SettingsError, match="whoever answers"):
        check_address(uri, allow_plain_bolt=False)


@pytest.mark.parametrize(
    "uri", ["", "graph.example.org", "http://127.0.0.1:7474", "bolt://", "bolt:/127.0.0.1", "file:///etc/passwd"]
)
def test_what_is_no_address_is_refused(uri: str) -> None:
    with pytest.raises(SettingsError, match="such as"):
        check_address(uri, allow_plain_bolt=True)


def test_password_inside_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="NEO4J_PASSWORD") as caught:
        check_address("bolt://neo4j:hunter22@127.0.0.1", allow_plain_bolt=True)
    assert "hunter22" not in str(caught.value)


def test_password_comes_from_the_variable_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from the file\n")
    file.chmod(0o400)
    uri = "bolt://127.0.0.1:1"
    assert find_endpoint(settings(NEO4J_URI=uri, NEO4J_PASSWORD="said-here")).password == "said-here"
    assert find_endpoint(settings(NEO4J_URI=uri, NEO4J_PASSWORD_FILE=file)).password == "from the file"


@pytest.mark.parametrize("password", ["", "neo4j", "short", "seven77", "password", "PassW0rd", "ChangeMe", "neo4jneo4j"])
def test_attacker_who_guesses_the_password_of_a_handbook_finds_no_service(password: str, tmp_path: Path) -> None:
    """The database was set up with a default or a short password: the service does not start on it, and does not say it."""
    file = tmp_path / "password"
    file.write_text(password + "\n")
    file.chmod(0o400)
    uri = "bolt+s://graph.example.org"
    for said in ({"NEO4J_PASSWORD": password}, {"NEO4J_PASSWORD_FILE": file}):
        with pytest.raises(SettingsError, match=r"too short|everybody knows") as refused:
            find_endpoint(settings(NEO4J_URI=uri, **said))
        assert len(password) < 6 or password.lower() == "password" or password not in str(refused.value)


@pytest.mark.parametrize("mode", [0o444, 0o604, 0o602])
def test_a_password_file_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a-long-password-of-its-own\n")
    file.chmod(mode)

    with pytest.raises(SettingsError, match=r"^NEO4J_PASSWORD_FILE: .*open to others"):
        find_endpoint(settings(NEO4J_URI="bolt://127.0.0.1:1", NEO4J_PASSWORD_FILE=file))


@pytest.mark.parametrize("uri", ["bolt://127.0.0.1:1", "neo4j+ssc://localhost"])
def test_a_pinned_authority_wants_an_address_that_is_checked(uri: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NEO4J_CA_FILE wants NEO4J_URI to begin with"):
        find_endpoint(settings(NEO4J_URI=uri, NEO4J_PASSWORD="said-here", NEO4J_CA_FILE=tmp_path / "ca.pem"))


def test_a_pinned_authority_replaces_those_of_the_system(tmp_path: Path) -> None:
    init_tls(tmp_path, (), datetime.now(UTC))
    ca = TlsFolder(tmp_path).authority
    found = find_endpoint(settings(NEO4J_URI="neo4j+s://graph.example.org:7687", NEO4J_PASSWORD="said-here", NEO4J_CA_FILE=ca))
    uri, options = found.dialled

    assert uri == "neo4j://graph.example.org:7687"
    assert found.routed
    assert len(options["ssl_context"].get_ca_certs()) == 1
    assert options["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert options["ssl_context"].check_hostname


def test_missing_password_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="neither NEO4J_PASSWORD nor NEO4J_PASSWORD_FILE"):
        find_endpoint(settings(NEO4J_URI="bolt://127.0.0.1:1"))
    with pytest.raises(SettingsError, match="cannot be read"):
        find_endpoint(settings(NEO4J_URI="bolt://127.0.0.1:1", NEO4J_PASSWORD_FILE=tmp_path / "absent"))


def test_home_without_an_engine_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="not running"):
        find_endpoint(settings(TRACEAPP_HOME=tmp_path))


def test_password_shows_in_no_representation() -> None:
    endpoint = Endpoint("neo4j+s://graph.example.org", "neo4j", "neo4j", "hunter22")
    assert "hunter22" not in repr(endpoint)
    assert endpoint.routed


def test_promise_a_command_uses_the_server_of_the_running_service(tmp_path: Path) -> None:
    password = tmp_path / "password"
    running = Settings.model_validate(
        {
            "TRACEAPP_HOME": tmp_path,
            "NEO4J_URI": "bolt://127.0.0.1:7699",
            "NEO4J_USERNAME": "graph",
            "NEO4J_PASSWORD_FILE": password,
            "NEO4J_DATABASE": "lots",
            "NEO4J_CA_FILE": tmp_path / "ca.pem",
        }
    )
    command = Settings.model_validate({"TRACEAPP_HOME": tmp_path, "TRACEAPP_PORT": 9000, "NEO4J_URI": None})
    assert read_server_file(command) == command, "no service runs"

    write_server_file(running)
    found = read_server_file(command)

    assert found == running.model_copy(update={"port": 9000})
    assert stat.S_IMODE(server_file(tmp_path).stat().st_mode) == 0o600
    elsewhere = command.model_copy(update={"neo4j_uri": "bolt://127.0.0.1:7700"})
    assert read_server_file(elsewhere) == elsewhere, "what the environment names goes first"
