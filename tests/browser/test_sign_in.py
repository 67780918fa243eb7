"""Around the session, in a real browser: second factor, sessions, purpose; with scripts off, in both languages and widths."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import Windows
from tests.browser.service import DemoService

WORDS = {
    ENGLISH: {
        "set up": "Set up codes",
        "confirm": "Confirm",
        "go on": "Go on",
        "drop": "Remove the codes",
        "change": "Change",
        "end": "End all others",
    },
    CHINESE: {
        "set up": "设置验证码",
        "confirm": "确认",
        "go on": "继续",
        "drop": "删除验证码",
        "change": "更改",
        "end": "结束其他所有会话",
    },
}
PERSON = {
    (ENGLISH, NARROW): ("first-shift", "lab"),
    (ENGLISH, WIDE): ("second-shift", "production"),
    (CHINESE, NARROW): ("third-shift", "warehouse"),
    (CHINESE, WIDE): ("office", "viewer"),
}
"""(name, role) of somebody of his own for each: he ends all his other sessions. Every role has several purposes."""

both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])


@both_languages
@both_widths
def test_promise_a_second_factor_sessions_and_purpose_need_no_script(
    open_window: Windows, service: DemoService, language: Language, width: int
) -> None:
    words, (name, role) = WORDS[language], PERSON[language, width]
    password = service.create_account(name, role)
    first = open_window(language, width, scripts=False)
    first.sign_in(name, password)
    page = first.page
    first.open("/factors")
    page.locator("#password").fill(password)
    page.get_by_role("button", name=words["set up"], exact=True).click()
    key = re.sub(r"\s", "", page.locator("code.id").first.inner_text())
    page.locator("#code").fill(pyotp.TOTP(key).now())
    page.get_by_role("button", name=words["confirm"], exact=True).click()
    expect(page.locator("code.id")).to_have_count(10)
    codes = page.locator("code.id").all_inner_texts()

    second = open_window(language, width, scripts=False)
    other = second.page
    second.open("/sign-in")
    other.locator("#username").fill(name)
    other.locator("#password").fill(password)
    other.locator("#password").press("Enter")
    expect(other.locator("#code")).to_be_visible()
    other.locator("#code").fill(codes[0])
    other.get_by_role("button", name=words["go on"], exact=True).click()
    expect(other.locator("#scan")).to_be_visible()

    other.locator("#purpose").select_option(index=1)
    chosen = other.locator("#purpose").input_value()
    other.get_by_role("button", name=words["change"], exact=True).click()
    expect(other.locator("#purpose")).to_have_value(chosen)

    second.open("/sessions")
    expect(other.locator("tbody tr")).to_have_count(2)
    other.get_by_role("button", name=words["end"], exact=True).click()
    expect(other.locator("tbody tr")).to_have_count(1)
    first.open("/")
    expect(page.locator("#username")).to_be_visible()

    second.open("/factors")
    other.get_by_role("button", name=words["drop"], exact=True).click()
    expect(other.get_by_role("button", name=words["drop"], exact=True)).to_have_count(0)
