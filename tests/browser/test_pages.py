"""What holds on every page, in both languages, on a narrow and on a wide screen."""

import pytest
from babel.messages.pofile import read_po

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import LookAt
from tests.browser.looks import LOOKS, PAGES, english_left
from traceapp.web.pages.catalogue import po_file


def looks(language: Language | None = None, width: int | None = None) -> pytest.MarkDecorator:
    """Of every page the looks in this language and width."""
    found = [look for look in LOOKS if language in {None, look[1]} and width in {None, look[2]}]
    names = [f"{page}-{language.code}-{width}" for page, language, width in found]
    return pytest.mark.parametrize(("page", "language", "width"), found, ids=names)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_looked_at_in_both_languages_and_widths(page: str) -> None:
    of_page = [look for look in LOOKS if look[0] == page]

    assert {language for _, language, _ in of_page} == {ENGLISH, CHINESE}
    assert {width for *_, width in of_page} == {NARROW, WIDE}


@pytest.fixture(scope="session")
def sentences() -> tuple[str, ...]:
    """The English of the catalogue that Chinese says otherwise."""
    with po_file("zh_Hans").open("rb") as file:
        entries = [(entry.id, entry.string) for entry in read_po(file, locale="zh_Hans") if entry.id]
    pairs = [(said, string) for said, string in entries if (string[0] if isinstance(string, tuple) else string) != said]
    return tuple(one for said, _ in pairs for one in ([said] if isinstance(said, str) else said))


@looks()
def test_promise_a_page_breaks_no_rule_of_accessibility(look: LookAt, page: str, language: Language, width: int) -> None:
    assert look(page, language, width).violations == ()


@pytest.mark.parametrize("page", ["sign-in", "finished batch", "masked batch", "forward trace", "question with errors"])
def test_promise_a_dark_page_breaks_no_rule_of_accessibility(look: LookAt, page: str) -> None:
    assert look(page, scheme="dark").violations == ()


@looks(width=NARROW)
def test_promise_a_page_does_not_scroll_sideways(look: LookAt, page: str, language: Language, width: int) -> None:
    assert look(page, language, width).width == NARROW


@looks()
def test_promise_no_text_is_smaller_than_12_px(look: LookAt, page: str, language: Language, width: int) -> None:
    assert look(page, language, width).smallest >= 12


@looks()
def test_promise_a_number_is_never_broken_over_two_lines(look: LookAt, page: str, language: Language, width: int) -> None:
    assert look(page, language, width).cut_ids == ()


@looks()
def test_promise_a_page_asks_nothing_of_another_host_and_makes_no_noise(
    look: LookAt, page: str, language: Language, width: int
) -> None:
    seen = look(page, language, width)

    assert (seen.strangers, seen.noise) == ((), ())


@looks(CHINESE)
def test_promise_a_chinese_page_has_no_english_sentence(
    look: LookAt, page: str, language: Language, width: int, sentences: tuple[str, ...]
) -> None:
    seen = look(page, language, width)

    assert seen.language == "zh-Hans"
    assert seen.words
    assert english_left(seen.words, sentences) == []


@looks()
def test_a_page_has_the_status_of_what_it_says(look: LookAt, page: str, language: Language, width: int) -> None:
    seen = look(page, language, width)

    assert (seen.status, seen.language) == (PAGES[page][1], language.code)
