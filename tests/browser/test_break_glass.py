"""Break-glass as a person meets it: begun without a script, a banner on every page, reviewed by somebody else."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language, Window, window
from tests.browser.conftest import Windows
from tests.browser.looks import look_here
from tests.browser.service import DemoService

NAME = "night-shift"
REASON = "Ambulance crew asks whose set this is; nobody of quality is here."
BATCH = "/search?number=F26-301"

both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])


@pytest.fixture(scope="module")
def broken(service: DemoService, browser: Browser) -> StorageState:
    """The session of somebody who has just broken the glass, with scripts off and by keyboard from the page on."""
    password = service.create_account(NAME, "warehouse")
    with window(browser, service.url, scripts=False) as opened:
        opened.sign_in(NAME, password)
        set_up_codes(opened, password)
        opened.open("/break-glass")
        page, keyboard = opened.page, opened.page.keyboard
        opened.tab_to(page.locator("#reason"))
        keyboard.type(REASON)
        opened.tab_to(page.get_by_role("button", name="Break the glass", exact=True))
        keyboard.press("Enter")
        expect(page.locator(".alert")).to_contain_text("Break-glass access")
        assert (opened.noise, opened.strangers) == ([], [])
        return page.context.storage_state()


def set_up_codes(opened: Window, password: str) -> None:
    page = opened.page
    opened.open("/factors")
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    key = re.sub(r"\s", "", page.locator("code.id").first.inner_text())
    page.locator("#code").fill(pyotp.TOTP(key).now())
    page.locator("#code").press("Enter")
    expect(page.locator("code.id")).to_have_count(10)


@both_languages
@both_widths
@pytest.mark.parametrize("address", ["/break-glass", BATCH], ids=["break-glass", "batch"])
def test_promise_the_banner_stands_on_every_page(
    open_window: Windows, broken: StorageState, address: str, language: Language, width: int
) -> None:
    opened = open_window(language, width, session=broken)
    opened.open(address)
    seen = look_here(opened)

    expect(opened.page.locator(".alert")).to_be_visible()
    assert (seen.violations, seen.width, seen.cut_ids) == ((), width, ())
    assert seen.smallest >= 12


def test_the_one_who_broke_it_ends_it(open_window: Windows, broken: StorageState) -> None:
    opened = open_window(session=broken, scripts=False)
    opened.open(BATCH)

    opened.page.locator(".alert button").click()

    expect(opened.page.locator(".alert")).to_have_count(0)


def test_promise_quality_is_told_and_reviews_without_script(
    open_window: Windows, service: DemoService, broken: StorageState
) -> None:
    """From the list of what waits to the approval, by keyboard; what was found closes it."""
    password = service.create_account("qm-reviews", "quality")
    opened = open_window(scripts=False)
    page, keyboard = opened.page, opened.page.keyboard
    opened.sign_in("qm-reviews", password)
    set_up_codes(opened, password)
    opened.open("/")
    expect(page.locator(".alert a[href='/approvals']")).to_contain_text("for your word")
    opened.open("/break-glass")
    opened.tab_to(page.locator("article").filter(has_text=NAME).get_by_role("link", name="Review it"))
    keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(REASON)
    beside = open_window(session=page.context.storage_state())  # axe needs scripts
    beside.open(page.url[page.url.index("/approvals/") :])
    assert (look_here(beside).violations, look_here(beside).cut_ids) == ((), ())
    opened.tab_to(page.locator("#reason"))
    keyboard.type("Rang the hospital: the crew was there, and asked.")
    for field, typed in (("#sign-username", "qm-reviews"), ("#sign-password", password)):
        opened.tab_to(page.locator(field))
        keyboard.type(typed)

    opened.tab_to(page.get_by_role("button", name="Justified", exact=True))
    keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("Reviewed: justified")
    opened.open("/break-glass")
    expect(page.locator("article").filter(has_text=NAME)).to_have_count(0)
