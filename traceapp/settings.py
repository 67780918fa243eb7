"""The only reader of the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from traceapp.domain.errors import SettingsError


class Settings(BaseSettings):
    """Everything that an environment variable or the command line can decide.

    `NEO4J_*` are the names every Neo4j tool uses; without `NEO4J_URI` the embedded engine is started under `home`.
    """

    model_config = SettingsConfigDict(extra="ignore")

    home: Annotated[Path, Field(validation_alias="TRACEAPP_HOME")] = Path("var")
    neo4j_uri: Annotated[str | None, Field(validation_alias="NEO4J_URI")] = None
    neo4j_username: Annotated[str, Field(validation_alias="NEO4J_USERNAME")] = "neo4j"
    neo4j_password: Annotated[SecretStr | None, Field(validation_alias="NEO4J_PASSWORD")] = None
    neo4j_password_file: Annotated[Path | None, Field(validation_alias="NEO4J_PASSWORD_FILE")] = None
    neo4j_database: Annotated[str, Field(validation_alias="NEO4J_DATABASE")] = "neo4j"
    allow_plain_bolt: Annotated[bool, Field(validation_alias="TRACEAPP_ALLOW_PLAIN_BOLT")] = False
    statement_timeout: Annotated[float, Field(validation_alias="TRACEAPP_STATEMENT_TIMEOUT", gt=0)] = 60.0
    port: Annotated[int, Field(validation_alias="TRACEAPP_PORT", ge=0, le=65535)] = 8000
    host: Annotated[str, Field(validation_alias="TRACEAPP_HOST")] = "127.0.0.1"
    workers: Annotated[int, Field(validation_alias="TRACEAPP_WORKERS", ge=1)] = 2
    log_level: Annotated[str, Field(validation_alias="TRACEAPP_LOG_LEVEL")] = "WARNING"
    parent: Annotated[int | None, Field(validation_alias="TRACEAPP_PARENT")] = None

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
    try:
        said = {
            str(Settings.model_fields[name].validation_alias): value for name, value in overrides.items() if value is not None
        }
        return Settings.model_validate({**Settings().model_dump(by_alias=True, exclude_unset=True), **said})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in error.errors())
        raise SettingsError(wrong) from None
