"""An alert as whoever sees to it meets it: a banner on every page, what to do, and a name that he puts to it."""

from playwright.sync_api import expect

from tests.browser.browsing import CHINESE, ENGLISH, Language, crossed
from tests.browser.conftest import SessionOf, Windows
from tests.browser.looks import look_here

TITLES = {ENGLISH: "Somebody was refused again and again", CHINESE: "短时间内多次被拒绝"}


@crossed
def test_the_page_says_what_rang_and_holds_in_every_width(
    open_window: Windows, session_of: SessionOf, language: Language, width: int
) -> None:
    opened = open_window(language, width, session=session_of("auditor"))
    opened.open("/alerts?state=all")
    seen = look_here(opened)

    expect(opened.page.locator("article").filter(has_text=TITLES[language])).to_contain_text("viewer")
    assert (seen.violations, seen.width, seen.cut_ids) == ((), width, ())
    assert seen.smallest >= 12


def test_promise_an_alert_is_acknowledged_by_keyboard_and_without_script(open_window: Windows, session_of: SessionOf) -> None:
    opened = open_window(session=session_of("admin"), scripts=False)
    page = opened.page
    opened.open("/")
    page.locator(".alert a[href='/alerts']").click()
    article = page.locator("article").filter(has_text=TITLES[ENGLISH])
    opened.tab_to(article.get_by_role("button", name="Acknowledge", exact=True))
    page.keyboard.press("Enter")
    expect(article).to_have_count(0)

    page.locator("#state").select_option("acknowledged")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(article).to_contain_text("Acknowledged by admin")
