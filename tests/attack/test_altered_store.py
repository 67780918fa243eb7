"""Whoever administers the store can change it behind the service's back: what does he get? An answer that says so."""

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import MakeActor
from tests.flows import LYON, SUZHOU, Flows, batch, hour, material, order, party
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.accounts import Token
from traceapp.domain.batch import BatchQuery
from traceapp.domain.disclosure import Unproven
from traceapp.domain.errors import BatchNotFoundError, NotSignedInError, SignInError
from traceapp.domain.events import NodeStatement
from traceapp.domain.grants import GrantRecord, GrantState
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion
from traceapp.usecases.authenticate_token import authenticate_token
from traceapp.usecases.create_account import create_account
from traceapp.usecases.issue_token import issue_token
from traceapp.usecases.look_up_batches import look_up_batches
from traceapp.usecases.resume_session import resume_session
from traceapp.usecases.show_batch import show_batch
from traceapp.usecases.show_source import show_source
from traceapp.usecases.sign_in import sign_in
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import trace_batch

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


def plant() -> Flows:
    """M1 (Lyon) → A1 (Lyon) → S1 (Suzhou) → F1 (Lyon), which is shipped."""
    flows = Flows()
    flows.receive(material("M1"))
    flows.use(material("M1"), order("T1"), 50, at=hour(10))
    flows.make(order("T1"), batch("A1"), at=hour(11))
    flows.use(batch("A1"), order("T2"), 20, at=hour(20), scope=SUZHOU)
    flows.make(order("T2"), batch("S1", "SUZHOU"), at=hour(21), scope=SUZHOU)
    flows.use(batch("S1", "SUZHOU"), order("T3"), 5, at=hour(30), scope=LYON)
    flows.make(order("T3"), batch("F1"), at=hour(31))
    flows.ship(batch("F1"), "SH-1", "HOSP-1", 40, at=hour(40))
    return flows


@pytest.fixture
def planted(stations: Stations) -> Stations:
    plant().append_to(stations.events, stations.sealer)
    return stations


@pytest.fixture
def everywhere(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


@pytest.fixture
def lyon(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, sites={"LYON"})


def asked(stations: Stations, who: Actor, seed: Identity, direction: Direction = FORWARD) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((Seed(uid=stations.sealer.uid(seed)),), direction)).value


def administer(stations: Stations, text: str, **uids: Identity) -> None:
    """What an administrator of the database may do."""
    for name, identity in uids.items():
        text = text.replace(f"${name}", f"'{stations.sealer.uid(identity)}'")
    stations.graph.administer(text, "attack")


def lower(stations: Stations, one: Identity) -> None:
    """Make it Lyon's."""
    text = "MATCH (n:Traceable {uid: $one}), (o:Traceable {uid: $own}) SET n.acl = o.acl"
    administer(stations, text, one=one, own=batch("A1"))


def test_promise_an_untouched_answer_is_proven(planted: Stations, everywhere: Actor, lyon: Actor) -> None:
    for who in (everywhere, lyon):
        for seed, direction in ((material("M1"), FORWARD), (batch("F1"), BACKWARD), (batch("A1"), Direction.BOTH)):
            completeness = asked(planted, who, seed, direction).completeness
            assert (completeness.unverified, completeness.unverified_withheld) == ((), 0)
            assert completeness.status is not Status.UNVERIFIED


LOT = "MATCH (n:Traceable {uid: $lot})"
USED = "MATCH (s:Traceable {uid: $lot})-[r:CONSUMED_IN]->(t)"
NODE_CHANGES = {
    "its number": f"{LOT} SET n.number = 'A9'",
    "its product": f"{LOT} SET n.product = 'OTHER'",
    "another label": f"{LOT} SET n:Unit",
    "one label less": f"{LOT} REMOVE n:Batch",
    "another kind": f"{LOT} SET n.kind = 'Unit'",
    "a state taken away": f"{LOT} SET n.expiry_date = '2030-01-01T00:00:00.000000Z'",
    "its MAC taken away": f"{LOT} REMOVE n.mac",
    "a MAC of nothing": f"{LOT} SET n.mac = 'x'",
    "the MAC of another lot": f"{LOT} MATCH (o:Traceable {{uid: $other}}) SET n.mac = o.mac",
}
LINK_CHANGES = {
    "its quantity": f"{USED} SET r.quantity = '1'",
    "its unit": f"{USED} SET r.unit = 'GRM'",
    "its time": f"{USED} SET r.event_time = '2020-01-01T00:00:00.000000Z'",
    "a pair": f"{USED} SET r.pair = '7'",
    "its MAC taken away": f"{USED} REMOVE r.mac",
    "rewired to another transformation": f"""{USED} MATCH (o:Traceable {{uid: $order}})
        WITH s, r, o, properties(r) AS found DELETE r CREATE (s)-[made:CONSUMED_IN]->(o) SET made = found""",
    "rewired from another lot": f"""{USED} MATCH (o:Traceable {{uid: $other}})
        WITH o, r, t, properties(r) AS found DELETE r CREATE (o)-[made:CONSUMED_IN]->(t) SET made = found""",
    "told twice": f"{USED} WITH s, t, properties(r) AS found CREATE (s)-[made:CONSUMED_IN]->(t) SET made = found",
    "forged": "MATCH (s:Traceable {uid: $lot}), (t:Traceable {uid: $order}) "
    "CREATE (s)-[:CONSUMED_IN {uid: '0', event_uid: '0', record_seq: 1, event_time: '2026-03-02T00:00:00.000000Z'}]->(t)",
}


