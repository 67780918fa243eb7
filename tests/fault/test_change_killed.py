"""A change of the rules that is killed at every step: it is in force or it is not, and the ledger says which."""

import pytest

from tests.approving import agree
from tests.fault.test_approvals_killed import colleague
from tests.fault.test_intents_killed import CLIENT, Step, run_killed, sweep
from tests.recorded import records
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval, ApprovalState
from traceapp.domain.errors import ApprovalStateError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.recorded import ABORTED, COMMITTED
from traceapp.domain.rights import Actor, Role
from traceapp.policy.acceptance import Acceptance
from traceapp.policy.alert_rules import shipped_content
from traceapp.policy.document import parse_policy, read_content
from traceapp.usecases.approvals.approval_document import open_frozen
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.governed.change_documents import apply_change
from traceapp.usecases.governed.governed_documents import list_kept_versions
from traceapp.usecases.governed.propose_document import propose_document
from traceapp.usecases.governed.running_documents import load_documents
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

POLICY = DocumentKind.POLICY
WHY = "Viewers compare what they see with the drawing."
CHAIN = (("anna", Role.QUALITY), ("paul", Role.PRODUCTION), ("irma", Role.IT), ("abel", Role.AUDITOR))
KEEP, CONTENT, VERSION = (
    ("traceapp.policy.acceptance", "Acceptance", "keep"),
    ("traceapp.host.governed_files", "GovernedFiles", "put"),
    ("traceapp.host.governed_files", "GovernedFiles", "put_version"),
)
STEPS: dict[str, tuple[Step, list[str], bool]] = {
    "once the approval is spent": ((CLIENT, 2, False, None), [], False),
    "after the intent": ((CLIENT, 3, False, None), ["intended", ABORTED], False),
    "after the version before": ((VERSION, 1, False, None), ["intended", ABORTED], False),
    "after its bytes": ((CONTENT, 2, False, None), ["intended", ABORTED], False),
    "before the switch": ((KEEP, 1, True, None), ["intended", ABORTED], False),
    "after the switch": ((KEEP, 1, False, None), ["intended", COMMITTED], True),
    "after the outcome": ((CLIENT, 4, False, None), ["intended", "done"], True),
}
"""Where it is killed, what the ledger says of the change then, and whether it is in force."""


def chain(stations: Stations) -> list[Actor]:
    return [colleague(stations, name, role) for name, role in CHAIN]


def widened(tier: str = "T2") -> bytes:
    """The policy that comes with the program, under which a viewer is cleared for this tier."""
    before, head, rest = read_content("default").decode().partition("[roles.viewer]")
    assert 'clearance = "T1"' in rest
    return (before + head + rest.replace('clearance = "T1"', f'clearance = "{tier}"', 1)).encode()


def agreed(stations: Stations, persons: list[Actor], content: bytes) -> Approval:
    """Proposed at the terminal, and agreed to by everybody who has to."""
    asked = propose_document(stations, terminal_actor(), POLICY, content, WHY).value
    for person in persons:
        agree(stations, person, asked.uid, WHY, signed_by(person))
    return asked


def in_force(stations: Stations) -> str:
    """Digest of the policy that a process goes by which starts now; none denies everything."""
    policy = load_documents(stations.settings, stations.sealer.macs).policy
    assert policy.closed is None
    return policy.digest


@pytest.mark.parametrize("step", STEPS)
def test_promise_a_policy_is_in_force_or_it_is_not_and_the_ledger_says_which(step: str, stations: Stations) -> None:
    persons, former, wanted = chain(stations), stations.policy.digest, parse_policy(widened()).digest
    asked = agreed(stations, persons, widened())
    cut, outcomes, happened = STEPS[step]

    run_killed(stations, cut, "policy", "apply", asked.uid)
    sweep(stations)

    told = records(stations, act="policy:apply")
    assert [one["outcome"] for one in told] == outcomes
    assert {one["approval"] for one in told} <= {asked.uid}
    assert in_force(stations) == (wanted if happened else former)
    kept = [(one.digest, one.approved_by) for one in list_kept_versions(stations, POLICY) if one.approval == asked.uid]
    assert kept == ([(wanted, tuple(name for name, _ in CHAIN))] if happened else [])
    found = stations.approvals.get_approval(asked.uid)
    assert found is not None
    assert found.state is ApprovalState.EXECUTED, "it is spent, whatever became of it"
    with pytest.raises(ApprovalStateError):
        execute_approval(stations, terminal_actor(), asked.uid)
    assert in_force(stations) == (wanted if happened else former)


class CutError(BaseException):
    """As little is caught of it as of a kill."""


def test_promise_a_change_that_did_not_happen_is_not_told_as_the_next_one(
    stations: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same document, asked for anew and applied before anybody looked at what the crash left."""
    kind, content = DocumentKind.ALERT_RULES, shipped_content().replace(b"quiet_minutes = 0\n", b"quiet_minutes = 3\n", 1)
    for name, role in (("anna", Role.QUALITY), ("irma", Role.IT), ("abel", Role.AUDITOR)):
        colleague(stations, name, role)
    first, second = (propose_document(stations, terminal_actor(), kind, content, WHY).value for _ in range(2))

    def cut(*_: object) -> None:
        raise CutError

    def apply(asked: Approval) -> None:
        apply_change(kind, stations, terminal_actor(), open_frozen(stations, asked).parameters, asked.uid)

    with monkeypatch.context() as broken:
        broken.setattr(Acceptance, "keep", cut)
        with pytest.raises(CutError):
            apply(first)
    apply(second)
    sweep(stations)

    told = {one["approval"]: one["outcome"] for one in records(stations, act="alert_rules:apply") if one["outcome"] != "intended"}
    assert told == {first.uid: ABORTED, second.uid: "done"}
