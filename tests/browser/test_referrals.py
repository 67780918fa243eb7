"""A number that found nothing: handed on in one click, and found by quality."""

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import SessionOf, Windows
from tests.browser.looks import look_here

both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])


@both_languages
@both_widths
def test_promise_an_unknown_number_is_handed_on_by_one_key(
    open_window: Windows, session_of: SessionOf, language: Language, width: int
) -> None:
    asked = f"LOST-{language.code}-{width}"
    opened = open_window(language, width, session=session_of("viewer"))
    page = opened.page
    assert opened.open(f"/search?number={asked}") == 404
    opened.tab_to(page.locator("main form button"))
    page.keyboard.press("Enter")
    expect(page.locator(".receipt")).to_be_visible()
    seen = look_here(opened)
    assert (seen.violations, seen.width, seen.cut_ids) == ((), width, ())

    reader = open_window(language, width, session=session_of("quality"), scripts=False)
    reader.open("/")
    reader.page.locator("main a[href='/referrals']").click()
    row = reader.page.locator("tbody tr").filter(has_text=asked)
    expect(row).to_contain_text("viewer")
    row.get_by_role("link").click()

    expect(reader.page.locator("h1")).to_be_visible()
    assert reader.page.url.endswith(f"/search?number={asked}")


def test_promise_handing_on_needs_no_script(open_window: Windows, session_of: SessionOf) -> None:
    opened = open_window(session=session_of("viewer"), scripts=False)
    opened.open("/search?number=LOST-WITHOUT-SCRIPT")

    opened.page.get_by_role("button", name="Hand it on to quality", exact=True).click()

    expect(opened.page.locator("h1")).to_contain_text("Handed on")
