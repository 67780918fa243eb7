"""Every environment variable decides one thing; a wrong one is named, and its value is never repeated."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from traceapp.domain.errors import SettingsError
from traceapp.settings import Settings, read_settings

NAMES = {
    # field: (variable, its default)
    "home": ("TRACEAPP_HOME", Path("var")),
    "neo4j_uri": ("NEO4J_URI", None),
    "neo4j_username": ("NEO4J_USERNAME", "neo4j"),
    "neo4j_password": ("NEO4J_PASSWORD", None),
    "neo4j_password_file": ("NEO4J_PASSWORD_FILE", None),
    "neo4j_database": ("NEO4J_DATABASE", "neo4j"),
    "allow_plain_bolt": ("TRACEAPP_ALLOW_PLAIN_BOLT", False),
    "statement_timeout": ("TRACEAPP_STATEMENT_TIMEOUT", 60.0),
    "port": ("TRACEAPP_PORT", 8000),
    "host": ("TRACEAPP_HOST", "127.0.0.1"),
    "workers": ("TRACEAPP_WORKERS", 2),
    "log_level": ("TRACEAPP_LOG_LEVEL", "WARNING"),
    "parent": ("TRACEAPP_PARENT", None),
    "listener": ("TRACEAPP_LISTENER", None),
}


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, _ in NAMES.values():
        monkeypatch.delenv(variable, raising=False)


def test_the_table_of_this_test_names_every_setting() -> None:
    assert set(Settings.model_fields) == set(NAMES)


@pytest.mark.parametrize("field", NAMES)
def test_what_is_not_set_has_its_default(field: str) -> None:
    assert getattr(read_settings(), field) == NAMES[field][1]


SET: list[tuple[str, str, Any]] = [
    ("home", "/srv/traceapp", Path("/srv/traceapp")),
    ("neo4j_uri", "neo4j+s://graph.example.org:7687", "neo4j+s://graph.example.org:7687"),
    ("neo4j_username", "traceapp", "traceapp"),
    ("neo4j_password", "s3cret", SecretStr("s3cret")),
    ("neo4j_password_file", "/run/secrets/neo4j", Path("/run/secrets/neo4j")),
    ("neo4j_database", "recall", "recall"),
    ("allow_plain_bolt", "1", True),
    ("allow_plain_bolt", "no", False),
    ("statement_timeout", "2.5", 2.5),
    ("port", "0", 0),
    ("port", "65535", 65535),
    ("host", "::1", "::1"),
    ("workers", "8", 8),
    ("log_level", "INFO", "INFO"),
    ("log_level", "debug", "DEBUG"),
    ("parent", "4711", 4711),
    ("listener", "7", 7),
]


@pytest.mark.parametrize(("field", "text", "value"), SET, ids=[f"{row[0]}={row[1]}" for row in SET])
def test_a_variable_sets_its_field(monkeypatch: pytest.MonkeyPatch, field: str, text: str, value: Any) -> None:
    monkeypatch.setenv(NAMES[field][0], text)

    assert getattr(read_settings(), field) == value


WRONG = [
    ("port", "-1"),
    ("port", "65536"),
    ("port", "eighty-eighty"),
    ("port", ""),
    ("workers", "0"),
    ("workers", "two-and-a-bit"),
    ("statement_timeout", "0"),
    ("statement_timeout", "-5.125"),
    ("statement_timeout", "sixty-seconds"),
    ("statement_timeout", "nan"),
    ("statement_timeout", "inf"),
    ("allow_plain_bolt", "perhaps-not"),
    ("parent", "init-process"),
    ("listener", "2"),
    ("log_level", "shouting"),
]


@pytest.mark.parametrize(("field", "text"), WRONG, ids=[f"{row[0]}={row[1]}" for row in WRONG])
def test_a_wrong_value_is_refused_under_its_name_without_being_repeated(
    monkeypatch: pytest.MonkeyPatch, field: str, text: str
) -> None:
    variable = NAMES[field][0]
    monkeypatch.setenv(variable, text)

    with pytest.raises(SettingsError) as refused:
        read_settings()

    assert str(refused.value).startswith(f"{variable}: ")
    assert len(text) < 5 or text not in str(refused.value)


def test_all_wrong_variables_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEAPP_PORT", "x")
    monkeypatch.setenv("TRACEAPP_WORKERS", "y")

    with pytest.raises(SettingsError, match=r"^TRACEAPP_PORT: .*; TRACEAPP_WORKERS: .*$"):
        read_settings()


def test_two_passwords_are_refused_and_neither_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret-word")
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", "/run/secrets/neo4j")

    with pytest.raises(SettingsError) as refused:
        read_settings()

    assert str(refused.value) == "settings: Value error, set NEO4J_PASSWORD or NEO4J_PASSWORD_FILE, not both"


def test_promise_a_password_shows_in_no_repr_and_no_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret-word")
    settings = read_settings()

    assert "s3cret" not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()
    assert settings.neo4j_password is not None
    assert settings.neo4j_password.get_secret_value() == "s3cret-word"


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEAPP_PORT", "9000")
    monkeypatch.setenv("TRACEAPP_WORKERS", "3")

    found = read_settings(port=0, home=Path("/srv/other"), workers=None)

    assert (found.port, found.home, found.workers) == (0, Path("/srv/other"), 3)


def test_a_wrong_option_is_named_as_its_variable() -> None:
    with pytest.raises(SettingsError, match=r"^TRACEAPP_PORT: "):
        read_settings(port=70_000)


def test_the_store_is_embedded_unless_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().embedded
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:7687")
    assert not read_settings().embedded


@pytest.mark.parametrize(("typed", "meant"), [("TRACEAPP_PROT", "TRACEAPP_PORT"), ("NEO4J_URL", "NEO4J_URI")])
def test_a_name_that_is_nearly_one_of_ours_is_refused(typed: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(typed, "secret-value")
    monkeypatch.setenv("TRACEAPP_CASES", "of the tests alone")

    with pytest.raises(SettingsError, match=f"^{typed} is no setting; {meant} is near it$"):
        read_settings()
