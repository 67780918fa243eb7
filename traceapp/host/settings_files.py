"""Settings that have a TOML file of their own."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from traceapp.domain.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)


def read_settings_file(path: Path, model: type[Model], setting: str) -> Model:
    """The file that a setting names, as this model.

    raises  SettingsError: the file cannot be read, or says something unknown; it names the place, never what stands there.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsError(f"{setting}: {path} cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise SettingsError(f"{setting}: {path} is no TOML") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise SettingsError(f"{setting}: {path}: {wrong}") from None
