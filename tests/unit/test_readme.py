"""What the front pages name is there."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {"README.md": "## One request, file by file", "docs/README.zh.md": "## 一次请求，逐个文件"}


@pytest.mark.parametrize(("page", "heading"), PAGES.items(), ids=PAGES)
def test_every_file_on_the_way_of_a_request_is_there(page: str, heading: str) -> None:
    section = (ROOT / page).read_text(encoding="utf-8").partition(heading)[2]
    named = re.findall(r"`([\w/]+\.(?:py|cypher))`", section)

    assert len(named) > 20
    assert [path for path in named if not ((ROOT / path).is_file() or (ROOT / "traceapp" / path).is_file())] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_is_linked_is_there(page: str) -> None:
    linked = re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)", (ROOT / page).read_text(encoding="utf-8"))

    assert len(linked) > 5
    assert [path for path in linked if not (ROOT / page).parent.joinpath(path).is_file()] == []


def test_the_import_rule_on_the_page_is_the_one_that_is_kept() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")

    page = " ".join((ROOT / "docs" / "development.md").read_text(encoding="utf-8").split())

    assert f"`{' › '.join(layers)}`" in page


def test_every_folder_of_tests_is_explained() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    named = set(re.findall(r"^\| `(\w+)/` \|", (ROOT / "docs" / "development.md").read_text(encoding="utf-8"), re.MULTILINE))

    assert folders - named == set()
