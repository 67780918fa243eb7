"""The text of a governed document: the absurd is refused in words, and never with a fault of the reader."""

import pytest

from traceapp.dictionary.document_text import DEEPEST, LARGEST_NUMBER, LARGEST_TEXT, read_document_text
from traceapp.dictionary.properties import parse_dictionary
from traceapp.domain.errors import DictionaryError, PolicyError
from traceapp.policy.alert_rules import parse_alert_rules
from traceapp.policy.document import parse_policy

ABSURD = {
    "beyond 64 bits": f"version = {2**64}",
    "beyond what JSON keeps": f"version = {2**53}",
    "far below": f"version = -{2**70}",
    "thousands of digits": f"version = {'9' * 5_000}",
    "not a number": "version = nan",
    "endless": "version = [{ of = -inf }]",
    "a day": "version = 1979-05-27",
    "a moment": "version = 1979-05-27T07:32:00Z",
    "an hour": "version = 07:32:00",
    "a deep list": f"version = {'[' * 5_000}{']' * 5_000}",
    "a deep table": f"version = {'{a=' * 3_000}1{'}' * 3_000}",
    "a long dotted name": f"{'.'.join(['a'] * 5_000)} = 1",
    "too large": f"# {'x' * LARGEST_TEXT}",
}


@pytest.mark.parametrize("text", ABSURD.values(), ids=ABSURD)
def test_promise_the_absurd_is_refused_with_what_was_wanted(text: str) -> None:
    with pytest.raises(ValueError, match="wanted"):
        read_document_text(text.encode())
    with pytest.raises(PolicyError, match="wanted"):
        parse_policy(text.encode())
    with pytest.raises(DictionaryError, match="wanted"):
        parse_dictionary(text.encode())
    with pytest.raises(ValueError, match="wanted"):
        parse_alert_rules(text.encode())


def test_what_a_document_can_say_is_read() -> None:
    text = f"a = {LARGEST_NUMBER}\nb = -0.5\nc = true\n{'.'.join('d' * (DEEPEST - 1))} = ['x']"

    assert read_document_text(text.encode())["a"] == LARGEST_NUMBER


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a = ", b"a = '\x01'"])
def test_what_is_no_text_or_no_toml_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader's own words
        read_document_text(content)
