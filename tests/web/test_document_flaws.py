"""What is wrong with a document of the rules is said in the language of the page, with its place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from traceapp.dictionary.properties import parse_dictionary, shipped_content
from traceapp.domain.errors import DictionaryError, PolicyError
from traceapp.policy.document import parse_policy, read_content
from traceapp.web.pages.document_flaws import flaw_words, sentence_of

ROOT = Path(__file__).resolve().parents[2] / "traceapp"
READERS = (
    "policy/document.py",
    "policy/alert_rules.py",
    "policy/decisions.py",
    "dictionary/entries.py",
    "dictionary/properties.py",
)
ERRORS = {"ValueError", "PolicyError", "DictionaryError"}
POLICY = read_content("default").decode()
WRONG = {
    "no TOML": (POLICY.replace("format = 2", "format 2", 1), "第 21 行第 8 列不符合 TOML 格式。"),
    "an end": ('format = 2\nversion = """', "不符合 TOML 格式：文件末尾不完整。"),
    "a number": (POLICY.replace("hours = 72", "hours = 999", 1), "approvals.account_person.hours：应不大于 168"),
    "a name too many": (POLICY.replace("version = 1", "version = 1\nextra = 1", 1), "extra：不允许有此项"),
    "one that is missing": (POLICY.replace("version = 1\n", "", 1), "version：缺少此项"),
    "none of the list": (
        POLICY.replace('clearance = "T0"', 'clearance = "T9"', 1),
        "roles.admin.clearance：应为 'T0', 'T1', 'T2'或'T3'",
    ),
    "no role that decides": (
        POLICY.replace('[{ roles = ["quality", "auditor"] }]', '[{ roles = ["viewer"] }]', 1),
        "approvals.account_person：应为有权审批的角色，现为 viewer",
    ),
}


@pytest.fixture
def in_chinese(closed_app: Flask) -> Iterator[None]:
    with closed_app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        yield


def flaw_of(text: str) -> str:
    with pytest.raises(PolicyError) as refused:
        parse_policy(text.encode())
    return flaw_words(str(refused.value))


@pytest.mark.usefixtures("in_chinese")
@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_promise_what_is_wrong_with_a_policy_is_said_in_chinese_with_its_place(text: str, words: str) -> None:
    assert flaw_of(text) == words


@pytest.mark.usefixtures("in_chinese")
def test_promise_what_is_wrong_with_a_dictionary_is_said_in_chinese_with_its_place() -> None:
    content = re.sub(rb", leak_bits = \d+", b"", shipped_content(), count=1)
    with pytest.raises(DictionaryError) as refused:
        parse_dictionary(content)

    assert flaw_words(str(refused.value)).endswith("：有 blind_index 时级别应为 T2，并应有 leak_bits")


def test_promise_an_english_page_says_the_same_as_the_reader(closed_app: Flask) -> None:
    with closed_app.test_request_context(headers={"Accept-Language": "en"}):
        assert flaw_of(POLICY.replace("version = 1\n", "", 1)) == "version: Field required"


def raised() -> Iterator[tuple[str, str]]:
    """Every sentence with which a reader refuses a document, its blanks filled with a word."""
    for place in READERS:
        for node in ast.walk(ast.parse((ROOT / place).read_text(encoding="utf-8"))):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id=name), args=[said])) if name in ERRORS:
                    yield f"{place} {node.lineno}", "".join(_text(part) for part in _parts(said))


def _parts(said: ast.expr) -> list[ast.expr]:
    return list(said.values) if isinstance(said, ast.JoinedStr) else [said]


def _text(part: ast.expr) -> str:
    match part:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(conversion=114):
            return "'word'"
        case _:
            return "word"


PLACE = re.compile(r"^[\w.-]+: ")
OF_NO_DOCUMENT = (
    "no property",
    "no attribute",
    "found another text",
    "found word.",
    "can be written by others",
    "cannot be read",
    "malformed",
)
"""What is refused where no document is read: a value that is stored, or the file that the settings name."""


def test_promise_every_sentence_of_a_reader_is_in_the_table() -> None:
    unknown = {
        where: said
        for where, said in raised()
        if not any(words in said for words in OF_NO_DOCUMENT) and sentence_of(PLACE.sub("", said).removesuffix(".")) is None
    }
    assert unknown == {}
