"""Whoever administers the store can write into accounts, tokens, grants and sets of scopes: what may he do then? Nothing."""

from dataclasses import replace

import pytest

from tests.attack.four_lots import asked
from tests.flows import hour, material
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.accounts import Token
from traceapp.domain.errors import NotSignedInError, SignInError
from traceapp.domain.grants import GrantRecord, GrantState
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.domain.row_register import RowFault
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

ACCOUNT_CHANGES = {
    "role": "SET a.role = 'admin'",
    "sites": "SET a.sites = ['*']",
    "password": "SET a.password_hash = 'x'",
    "suspended no more": "SET a.disabled = NOT a.disabled",
    "second factors taken away": "SET a.factor_version = 0 REMOVE a.factors",
    "sessions that were ended": "SET a.session_epoch = a.session_epoch - 1",
    "name taken away": "REMOVE a.printed_name",
    "MAC taken away": "REMOVE a.mac",
}


@pytest.mark.parametrize("change", ACCOUNT_CHANGES.values(), ids=ACCOUNT_CHANGES)
def test_attacker_who_raises_an_account_by_hand_opens_nothing_with_it(change: str, stations: Stations) -> None:
    """A role or view written into the store is no role: the account is refused from the next request on."""
    create_account(
        stations, terminal_actor(), "rc-02", "correct horse battery", "RC", Role.VIEWER, frozenset({"LYON"}), frozenset({"*"})
    )
    account = stations.accounts.get_account_by_username("rc-02")
    assert account is not None
    assert stations.accounts.put_factors(account.uid, b"\x01" * 80, 0)
    stations.accounts.advance_session_epoch(account.uid)
    assert stations.accounts.get_account(account.uid) is not None

    stations.graph.administer(f"MATCH (a:Account {{uid: '{account.uid}'}}) {change}", "attack")

    assert stations.accounts.get_account(account.uid) is None
    assert stations.accounts.get_account_by_username("rc-02") is None
    client = Client("192.0.2.7", "a browser")
    with pytest.raises(SignInError) as refused:
        sign_in(stations, "rc-02", "correct horse battery", client)
    with pytest.raises(SignInError) as unknown:
        sign_in(stations, "nobody", "correct horse battery", client)
    assert str(refused.value) == str(unknown.value)
    reasons = [told["reason"] for told in records(stations, act="session:start")[-2:]]
    assert reasons == ["the account was changed outside the service", "unknown user name"]


def test_attacker_who_ends_sessions_and_turns_the_count_back_brings_none_back(stations: Stations) -> None:
    """Ending the sessions of an account that was changed by hand does not prove it anew."""
    create_account(
        stations, terminal_actor(), "rc-03", "correct horse battery", "RC", Role.VIEWER, frozenset({"LYON"}), frozenset({"*"})
    )
    account = stations.accounts.get_account_by_username("rc-03")
    assert account is not None
    stations.accounts.advance_session_epoch(account.uid)
    ended = stations.accounts.get_account(account.uid)
    assert ended is not None
    assert ended.session_epoch == account.session_epoch + 1
    stations.graph.administer(f"MATCH (a:Account {{uid: '{account.uid}'}}) SET a.session_epoch = 0, a.role = 'admin'", "attack")

    stations.accounts.advance_session_epoch(account.uid)

    assert stations.accounts.get_account(account.uid) is None


def test_attacker_who_changes_an_account_ends_its_sessions_on_record(stations: Stations) -> None:
    """A cookie of such an account is nobody's from the next request on, and the ledger says why."""
    create_account(
        stations, terminal_actor(), "rc-04", "correct horse battery", "RC", Role.VIEWER, frozenset({"LYON"}), frozenset({"*"})
    )
    account = stations.accounts.get_account_by_username("rc-04")
    assert account is not None
    client = Client("192.0.2.7", "a browser")
    cookie = sign_in(stations, "rc-04", "correct horse battery", client).value.secret
    assert resume_session(stations, cookie, client) is not None
    stations.graph.administer(f"MATCH (a:Account {{uid: '{account.uid}'}}) SET a.role = 'admin'", "attack")

    assert resume_session(stations, cookie, client) is None
    assert records(stations, act="session:end")[-1]["reason"] == "the account was changed outside the service"


