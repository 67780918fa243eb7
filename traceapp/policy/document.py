"""The policy document: read, validated, given a digest. A document with one wrong word grants nothing at all."""

import hashlib
import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from traceapp.domain.errors import PolicyError
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role


class RoleRow(BaseModel):
    """One role: a sentence for people in both languages, and everything that it may do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]
    permissions: frozenset[Permission]


class PolicyDocument(BaseModel):
    """The whole document; a role that it does not name may do nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    roles: Annotated[dict[Role, RoleRow], Field(min_length=1)]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what the document says, whatever its layout and comments."""
        said = {
            "format": self.format,
            "roles": {
                role.value: {"en": row.en, "zh": row.zh, "permissions": sorted(row.permissions)}
                for role, row in self.roles.items()
            },
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def parse_policy(content: bytes) -> PolicyDocument:
    """Read a policy document.

    raises  PolicyError: empty, not TOML, an unknown role or permission, an unknown field; it names the place.
    """
    try:
        return PolicyDocument.model_validate(tomllib.loads(content.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"The policy document cannot be read: {error}.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise PolicyError(f"The policy document is malformed: {wrong}.") from None


def read_policy(path: Path | None = None) -> PolicyDocument:
    """The document in a file, or the one that comes with the program; raises PolicyError."""
    if path is None:
        return parse_policy(resources.files("traceapp.policy").joinpath("default_policy.toml").read_bytes())
    try:
        return parse_policy(path.read_bytes())
    except OSError as error:
        raise PolicyError(f"The policy document {path} cannot be read: {error.strerror}.") from None
