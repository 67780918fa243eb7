"""The page that a recall hangs on: what is unknown first, then how big, then the lists and the picture."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Language
from tests.browser.conftest import Windows
from tests.story.test_resin_recall import CONSIGNEES
from traceapp.domain.kinds import Certainty

FORWARD = "/traces?number=RM-26-0417&direction=forward"


def top_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
def test_promise_what_is_unknown_stands_above_every_number(coordinator: Windows, language: Language, width: int) -> None:
    window = coordinator(language, width)
    window.open(FORWARD)

    unknown = window.page.locator("#completeness")
    places = [top_of(window.page.locator(name)) for name in ("h1", "#completeness", ".figures", "#consignees", "#lots", "#links")]
    assert places == sorted(places)
    expect(unknown).to_contain_text("UNRESOLVED")
    expect(unknown.locator(".reasons tbody tr")).to_have_count(2)
    expect(unknown).to_contain_text("DE-26-560")
    expect(unknown).to_contain_text("09521001000901")


def test_promise_the_page_lists_the_consignees_that_were_worked_out_by_hand(coordinator: Windows) -> None:
    window = coordinator()
    window.open(FORWARD)

    rows = window.page.locator("#consignees tbody tr")
    said = {}
    for row in rows.all():
        name, quantity = row.locator("th a").inner_text(), row.locator("td.number").first.inner_text()
        number = Decimal(re.sub(r"[^0-9.]", "", quantity))
        said[name] = (number, Certainty.POSSIBLE if quantity.startswith("≤") else Certainty.EXACT)

    assert said == {name: answer for (name, _), answer in CONSIGNEES.items()}


def test_the_largest_consignee_stands_first(coordinator: Windows) -> None:
    window = coordinator()
    window.open(FORWARD)

    said = window.page.locator("#consignees tbody td.number[data-label=Quantity]").all_inner_texts()
    quantities = [Decimal(re.sub(r"[^0-9.]", "", text)) for text in said]

    assert len(quantities) == len(CONSIGNEES)
    assert quantities == sorted(quantities, reverse=True)


def test_promise_a_sum_that_counts_pieces_twice_says_so(coordinator: Windows) -> None:
    """Europa and Asia sent goods on: the 15,800 of the list are fewer pieces than that."""
    window = coordinator()
    window.open(FORWARD)

    expect(window.page.locator("#consignees tfoot")).to_contain_text("15,800")
    expect(window.page.locator("#consignees")).to_contain_text("sent on")


def test_every_figure_leads_to_its_list(coordinator: Windows) -> None:
    window = coordinator()
    window.open(FORWARD)

    for link in window.page.locator(".figures a").all():
        target = link.get_attribute("href") or ""
        expect(window.page.locator(target)).to_be_visible()


def test_the_lane_of_consignees_counts_as_the_list_does(coordinator: Windows) -> None:
    window = coordinator(width=NARROW)
    window.open(FORWARD)

    lane = window.page.locator(".stages > li").filter(has=window.page.get_by_role("heading", name=re.compile("^Consignees")))

    expect(lane.get_by_role("heading")).to_contain_text("9 consignees")


def test_promise_a_narrow_screen_gets_every_card_of_the_picture(coordinator: Windows) -> None:
    wide, narrow = coordinator(width=WIDE), coordinator(width=NARROW)
    wide.open(FORWARD)
    narrow.open(FORWARD)

    expect(wide.page.locator("svg.picture")).to_be_visible()
    expect(narrow.page.locator("svg.picture")).to_be_hidden()
    drawn = [card.get_attribute("href") for card in wide.page.locator("svg.picture a").all()]
    listed = [
        card.get_attribute("href")
        for card in narrow.page.locator(".stage-cards > li > .wide:first-of-type a, .stage-cards a").all()
    ]
    without_moment = [sorted(re.sub("as_of=[^&]*", "", address or "") for address in some) for some in (drawn, listed)]
    assert drawn
    assert without_moment[0] == without_moment[1]


def test_a_card_of_several_opens_its_list(coordinator: Windows) -> None:
    window = coordinator(width=NARROW)
    window.open(FORWARD)
    card = window.page.locator(".stage-cards a[href*='group=']").first

    card.click()

    expect(window.page.locator("#lots caption")).to_contain_text("the card that you opened")
    expect(window.page.get_by_role("link", name="Show all")).to_be_visible()


def test_promise_paper_shows_what_is_unknown_and_no_controls(coordinator: Windows) -> None:
    window = coordinator()
    window.open(FORWARD)

    window.page.emulate_media(media="print")

    expect(window.page.locator("#completeness .reasons")).to_be_visible()
    expect(window.page.locator(".receipt")).to_be_visible()
    expect(window.page.get_by_text("Rows 1 to 25 of 77.")).to_be_visible()
    for control in window.page.locator("form, .button, .top").all():
        expect(control).to_be_hidden()


def test_a_fact_opens_the_row_that_it_came_from(coordinator: Windows) -> None:
    window = coordinator()
    window.open("/search?number=F26-301")

    window.page.get_by_role("link", name="source", exact=True).first.click()

    expect(window.page.locator("h1")).to_have_text("Source of a fact")
    expect(window.page.locator("pre.raw")).to_contain_text("F26-301")
