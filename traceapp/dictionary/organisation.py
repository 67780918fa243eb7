"""The reader of HOME/organisation.toml: who we are."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from traceapp.domain.errors import SettingsError
from traceapp.domain.organisation import Organisation

UNNAMED = "organisation"


class OrganisationFile(BaseModel):
    """The whole file; every part may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default=UNNAMED, min_length=1)
    owners: frozenset[str] = frozenset()
    company_prefixes: frozenset[str] = frozenset()
    sites: dict[str, str] = {}
    locations: dict[str, str] = {}
    product_lines: dict[str, str] = {}


def read_organisation(path: Path) -> Organisation:
    """The organisation of a home; one without sites or prefixes where the file is missing.

    raises  SettingsError: the file cannot be read, or says something that it cannot say; it names the place.
    """
    try:
        said = OrganisationFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        said = OrganisationFile()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise SettingsError(f"{path} is malformed: {wrong}") from None
    return Organisation(**said.model_dump())
