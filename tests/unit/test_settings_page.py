"""docs/settings.md says what can be set, and nothing can be set that it does not say."""

from pathlib import Path

import pytest

from traceapp.settings import Settings
from traceapp.settings_page import render_page

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "settings.md"


def test_the_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(Settings.model_fields)


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_variable_stands_there_with_its_meaning(field: str) -> None:
    told = Settings.model_fields[field]

    assert told.description is not None
    assert len(told.description) > 20
    assert f"| `{told.validation_alias}` | " in PAGE.read_text(encoding="utf-8")
    assert f" | {told.description} |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("variable", "default"),
    [
        ("TRACEAPP_HOME", "`var`"),
        ("NEO4J_URI", "not set"),
        ("TRACEAPP_ALLOW_PLAIN_BOLT", "`0`"),
        ("TRACEAPP_STATEMENT_TIMEOUT", "`60`"),
        ("TRACEAPP_PORT", "`8000`"),
        ("TRACEAPP_LOG_LEVEL", "`WARNING`"),
    ],
)
def test_a_default_is_written_as_in_the_environment(variable: str, default: str) -> None:
    assert f"| `{variable}` | {default} | " in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/README.zh.md"])
def test_the_readme_leads_there(page: str) -> None:
    path = DOCS.parent / page

    assert str(PAGE.relative_to(path.parent)) in path.read_text(encoding="utf-8")
