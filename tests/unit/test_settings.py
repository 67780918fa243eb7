"""Every environment variable decides one thing; a wrong one is named, and its value is never repeated."""

from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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
    "neo4j_ca_file": ("NEO4J_CA_FILE", None),
    "neo4j_database": ("NEO4J_DATABASE", "neo4j"),
    "policy": ("TRACEAPP_POLICY", "default"),
    "allow_plain_bolt": ("TRACEAPP_ALLOW_PLAIN_BOLT", False),
    "key_provider": ("TRACEAPP_KEY_PROVIDER", "file"),
    "pkcs11_module": ("TRACEAPP_PKCS11_MODULE", None),
    "pkcs11_token": ("TRACEAPP_PKCS11_TOKEN", None),
    "pkcs11_pin_file": ("TRACEAPP_PKCS11_PIN_FILE", None),
    "recovery_key": ("TRACEAPP_RECOVERY_KEY", "officers"),
    "reencrypt_rate": ("TRACEAPP_REENCRYPT_RATE", 2000.0),
    "verify_every": ("TRACEAPP_VERIFY_EVERY", 6.0),
    "anchor_every": ("TRACEAPP_ANCHOR_EVERY", 60.0),
    "anchor_copy": ("TRACEAPP_ANCHOR_COPY", None),
    "anchor_witness": ("TRACEAPP_ANCHOR_WITNESS", None),
    "anchor_witness_key": ("TRACEAPP_ANCHOR_WITNESS_KEY", None),
    "anchor_tsa": ("TRACEAPP_ANCHOR_TSA", None),
    "anchor_tsa_ca_file": ("TRACEAPP_ANCHOR_TSA_CA_FILE", None),
    "ledger_reserve": ("TRACEAPP_LEDGER_RESERVE", 64),
    "statement_timeout": ("TRACEAPP_STATEMENT_TIMEOUT", 60.0),
    "port": ("TRACEAPP_PORT", 8000),
    "host": ("TRACEAPP_HOST", "127.0.0.1"),
    "tls_cert_file": ("TRACEAPP_TLS_CERT_FILE", None),
    "tls_key_file": ("TRACEAPP_TLS_KEY_FILE", None),
    "trusted_proxies": ("TRACEAPP_TRUSTED_PROXIES", ()),
    "oidc_file": ("TRACEAPP_OIDC_FILE", None),
    "host_names": ("TRACEAPP_HOST_NAMES", ()),
    "outbound_hosts": ("TRACEAPP_OUTBOUND_HOSTS", ()),
    "outbound_networks": ("TRACEAPP_OUTBOUND_NETWORKS", ()),
    "alert_webhook": ("TRACEAPP_ALERT_WEBHOOK", None),
    "alert_webhook_secret_file": ("TRACEAPP_ALERT_WEBHOOK_SECRET_FILE", None),
    "alert_syslog": ("TRACEAPP_ALERT_SYSLOG", None),
    "mail_file": ("TRACEAPP_MAIL_FILE", None),
    "shift": ("TRACEAPP_SHIFT", None),
    "shift_zone": ("TRACEAPP_SHIFT_ZONE", ZoneInfo("UTC")),
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
    ("key_provider", "file", "file"),
    ("pkcs11_module", "/usr/lib/softhsm/libsofthsm2.so", Path("/usr/lib/softhsm/libsofthsm2.so")),
    ("pkcs11_token", "traceapp", "traceapp"),
    ("pkcs11_pin_file", "/run/secrets/pin", Path("/run/secrets/pin")),
    ("reencrypt_rate", "12.5", 12.5),
    ("statement_timeout", "2.5", 2.5),
    ("port", "0", 0),
    ("port", "65535", 65535),
    ("host", "::1", "::1"),
    ("neo4j_ca_file", "/etc/traceapp/graph-ca.pem", Path("/etc/traceapp/graph-ca.pem")),
    ("trusted_proxies", "127.0.0.1, fd00::/8", (ip_network("127.0.0.1"), ip_network("fd00::/8"))),
    ("outbound_hosts", "ID.example.org., tsa.example.org", ("id.example.org", "tsa.example.org")),
    ("outbound_networks", "10.1.0.0/16", (ip_network("10.1.0.0/16"),)),
    ("outbound_networks", "", ()),
    ("alert_syslog", "unix:/dev/log", "unix:/dev/log"),
    ("shift", "22:00-06:30", (time(22), time(6, 30))),
    ("shift_zone", "Asia/Shanghai", ZoneInfo("Asia/Shanghai")),
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
    ("shift", "8-17"),
    ("shift", "08:00-08:00"),
    ("shift", "07:30-25:00"),
    ("shift_zone", "Mars/Olympus"),
    ("shift_zone", "../../etc/passwd"),
    ("port", "-1"),
    ("port", "65536"),
    ("port", "eighty-eighty"),
    ("port", ""),
    ("workers", "0"),
    ("workers", "two-and-a-bit"),
    ("key_provider", "the-vault"),
    ("reencrypt_rate", "0"),
    ("statement_timeout", "0"),
    ("statement_timeout", "-5.125"),
    ("statement_timeout", "sixty-seconds"),
    ("statement_timeout", "nan"),
    ("statement_timeout", "inf"),
    ("allow_plain_bolt", "perhaps-not"),
    ("parent", "init-process"),
    ("listener", "2"),
    ("log_level", "shouting"),
    ("trusted_proxies", "proxy.example.org"),
    ("trusted_proxies", "10.1.0.1/16"),
    ("outbound_networks", "everywhere"),
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


def test_a_token_wants_module_label_and_pin_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEAPP_KEY_PROVIDER", "pkcs11")
    monkeypatch.setenv("TRACEAPP_PKCS11_TOKEN", "traceapp")

    with pytest.raises(SettingsError, match="needs TRACEAPP_PKCS11_MODULE"):
        read_settings()


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


def test_every_name_with_our_prefix_is_a_setting_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEAPP_COLOUR_OF_THE_SKY", "blue-value")

    with pytest.raises(SettingsError, match=r"^TRACEAPP_COLOUR_OF_THE_SKY is no setting; docs/settings.md lists them all$"):
        read_settings()


@pytest.mark.parametrize("name", ["NEO4J_HOME", "NEO4J_CONF", "NEO4J_ACCEPT_LICENSE_AGREEMENT", "TRACEAPP_VENV"])
def test_names_of_other_tools_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "theirs")

    assert read_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [("FLASK_DEBUG", "1"), ("FLASK_DEBUG", "True"), ("FLASK_RUN_FROM_CLI", "true"), ("WERKZEUG_RUN_MAIN", "true")],
)
def test_a_debugger_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=f"^{name} is set: "):
        read_settings()


def test_a_debugger_that_is_off_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "0")

    assert read_settings().port == 8000


@pytest.mark.parametrize("alone", ["TRACEAPP_TLS_CERT_FILE", "TRACEAPP_TLS_KEY_FILE"])
def test_a_certificate_wants_its_key(alone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(alone, "/etc/traceapp/host.pem")

    with pytest.raises(SettingsError, match="set TRACEAPP_TLS_CERT_FILE and TRACEAPP_TLS_KEY_FILE, or neither"):
        read_settings()


def test_a_certificate_with_its_key_is_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not read_settings().tls
    monkeypatch.setenv("TRACEAPP_TLS_CERT_FILE", "/etc/traceapp/host.pem")
    monkeypatch.setenv("TRACEAPP_TLS_KEY_FILE", "/etc/traceapp/host.key")
    assert read_settings().tls
