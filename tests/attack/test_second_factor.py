"""A second factor: what a password alone, an overheard code and a stolen session are worth beside it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from tests.clockwork import Clockwork
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.errors import FactorNeededError, FactorRefusedError, SignInError
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.sessions.second_factors import begin_totp, confirm_totp, drop_totp, reset_factors, show_code
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
PASSWORD = "correct horse battery"
OWNER = Client("192.0.2.17", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


class Device:
    """An authenticator with a key."""

    def __init__(self, key: str, clock: Clockwork) -> None:
        self._totp, self._clock = pyotp.TOTP(key.replace(" ", "")), clock

    def code(self) -> str:
        return self._totp.at(self._clock.now())


@pytest.fixture
def device(clocked: Stations, clockwork: Clockwork) -> Device:
    """Anna's; set up a minute ago."""
    create_account(clocked, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    actor = enter(clocked).actor
    made = Device(begin_totp(clocked, actor, PASSWORD).value.key, clockwork)
    confirm_totp(clocked, actor, made.code())
    clockwork.go_on(60)
    return made


def enter(stations: Stations) -> Opened:
    return sign_in(stations, "anna", PASSWORD, OWNER).value


def test_attacker_who_overhears_a_code_cannot_use_it_again(device: Device, clocked: Stations) -> None:
    """The code is sent a second time while its half minute lasts."""
    code = device.code()
    assert show_code(clocked, enter(clocked), code).value.session.factor_at is not None
    before = clocked.ledger.get_head().seq

    thief = enter(clocked)
    with pytest.raises(FactorRefusedError):
        show_code(clocked, thief, code)

    denied = [record for record in records(clocked, after=before) if record["outcome"] == "denied"]
    assert [(record["act"], record["actor"]["username"]) for record in denied] == [("session:start", "anna")]
    resumed = resume_session(clocked, thief.secret, OWNER)
    assert resumed is not None
    assert resumed.session.factor_due


@pytest.mark.every_store
def test_attacker_who_sends_one_code_many_times_at_once_gets_in_once(device: Device, clocked: Stations) -> None:
    """Several requests with the same code race for the moment before it is noted as used."""
    code, sessions = device.code(), [enter(clocked) for _ in range(6)]

    def try_it(opened: Opened) -> bool:
        try:
            show_code(clocked, opened, code)
        except FactorRefusedError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(try_it, sessions)) == 1


def test_attacker_with_the_password_alone_is_half_way_and_no_further(
    device: Device, clocked: Stations, clockwork: Clockwork
) -> None:
    """The session that a password opened is nobody's until the second factor, and waits five minutes."""
    opened = enter(clocked)
    resumed = resume_session(clocked, opened.secret, OWNER)
    assert resumed is not None
    assert resumed.session.factor_due

    clockwork.go_on(5 * 60)

    assert resume_session(clocked, opened.secret, OWNER) is None


def test_attacker_who_holds_the_cookie_from_before_the_factor_holds_nothing(device: Device, clocked: Stations) -> None:
    """The privilege changed, so the secret did."""
    opened = enter(clocked)
    whole = show_code(clocked, opened, device.code()).value

    assert resume_session(clocked, opened.secret, OWNER) is None
    resumed = resume_session(clocked, whole.secret, OWNER)
    assert resumed is not None
    assert not resumed.session.factor_due
    assert resumed.session.ends_at - resumed.session.begun_at == timedelta(hours=12)


def test_attacker_with_a_stolen_session_cannot_set_up_a_factor_of_his_own(device: Device, clocked: Stations) -> None:
    """Neither without the password, nor beside a factor that was not shown lately."""
    thief = show_code(clocked, enter(clocked), device.code()).value.actor
    with pytest.raises(SignInError):
        begin_totp(clocked, thief, "a guess of his")

    stale = replace(thief, factor_at=clocked.clock.now() - timedelta(minutes=16))
    with pytest.raises(FactorNeededError):
        begin_totp(clocked, stale, PASSWORD)
    with pytest.raises(FactorNeededError):
        drop_totp(clocked, stale)


def test_a_new_secret_is_on_record_before_it_is_kept_and_after(clocked: Stations) -> None:
    create_account(clocked, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    actor = enter(clocked).actor
    before = clocked.ledger.get_head().seq

    begin_totp(clocked, actor, PASSWORD)

    told = [(record["act"], record["outcome"]) for record in records(clocked, after=before)]
    assert told == [("factor:change", "intended"), ("factor:change", "done")]


def test_a_recovery_code_opens_once(clocked: Stations, clockwork: Clockwork) -> None:
    create_account(clocked, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    actor = enter(clocked).actor
    made = Device(begin_totp(clocked, actor, PASSWORD).value.key, clockwork)
    codes = confirm_totp(clocked, actor, made.code()).value.recovery_codes

    assert show_code(clocked, enter(clocked), codes[3].upper()).value.session.factor_at is not None

    with pytest.raises(FactorRefusedError):
        show_code(clocked, enter(clocked), codes[3])
    assert show_code(clocked, enter(clocked), codes[4]).value.session.factor_at is not None


def test_a_lost_factor_is_taken_away_by_the_administrator_and_ends_the_sessions(device: Device, clocked: Stations) -> None:
    opened = show_code(clocked, enter(clocked), device.code()).value

    reset_factors(clocked, terminal_actor(), "anna")

    assert resume_session(clocked, opened.secret, OWNER) is None
    assert not enter(clocked).session.factor_due


def test_the_key_is_sealed_in_the_store(device: Device, clocked: Stations) -> None:
    account = clocked.accounts.get_account_by_username("anna")
    assert account is not None
    assert account.factors is not None
    assert b"totp" not in account.factors
