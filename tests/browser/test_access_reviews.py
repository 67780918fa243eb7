"""A review of accounts as persons meet it: begun, and an account withdrawn, by keyboard alone, in both languages."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.browsing import CHINESE, ENGLISH, Language, crossed, window
from tests.browser.conftest import Windows
from tests.browser.looks import look_here
from tests.browser.service import DemoService

WHY = "Went to another site in March; nobody uses it any more."


@dataclass(frozen=True)
class Words:
    """What the buttons and states of the pages are called."""

    begin: str
    suspend: str
    decide: str
    suspended: str


SAID = {
    ENGLISH: Words("Begin a review of all accounts", "Suspend the account now", "Decide this account", "Withdrawn: suspended"),
    CHINESE: Words("发起访问权限审查", "立即暂停账户", "提交审查结论", "已收回：账户暂停"),
}


@pytest.fixture(scope="module")
def reviewer(service: DemoService, browser: Browser) -> StorageState:
    """The session of an auditor, beside the one of the demo."""
    password = service.create_account("auditor-reviews", "auditor")
    for language in SAID:
        service.create_account(f"gone-{language.code}".lower(), "lab")
    with window(browser, service.url) as opened:
        opened.sign_in("auditor-reviews", password)
        return opened.page.context.storage_state()


@crossed
def test_promise_an_account_is_withdrawn_by_keyboard_alone(
    language: Language, width: int, reviewer: StorageState, open_window: Windows
) -> None:
    said, name = SAID[language], f"gone-{language.code}".lower()
    opened = open_window(language, width, session=reviewer)
    page = opened.page
    opened.open("/access-reviews")
    here = page.get_by_role("button", name=said.begin) if language is ENGLISH else page.locator("tbody a").first
    opened.tab_to(here)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/access-reviews/[0-9a-f]{16}"))
    assert look_here(opened).violations == ()
    assert look_here(opened).width == width
    opened.tab_to(page.locator(f"a[href$='/accounts/{name}']"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/accounts/{name}$"))
    assert look_here(opened).violations == ()
    opened.tab_to(page.locator("input[name=decision]").first)
    assert page.locator("input[name=decision]").first.evaluate("box => box.offsetWidth") < 24, "a tick beside its words"
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label(said.suspend)).to_be_checked()
    opened.tab_to(page.locator("#reason"))
    page.keyboard.type(WHY)
    opened.tab_to(page.get_by_role("button", name=said.decide))
    page.keyboard.press("Enter")

    row = page.locator("tbody tr", has_text=name)
    expect(row).to_contain_text(said.suspended)
    expect(row).to_contain_text(WHY)
