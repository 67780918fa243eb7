"""Another system is let in, or told something, by the word of the whole chain: nobody connects one alone."""

from collections.abc import Callable

import pytest

from tests.approving import agree
from tests.clockwork import Clockwork
from tests.recorded import records
from tests.signed_feed import Source, connect
from tests.signing import signed_by
from tests.web.desks import session_of
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import ApprovalState, Operation
from traceapp.domain.errors import ApprovalStateError, InputError, PermissionDeniedError
from traceapp.domain.recipients import RecipientKind
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.accounts.manage_tokens import list_tokens
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.list_approvals import show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.exports.recipients import list_recipients
from traceapp.usecases.intake.manage_feeds import list_feeds
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
WHY = "The new line in Lyon sends its batch records by itself."
SEEN = "I compared the key with the one that the maker read out."
CHAIN = (("quin", Role.QUALITY), ("paul", Role.PRODUCTION), ("ida", Role.IT), ("abel", Role.AUDITOR))
MES = Source("MES-LYON")
CLINIC = {"organisation": "Clinic of the Lake", "person": "Interface for recalls", "country": "CN", "key": ""}

Chain = Callable[[], list[Actor]]
Hire = Callable[[str, Role], Actor]


@pytest.fixture
def chain(clocked: Stations, clockwork: Clockwork) -> Chain:
    """Everybody of the chain, in the order in which they are asked, each in a session whose second factor was just shown."""
    uids = [
        create_account(clocked, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE).value
        for name, role in CHAIN
    ]
    clockwork.go_on(86_400.0)

    return lambda: [session_of(clocked, uid) for uid in uids]


@pytest.fixture
def hire(clocked: Stations) -> Hire:
    def make(name: str, role: Role) -> Actor:
        created = create_account(clocked, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE)
        return session_of(clocked, created.value)

    return make


def connected(stations: Stations) -> dict[str, bytes]:
    return {feed.name: feed.public_key for feed in list_feeds(stations, terminal_actor()).value.feeds}


def agreed(stations: Stations, persons: list[Actor], uid: str) -> ApprovalState:
    return [agree(stations, person, uid, SEEN, signed_by(person)).value.state for person in persons][-1]


def test_attacker_who_connects_a_source_system_alone_connects_nothing(chain: Chain, clocked: Stations) -> None:
    """Whoever has the terminal asks, and four others say yes one after the other; before the last of them no feed is there."""
    persons, terminal = chain(), terminal_actor()
    asked = request_approval(clocked, terminal, Operation.INTERFACE_ADD, {"feed": MES.name, "key": MES.key}, WHY).value

    for person in persons:
        with pytest.raises(ApprovalStateError):
            execute_approval(clocked, terminal, asked.uid)
        assert connected(clocked) == {}
        shown = show_approval(clocked, person, asked.uid).value.preview
        assert (shown["sends"], shown["senders"], shown["fingerprint_now"]) == (
            ["T0", "T1", "T2", "T3"],
            {"integrator": "T2"},
            "",
        )
        agree(clocked, person, asked.uid, SEEN, signed_by(person))
    execute_approval(clocked, terminal, asked.uid)

    assert list(connected(clocked)) == [MES.name]
    begun, done = records(clocked, act="feed:change")
    assert (begun["outcome"], done["outcome"], begun["approval"]) == ("intended", "done", asked.uid)


def test_attacker_who_gives_a_source_his_own_key_needs_the_same_others(chain: Chain, clocked: Stations) -> None:
    """What the four agreed to is this key for the feed as it stands: another one in between, and it does not happen."""
    connect(clocked, MES)
    before, terminal = connected(clocked), terminal_actor()
    own, other = ({"feed": MES.name, "key": source.key} for source in (Source(MES.name), Source(MES.name)))
    first, second = (request_approval(clocked, terminal, Operation.INTERFACE_ADD, said, WHY).value.uid for said in (own, other))
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, terminal, first)
    assert connected(clocked) == before

    for uid in (first, second):
        assert agreed(clocked, chain(), uid) is ApprovalState.APPROVED
    execute_approval(clocked, terminal, first)

    after = connected(clocked)
    assert after != before
    with pytest.raises(ApprovalStateError, match="superseded"):
        execute_approval(clocked, terminal, second)
    assert connected(clocked) == after


def test_attacker_who_registers_an_interface_as_a_person_is_refused(chain: Chain, clocked: Stations, hire: Hire) -> None:
    """Two agree to a person; an interface, to which files go by themselves, takes all of the chain."""
    persons, carla = chain(), hire("carla", Role.COORDINATOR)
    with pytest.raises(InputError, match="recipient_interface_add"):
        request_approval(clocked, carla, Operation.RECIPIENT_ADD, CLINIC | {"kind": "interface"}, WHY)
    with pytest.raises(InputError, match="recipient_add"):
        request_approval(clocked, carla, Operation.RECIPIENT_INTERFACE_ADD, CLINIC | {"kind": "person"}, WHY)

    asked = request_approval(clocked, carla, Operation.RECIPIENT_INTERFACE_ADD, CLINIC, WHY).value
    for person in persons:
        with pytest.raises(ApprovalStateError):
            execute_approval(clocked, carla, asked.uid)
        agree(clocked, person, asked.uid, SEEN, signed_by(person))
    execute_approval(clocked, carla, asked.uid)

    assert [one.kind for one in list_recipients(clocked, carla).value] == [RecipientKind.INTERFACE]


@pytest.mark.parametrize("role", [Role.QUALITY, Role.AUDITOR, Role.PRODUCTION, Role.IT])
def test_attacker_at_the_terminal_makes_no_token_of_a_role_that_agrees(role: Role, stations: Stations) -> None:
    """It would show, and let go, what nobody but such a person is shown; it is on record that somebody tried."""
    with pytest.raises(PermissionDeniedError, match="--owner"):
        issue_token(stations, terminal_actor(), TokenRequest(role, EVERYWHERE, EVERYWHERE, "x", 1))

    assert list_tokens(stations, terminal_actor()).value == ()
    (denied,) = [one for one in records(stations, act="token:create") if one["outcome"] == "denied"]
    assert denied["request"]["role"] == role