@pytest.mark.parametrize("change", NODE_CHANGES.values(), ids=NODE_CHANGES)
def test_attacker_who_changes_a_lot_is_named_in_the_answer(change: str, planted: Stations, everywhere: Actor) -> None:
    """A plain property set, a label taken or given, a MAC taken away or borrowed."""
    administer(planted, change, lot=batch("A1"), other=batch("F1"))

    answer = asked(planted, everywhere, material("M1"))

    assert answer.completeness.status is Status.UNVERIFIED
    assert planted.sealer.uid(batch("A1")) in answer.completeness.unverified
    assert "traceapp verify graph" in answer.completeness.reasons[0][2]


@pytest.mark.parametrize("change", LINK_CHANGES.values(), ids=LINK_CHANGES)
def test_attacker_who_changes_a_link_is_named_in_the_answer(change: str, planted: Stations, everywhere: Actor) -> None:
    """A quantity set, a link rewired, copied or made up."""
    administer(planted, change, lot=batch("A1"), other=batch("F1"), order=order("T3"))

    for seed, direction in ((material("M1"), FORWARD), (batch("F1"), BACKWARD)):
        completeness = asked(planted, everywhere, seed, direction).completeness
        if completeness.unverified:
            assert completeness.status is Status.UNVERIFIED
            assert any(" CONSUMED_IN " in one for one in completeness.unverified)
            return
    raise AssertionError("neither direction noticed")


def test_attacker_who_brings_a_void_link_back_is_named(planted: Stations, everywhere: Actor) -> None:
    """A link that was declared void is made live again by hand."""
    flows = plant()
    flows.void(flows.events[1].key)
    flows.append_to(planted.events, planted.sealer)
    assert asked(planted, everywhere, material("M1")).completeness.status is not Status.UNVERIFIED

    administer(planted, "MATCH (:Traceable {uid: $lot})-[r:CONSUMED_IN]->() REMOVE r.voided_seq", lot=material("M1"))

    assert asked(planted, everywhere, material("M1")).completeness.status is Status.UNVERIFIED


@pytest.mark.parametrize("change", ["r.voided_seq = 1", "r.record_seq = 9999999"])
@pytest.mark.parametrize(("seed", "direction"), [("A1", FORWARD), ("F1", BACKWARD), ("M1", FORWARD)])
def test_attacker_who_hides_a_link_is_named(
    change: str, seed: str, direction: Direction, planted: Stations, everywhere: Actor
) -> None:
    """A live link is made void, or one of the future, by hand: whoever walks along it is told that something is missing."""
    administer(planted, f"MATCH (:Traceable)-[r:CONSUMED_IN|PRODUCED|SHIPPED_IN]->() SET {change}")

    completeness = asked(planted, everywhere, material(seed) if seed == "M1" else batch(seed), direction).completeness

    assert completeness.status is Status.UNVERIFIED
    assert completeness.unverified


@pytest.mark.parametrize("covered", [False, True], ids=["acl alone", "and the MAC taken away"])
def test_attacker_who_lowers_the_acl_of_a_lot_does_not_see_it(
    covered: bool, planted: Stations, lyon: Actor, everywhere: Actor
) -> None:
    """Who may see one site makes a lot of another one his own: it counts as the most secret there is, and that is reported."""
    before = asked(planted, lyon, material("M1"))
    lower(planted, batch("S1", "SUZHOU"))
    if covered:
        administer(planted, "MATCH (n:Traceable {uid: $lot}) REMOVE n.mac", lot=batch("S1", "SUZHOU"))
    secret = planted.sealer.uid(batch("S1", "SUZHOU"))

    answer = asked(planted, lyon, material("M1"))

    assert [node.number for node in answer.nodes if node.number] == [node.number for node in before.nodes if node.number]
    assert secret not in repr(answer)
    assert answer.completeness.status is Status.UNVERIFIED
    assert answer.completeness.unverified_withheld > 0
    with pytest.raises(BatchNotFoundError):
        asked(planted, lyon, batch("S1", "SUZHOU"))
    assert secret in asked(planted, everywhere, material("M1")).completeness.unverified


