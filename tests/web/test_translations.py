"""The catalogue says in Chinese whatever the pages say, and nothing that they no longer say."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import ImATeapot

from traceapp.domain import errors
from traceapp.domain.errors import TraceappError
from traceapp.web.pages.catalogue import po_file
from traceapp.web.problems import FORM_EXPIRED, HTTP_PROBLEMS, PROBLEMS, answer_of

WEB: Final = Path(__file__).resolve().parents[2] / "traceapp" / "web"
METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: Final = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
SPOKEN: Final = ("遮蔽", "策略")
"""Words for a mask and for the policy beside those that the catalogue has: 脱敏, 权限文件."""
BLANK: Final = re.compile(r"%\(\w+\)s")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with po_file("zh_Hans").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def said_in_pages() -> set[str]:
    found = extract_from_dir(str(WEB), METHODS, {}, keywords=KEYWORDS, directory_filter=lambda folder: True)
    return {words if isinstance(words, str) else words[0] for _, _, words, _, _ in found}


def said_of_problems() -> set[str]:
    rows = [*PROBLEMS.values(), FORM_EXPIRED, *(problem for problem, _ in HTTP_PROBLEMS.values())]
    steps = {answer_of(CSRFError()).next_step, answer_of(ImATeapot()).next_step}
    steps |= {kind.next_step for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TraceappError)}
    return (
        {row.title for row in rows}
        | {row.detail for row in rows if row.detail}
        | steps
        | {step for _, step in HTTP_PROBLEMS.values()}
    )


def entries(catalogue: Catalog) -> Iterator[tuple[Message, str, str]]:
    """(entry, first English form, Chinese)."""
    for entry in catalogue:
        if entry.id:
            english = entry.id if isinstance(entry.id, str) else entry.id[0]
            yield entry, english, entry.string if isinstance(entry.string, str) else entry.string[0]


def test_promise_whatever_a_page_says_is_said_in_chinese(catalogue: Catalog) -> None:
    known = {english for _, english, chinese in entries(catalogue) if chinese}

    assert said_in_pages() - known == set()


def test_promise_every_problem_is_said_in_chinese(catalogue: Catalog) -> None:
    known = {english for _, english, chinese in entries(catalogue) if chinese}

    assert said_of_problems() - known == set()


def test_promise_nothing_is_said_twice_and_nothing_by_two_words() -> None:
    """A second entry of a sentence would be read in the place of the first."""
    text = po_file("zh_Hans").read_text(encoding="utf-8")
    said = re.findall(r"^msgid (.+(?:\n\".*)*)", text, re.MULTILINE)

    assert sorted(one for one in set(said) if said.count(one) > 1) == []
    assert [word for word in SPOKEN if word in text] == []


def test_a_translation_fills_the_same_blanks(catalogue: Catalog) -> None:
    for entry, english, chinese in entries(catalogue):
        assert set(BLANK.findall(chinese)) == set(BLANK.findall(english)), english
        assert not entry.fuzzy


def test_the_catalogue_keeps_nothing_that_is_no_longer_said(catalogue: Catalog) -> None:
    assert {english for _, english, _ in entries(catalogue)} - said_in_pages() - said_of_problems() == set()
