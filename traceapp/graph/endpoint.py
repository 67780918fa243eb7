"""Where the store is and how to sign in there: from the settings, or from what the embedded engine wrote down."""

import ipaddress
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from traceapp.domain.errors import SettingsError, StoreUnavailableError
from traceapp.host.private_files import read_secret
from traceapp.host.tls import client_context
from traceapp.settings import Settings

PLAIN_SCHEMES = frozenset({"bolt", "neo4j"})
CHECKED_SCHEMES = frozenset({"bolt+s", "neo4j+s"})
UNCHECKED_SCHEMES = frozenset({"bolt+ssc", "neo4j+ssc"})
"""Encrypted, to whoever answers."""
SCHEMES = PLAIN_SCHEMES | CHECKED_SCHEMES | UNCHECKED_SCHEMES
SERVER = {"neo4j_uri", "neo4j_username", "neo4j_database", "neo4j_password_file", "neo4j_ca_file", "allow_plain_bolt"}
SHORTEST_PASSWORD: Final = 8
KNOWN_PASSWORDS: Final = frozenset({
    "neo4jneo4j", "neo4jneo4jneo4j", "password", "password1", "passw0rd", "p@ssw0rd", "changeme", "changeit", "letmein1",
    "secretsecret", "12345678", "123456789", "1234567890", "qwertyui", "adminadmin", "administrator", "testtest", "test1234",
})  # fmt: skip
"""Of handbooks and examples, in small letters; the shorter ones are too short anyway."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A store to connect to; the password never shows in a repr."""

    uri: str
    username: str
    database: str
    password: str = field(repr=False)
    ca_file: Path | None = None
    """The authority that signed the server's certificate, the only one that is trusted; None: those of the system."""

    @property
    def dialled(self) -> tuple[str, dict[str, Any]]:
        """Address and options for the driver, which takes a context of ours under the plain scheme only.

        raises  CertificateError: the file of the authority holds none.
        """
        if self.ca_file is None:
            return self.uri, {}
        scheme, _, rest = self.uri.partition("://")
        return f"{scheme.removesuffix('+s')}://{rest}", {"ssl_context": client_context(self.ca_file, system=False)}

    @property
    def routed(self) -> bool:
        return self.uri.startswith("neo4j")


def store_folder(home: Path) -> Path:
    return home / "store"


def endpoint_file(home: Path) -> Path:
    """Written by the embedded engine (0600) so that other processes of this home find it."""
    return store_folder(home) / "endpoint.json"


def server_file(home: Path) -> Path:
    """Where a running service says which Neo4j server it uses, for commands of the same home."""
    return home / "server.json"


def write_server_file(settings: Settings) -> None:
    """Everything but the password; where that is in a file, its path. Nothing for the embedded engine, which tells itself."""
    if settings.neo4j_uri is None:
        return
    said = settings.model_dump(mode="json", include=SERVER)
    path = server_file(settings.home)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(said, file)