def test_attacker_finds_the_quantities_of_a_lowered_lot_withheld(planted: Stations, lyon: Actor) -> None:
    """The links of such a lot tell no more than those of any withheld one."""
    before = asked(planted, lyon, material("M1"))
    for one in (batch("S1", "SUZHOU"), order("T2")):
        lower(planted, one)

    after = asked(planted, lyon, material("M1"))

    def quantities(answer: TraceAnswer) -> list[Any]:
        return sorted(str(link.quantity) for link in answer.links if link.type != LinkType.SHIPPED_IN)

    assert quantities(after) == quantities(before)
    assert after.completeness.status is Status.UNVERIFIED


def test_promise_what_was_not_proven_is_on_record(planted: Stations, everywhere: Actor) -> None:
    administer(planted, f"{LOT} SET n.number = 'A9'", lot=batch("A1"))
    question = TraceQuestion((Seed(uid=planted.sealer.uid(material("M1"))),), FORWARD)
    trace_batch(planted, everywhere, question)

    told = records(planted, act="batch:trace")[-1]
    assert told["completeness"] == "UNVERIFIED"
    assert told["result"]["unverified"] == [planted.sealer.uid(batch("A1"))]


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
    stations.grants.append_grant(grant)
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
    before = {one.number for one in planted.acls.list_entries()}
    administer(planted, change)

    after = planted.acls.list_entries()
    answer = asked(planted, lyon, material("M1"))

    assert {one.number for one in after} < before
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
    assert stations.accounts.is_altered_token("f" * 64)


@pytest.mark.parametrize("change", [NODE_CHANGES["its product"], LINK_CHANGES["its quantity"]], ids=["lot", "link"])
def test_attacker_who_changes_a_lot_is_named_on_its_page(change: str, planted: Stations, everywhere: Actor) -> None:
    """The page of a batch, and a look-up of its number on record, say what is not as it was written."""
    query = BatchQuery(uid=planted.sealer.uid(batch("A1")))
    assert not show_batch(planted, everywhere, query).value.unverified
    administer(planted, change, lot=batch("A1"))

    named = show_batch(planted, everywhere, query).value.unverified.records
    told = records(planted, act="batch:show")[-1]
    assert named
    assert (told["completeness"], told["result"]["unverified"]) == ("UNVERIFIED", list(named))


def test_attacker_who_lowers_the_acl_of_a_lot_does_not_open_its_page(planted: Stations, lyon: Actor) -> None:
    """Neither the page nor the look-up shows a lot whose acl was written by hand."""
    lower(planted, batch("S1", "SUZHOU"))

    with pytest.raises(BatchNotFoundError):
        show_batch(planted, lyon, BatchQuery(uid=planted.sealer.uid(batch("S1", "SUZHOU"))))
    assert look_up_batches(planted, lyon, BatchQuery(number="S1")).value == ()
    assert records(planted, act="batch:look_up")[-1]["completeness"] == "UNVERIFIED"


def paste(stations: Stations, leg: StoreLeg, name: str, one: Identity, other: Identity) -> None:
    """What stands for a sealed property of one node, put in the place of another's."""
    with leg.session() as session:
        uids = {"one": stations.sealer.uid(one), "other": stations.sealer.uid(other)}
        text = f"MATCH (a {{uid: $one}}), (b {{uid: $other}}) SET b.{name} = a.{name} RETURN count(b) AS made"
        assert session.run(text, **uids).single(strict=True)["made"] == 1


def test_attacker_who_pastes_a_ciphertext_elsewhere_shows_nothing_by_it(
    planted: Stations, store_leg: StoreLeg, everywhere: Actor
) -> None:
    """Who one party is, in the place of another's: its fields alone are not told, and the rest of the answer is."""
    paste(planted, store_leg, "identity", party("SUP-A"), party("HOSP-1"))

    answer = asked(planted, everywhere, batch("F1"))
    (line,) = answer.consignees

    assert line.number == Unproven("T2")
    assert [node.number for node in answer.nodes if node.kind is NodeKind.SHIPMENT] == ["SH-1"]
    assert answer.completeness.status is Status.UNVERIFIED
    assert planted.sealer.uid(party("HOSP-1")) in answer.completeness.unverified
    assert answer.completeness.unavailable == ()
    assert records(planted, act="batch:trace")[-1]["completeness"] == "UNVERIFIED"


