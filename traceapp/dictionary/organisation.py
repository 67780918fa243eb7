"""The reader of HOME/organisation.toml: who we are."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from traceapp.domain.errors import SettingsError
from traceapp.domain.organisation import Organisation

UNNAMED = "organisation"
Code = Annotated[str, StringConstraints(pattern=r"^[^|*\s](?:[^|*]*[^|*\s])?$")]
"""A site, a line, an owner: no `|` and no `*`, which mean something in a scope."""
Prefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")]
"""A GS1 company prefix: an empty one would make every number ours."""


class OrganisationFile(BaseModel):
    """The whole file; every part may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default=UNNAMED, min_length=1)
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    owners: frozenset[Code] = frozenset()
    company_prefixes: frozenset[Prefix] = frozenset()
    sites: dict[Code, str] = {}
    locations: dict[str, Code] = {}
    product_lines: dict[str, Code] = {}

    @model_validator(mode="after")
    def _locations_lie_at_sites(self) -> "OrganisationFile":
        for place, site in self.locations.items():
            if site not in self.sites:
                raise ValueError(f"locations: {place!r} lies at {site!r}, which is not among the sites")
        return self


def read_organisation(path: Path) -> Organisation:
    """The organisation of a home; one without sites or prefixes where the file is missing.

    raises  SettingsError: the file cannot be read, or says something that it cannot say; it names the place.
    """
    try:
        said = OrganisationFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        said = OrganisationFile()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise SettingsError(f"{path} is malformed: {wrong}") from None
    return Organisation(**said.model_dump())
