"""The only reader of the environment."""

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from traceapp.domain.errors import SettingsError

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

PREFIXES = ("TRACEAPP_", "NEO4J_")


def _capital(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """Everything that an environment variable or the command line can decide.

    `NEO4J_*` are the names every Neo4j tool uses; without `NEO4J_URI` the embedded engine is started under `home`.
    The descriptions are docs/settings.md.
    """

    model_config = SettingsConfigDict(extra="ignore")

    home: Annotated[
        Path,
        Field(
            validation_alias="TRACEAPP_HOME",
            description="Home folder: keys, ledger, raw files, the embedded store, `organisation.toml`. `--home` goes before it.",
        ),
    ] = Path("var")
    neo4j_uri: Annotated[
        str | None,
        Field(
            validation_alias="NEO4J_URI",
            description="The Neo4j server, 5.26 or newer, such as `neo4j+s://graph.example.org:7687`. "
            "Not set: the embedded engine is started under the home folder.",
        ),
    ] = None
    neo4j_username: Annotated[
        str, Field(validation_alias="NEO4J_USERNAME", description="User of the Neo4j server; read only where `NEO4J_URI` is set.")
    ] = "neo4j"
    neo4j_password: Annotated[
        SecretStr | None,
        Field(validation_alias="NEO4J_PASSWORD", description="Password of that user. This one or the next, never both."),
    ] = None
    neo4j_password_file: Annotated[
        Path | None,
        Field(
            validation_alias="NEO4J_PASSWORD_FILE",
            description="File that holds the password, so that it stands in no environment and no process list.",
        ),
    ] = None
    neo4j_database: Annotated[str, Field(validation_alias="NEO4J_DATABASE", description="Database on the Neo4j server.")] = (
        "neo4j"
    )
    allow_plain_bolt: Annotated[
        bool,
        Field(
            validation_alias="TRACEAPP_ALLOW_PLAIN_BOLT",
            description="Dangerous: `1` sends password and data unencrypted to a server on another machine. "
            "Only for a network that nobody else can read; on the loopback address it is not needed.",
        ),
    ] = False
    statement_timeout: Annotated[
        float,
        Field(
            validation_alias="TRACEAPP_STATEMENT_TIMEOUT",
            gt=0,
            allow_inf_nan=False,
            description="Seconds that one statement may run in the store before it is ended and the question fails.",
        ),
    ] = 60.0
    port: Annotated[
        int,
        Field(
            validation_alias="TRACEAPP_PORT",
            ge=0,
            le=65535,
            description="Port of the web pages and the API; `0` takes a free one. `--port` goes before it.",
        ),
    ] = 8000
    host: Annotated[
        str,
        Field(
            validation_alias="TRACEAPP_HOST",
            description="Address that the service listens on. The service speaks plain HTTP: "
            "others reach it through a proxy with TLS on this machine.",
        ),
    ] = "127.0.0.1"
    workers: Annotated[
        int,
        Field(validation_alias="TRACEAPP_WORKERS", ge=1, description="Worker processes of the web service, eight threads each."),
    ] = 2
    log_level: Annotated[
        LogLevel,
        BeforeValidator(_capital),
        Field(
            validation_alias="TRACEAPP_LOG_LEVEL",
            description="How much the web service says of itself: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`. "
            "Who looked at what stands in the ledger, never in a log.",
        ),
    ] = "WARNING"
    parent: Annotated[
        int | None,
        Field(
            validation_alias="TRACEAPP_PARENT",
            description="Process that started the workers, with which they end. Set by the service itself.",
        ),
    ] = None

    listener: Annotated[
        int | None,
        Field(
            validation_alias="TRACEAPP_LISTENER",
            ge=3,
            description="Descriptor of the socket that the workers listen on, held since the start. Set by the service itself.",
        ),
    ] = None

    @model_validator(mode="after")
    def _one_password(self) -> "Settings":
        if self.neo4j_password is not None and self.neo4j_password_file is not None:
            raise ValueError("set NEO4J_PASSWORD or NEO4J_PASSWORD_FILE, not both")
        return self

    @property
    def embedded(self) -> bool:
        return self.neo4j_uri is None


def read_settings(**overrides: object) -> Settings:
    """Environment first, then what the command line says.

    raises  SettingsError: names each wrong variable, never its value.
    """
    _check_names()
    try:
        said = {
            str(Settings.model_fields[name].validation_alias): value for name, value in overrides.items() if value is not None
        }
        return Settings.model_validate(said)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in error.errors())
        raise SettingsError(wrong) from None


def _check_names() -> None:
    """A variable that is nearly one of ours was meant to be it, and would be passed over without a word."""
    known = [str(field.validation_alias) for field in Settings.model_fields.values()]
    for prefix in PREFIXES:
        ours = [name.removeprefix(prefix) for name in known if name.startswith(prefix)]
        for name in os.environ:
            typed = name.removeprefix(prefix)
            if name.startswith(prefix) and typed not in ours:
                for meant in get_close_matches(typed, ours, 1, cutoff=0.65):
                    raise SettingsError(f"{name} is no setting; {prefix}{meant} is near it")