def read_server_file(settings: Settings) -> Settings:
    """The settings of a command, with the server of the running service where they name none."""
    if settings.neo4j_uri is not None:
        return settings
    try:
        said = json.loads(server_file(settings.home).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return settings
    files = {name: Path(said[name]) if said[name] else None for name in ("neo4j_password_file", "neo4j_ca_file")}
    return settings.model_copy(update={**said, **files})


def find_endpoint(settings: Settings) -> Endpoint:
    """The server of `NEO4J_URI`, else the embedded engine of this home.

    raises  SettingsError: no password, one that is short or known to everybody, a password file that is unreadable or
            open to others, a wrong or unencrypted address;
            StoreUnavailableError: the embedded engine of this home is not running.
    """
    if settings.neo4j_uri is None:
        return _embedded_endpoint(settings.home)
    check_address(settings.neo4j_uri, allow_plain_bolt=settings.allow_plain_bolt)
    _check_authority(settings)
    if settings.neo4j_password is not None:
        name, password = "NEO4J_PASSWORD", settings.neo4j_password.get_secret_value()
    elif settings.neo4j_password_file is not None:
        name = "NEO4J_PASSWORD_FILE"
        password = read_secret(settings.neo4j_password_file, name).decode("utf-8", "replace").strip()
    else:
        raise SettingsError("NEO4J_URI is set, but neither NEO4J_PASSWORD nor NEO4J_PASSWORD_FILE")
    check_password(password, name)
    return Endpoint(settings.neo4j_uri, settings.neo4j_username, settings.neo4j_database, password, settings.neo4j_ca_file)


def check_password(password: str, setting: str) -> None:
    """raises  SettingsError: short, or one that stands in handbooks; the password is not repeated in it."""
    if len(password) < SHORTEST_PASSWORD:
        raise SettingsError(
            f"{setting}: the password is too short; wanted {SHORTEST_PASSWORD} characters or more, drawn at random"
        )
    if password.lower() in KNOWN_PASSWORDS:
        raise SettingsError(f"{setting}: the password is one that everybody knows; draw one: openssl rand -hex 24")


def _check_authority(settings: Settings) -> None:
    scheme = urlsplit(settings.neo4j_uri or "").scheme
    if settings.neo4j_ca_file is not None and scheme not in CHECKED_SCHEMES:
        raise SettingsError(f"NEO4J_CA_FILE wants NEO4J_URI to begin with {' or '.join(sorted(CHECKED_SCHEMES))}, found {scheme}")


def check_address(uri: str, *, allow_plain_bolt: bool) -> None:
    """Refuse what is no Bolt address, and a password in the clear over a network. raises SettingsError."""
    parts = urlsplit(uri)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise SettingsError(f"NEO4J_URI wants {', '.join(sorted(SCHEMES))} and a host, such as neo4j+s://graph.example.org:7687")
    if parts.username or parts.password:
        raise SettingsError("NEO4J_URI carries a user or password; use NEO4J_USERNAME and NEO4J_PASSWORD")
    if parts.scheme in PLAIN_SCHEMES and not allow_plain_bolt and not is_loopback(parts.hostname):
        raise SettingsError(
            f"NEO4J_URI would send password and data unencrypted to {parts.hostname}; use {parts.scheme}+s://, "
            "or set TRACEAPP_ALLOW_PLAIN_BOLT=1 on a network that nobody else can read"
        )
    if parts.scheme in UNCHECKED_SCHEMES and not allow_plain_bolt and not is_loopback(parts.hostname):
        raise SettingsError(
            f"NEO4J_URI would send password and data to whoever answers as {parts.hostname}; use "
            f"{parts.scheme.removesuffix('sc')}:// with NEO4J_CA_FILE, the authority of a certificate that no public one signed"
        )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_endpoint_file(home: Path) -> tuple[Endpoint, int]:
    """What the embedded engine of this home wrote down, and its process id; both may be of an engine that is gone.

    raises  StoreUnavailableError: there is no such file, or it cannot be read; SettingsError: the password cannot.
    """
    try:
        found = json.loads(endpoint_file(home).read_text(encoding="utf-8"))
        password = _read_password(store_folder(home) / found["password_file"])
        return Endpoint(found["uri"], found["username"], found["database"], password), int(found["pid"])
    except FileNotFoundError:
        raise StoreUnavailableError(f"the embedded store of {home} is not running") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreUnavailableError(f"{endpoint_file(home)} cannot be read ({type(error).__name__})") from None


def _embedded_endpoint(home: Path) -> Endpoint:
    """Never the address that a dead engine left behind: whoever listens there now would be told its password."""
    endpoint, pid = read_endpoint_file(home)
    if not _is_alive(pid):
        raise StoreUnavailableError(f"the embedded store of {home} is not running; it ended without a word")
    return endpoint


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read_password(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"the password file {path} cannot be read ({error.strerror})") from None
