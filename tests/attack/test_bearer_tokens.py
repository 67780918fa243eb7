"""What a bearer token lets a program do, and what it never does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.errors import InputError, NotSignedInError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.graph.account_store import AccountStore
from traceapp.usecases.access import rights_for
from traceapp.usecases.accounts.change_account import set_disabled, set_role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.accounts.manage_tokens import list_tokens, revoke_token
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
LYON = frozenset({"LYON"})
HERE = "192.0.2.17"


@pytest.fixture
def anna(stations: Stations) -> str:
    """Account uid of a coordinator who sees LYON."""
    return create_account(
        stations, terminal_actor(), "anna", "correct horse battery", "Anna K", Role.COORDINATOR, LYON, EVERYWHERE
    ).value


def owned(stations: Stations, **said: object) -> str:
    return issue_token(
        stations, terminal_actor(), TokenRequest(None, LYON, EVERYWHERE, "reports", 30, owner="anna", **said)
    ).value  # type: ignore[arg-type]


@pytest.mark.usefixtures("anna")
def test_attacker_with_a_token_for_one_thing_cannot_do_another(stations: Stations) -> None:
    """A token that was made to look numbers up is used to trace and to bring events in."""
    program = authenticate_token(stations, owned(stations, only=frozenset({Permission.BATCH_LOOK_UP})), HERE)

    rights_for(stations, program, Permission.BATCH_LOOK_UP)
    for permission in set(Permission) - {Permission.BATCH_LOOK_UP}:
        with pytest.raises(PermissionDeniedError):
            rights_for(stations, program, permission)


ABOVE: dict[str, dict[str, object]] = {
    "another role": {"role": Role.ADMIN},
    "more sites": {"sites": EVERYWHERE},
    "a permission that the role has not": {"only": frozenset({Permission.EVENT_IMPORT})},
    "a purpose that the role has not": {"purpose": Purpose.PRODUCTION},
    "a longer life": {"days": 91},
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("wanted", ABOVE.values(), ids=ABOVE)
def test_attacker_cannot_mint_a_token_above_its_owner(wanted: dict[str, object], stations: Stations) -> None:
    """The owner asks for a token that may do more than he may."""
    said = {"role": None, "sites": LYON, "lines": EVERYWHERE, "label": "x", "days": 30, "owner": "anna", **wanted}

    with pytest.raises((PermissionDeniedError, InputError)):
        issue_token(stations, terminal_actor(), TokenRequest(**said))  # type: ignore[arg-type]

    assert list_tokens(stations, terminal_actor()).value == ()


LOSSES: dict[str, Callable[[Stations], object]] = {
    "demoted": lambda stations: set_role(stations, terminal_actor(), "anna", Role.VIEWER, LYON, EVERYWHERE),
    "closed": lambda stations: set_disabled(stations, terminal_actor(), "anna", disabled=True),
}


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_attacker_keeps_no_token_of_an_owner_who_lost_the_right(loss: Callable[[Stations], object], stations: Stations) -> None:
    """The token was made in better days; at its next use the owner's right of now counts."""
    token = owned(stations)
    assert authenticate_token(stations, token, HERE).role is Role.COORDINATOR
    loss(stations)
    before = stations.ledger.get_head().seq

    with pytest.raises(NotSignedInError):
        authenticate_token(stations, token, HERE)

    (refused,) = records(stations, after=before)
    assert (refused["act"], refused["outcome"]) == ("request:refuse", "denied")
    (listed,) = list_tokens(stations, terminal_actor()).value
    assert not listed.counts


@pytest.mark.usefixtures("anna")
def test_attacker_sees_no_site_that_the_owner_sees_no_more(stations: Stations) -> None:
    """The owner's view became narrower; the token's did with it."""
    token = owned(stations)
    set_role(stations, terminal_actor(), "anna", Role.COORDINATOR, frozenset({"SUZHOU"}), EVERYWHERE)

    assert authenticate_token(stations, token, HERE).sites == frozenset()


@pytest.mark.parametrize(
    ("networks", "address", "let_in"),
    [
        (("192.0.2.0/24",), "192.0.2.200", True),
        (("192.0.2.0/24",), "::ffff:192.0.2.200", True),
        (("192.0.2.17",), "192.0.2.18", False),
        (("2001:db8::/32",), "2001:db8:9::1", True),
        (("2001:db8::/32",), "192.0.2.17", False),
        (("192.0.2.0/24",), "", False),
        ((), "203.0.113.5", True),
    ],
)
def test_attacker_elsewhere_cannot_use_a_token_that_was_made_for_one_network(
    networks: tuple[str, ...], address: str, let_in: bool, stations: Stations
) -> None:
    """A copied token is sent from a network that is not on its list."""
    made = issue_token(
        stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "mes", 30, networks=networks)
    ).value
    if let_in:
        assert authenticate_token(stations, made, address).address == address
        return
    with pytest.raises(NotSignedInError):
        authenticate_token(stations, made, address)


@pytest.mark.parametrize("networks", [("192.0.2.1/24",), ("anywhere",), ("",)], ids=repr)
def test_a_network_that_is_none_is_refused(networks: tuple[str, ...], stations: Stations) -> None:
    with pytest.raises(InputError, match="address"):
        issue_token(stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "mes", 30, networks=networks))


def test_attacker_cannot_use_a_revoked_token(stations: Stations) -> None:
    """It is refused at its next use."""
    made = issue_token(stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "mes", 30)).value
    authenticate_token(stations, made, HERE)

    revoke_token(stations, terminal_actor(), made.split("_")[1])

    with pytest.raises(NotSignedInError):
        authenticate_token(stations, made, HERE)


def test_attacker_with_a_mistyped_token_does_not_reach_the_store(stations: Stations, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checksum is looked at first: guesses cost the store nothing."""
    asked: list[str] = []
    monkeypatch.setattr(AccountStore, "get_token", lambda self, token_hash: asked.append(token_hash))
    made = issue_token(stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "mes", 30)).value
    wrong = made[:-1] + ("0" if made[-1] != "0" else "1")

    with pytest.raises(NotSignedInError):
        authenticate_token(stations, wrong, HERE)
    assert asked == []
    with pytest.raises(NotSignedInError):
        authenticate_token(stations, made, HERE)
    assert len(asked) == 1


def test_the_last_use_of_a_token_is_shown_to_the_minute(stations: Stations) -> None:
    class Later:
        def now(self) -> object:
            return stations.clock.now() + timedelta(minutes=5)

    made = issue_token(stations, terminal_actor(), TokenRequest(Role.VIEWER, EVERYWHERE, EVERYWHERE, "mes", 30)).value
    assert list_tokens(stations, terminal_actor()).value[0].token.used_at is None

    authenticate_token(stations, made, HERE)
    first = list_tokens(stations, terminal_actor()).value[0].token.used_at
    authenticate_token(stations, made, HERE)
    assert list_tokens(stations, terminal_actor()).value[0].token.used_at == first is not None

    authenticate_token(replace(stations, clock=Later()), made, HERE)  # type: ignore[arg-type]
    assert list_tokens(stations, terminal_actor()).value[0].token.used_at > first  # type: ignore[operator]
