"""Who can write the policy, or what the home keeps of its acceptance: what does he win? Everything is denied, and it is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.attack.approvers import WHY, Enter, enter, hire
from tests.conftest import MakeActor
from tests.flows import hour
from tests.recorded import records
from traceapp.app import create_app
from traceapp.composition import build_watch, terminal_actor
from traceapp.domain.alerts import AlertFilter
from traceapp.domain.approvals import Approval
from traceapp.domain.errors import (
    ApprovalNotFoundError,
    ApprovalStateError,
    HomeError,
    PermissionDeniedError,
    PolicyError,
    RecoveryError,
)
from traceapp.domain.governed import DocumentKind
from traceapp.domain.kinds import Direction
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.policy.acceptance import ACCEPTED, load_policy
from traceapp.policy.alert_rules import shipped_content
from traceapp.policy.compilation import compile_rights
from traceapp.policy.decisions import CLOSED, Policy
from traceapp.policy.document import read_policy
from traceapp.usecases.approvals.approval_document import open_frozen
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.check_readiness import check_readiness
from traceapp.usecases.governed.accept_policy import accept_policy, record_first_policy
from traceapp.usecases.governed.change_documents import apply_change, keep_proposal
from traceapp.usecases.governed.governed_documents import files_of, list_kept_versions
from traceapp.usecases.governed.propose_document import propose_document
from traceapp.usecases.governed.running_documents import acceptance_of
from traceapp.usecases.keys.make_approved_recovery_key import make_approved_recovery_key
from traceapp.usecases.keys.make_recovery_key import make_recovery_key
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.usecases.watch_stations import WatchStations

pytestmark = pytest.mark.one_store

__all__ = ["enter", "hire"]

EVERYBODY = tuple(Role)
DEFAULT = (Path(__file__).parents[2] / "traceapp" / "policy" / "default_policy.toml").read_bytes()


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


def rung(watched: WatchStations) -> set[str]:
    return {one.alert.rule for one in watched.book.list_alerts(AlertFilter(), 100) if one.alert.rule.startswith("policy-")}


def test_attacker_who_edits_the_policy_rings_although_everything_is_denied(
    stations: Stations, actor: MakeActor, tmp_path: Path
) -> None:
    """By the edit itself under a running service, and by the first question that is denied for it."""
    path = tmp_path / "policy.toml"
    path.write_bytes(DEFAULT)
    (stations.settings.home / ACCEPTED).unlink(missing_ok=True)
    assert under(stations, path).policy.closed is None
    watched = build_watch(stations.settings.model_copy(update={"policy": str(path)}))
    watch = LedgerWatch(watched)
    watch.look_around()
    assert rung(watched) == set()

    path.write_bytes(LOST["a role may more"](DEFAULT) or b"")
    watch.look_around()

    assert rung(watched) == {"policy-edited"}
    with pytest.raises(PolicyError):
        trace_batch(under(stations, path), actor(Role.COORDINATOR), TraceQuestion((Seed(number="X"),), Direction.FORWARD))
    while watch.read():
        pass
    assert rung(watched) == {"policy-edited", "policy-unaccepted"}
    watched.ledger.close()


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


def both(stations: Stations, folder: Path) -> tuple[Path, Path]:
    """The files of both officers of a new recovery key."""
    officers = (folder / "officer-1", folder / "officer-2")
    make_recovery_key(stations, terminal_actor(), officers)
    return officers


def test_attacker_at_the_terminal_is_neither_officer(stations: Stations, tmp_path: Path) -> None:
    """He accepts a policy of his own with no officer, with one twice, or with two that he made himself."""
    terminal, path = terminal_actor(), tmp_path / "his.toml"
    path.write_bytes(DEFAULT.replace(b'clearance = "T1"', b'clearance = "T2"', 1))
    his = replace(stations, settings=stations.settings.model_copy(update={"policy": str(path)}))
    kept, made = kept_digest(stations), (tmp_path / "his-1", tmp_path / "his-2")
    with pytest.raises(RecoveryError):
        accept_policy(his, terminal, made)

    first, second = both(stations, tmp_path)
    with pytest.raises(PermissionDeniedError, match="both its officers"):
        make_recovery_key(stations, terminal, made)
    with pytest.raises(RecoveryError):
        make_recovery_key(stations, terminal, made, (first, first))
    with pytest.raises(ApprovalNotFoundError):
        make_approved_recovery_key(stations, terminal, "a" * 16, made)
    for wrong in ((first, first), made):
        with pytest.raises(RecoveryError):
            accept_policy(his, terminal, wrong)

    assert kept_digest(stations) == kept
    assert [record["outcome"] for record in records(stations, act="policy:accept")][-3:] == ["failed"] * 3
    assert [record["outcome"] for record in records(stations, act="key:officers")] == ["intended", "done", "denied"] + [
        "failed"
    ] * 2
    assert accept_policy(his, terminal, (first, second)).value == read_policy(path).digest


def test_promise_an_accepted_document_is_in_force_and_on_record(stations: Stations, actor: MakeActor, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(DEFAULT.replace(b"version = 1", b"version = 2"))
    settings = stations.settings.model_copy(update={"policy": str(path)})
    changed = replace(under(stations, path), settings=settings)
    assert changed.policy.closed
    officers = both(changed, tmp_path)
    before, kept = stations.ledger.get_head().seq, kept_digest(stations)

    accepted = accept_policy(changed, actor(Role.ADMIN), officers)

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
    accept_policy(replace(under(stations, now), settings=chosen), actor(Role.ADMIN), both(stations, tmp_path))
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


def rules(minutes: int) -> bytes:
    """The shipped alert rules, one of them with so many quiet minutes."""
    return shipped_content().replace(b"quiet_minutes = 0\n", b"quiet_minutes = %d\n" % minutes, 1)


def test_attacker_with_two_changes_of_one_state_puts_one_in_force(enter: Enter, clocked: Stations) -> None:
    """Both were agreed to, and both are carried out at once: the later one is not what was signed any more."""
    kind = DocumentKind.ALERT_RULES
    for name, role in (("anna", Role.QUALITY), ("ira", Role.IT), ("abel", Role.AUDITOR)):
        enter(name, role)
    quin = enter("quin", Role.QUALITY)

    def apply(asked: Approval) -> str:
        return apply_change(kind, clocked, quin, open_frozen(clocked, asked).parameters, asked.uid).value.digest

    first, second = (propose_document(clocked, quin, kind, rules(minutes), WHY).value for minutes in (1, 2))
    applied = apply(first)
    with pytest.raises(ApprovalStateError):
        apply(second)

    kept = list_kept_versions(clocked, kind)
    assert [(one.number, one.approval) for one in kept if one.approval] == [(2, first.uid)]
    assert kept[-1].digest == applied


def test_promise_a_proposal_that_cannot_be_kept_is_on_record_as_failed(stations: Stations, actor: MakeActor) -> None:
    kind = DocumentKind.ALERT_RULES
    folder = files_of(stations, kind).folder
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file lies where the folder would be")

    with pytest.raises(HomeError):
        keep_proposal(stations, actor(Role.QUALITY), kind, rules(3), None)

    assert [one["outcome"] for one in records(stations, act="change:propose")] == ["intended", "failed"]
