"""Stores, stations and actors for every suite.

TRACEAPP_STORES        embedded,neo4j   the stores to run on
TRACEAPP_NEO4J_LINES   5.26             the Neo4j lines: 5.26, 2026, both or none
REQUIRE_NEO4J=1        a Neo4j leg that cannot start fails the run; otherwise it is left out and the summary says so

A test that uses a store runs on every one of them. Where what it states does not depend on what an engine answers, its file
says `pytestmark = pytest.mark.one_store`; a test of such a file that does depend on it says `@pytest.mark.every_store`.
"""

import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers import CannotStart, StoreLeg, wanted_legs
from tests.softhsm import MODULE, SoftToken, make_token
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Role
from traceapp.graph.connection import Graph

if TYPE_CHECKING:
    from traceapp.usecases.stations import Stations

ORGANISATION = Path(__file__).with_name("organisation.toml")
EVERYTHING = frozenset({"*"})
LEGS = wanted_legs()

pytest_plugins = ["tests.time_limit"]

# A shell lets what runs in its background ignore Ctrl-C, and every service that is started there inherits it.
signal.signal(signal.SIGINT, signal.default_int_handler)

MakeActor = Callable[..., Actor]


def leg_of(item: pytest.Item) -> StoreLeg | None:
    """The store that a test was made for, if it uses one."""
    spec = getattr(item, "callspec", None)
    found = spec.params.get("store_leg") if spec is not None else None
    return found if isinstance(found, StoreLeg) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the Neo4j servers that are asked for; where one cannot start, its tests are left out or the run fails."""
    broken = session.testsfailed and not config.option.continue_on_collection_errors
    if broken or config.option.collectonly:
        return
    for leg in LEGS:
        mine = [item for item in items if leg_of(item) is leg]
        if not mine or not leg.is_neo4j:
            continue
        try:
            leg.start()
        except CannotStart as reason:
            leg.missing = str(reason)
            if os.environ.get("REQUIRE_NEO4J") == "1":
                raise pytest.UsageError(f"REQUIRE_NEO4J=1, and {leg.name} cannot start: {reason}") from None
            config.hook.pytest_deselected(items=mine)
            items[:] = [item for item in items if item not in mine]


def pytest_runtest_setup(item: pytest.Item) -> None:
    leg = leg_of(item)
    if leg is not None:
        leg.ran += 1


def pytest_unconfigure() -> None:
    for leg in LEGS:
        leg.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    used = [leg for leg in LEGS if leg.ran or leg.missing]
    if not used:
        return
    terminalreporter.write_line("")
    for leg in used:
        said = f"did NOT run: {leg.missing}" if leg.missing else f"ran {leg.ran} tests"
        terminalreporter.write_line(f"store leg {leg.name:<11} {said}", yellow=bool(leg.missing), green=not leg.missing)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make each test that uses a store for the stores that it runs on."""
    names_its_own = any("store_leg" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "store_leg" not in metafunc.fixturenames or names_its_own:
        return
    marked = metafunc.definition.get_closest_marker
    legs = LEGS[:1] if marked("one_store") and not marked("every_store") else LEGS
    wanted = [pytest.param(leg, id=leg.name, marks=[pytest.mark.neo4j] if leg.is_neo4j else []) for leg in legs]
    metafunc.parametrize("store_leg", wanted, indirect=True, scope="session")


@pytest.fixture(scope="session")
def store_leg(request: pytest.FixtureRequest) -> StoreLeg:
    """One running store of the session, as the last test left it."""
    leg: StoreLeg = request.param
    leg.start()
    return leg


@pytest.fixture
def empty_leg(store_leg: StoreLeg) -> StoreLeg:
    """The same, migrated and empty."""
    store_leg.empty()
    return store_leg


@pytest.fixture
def store(empty_leg: StoreLeg) -> Iterator[Graph]:
    """A connection of its own to an empty, migrated store."""
    with Graph.connect(empty_leg.endpoint) as graph:
        yield graph


def make_home(folder: Path) -> Path:
    from traceapp.confidential.key_store import create_keys

    folder.mkdir(mode=0o700)
    create_keys(folder)
    shutil.copyfile(ORGANISATION, folder / "organisation.toml")
    return folder


@contextmanager
def running_stations(leg: StoreLeg, home: Path) -> "Iterator[Stations]":
    """Everything a use case needs: this store, keys, and a ledger with a writer process of its own."""
    from traceapp.composition import build_stations
    from traceapp.dictionary.properties import put_in_force, read_dictionary
    from traceapp.ledger.process import WriterProcess

    writer = WriterProcess.start(home)
    try:
        built = build_stations(leg.settings(home))
        try:
            yield built
        finally:
            built.graph.close()
            built.ledger.close()
            put_in_force(read_dictionary())
    finally:
        writer.stop()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a service, with keys of its own and the organisation of the tests."""
    return make_home(tmp_path / "home")


@pytest.fixture
def soft_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftToken:
    """A token of SoftHSM2 in a folder of this test."""
    import pkcs11

    made = make_token(tmp_path / "softhsm")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm" / "softhsm2.conf"))
    pkcs11.lib(str(MODULE)).reinitialize()  # it reads its settings once
    return made


@pytest.fixture
def stations(empty_leg: StoreLeg, home: Path) -> "Iterator[Stations]":
    """Stations of this test alone, over an empty store."""
    with running_stations(empty_leg, home) as built:
        yield built


@pytest.fixture(scope="module")
def stations_of_module(store_leg: StoreLeg, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Stations]":
    """The same, shared by the tests of a file that only read: none of them may ask for an empty store."""
    store_leg.empty()
    with running_stations(store_leg, make_home(tmp_path_factory.mktemp("module") / "home")) as built:
        yield built


@pytest.fixture(scope="session")
def actor() -> MakeActor:
    """Make an actor: `actor(Role.VIEWER)` sees every site and line, `actor(Role.VIEWER, sites={"LYON"})` one site.

    factor  he has just shown a second factor, which T3 values take.
    """

    def make(
        role: Role,
        *,
        sites: Iterable[str] = EVERYTHING,
        lines: Iterable[str] = EVERYTHING,
        username: str = "",
        address: str = "127.0.0.1",
        purpose: Purpose | None = None,
        factor: bool = False,
    ) -> Actor:
        name = username or f"a-{role.value}"
        account = uuid.uuid5(uuid.NAMESPACE_OID, name).hex
        shown = datetime.now(UTC) if factor else None
        view = frozenset(sites), frozenset(lines)
        return Actor(account, name, role, *view, through="session", address=address, purpose=purpose, factor_at=shown)

    return make


@pytest.fixture(scope="session")
def lyon_viewer(actor: MakeActor) -> Actor:
    """Somebody who sees the site LYON and no other."""
    return actor(Role.VIEWER, sites={"LYON"}, username="lyon-viewer")
