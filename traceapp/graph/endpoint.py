"""Where the store is and how to sign in there: from the settings, or from what the embedded engine wrote down."""

import ipaddress
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from traceapp.domain.errors import SettingsError, StoreUnavailableError
from traceapp.settings import Settings

PLAIN_SCHEMES = frozenset({"bolt", "neo4j"})
SERVER = {"neo4j_uri", "neo4j_username", "neo4j_database", "neo4j_password_file", "allow_plain_bolt"}
SCHEMES = PLAIN_SCHEMES | {"bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A store to connect to; the password never shows in a repr."""

    uri: str
    username: str
    database: str
    password: str = field(repr=False)

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
    password_file = said["neo4j_password_file"]
    return settings.model_copy(update={**said, "neo4j_password_file": Path(password_file) if password_file else None})


def find_endpoint(settings: Settings) -> Endpoint:
    """The server of `NEO4J_URI`, else the embedded engine of this home.

    raises  SettingsError: no password, an unreadable password file, a wrong or unencrypted address;
            StoreUnavailableError: the embedded engine of this home is not running.
    """
    if settings.neo4j_uri is None:
        return _embedded_endpoint(settings.home)
    check_address(settings.neo4j_uri, allow_plain_bolt=settings.allow_plain_bolt)
    if settings.neo4j_password is not None:
        password = settings.neo4j_password.get_secret_value()
    elif settings.neo4j_password_file is not None:
        password = _read_password(settings.neo4j_password_file)
    else:
        raise SettingsError("NEO4J_URI is set, but neither NEO4J_PASSWORD nor NEO4J_PASSWORD_FILE")
    return Endpoint(settings.neo4j_uri, settings.neo4j_username, settings.neo4j_database, password)


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
