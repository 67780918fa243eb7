"""docs/settings.md, made from the settings: the same bytes as long as they say the same.

python -m traceapp.settings_page FILE    writes the page anew
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo

from traceapp.dictionary.page import table
from traceapp.settings import Settings

INTRODUCTION: Final = """\
# What can be set from outside?

This page is made from `traceapp/settings.py`, the only reader of the environment, by
`python -m traceapp.settings_page docs/settings.md`. A wrong value ends the start with an error that names the variable and never
repeats its value. Options of the command line go before the environment.
"""


def render_page(fields: Mapping[str, FieldInfo]) -> str:
    """The whole page in Markdown, in the order in which the settings are written."""
    rows = [(f"`{field.validation_alias}`", _default(field), field.description or "") for field in fields.values()]
    return f"{INTRODUCTION}\n{table(('variable', 'default', 'meaning'), rows)}"


def _default(field: FieldInfo) -> str:
    """As it would be written in the environment."""
    match field.default:
        case None | ():
            return "not set"
        case bool():
            return f"`{int(field.default)}`"
        case float():
            return f"`{field.default:g}`"
        case _:
            return f"`{field.default}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_page(Settings.model_fields), encoding="utf-8", newline="\n")