def test_attacker_who_pastes_an_identity_elsewhere_shows_nothing_by_it(
    planted: Stations, store_leg: StoreLeg, everywhere: Actor
) -> None:
    """The sealed identity of one delivery in the place of another's: the look-up marks it, and tells no number of it."""
    flows = plant()
    flows.receive(material("M2"))
    flows.append_to(planted.events, planted.sealer, flows.events[-1:])
    before = look_up_batches(planted, everywhere, BatchQuery(uid=planted.sealer.uid(material("M1")))).value
    assert [one.unverified for one in before] == [False]
    paste(planted, store_leg, "identity", material("M2"), material("M1"))

    (found,) = look_up_batches(planted, everywhere, BatchQuery(uid=planted.sealer.uid(material("M1")))).value

    assert found.unverified
    assert found.epc == Unproven("T2")
    assert "M2" not in repr(found)
    assert records(planted, act="batch:look_up")[-1]["completeness"] == "UNVERIFIED"


@pytest.mark.parametrize("change", ["e.payload = o.payload", "e.payload = 'x'"], ids=["of another event", "no ciphertext"])
def test_attacker_who_pastes_the_words_of_an_event_elsewhere_shows_nothing_by_them(
    change: str, planted: Stations, everywhere: Actor, lyon: Actor
) -> None:
    """The sealed words of one event in the place of another's: neither page nor source tells them, and all else is told."""
    event, other = (planted.sealer.event_uid(key) for key in ("e2", "e4"))
    query = BatchQuery(uid=planted.sealer.uid(batch("A1")))
    planted.graph.administer(f"MATCH (e:Event {{uid: '{event}'}}), (o:Event {{uid: '{other}'}}) SET {change}", "attack")

    page = show_batch(planted, everywhere, query).value
    row = show_source(planted, everywhere, event).value

    assert event not in {fact.event_uid for fact in page.facts}
    assert page.unverified
    assert not page.degraded
    assert (row.original, row.content) == (Unproven("T3"), Unproven("T3"))
    assert event in row.unverified.records
    assert records(planted, act="source:show")[-1]["completeness"] == "UNVERIFIED"
    with pytest.raises(BatchNotFoundError):
        show_source(planted, lyon, event)


def test_attacker_who_raises_a_token_by_hand_is_refused_on_record(stations: Stations) -> None:
    """A program that comes in with such a token is turned away in the words for any other, and the ledger says why."""
    view = (frozenset({"LYON"}), frozenset({"*"}))
    text = issue_token(stations, terminal_actor(), Role.INTEGRATOR, *view, "press", 1).value
    authenticate_token(stations, text, "127.0.0.1")
    stations.graph.administer("MATCH (t:Token) SET t.role = 'admin'", "attack")

    with pytest.raises(NotSignedInError, match="unknown, expired or revoked"):
        authenticate_token(stations, text, "127.0.0.1")
    assert records(stations, act="request:refuse")[-1]["reason"] == "the token was changed outside the service"


@pytest.mark.parametrize("change", ["SET e.voided_seq = 1", "DELETE r"], ids=["made void", "no more recorded of it"])
def test_attacker_who_takes_a_hold_away_is_named(change: str, planted: Stations, everywhere: Actor) -> None:
    """The event of a hold is made void by hand, or is no more recorded of its lot: who asks for the lot is told."""
    flows = Flows()
    flows.event([], mentions=[batch("F1")], key="hold", at=hour(50))
    held = NodeStatement(batch("F1"), NodeKind.BATCH, False, LYON, {"hold": "placed"})
    flows.append_to(planted.events, planted.sealer, [replace(flows.events[0], nodes=(held,))])
    assert status_of(planted, everywhere) == "held"

    administer(planted, f"MATCH (e:Event)-[r:RECORDED {{act: 'states'}}]->(:Batch {{uid: $lot}}) {change}", lot=batch("F1"))

    page = show_batch(planted, everywhere, BatchQuery(uid=planted.sealer.uid(batch("F1")))).value
    assert page.unverified
    assert asked(planted, everywhere, material("M1")).completeness.status is Status.UNVERIFIED


def status_of(stations: Stations, actor: Actor) -> object:
    """Of F1, in a trace."""
    answer = asked(stations, actor, material("M1"))
    assert answer.completeness.status is not Status.UNVERIFIED
    return next(node.status for node in answer.nodes if node.number == "F1")
