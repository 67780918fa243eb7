"""The way of a recall coordinator, from the sign-in to the sign-out."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import Windows
from tests.browser.service import DemoService

NUMBER = "RM-26-0417"
WORDS = {
    ENGLISH: {
        "forward": "Trace forward",
        "out": "Sign out",
        "left": "You are signed out, on every device.",
        "find": "Find",
        "skip": "Skip to content",
    },
    CHINESE: {"forward": "正向追溯", "out": "退出", "left": "您已在所有设备上退出。", "find": "查找", "skip": "跳到正文"},
}

LEAVER = "auditor"
"""Whoever signs out ends all sessions of his own; those of others are shared by the other tests."""

both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])


@both_languages
@both_widths
def test_promise_the_first_answer_is_reached_by_keyboard_alone(
    open_window: Windows, service: DemoService, language: Language, width: int
) -> None:
    window, words = open_window(language, width), WORDS[language]
    page, keyboard = window.page, window.page.keyboard
    window.open("/")
    expect(page.locator("#username")).to_be_focused()
    keyboard.type(LEAVER)
    window.tab_to(page.locator("#password"))
    keyboard.type(service.password(LEAVER))
    keyboard.press("Enter")
    expect(page.locator("#scan")).to_be_focused()
    keyboard.type(NUMBER)
    keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(NUMBER)
    window.tab_to(page.locator("main .title").get_by_role("link", name=words["forward"], exact=True))
    keyboard.press("Enter")
    expect(page.locator("#completeness")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(NUMBER)

    window.tab_to(page.get_by_role("button", name=words["out"], exact=True))
    keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text(words["left"])


@both_languages
def test_the_first_tab_skips_to_the_content(coordinator: Windows, language: Language) -> None:
    window = coordinator(language)
    window.open(f"/search?number={NUMBER}")

    window.tab_to(window.page.get_by_role("link", name=WORDS[language]["skip"], exact=True))
    window.page.keyboard.press("Enter")

    expect(window.page.locator("main")).to_be_focused()


@both_languages
@both_widths
def test_promise_everything_works_without_javascript(
    open_window: Windows, service: DemoService, language: Language, width: int
) -> None:
    window, words = open_window(language, width, scripts=False), WORDS[language]
    page = window.page
    window.sign_in(LEAVER, service.password(LEAVER))
    page.locator("#scan").fill(NUMBER)
    page.get_by_role("button", name=words["find"], exact=True).click()
    expect(page.locator("h1")).to_contain_text(NUMBER)
    page.locator("main .title").get_by_role("link", name=words["forward"], exact=True).click()
    expect(page.locator("#consignees tbody tr")).to_have_count(9)
    page.get_by_role("radio", name=re.compile("Backward|反向追溯")).check()
    page.locator("#question").get_by_role("button").click()
    expect(page.locator("#suppliers tbody tr")).to_have_count(1)

    page.get_by_role("button", name=words["out"], exact=True).click()

    expect(page.get_by_role("status")).to_have_text(words["left"])


def test_after_the_sign_out_nothing_is_shown(open_window: Windows, service: DemoService) -> None:
    window = open_window()
    page = window.page
    window.sign_in(LEAVER, service.password(LEAVER))
    window.open(f"/search?number={NUMBER}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_be_visible()

    page.go_back()
    expect(page).to_have_url(re.compile("/sign-in"))
    window.open(f"/traces?number={NUMBER}&direction=forward")

    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.locator("body")).not_to_contain_text(NUMBER)


def test_after_signing_in_one_is_where_one_wanted_to_be(open_window: Windows, service: DemoService) -> None:
    window = open_window()
    page = window.page
    window.open(f"/traces?number={NUMBER}&direction=forward")

    page.locator("#username").fill("coordinator")
    page.locator("#password").fill(service.password("coordinator"))
    page.locator("#password").press("Enter")

    expect(page.locator("h1")).to_contain_text(NUMBER)


@both_languages
def test_a_wrong_password_is_said_at_its_field(open_window: Windows, language: Language) -> None:
    window = open_window(language)
    page = window.page
    window.open("/sign-in")

    page.locator("#username").fill("coordinator")
    page.locator("#password").fill("not the password")
    page.locator("#password").press("Enter")

    expect(page.locator("#password")).to_have_accessible_description(re.compile("Name or password is wrong|用户名或密码错误"))
    expect(page.locator("#password")).to_have_value("")
    expect(page.locator("#username")).to_have_value("coordinator")


@both_languages
def test_the_other_language_is_one_press_away_and_stays(coordinator: Windows, language: Language) -> None:
    window = coordinator(language)
    other = CHINESE if language is ENGLISH else ENGLISH
    page = window.page
    window.open(f"/traces?number={NUMBER}&direction=forward")
    here = page.url

    page.get_by_role("button", name=other.name, exact=True).click()

    expect(page.locator("html")).to_have_attribute("lang", other.code)
    assert page.url == here
    window.open("/")
    expect(page.locator("html")).to_have_attribute("lang", other.code)


def test_a_slash_brings_the_scan_field_back(coordinator: Windows) -> None:
    window = coordinator()
    window.open(f"/search?number={NUMBER}")

    window.page.keyboard.press("/")

    expect(window.page.locator("#scan")).to_be_focused()
    expect(window.page.locator("#scan")).to_have_value("")


@both_languages
@both_widths
def test_promise_a_number_that_fits_several_lots_asks(coordinator: Windows, language: Language, width: int) -> None:
    window = coordinator(language, width)
    page = window.page
    window.open("/")
    page.locator("#scan").fill("26-0042")
    page.locator("#scan").press("Enter")

    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("h1")).to_contain_text("26-0042")
    for product in ("SET-50", "TUBE-30", "TI-BAR-16"):
        expect(rows.filter(has_text=product)).to_have_count(1)
    rows.filter(has_text="TUBE-30").get_by_role("link").click()

    expect(page.locator("h1")).to_contain_text("26-0042")
    expect(page.locator(".title")).to_contain_text("TUBE-30")


def test_promise_a_trace_of_an_ambiguous_number_asks_and_keeps_the_question(coordinator: Windows) -> None:
    window = coordinator()
    page = window.page
    status = window.open("/traces?number=26-0042&direction=backward")
    expect(page.locator("main tbody tr")).to_have_count(3)

    page.locator("main tbody tr").filter(has_text="SET-50").get_by_role("link").click()

    assert status == 409
    expect(page.locator("h1")).to_have_text("Backward trace of 26-0042")


def test_an_unknown_address_keeps_the_person_signed_in(coordinator: Windows) -> None:
    window = coordinator()
    page = window.page
    assert window.open("/nowhere") == 404
    expect(page.get_by_role("link", name="Sign in")).to_have_count(0)

    page.locator("#scan").fill(NUMBER)
    page.locator("#scan").press("Enter")

    expect(page.locator("h1")).to_contain_text(NUMBER)
