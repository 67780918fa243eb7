"""Approvals as persons meet them: asked for, agreed to and carried out by keyboard alone, without a script, in both languages."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language, window
from tests.browser.conftest import Windows
from tests.browser.looks import look_here
from tests.browser.service import DemoService
from tests.browser.test_break_glass import set_up_codes

ASKER, DECIDER = "qm-asks", "auditor-decides"
WHY = "The new interface asks for numbers before they are imported."
ONE = re.compile("/approvals/[0-9a-f]{16}$")
SEEN = "The interface was looked at, and is mended tomorrow."


@dataclass(frozen=True)
class Words:
    """What the buttons and states of the pages are called."""

    ask: str
    agree: str
    carry_out: str
    done: str
    waiting: str
    as_file: str
    take: str
    signed: str
    check: str
    holds: str


SAID = {
    ENGLISH: Words(
        *(
            "Ask for it",
            "Agree to exactly this",
            "Carry it out now",
            "Carried out",
            "for your word",
            "As a file",
            "Take the file",
        ),
        *("I agree that exactly this happens.", "Check them against the ledger", "1 signature, and it holds"),
    ),
    CHINESE: Words(
        *("提交申请", "同意以上内容", "立即执行", "已执行", "等待您决定", "导出为文件", "取文件"),
        *("本人批准按此内容执行。", "与审计追踪核对", "共 1 个签名，全部成立"),
    ),
}
both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)


@pytest.fixture(scope="module")
def asker(service: DemoService, browser: Browser) -> StorageState:
    """The session of somebody of quality."""
    password = service.create_account(ASKER, "quality")
    with window(browser, service.url) as opened:
        opened.sign_in(ASKER, password)
        return opened.page.context.storage_state()


@pytest.fixture(scope="module")
def password(service: DemoService) -> str:
    """Of the auditor who decides."""
    return service.create_account(DECIDER, "auditor")


@pytest.fixture(scope="module")
def decider(service: DemoService, browser: Browser, password: str) -> StorageState:
    """The session of an auditor who has just shown his second factor."""
    with window(browser, service.url) as opened:
        opened.sign_in(DECIDER, password)
        set_up_codes(opened, password)
        return opened.page.context.storage_state()


@pytest.fixture(scope="module")
def asked(service: DemoService, browser: Browser, asker: StorageState) -> str:
    """Address of an approval that waits."""
    with window(browser, service.url, session=asker) as opened:
        opened.open("/approvals")
        opened.page.locator("#reason").fill(WHY)
        opened.page.get_by_role("button", name=SAID[ENGLISH].ask, exact=True).click()
        expect(opened.page).to_have_url(ONE)
        return opened.page.url


@both_languages
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_pages_of_who_asked_and_who_decides_hold_in_every_width(
    open_window: Windows, asker: StorageState, decider: StorageState, asked: str, language: Language, width: int
) -> None:
    for session in (asker, decider):
        opened = open_window(language, width, session=session)
        for address in ("/approvals", asked[asked.index("/approvals/") :]):
            opened.open(address)
            seen = look_here(opened)
            assert (seen.violations, seen.width, seen.cut_ids) == ((), width, ())
            assert seen.smallest >= 12


@both_languages
def test_promise_two_persons_do_by_keyboard_what_none_does_alone(
    open_window: Windows, asker: StorageState, decider: StorageState, password: str, language: Language
) -> None:
    said = SAID[language]
    asking, deciding = (open_window(language, session=session, scripts=False) for session in (asker, decider))
    page, there = asking.page, deciding.page
    asking.open("/approvals")
    asking.tab_to(page.locator("#reason"))
    page.keyboard.type(WHY)
    asking.tab_to(page.get_by_role("button", name=said.ask, exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(ONE)
    expect(page.get_by_role("button", name=said.agree, exact=True)).to_have_count(0)
    address = page.url[page.url.index("/approvals/") :]

    deciding.open("/")
    expect(there.locator(".alert a[href='/approvals']")).to_contain_text(said.waiting)
    deciding.tab_to(there.locator(".alert a[href='/approvals']"))
    there.keyboard.press("Enter")
    deciding.tab_to(there.locator(f"a[href='{address}']"))
    there.keyboard.press("Enter")
    expect(there.locator("main")).to_contain_text(WHY)
    deciding.tab_to(there.locator("#reason"))
    there.keyboard.type(SEEN)
    for field, typed in (("#sign-username", DECIDER), ("#sign-password", password)):
        if there.locator(field).count():  # the name at the first signature of the session alone
            deciding.tab_to(there.locator(field))
            there.keyboard.type(typed)
    deciding.tab_to(there.get_by_role("button", name=said.agree, exact=True))
    there.keyboard.press("Enter")
    expect(there.locator("article").filter(has_text=said.signed)).to_contain_text(SEEN)
    there.get_by_role("link", name=said.check, exact=True).press("Enter")
    expect(there.locator("main")).to_contain_text(said.holds)

    asking.open(address)
    asking.tab_to(page.get_by_role("button", name=said.carry_out, exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(said.done)


@both_languages
def test_promise_a_file_with_confidential_values_is_taken_by_whoever_asked_for_it(
    open_window: Windows, asker: StorageState, decider: StorageState, password: str, language: Language
) -> None:
    said = SAID[language]
    asking, deciding = (open_window(language, NARROW, session=session) for session in (asker, decider))
    page, there = asking.page, deciding.page
    asking.open("/traces?number=RM-26-0417&direction=forward")
    asking.tab_to(page.locator("a[href='#file']", has_text=said.as_file))
    page.keyboard.press("Enter")
    assert (look_here(asking).violations, look_here(asking).width) == ((), NARROW)
    asking.tab_to(page.locator("#file-reason"))
    page.keyboard.type(WHY)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(ONE)

    deciding.open(page.url[page.url.index("/approvals/") :])
    expect(there.locator("main")).to_contain_text("RM-26-0417")
    assert (look_here(deciding).violations, look_here(deciding).width) == ((), NARROW)
    there.locator("#reason").fill(SEEN)
    there.locator("#sign-password").fill(password)
    if there.locator("#sign-username").count():
        there.locator("#sign-username").fill(DECIDER)
    there.get_by_role("button", name=said.agree, exact=True).click()
    there.get_by_role("link", name=said.check, exact=True).click()
    expect(there.locator("main")).to_contain_text(said.holds)
    assert (look_here(deciding).violations, look_here(deciding).cut_ids) == ((), ())

    page.reload()
    page.get_by_role("button", name=said.carry_out, exact=True).click()
    assert (look_here(asking).violations, look_here(asking).width) == ((), NARROW)
    with page.expect_download() as taken:
        page.get_by_role("link", name=said.take, exact=True).click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    page.reload()
    expect(page.get_by_role("link", name=said.take, exact=True)).to_have_count(0)
