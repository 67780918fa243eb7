"""What a page shows in place of a value that its reader may not see, and to whom it shows the value."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import SessionOf, Windows
from tests.browser.service import DemoService

BATCH = "/search?number=F26-301"
LOT = "/search?number=RM-26-0417"
TRACE = "/traces?number=RM-26-0417&direction=forward"
MASKS = "main .masked, main .masked-list, main .state-masked"
SUPPLIER_LOT = "PX-88213/B"

both_languages = pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
both_widths = pytest.mark.parametrize("width", [NARROW, WIDE])


@both_languages
@both_widths
def test_promise_masks_are_told_without_script(
    open_window: Windows, session_of: SessionOf, language: Language, width: int
) -> None:
    window = open_window(language, width, session=session_of("warehouse"), scripts=False)
    window.open(BATCH)

    masked = window.page.locator(".masked-list")
    expect(masked).to_be_visible()
    expect(masked.locator("li").first).to_contain_text(re.compile("T[123]"))
    window.open(TRACE)
    expect(window.page.locator("#completeness")).to_be_visible()


def test_promise_a_masked_value_stands_nowhere_in_the_page(open_window: Windows, session_of: SessionOf) -> None:
    window = open_window(session=session_of("viewer"))
    window.open(LOT)
    assert SUPPLIER_LOT not in window.page.content()
    expect(window.page.locator(".masked-list")).to_be_visible()

    window = open_window(session=session_of("regulator"))
    window.open(LOT)

    assert SUPPLIER_LOT in window.page.content()


@pytest.mark.parametrize("address", [BATCH, LOT, TRACE], ids=["batch", "material lot", "trace"])
def test_promise_an_authority_meets_no_mask_within_its_scope(open_window: Windows, session_of: SessionOf, address: str) -> None:
    window = open_window(session=session_of("regulator"))
    window.open(address)

    expect(window.page.locator("h1")).to_contain_text(re.compile("F26-301|RM-26-0417"))
    expect(window.page.locator(MASKS)).to_have_count(0)


def test_promise_paper_shows_that_fields_are_masked(open_window: Windows, session_of: SessionOf) -> None:
    window = open_window(session=session_of("warehouse"))
    window.open(BATCH)

    window.page.emulate_media(media="print")

    expect(window.page.locator(".masked-list")).to_be_visible()
    expect(window.page.locator(".purpose")).to_be_hidden()


def test_the_purpose_decides_which_fields_are_masked(open_window: Windows, service: DemoService) -> None:
    window = open_window(scripts=False)
    page = window.page
    window.sign_in("viewer", service.password("viewer"))
    window.open(BATCH)
    before = page.locator(".masked-list li").all_inner_texts()

    page.locator("#purpose").select_option("recall")
    page.get_by_role("button", name="Change", exact=True).click()

    expect(page.locator("#purpose")).to_have_value("recall")
    expect(page.locator("h1")).to_contain_text("F26-301")
    assert page.locator(".masked-list li").all_inner_texts() != before
