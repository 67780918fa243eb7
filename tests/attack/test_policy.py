"""Who feeds the policy what it does not expect: what does he win? Everything is denied, and it is said."""

import string
from collections.abc import Iterator
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
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import EVALUATION, FAILED, Policy
from traceapp.policy.document import parse_policy
from traceapp.usecases.access import rights_for, with_purpose
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.explain_decision import explain_decision
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

pytestmark = pytest.mark.one_store

DEFAULT = (Path(__file__).parents[2] / "traceapp" / "policy" / "default_policy.toml").read_bytes()


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


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

    def watched(self: Graph, query: neo4j.Query, params: dict[str, Any], access: str, *more: Any) -> Any:
        sent.append(str(query.text))
        return run_once(self, query, params, access, *more)

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
