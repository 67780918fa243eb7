"""A real browser on the running service: one service and one browser for the whole suite."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.browsing import ENGLISH, LIMIT_MILLISECONDS, WIDE, Language, Window, chromium, window
from tests.browser.looks import PAGES, Look, look_at, reader_of
from tests.browser.service import DemoService

Windows = Callable[..., Window]
LookAt = Callable[..., Look]
SessionOf = Callable[[str], StorageState]
expect.set_options(timeout=LIMIT_MILLISECONDS)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoService]:
    """`traceapp run` with the demo."""
    home: Path = tmp_path_factory.mktemp("browser") / "home"
    with DemoService(home) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def session_of(service: DemoService, browser: Browser) -> SessionOf:
    """The cookies of a person, signed in through the form once; who is not of the demo gets an account first."""
    seen: dict[str, StorageState] = {}

    def of(name: str) -> StorageState:
        if name not in seen:
            with window(browser, service.url) as entrance:
                entrance.sign_in(name, service.password(name))
                seen[name] = entrance.page.context.storage_state()
        return seen[name]

    return of


@pytest.fixture(scope="session")
def session(session_of: SessionOf) -> StorageState:
    """The cookies of the coordinator."""
    return session_of("coordinator")


@pytest.fixture
def open_window(service: DemoService, browser: Browser) -> Iterator[Windows]:
    """Open a window, signed out; none of them may make noise or ask anything of anybody else."""
    opened: list[Window] = []
    with ExitStack() as stack:

        def make(language: Language = ENGLISH, width: int = WIDE, **more: object) -> Window:
            made = stack.enter_context(window(browser, service.url, language, width, **more))  # type: ignore[arg-type]
            opened.append(made)
            return made

        yield make
    assert [(one.noise, one.strangers) for one in opened if one.noise or one.strangers] == []


@pytest.fixture
def coordinator(open_window: Windows, session: StorageState) -> Windows:
    """Open a window of the coordinator."""

    def make(language: Language = ENGLISH, width: int = WIDE, **more: object) -> Window:
        return open_window(language, width, session=session, **more)

    return make


@pytest.fixture(scope="session")
def look(service: DemoService, browser: Browser, session_of: SessionOf) -> Iterator[LookAt]:
    """`look("forward trace", CHINESE, NARROW)`: each page is looked at once in the session, whoever asks."""
    seen: dict[tuple[object, ...], Look] = {}
    windows: dict[tuple[object, ...], Window] = {}
    with ExitStack() as stack:

        def at(name: str, language: Language = ENGLISH, width: int = WIDE, scheme: str = "light") -> Look:
            reader = reader_of(name)
            kind = (language, width, scheme, reader)
            if kind not in windows:
                cookies = session_of(reader) if reader is not None else None
                opened = window(browser, service.url, language, width, session=cookies, scheme=scheme)
                windows[kind] = stack.enter_context(opened)
            if (name, *kind) not in seen:
                seen[name, *kind] = look_at(windows[kind], PAGES[name][0])
            return seen[name, *kind]

        yield at
