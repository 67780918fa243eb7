"""Who can reach the policy, or feed it what it does not expect: what does he win? Everything is denied, and it is said."""

import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import neo4j
import pytest

from tests.conftest import MakeActor
from tests.flows import SUZHOU, Flows, batch, hour
from tests.recorded import records
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.errors import BatchNotFoundError, InputError, PermissionDeniedError, PolicyError
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Role, Withholding
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.graph.connection import Graph
from traceapp.graph.query_catalogue import load_catalogue
from traceapp.policy.acceptance import ACCEPTED, load_policy
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import CLOSED, EVALUATION, FAILED, Policy
from traceapp.policy.document import parse_policy, read_policy
from traceapp.usecases.accept_policy import accept_policy, acceptance_of, record_first_policy
from traceapp.usecases.access import rights_for, with_purpose
from traceapp.usecases.check_readiness import check_readiness
from traceapp.usecases.create_account import create_account
from traceapp.usecases.explain_decision import explain_decision
from traceapp.usecases.issue_token import TokenRequest, issue_token
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import trace_batch

pytestmark = pytest.mark.one_store

EVERYBODY = tuple(Role)
DEFAULT = (Path(__file__).parents[2] / "traceapp" / "policy" / "default_policy.toml").read_bytes()


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


def under(stations: Stations, chosen: Path) -> Stations:
    """As a process would be that starts now with this document."""
    acceptance = acceptance_of(stations.settings.home, stations.sealer.macs)
    return replace(stations, policy=load_policy(chosen, acceptance, stations.dictionary))


def kept_digest(stations: Stations) -> str | None:
    return acceptance_of(stations.settings.home, stations.sealer.macs).digest


LOST: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda _: b"",
    "cut": lambda content: content[: len(content) // 2],
    "no text": lambda _: b"\xff\xfe\x00",
    "a role may more": lambda content: content.replace(b'"batch:trace"]', b'"batch:trace", "source:show"]', 1),
    "a clearance is higher": lambda content: content.replace(b'clearance = "T1"', b'clearance = "T2"', 1),
    "a field that nobody knows": lambda content: content.replace(b'Container = ["type"]', b'Container = ["kind"]'),
    "gone": lambda _: None,
}


@pytest.mark.parametrize("loss", LOST.values(), ids=LOST)
def test_attacker_who_edits_or_empties_the_policy_gets_everything_denied(
    stations: Stations, actor: MakeActor, tmp_path: Path, loss: Callable[[bytes], bytes | None]
) -> None:
    """He writes to the policy file of a service that has accepted another one."""
    path = tmp_path / "policy.toml"
    path.write_bytes(DEFAULT)
    (stations.settings.home / ACCEPTED).unlink(missing_ok=True)
    assert under(stations, path).policy.closed is None
    left = loss(DEFAULT)
    path.unlink() if left is None else path.write_bytes(left)
    changed = under(stations, path)

    assert changed.policy.closed
    for role in EVERYBODY:
        for permission in Permission:
            decision = changed.policy.decide(actor(role), permission)
            assert (decision.allowed, decision.rule, decision.reason) == (False, CLOSED, changed.policy.closed)
        assert compile_rights(changed.policy, stations.acls.list_entries(), actor(role), hour(0)).see == ()
    before = stations.ledger.get_head().seq
    with pytest.raises(PolicyError):
        trace_batch(changed, actor(Role.COORDINATOR), TraceQuestion((Seed(number="X"),), Direction.FORWARD))
    with pytest.raises(PolicyError):
        check_readiness(changed)
    (refusal,) = records(stations, after=before)
    assert (refusal["outcome"], refusal["reason"].partition(":")[0]) == ("denied", CLOSED)


def test_attacker_finds_a_service_without_policy_closed_and_saying_so(stations: Stations) -> None:
    """He asks the service over the wire while its policy cannot be read."""
    closed = replace(stations, policy=Policy.denying("The policy document cannot be read: it is empty.", stations.dictionary))
    client = create_app(lambda: closed, b"only for tests, thirty-two bytes").test_client()

    ready, page = client.get("/readyz"), client.get("/sign-in")

    assert ready.status_code == 503
    assert ready.json is not None
    assert ready.json["type"].endswith("policy")
    assert "traceapp policy accept" in ready.get_data(as_text=True)
    assert page.status_code == 200


