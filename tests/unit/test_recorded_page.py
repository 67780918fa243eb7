"""docs/recorded.md says what every address and command puts on record: none is missing, and none is there that is not."""

from pathlib import Path

from traceapp.app import create_app
from traceapp.cli.recorded_acts import RECORDED
from traceapp.domain.errors import StoreUnavailableError
from traceapp.recorded_page import build_page, list_commands, recorded_endpoints
from traceapp.usecases.stations import Stations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recorded.md"


def no_stations() -> Stations:
    raise StoreUnavailableError("this test asks no store")


def test_promise_every_address_says_what_it_records() -> None:
    found = recorded_endpoints(create_app(no_stations, bytes(32)))

    assert [name for name, (_, said) in found.items() if said is None] == []
    assert [name for name, (_, said) in found.items() if said is not None and not said.acts and len(said.because) < 10] == []


def test_promise_every_command_says_what_it_records() -> None:
    assert sorted(list_commands()) == sorted(RECORDED)


def test_the_page_is_what_they_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == build_page()
