"""Chromium without a head, and windows of it that note what a page must never do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, StorageState, sync_playwright

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NARROW: Final = 360
WIDE: Final = 1280
HEIGHTS: Final = {NARROW: 740, WIDE: 900}
LIMIT_MILLISECONDS: Final = 15_000
MOST_TABS: Final = 200
FOCUSED: Final = """element => {
    const style = getComputedStyle(element.querySelector('.box') || element);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return element === document.activeElement && (ring || parseFloat(style.strokeWidth) >= 2);
}"""


@dataclass(frozen=True)
class Language:
    """wish: what the browser asks for.   code: what the page says it speaks."""

    name: str
    wish: str
    code: str


ENGLISH: Final = Language("English", "en-GB", "en")
CHINESE: Final = Language("简体中文", "zh-CN", "zh-Hans")
crossed = pytest.mark.parametrize(("language", "width"), [(ENGLISH, NARROW), (CHINESE, WIDE)], ids=["en-360", "zh-1280"])
"""Both languages and both widths in two looks; the longer words of English have the narrow one."""


@dataclass
class Window:
    """A page of the browser. `noise`: what its console said. `strangers`: what it asked of anybody but the service."""

    page: Page
    url: str
    noise: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, address: str) -> int:
        """Go there and return the status."""
        reply = self.page.goto(self.url + address)
        assert reply is not None
        return reply.status

    def sign_in(self, name: str, password: str) -> None:
        self.open("/sign-in")
        self.page.locator("#username").fill(name)
        self.page.locator("#password").fill(password)
        self.page.locator("#password").press("Enter")
        self.page.wait_for_url(self.url + "/")

    def tab_to(self, wanted: Locator) -> None:
        """Press Tab until it has the focus, and see that the focus shows."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                assert wanted.evaluate(FOCUSED), "it has the focus and nothing shows it"
                return
        raise AssertionError(f"{MOST_TABS} times Tab does not reach {wanted}")

    def _hear(self, message: ConsoleMessage) -> None:
        """A page that is itself a 404 is a failed load to Chromium; that is no noise."""
        asked_for = message.location.get("url") == self.page.url and message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not asked_for:
            self.noise.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.url + "/", "data:")):
            self.strangers.append(request.url)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own browser; what is missing is said."""
    program = shutil.which("chromium")
    assert program, "chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(
    browser: Browser,
    url: str,
    language: Language = ENGLISH,
    width: int = WIDE,
    *,
    session: StorageState | None = None,
    scripts: bool = True,
    scheme: str = "light",
) -> Iterator[Window]:
    """A window with cookies of its own; `session` is what another one's `storage_state()` returned."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        locale=language.wish,
        storage_state=session,
        java_script_enabled=scripts,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(LIMIT_MILLISECONDS)
    made = Window(context.new_page(), url)
    context.on("console", made._hear)
    context.on("weberror", lambda error: made.noise.append(str(error.error)))
    context.on("request", made._see)
    try:
        yield made
    finally:
        context.close()