def test_promise_an_accepted_document_is_in_force_and_on_record(stations: Stations, actor: MakeActor, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(DEFAULT.replace(b"version = 1", b"version = 2"))
    settings = stations.settings.model_copy(update={"policy": str(path)})
    changed = replace(under(stations, path), settings=settings)
    assert changed.policy.closed
    before, kept = stations.ledger.get_head().seq, kept_digest(stations)

    accepted = accept_policy(changed, actor(Role.ADMIN))

    assert accepted.value == read_policy(path).digest == kept_digest(stations)
    assert under(stations, path).policy.closed is None
    intended, done = records(stations, after=before)
    assert [intended["outcome"], done["outcome"]] == ["intended", "done"]
    assert done["request"]["accepted"] == accepted.value
    assert done["request"]["accepted_before"] == kept


def rewritten(kept: Path, before: bytes, digest: str) -> None:
    kept.write_text(f"{digest}\n")


def under_another_mac(kept: Path, before: bytes, digest: str) -> None:
    kept.write_text(f"{digest} {before.decode().split()[1]}\n")


def put_back(kept: Path, before: bytes, digest: str) -> None:
    kept.write_bytes(before)


def taken_away(kept: Path, before: bytes, digest: str) -> None:
    kept.unlink()


@pytest.mark.parametrize("how", [rewritten, under_another_mac, put_back, taken_away])
def test_attacker_who_writes_beside_the_policy_that_it_was_accepted_gets_everything_denied(
    how: Callable[[Path, bytes, str], None], stations: Stations, actor: MakeActor, tmp_path: Path
) -> None:
    """He can write the digest that the home keeps, and has a document of his own, or one that was in force once."""
    kept = stations.settings.home / ACCEPTED
    record_first_policy(stations, actor(Role.ADMIN))
    once, now = tmp_path / "once.toml", tmp_path / "now.toml"
    once.write_bytes(DEFAULT)
    now.write_bytes(DEFAULT.replace(b"version = 1", b"version = 2"))
    assert under(stations, once).policy.closed is None
    before = kept.read_bytes()
    chosen = stations.settings.model_copy(update={"policy": str(now)})
    accept_policy(replace(under(stations, now), settings=chosen), actor(Role.ADMIN))
    assert under(stations, now).policy.closed is None

    his = once if how in {put_back, taken_away} else tmp_path / "his.toml"
    if how in {rewritten, under_another_mac}:
        his.write_bytes(DEFAULT.replace(b'clearance = "T1"', b'clearance = "T2"', 1))
    how(kept, before, read_policy(his).digest)

    for document in (his, now):
        assert under(stations, document).policy.closed


def test_attacker_who_writes_another_digest_has_no_mac_for_it(stations: Stations, tmp_path: Path) -> None:
    """Before any acceptance is on record, the MAC alone says whether the service wrote it."""
    kept, his = stations.settings.home / ACCEPTED, tmp_path / "his.toml"
    his.write_bytes(DEFAULT.replace(b'clearance = "T1"', b'clearance = "T2"', 1))
    assert acceptance_of(stations.settings.home, stations.sealer.macs).on_record is None

    under_another_mac(kept, kept.read_bytes(), read_policy(his).digest)

    assert "changed outside the service" in (under(stations, his).policy.closed or "")


@pytest.mark.parametrize("mode", [0o646, 0o664])
def test_attacker_finds_no_policy_in_force_that_others_may_write(mode: int, stations: Stations, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(DEFAULT)
    path.chmod(0o644)
    assert under(stations, path).policy.closed is None

    path.chmod(mode)

    assert f"mode {mode:04o}" in (under(stations, path).policy.closed or "")


def test_promise_a_first_start_is_on_record_once(stations: Stations, actor: MakeActor) -> None:
    for _ in range(2):
        record_first_policy(stations, actor(Role.ADMIN))

    (accepted,) = records(stations, act="policy:accept")
    assert accepted["request"]["accepted"] == stations.policy.digest == kept_digest(stations)


class BrokenError(Exception):
    """What no rule foresaw."""


@contextmanager
def breaking(monkeypatch: pytest.MonkeyPatch, place: str) -> Iterator[None]:
    def fall(*_: object, **__: object) -> Any:
        raise BrokenError("a secret of the engine")

    with monkeypatch.context() as patched:
        patched.setattr(place, fall)
        yield


@pytest.mark.parametrize(
    "place", ["traceapp.policy.decisions.Policy._decide", "traceapp.usecases.access.compile_rights"], ids=["decide", "compile"]
)
def test_attacker_who_makes_the_policy_fail_is_denied(
    stations: Stations, coordinator: Actor, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """He finds a request at which the evaluation itself raises."""
    before = stations.ledger.get_head().seq
    with breaking(monkeypatch, place), pytest.raises(PolicyError) as refused:
        rights_for(stations, coordinator, Permission.BATCH_TRACE)

    assert str(refused.value) == EVALUATION
    assert [record["reason"] for record in records(stations, after=before)] == [f"{FAILED}: {EVALUATION}"]


CONDITIONS = {
    "a factor": "{ factor_minutes = 15 }",
    "a network": '{ networks = ["10.0.0.0/8"] }',
    "a shift that is over": '{ shift = ["08:00", "08:01"] }',
    "all of them": '{ factor_minutes = 15, networks = ["10.0.0.0/8"], shift = ["00:00", "00:00"] }',
}


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_attacker_without_the_attribute_of_a_condition_is_not_shown_what_it_guards(
    stations: Stations, actor: MakeActor, condition: str
) -> None:
    """The condition asks for a factor, an address or an hour that the request does not carry."""
    document = parse_policy(DEFAULT.replace(b"t3 = { factor_minutes = 15 }", f"t3 = {condition}".encode()))
    policy = Policy(document, stations.dictionary)
    lacking = replace(actor(Role.PRODUCTION, address=""), factor_at=None)

    rights = compile_rights(policy, stations.acls.list_entries(), lacking, hour(5))

    assert not rights.shows(NodeKind.BATCH, "formulation")
    assert rights.shows(NodeKind.BATCH, "process_parameters")


@pytest.mark.parametrize("lacking", ["sites", "lines"])
def test_attacker_with_a_scope_that_lacks_an_attribute_sees_nothing(stations: Stations, actor: MakeActor, lacking: str) -> None:
    """His account was made without the one thing that its role is bounded by."""
    nobody = actor(Role.QUALITY, **{lacking: ()})

    rights = compile_rights(stations.policy, stations.acls.list_entries(), nobody, hour(0))

    assert (rights.see, rights.named, rights.mode) == ((), (), Withholding.STOP)


def test_attacker_who_names_another_purpose_is_denied_and_recorded(stations: Stations, actor: MakeActor) -> None:
    """A warehouse asks as if for a recall, so that more fields would open."""
    warehouse = with_purpose(actor(Role.WAREHOUSE), "recall")
    before = stations.ledger.get_head().seq

    with pytest.raises(PermissionDeniedError, match="does not look for the purpose recall"):
        rights_for(stations, warehouse, Permission.BATCH_TRACE)
    with pytest.raises(InputError):
        with_purpose(warehouse, "curiosity")
    with pytest.raises(PermissionDeniedError):
        with_purpose(replace(warehouse, through="token", purpose=Purpose.INBOUND), "outbound")

    (refusal,) = records(stations, after=before)
    assert (refusal["actor"]["purpose"], refusal["reason"].partition(":")[0]) == ("recall", "warehouse/purposes")


HOSTILE = (
    "X'}) MATCH (n) DETACH DELETE n //",
    'X"}) RETURN n //',
    "`Batch`) MATCH (m",
    "\\u0060Batch\\u0060",
    "$see",
    "*",
    "Batch:Traceable",
    "X' OR 1=1 OR 'a'='a",
    "0 OR true",
    "\x00",
    "${jndi:ldap://x}",
    "x" * 201,
)
PLACES = (
    "/api/v1/batches/{}",
    "/api/v1/batches/N?kind={}",
    "/api/v1/batches/N?product={}",
    "/api/v1/batches/N?site={}",
    "/api/v1/batches?number=N&kind={}",
    "/api/v1/traces?number={}&direction=forward",
    "/api/v1/traces?number=N&direction={}",
    "/api/v1/traces?number=N&direction=forward&limit={}",
    "/api/v1/traces?number=N&direction=forward&sort={}",
    "/api/v1/traces?uid={}&direction=forward",
    "/api/v1/events/{}/source",
)


def test_attacker_cannot_change_the_text_of_a_statement(stations: Stations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cypher in every place where a number, kind, direction, limit or order may stand."""
    Flows().append_to(stations.events, stations.sealer)
    ours = {statement.text for statement in load_catalogue().statements.values()}
    sent: list[str] = []
    run_once = Graph._run_once

    def watched(self: Graph, query: neo4j.Query, params: dict[str, Any], access: str) -> Any:
        sent.append(str(query.text))
        return run_once(self, query, params, access)

    monkeypatch.setattr(Graph, "_run_once", watched)
    client = create_app(lambda: stations, b"only for tests, thirty-two bytes").test_client()
    made = issue_token(stations, terminal_actor(), TokenRequest(Role.COORDINATOR, frozenset("*"), frozenset("*"), "test", 1))
    header = {"Authorization": f"Bearer {made.value}"}
    codes = {client.get(place.format(quote(text, safe="")), headers=header).status_code for place in PLACES for text in HOSTILE}

    assert codes <= {400, 404}
    assert sent
    assert set(sent) <= ours


def test_attacker_who_counts_through_numbers_of_another_site_is_told_one_thing(stations: Stations, actor: MakeActor) -> None:
    """Numbers of a hidden site, of no site and of nothing at all, one after the other: one sentence, one shape of record."""
    flows = Flows()
    theirs = [batch(f"B{letter}", "SUZHOU") for letter in string.ascii_uppercase[:8]]
    flows.event([], describes=theirs, at=hour(1), scopes=dict.fromkeys(theirs, SUZHOU))
    flows.append_to(stations.events, stations.sealer)
    lyon = actor(Role.REGULATOR, sites={"LYON"})
    before = stations.ledger.get_head().seq
    said = set()
    for letter in string.ascii_uppercase[:12]:
        with pytest.raises(BatchNotFoundError) as refused:
            trace_batch(stations, lyon, TraceQuestion((Seed(number=f"B{letter}"),), Direction.FORWARD))
        said.add(str(refused.value))

    assert len(said) == 1
    kept = records(stations, after=before)
    assert len(kept) == 12
    assert {(tuple(sorted(record)), record["reason"], str(record["result"])) for record in kept} == {
        (tuple(sorted(kept[0])), "BatchNotFoundError", str(kept[0]["result"]))
    }


def test_promise_why_is_the_decision_that_is_taken(stations: Stations, actor: MakeActor) -> None:
    """What is explained is decided by the same rows, and an object is looked for with that person's rights."""
    flows = Flows()
    flows.event([], describes=[batch("B1"), batch("B2", "SUZHOU")], at=hour(1), scopes={batch("B2", "SUZHOU"): SUZHOU})
    flows.append_to(stations.events, stations.sealer)
    stations, admin = explained_by_coordinators(stations), actor(Role.COORDINATOR)
    create_account(
        stations, terminal_actor(), "lin", "correct horse battery", "Lin", Role.LAB, frozenset({"LYON"}), frozenset("*")
    )

    seen, hidden, absent = (explain_decision(stations, admin, "lin", "batch:show", number).value for number in ("B1", "B2", "B3"))
    denied = explain_decision(stations, admin, "lin", "account:create").value
    foreign = explain_decision(stations, admin, "lin", "batch:show", None, Purpose.RECALL).value

    assert (seen.decision.allowed, seen.decision.rule) == (True, "lab/batch:show")
    assert (seen.sites, seen.scopes, seen.purpose, seen.clearance) == (("LYON",), ("line", "site"), Purpose.INSPECTION, "T2")
    assert "process_parameters" in seen.fields[NodeKind.BATCH]
    assert "formulation" not in seen.fields[NodeKind.BATCH]
    assert (hidden.decision.allowed, hidden.decision.rule) == (False, "scope/outside")
    assert absent.decision.reason.startswith("If it exists"), "of what the asker does not find, no more is told than the rule"
    assert (denied.decision.allowed, denied.decision.rule) == (False, "default/deny")
    assert (foreign.decision.allowed, foreign.decision.rule, foreign.fields) == (False, "lab/purposes", {})
    with pytest.raises(InputError):
        explain_decision(stations, admin, "nobody", "batch:show")
    with pytest.raises(InputError):
        explain_decision(stations, admin, "lin", "batch:delete")
    with pytest.raises(PermissionDeniedError):
        explain_decision(stations, actor(Role.LAB), "lin", "batch:show")


def explained_by_coordinators(stations: Stations) -> Stations:
    """Under a policy whose coordinators may ask why, and see batches as well."""
    document = stations.policy.document
    row = document.roles[Role.COORDINATOR]
    more = row.model_copy(update={"permissions": row.permissions | {Permission.POLICY_EXPLAIN}})
    changed = document.model_copy(update={"roles": {**document.roles, Role.COORDINATOR: more}})
    return replace(stations, policy=Policy(changed, stations.dictionary))


@pytest.mark.parametrize("named", ["B1", "B2", "uid of B1"])
def test_attacker_who_explains_decisions_learns_of_no_number_that_he_may_not_look_up(
    stations: Stations, actor: MakeActor, named: str
) -> None:
    """The security administrator sees no batch: an existing number and an absent one make the same answer."""
    flows = Flows()
    flows.event([], describes=[batch("B1"), batch("B2", "SUZHOU")], at=hour(1), scopes={batch("B2", "SUZHOU"): SUZHOU})
    flows.append_to(stations.events, stations.sealer)
    create_account(
        stations, terminal_actor(), "lin", "correct horse battery", "Lin", Role.LAB, frozenset({"LYON"}), frozenset("*")
    )
    exists = stations.sealer.uid(batch("B1")) if named.startswith("uid") else named
    absent = "0" * 32 if named.startswith("uid") else "B3"

    for who in (actor(Role.ADMIN), terminal_actor()):
        found, lost = (explain_decision(stations, who, "lin", "batch:show", number).value for number in (exists, absent))
        assert replace(found, object="") == replace(lost, object="")
        assert found.decision.reason == lost.decision.reason
        assert (found.decision.allowed, found.decision.rule) == (True, "lab/batch:show")
        assert found.decision.reason.startswith("If it exists and lies within")
