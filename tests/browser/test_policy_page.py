"""The administrator asks why somebody may do something, or may not."""

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import SessionOf, Windows

WORDS = {ENGLISH: ("allowed", "denied"), CHINESE: ("允许", "拒绝")}


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_promise_why_is_asked_by_keyboard_and_without_script(
    open_window: Windows, session_of: SessionOf, language: Language, width: int
) -> None:
    allowed, denied = WORDS[language]
    opened = open_window(language, width, session=session_of("admin"), scripts=False)
    page = opened.page
    opened.open("/")
    page.locator("main a[href='/policy']").click()
    opened.tab_to(page.locator("#user"))
    page.keyboard.type("viewer")
    opened.tab_to(page.locator("#action"))
    page.keyboard.type("batch:show")
    opened.tab_to(page.locator("#object"))
    page.keyboard.type("F26-301")
    page.keyboard.press("Enter")
    expect(page.locator("section[aria-labelledby=decision]")).to_contain_text(allowed)
    expect(page.locator("#action")).to_have_value("batch:show")

    page.locator("#action").select_option("source:show")
    page.locator("#action").press("Tab")
    page.locator("main form button").click()

    expect(page.locator("section[aria-labelledby=decision]")).to_contain_text(denied)