GRANT_CHANGES = (
    "SET g.ends_at = '2099-01-01T00:00:00.000000Z'",
    "SET g.tier = 'T3'",
    "SET g.account_uid = 'a2'",
    "SET g.state = 'open'",
    "REMOVE g.mac",
)


@pytest.mark.parametrize("change", GRANT_CHANGES)
def test_attacker_who_widens_a_break_glass_access_by_hand_is_given_nothing(change: str, stations: Stations) -> None:
    """Its end, tier, owner and state are proven: one that was changed in the store gives no rights."""
    grant = GrantRecord("g1", "a1", Role.COORDINATOR, "T2", b"\x01" * 60, hour(0), hour(1))
    stations.grants.append_grant(grant, "a1")
    if "state" in change:
        assert stations.grants.put_grant(replace(grant, state=GrantState.REVIEWED, reviewed_by="a3", reviewed_at=hour(2)))
    assert stations.grants.get_grant("g1") is not None

    stations.graph.administer(f"MATCH (g:Grant {{uid: 'g1'}}) {change}", "attack")

    assert stations.grants.get_grant("g1") is None


ACL_CHANGES = {
    "a set of one site widened": "MATCH (x:AclEntry) WHERE 'SUZHOU|*' IN x.scopes SET x.scopes = ['LYON|*', 'SUZHOU|*']",
    "a set renumbered": "MATCH (x:AclEntry) WHERE 'SUZHOU|*' IN x.scopes SET x.scopes = ['LYON|*']",
    "no texts": "MATCH (x:AclEntry) WHERE 'SUZHOU|*' IN x.scopes SET x.scopes = [1]",
}


@pytest.mark.parametrize("change", ACL_CHANGES.values(), ids=ACL_CHANGES)
def test_attacker_who_changes_a_set_of_scopes_by_hand_is_given_nothing(change: str, planted: Stations, lyon: Actor) -> None:
    """The number that nodes carry is a digest of the set: a set that does not fit it gives nobody rights."""
    before = planted.acls.list_entries()
    planted.graph.administer(change, "attack")

    after = planted.acls.list_entries()
    answer = asked(planted, lyon, material("M1"))

    assert after == before
    assert "S1" not in {node.number for node in answer.nodes}


TOKEN_CHANGES = (
    "SET t.role = 'admin'",
    "SET t.expires_at = '2099-01-01T00:00:00.000000Z'",
    "SET t.revoked = NOT t.revoked",
    "REMOVE t.only",
)


@pytest.mark.parametrize("change", TOKEN_CHANGES)
def test_attacker_who_raises_a_token_by_hand_opens_nothing_with_it(change: str, stations: Stations) -> None:
    """The same of a program's token: role, end, revocation and what it was made for."""
    only = frozenset({Permission.BATCH_TRACE})
    token = Token(
        "t1", "f" * 64, "a1", Role.INTEGRATOR, frozenset({"LYON"}), frozenset({"*"}), "press", hour(0), hour(9), only=only
    )
    stations.accounts.put_token(token)
    assert stations.accounts.get_token("f" * 64) == token

    stations.graph.administer(f"MATCH (t:Token {{uid: 't1'}}) {change}", "attack")

    assert stations.accounts.get_token("f" * 64) is None
    assert stations.accounts.fault_of_token("t1") is RowFault.CHANGED


def test_attacker_who_raises_a_token_by_hand_is_refused_on_record(stations: Stations) -> None:
    """A program that comes in with such a token is turned away in the words for any other, and the ledger says why."""
    view = (frozenset({"LYON"}), frozenset({"*"}))
    text = issue_token(stations, terminal_actor(), TokenRequest(Role.INTEGRATOR, *view, "press", 1)).value
    authenticate_token(stations, text, "127.0.0.1")
    stations.graph.administer("MATCH (t:Token) SET t.role = 'admin'", "attack")

    with pytest.raises(NotSignedInError, match="unknown, expired or revoked"):
        authenticate_token(stations, text, "127.0.0.1")
    assert records(stations, act="request:refuse")[-1]["reason"] == "the token was changed outside the service"
