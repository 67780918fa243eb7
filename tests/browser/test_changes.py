"""Another policy as persons meet it: compared, read, proposed and agreed to by keyboard alone, in both languages."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.browsing import CHINESE, ENGLISH, Language, Window, crossed, window
from tests.browser.conftest import SessionOf, Windows
from tests.browser.looks import look_here
from tests.browser.service import DemoService
from tests.browser.test_approvals import ONE
from tests.browser.test_break_glass import set_up_codes

READER = "qm-reads"
VIEWER = "[roles.viewer]", 'permissions = ["batch:look_up", "batch:show", "batch:trace"'
WHY = "Viewers of the night shift hand files on to the authority."
SEEN = "I read who gains what: it is one act, of one role."


@dataclass(frozen=True)
class Words:
    """What buttons and heads are called, and what the viewer gains."""

    show: str
    effect: str
    gains: str
    gained: str
    propose: str
    agree: str
    signed: str


SAID = {
    ENGLISH: Words(
        *("Show what it would change", "What that does to whom", "gains", "take the rows of a trace out as a file"),
        *("Ask others to agree", "Agree to exactly this", "I agree that exactly this happens."),
    ),
    CHINESE: Words(
        *("显示变化", "对人员的影响", "获得", "将追溯结果导出为文件"),
        *("提交审批", "同意以上内容", "本人批准按此内容执行。"),
    ),
}


@pytest.fixture(scope="module")
def password(service: DemoService) -> str:
    """Of whoever reads the proposal and agrees to it."""
    return service.create_account(READER, "quality")


@pytest.fixture(scope="module")
def reader(service: DemoService, browser: Browser, password: str) -> StorageState:
    """The session of somebody of quality who has just shown his second factor."""
    with window(browser, service.url) as opened:
        opened.sign_in(READER, password)
        set_up_codes(opened, password)
        return opened.page.context.storage_state()


def widened(policy: str) -> str:
    """The same, under which a viewer takes files out as well."""
    role, allowed = VIEWER
    head, there, rest = policy.partition(role)
    assert allowed in rest
    return head + there + rest.replace(allowed, f'{allowed}, "batch:export"', 1)


def holds(opened: Window, width: int) -> None:
    """Nothing of the page breaks a rule, is cut or is too small."""
    seen = look_here(opened)
    assert (seen.violations, seen.width, seen.cut_ids) == ((), width, ())
    assert seen.smallest >= 12


@crossed
def test_promise_a_proposal_is_read_and_decided_by_keyboard_alone(
    open_window: Windows,
    session_of: SessionOf,
    service: DemoService,
    reader: StorageState,
    password: str,
    language: Language,
    width: int,
) -> None:
    said = SAID[language]
    asking, deciding = open_window(language, width, session=session_of("quality")), open_window(language, width, session=reader)
    page, there = asking.page, deciding.page
    asking.open("/changes")
    asking.tab_to(page.locator("#document"))
    page.keyboard.press("End")
    expect(page.locator("#document")).to_have_value("policy")
    asking.tab_to(page.locator("#text"))
    page.keyboard.insert_text(widened(service.policy))
    asking.tab_to(page.get_by_role("button", name=said.show, exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=said.effect)).to_be_visible()
    expect(page.locator("main")).to_contain_text(said.gained)
    holds(asking, width)
    asking.tab_to(page.locator("#reason"))
    page.keyboard.type(WHY)
    asking.tab_to(page.get_by_role("button", name=said.propose, exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url(ONE)
    address = page.url[page.url.index("/approvals/") :]

    deciding.open("/approvals")
    deciding.tab_to(there.locator(f"a[href='{address}']"))
    there.keyboard.press("Enter")
    expect(there.locator("article").filter(has_text=said.gains)).to_contain_text(said.gained)
    expect(there.locator("main")).to_contain_text(WHY)
    holds(deciding, width)
    deciding.tab_to(there.locator("#reason"))
    there.keyboard.type(SEEN)
    for field, typed in (("#sign-username", READER), ("#sign-password", password)):
        if there.locator(field).count():  # the name at the first signature of the session alone
            deciding.tab_to(there.locator(field))
            there.keyboard.type(typed)
    deciding.tab_to(there.get_by_role("button", name=said.agree, exact=True))
    there.keyboard.press("Enter")
    expect(there.locator("article").filter(has_text=said.signed)).to_contain_text(SEEN)
    holds(deciding, width)
