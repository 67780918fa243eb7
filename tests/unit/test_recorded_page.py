"""docs/recorded.md says what every address and command puts on record: none is missing, and none is there that is not."""

from pathlib import Path

from traceapp.app import create_app
from traceapp.cli.recorded_acts import RECORDED
from traceapp.domain.errors import StoreUnavailableError
from traceapp.domain.permissions import Act, Permission
from traceapp.recorded_page import BY_ITSELF, build_page, list_commands, recorded_endpoints
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


def test_promise_every_act_is_somewhere_on_the_page() -> None:
    """A door that was refused has no act of its own, and figures of the service are recorded nowhere."""
    promised = [said.acts for _, said in recorded_endpoints(create_app(no_stations, bytes(32))).values() if said is not None]
    promised += [said for said in RECORDED.values() if not isinstance(said, str)]

    told = {act for acts in promised for act in acts} | {*BY_ITSELF}
    assert {*Permission, *Act} - told == {Act.REQUEST_REFUSE, Permission.METRICS_READ}


def test_the_page_is_what_they_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == build_page()
