"""Every page of the product, and what a look at it tells: axe's violations, its width, its words."""

import re
from dataclasses import dataclass
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe

from tests.browser.browsing import CHINESE, ENGLISH, NARROW, WIDE, Window

SIGNED_OUT: Final = {
    "sign-in": ("/sign-in", 200),
    "sign-in after sign-out": ("/sign-in?left=1", 200),
}
SIGNED_IN: Final = {
    "search": ("/", 200),
    "search without a number": ("/search?number=", 400),
    "material lot": ("/search?number=RM-26-0417", 200),
    "finished batch": ("/search?number=F26-301", 200),
    "forward trace": ("/traces?number=RM-26-0417&direction=forward", 200),
    "backward trace": ("/traces?number=F26-301&direction=backward", 200),
    "both ways": ("/traces?number=S26-201&direction=both", 200),
    "nothing known yet": ("/traces?number=RM-26-0417&direction=forward&as_of=2001-01-01", 404),
    "ambiguous number": ("/search?number=26-0042", 200),
    "ambiguous trace": ("/traces?number=26-0042&direction=forward", 409),
    "question with errors": ("/traces?number=RM-26-0417&direction=sideways&as_of=yesterday", 400),
    "my sessions": ("/sessions", 200),
    "second factor, none yet": ("/second-factor", 200),
    "second factors": ("/factors", 200),
    "break-glass": ("/break-glass", 200),
    "own password": ("/password", 200),
    "outside deliveries": ("/deliveries", 200),
    "deliver outside": ("/traces/delivery?number=RM-26-0417&direction=forward", 200),
    "unknown number": ("/search?number=NO-SUCH-LOT", 404),
    "unknown address": ("/nowhere", 404),
}
WHY: Final = "/policy?user=viewer&action=batch%3Ashow&object=F26-301&purpose=recall"
OF_OTHERS: Final = {
    "masked batch": ("warehouse", "/search?number=F26-301", 200),
    "masked trace": ("warehouse", "/traces?number=RM-26-0417&direction=forward", 200),
    "masked material lot": ("viewer", "/search?number=RM-26-0417", 200),
    "masked backward trace": ("viewer", "/traces?number=F26-301&direction=backward", 200),
    "trace for an authority": ("regulator", "/traces?number=RM-26-0417&direction=forward", 200),
    "numbers handed on": ("quality", "/referrals", 200),
    "alerts": ("quality", "/alerts", 200),
    "approvals": ("quality", "/approvals", 200),
    "signatures": ("auditor", "/signatures", 200),
    "accounts": ("admin", "/accounts", 200),
    "one account": ("admin", "/accounts/lab", 200),
    "reviews of accounts": ("quality", "/access-reviews", 200),
    "reviews of break-glass": ("quality", "/break-glass", 200),
    "changes of the rules": ("quality", "/changes", 200),
    "moves of places": ("quality", "/places", 200),
    "answer why": ("admin", WHY, 200),
    "audit trail": ("auditor", "/audit", 200),
    "audit trail with errors": ("auditor", "/audit?since=yesterday&act=batch%3Atrace", 400),
    "audit trail, masked": ("admin", "/audit?act=batch%3Atrace", 200),
    "record of the audit trail": ("auditor", "/audit/records/12", 200),
}
"""Whose page, its address, its status."""
PAGES: Final = SIGNED_OUT | SIGNED_IN | {name: (address, status) for name, (_, address, status) in OF_OTHERS.items()}
FOUR_TIMES: Final = (
    *("sign-in", "search", "finished batch", "forward trace", "question with errors"),
    *("second factors", "masked batch", "masked trace", "answer why", "ambiguous number"),
    *("audit trail", "record of the audit trail"),
)
"""Pages that most of the work is done on, or that hold what stands on no other: looked at in every language and width."""
LOOKS: Final = [
    (page, language, width)
    for page in PAGES
    for language in (ENGLISH, CHINESE)
    for width in (NARROW, WIDE)
    if page in FOUR_TIMES or (language, width) in {(ENGLISH, NARROW), (CHINESE, WIDE)}
]
"""Every page in both languages and both widths; the longer words of English have the narrow one."""

WORDS: Final = """() => {
    const found = [], outside = '.id, bdi, code, pre, [translate=no], [lang]:not(html)';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), parent = walker.currentNode.parentElement;
        if (text && !parent.closest(outside) && !parent.closest('svg.picture')) found.push(text);
    }
    for (const element of document.querySelectorAll('[aria-label], [placeholder], [title], [data-label]'))
        for (const name of ['aria-label', 'placeholder', 'title', 'data-label'])
            if (element.getAttribute(name)) found.push(element.getAttribute(name));
    for (const text of document.querySelectorAll('svg.picture .t-head, svg.picture .t-quiet, svg.picture .t-state'))
        found.push(text.textContent.trim());
    return found;
}"""
SMALLEST: Final = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let smallest = Infinity;
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (walker.currentNode.textContent.trim() && parent.getClientRects().length)
            smallest = Math.min(smallest, parseFloat(getComputedStyle(parent).fontSize));
    }
    return smallest;
}"""
CUT_IDS: Final = """() => [...document.querySelectorAll('.id:not(.id-long)')].filter(id => {
    const range = document.createRange();
    range.selectNodeContents(id);
    return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1 || id.scrollWidth > id.offsetWidth + 1;
}).map(id => id.textContent)"""


@dataclass(frozen=True)
class Look:
    """violations: axe's rules with the places that break them.   words: the sentences of the page, not its data.
    cut_ids: numbers that stand on two lines.   smallest: size of the smallest text in px.
    """

    status: int
    language: str
    violations: tuple[str, ...]
    width: int
    words: tuple[str, ...]
    cut_ids: tuple[str, ...]
    smallest: float
    noise: tuple[str, ...]
    strangers: tuple[str, ...]


def reader_of(name: str) -> str | None:
    """Who opens it, None where nobody is signed in."""
    if name in OF_OTHERS:
        return OF_OTHERS[name][0]
    return "coordinator" if name in SIGNED_IN else None


def look_at(window: Window, address: str) -> Look:
    window.noise.clear()
    window.strangers.clear()
    return look_here(window, window.open(address))


def look_here(window: Window, status: int = 200) -> Look:
    """At what the window shows now."""
    page = window.page
    found: dict[str, Any] = Axe().run(page).response
    return Look(
        status,
        page.locator("html").get_attribute("lang") or "",
        tuple(_told(violation) for violation in found["violations"]),
        page.evaluate("document.documentElement.scrollWidth"),
        tuple(page.evaluate(WORDS)),
        tuple(page.evaluate(CUT_IDS)),
        page.evaluate(SMALLEST),
        tuple(window.noise),
        tuple(window.strangers),
    )


def _told(violation: dict[str, Any]) -> str:
    places = [" ".join(str(part) for part in node["target"]) for node in violation["nodes"]]
    return f"{violation['id']} at {', '.join(places[:5])}: {violation['help']}"


def english_left(words: tuple[str, ...], sentences: tuple[str, ...]) -> list[str]:
    """What is English in the words of a Chinese page: a sentence of the catalogue, or three English words in a row."""
    known = [re.compile(re.sub(r"%\\\(\w+\\\)s", ".+?", re.escape(one))) for one in sentences]
    return [
        text for text in words if any(one.fullmatch(text) for one in known) or re.search(r"\b[A-Za-z]+(?: [a-z]+){2,}\b", text)
    ]
