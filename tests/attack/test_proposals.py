"""Who can write to the home and to the database, or has two accounts: what does he make of another's proposal, or of his own?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attack.approvers import Enter, approve, by_hand, enter, hire, rung, session_of, standing
from tests.recorded import records
from traceapp.domain.approvals import Approval, ApprovalState
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError, SealBrokenError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.rights import Actor, Role
from traceapp.policy.document import parse_policy, read_content
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.governed.governed_documents import files_of, list_kept_versions
from traceapp.usecases.governed.propose_document import propose_document
from traceapp.usecases.governed.running_documents import acceptance_of
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

__all__ = ["enter", "hire"]

POLICY = DocumentKind.POLICY
WHY = "Viewers compare what they see with the drawing."
CHAIN = (("anna", Role.QUALITY), ("paul", Role.PRODUCTION), ("irma", Role.IT), ("abel", Role.AUDITOR))


def widened(tier: str) -> bytes:
    """The policy that comes with the program, under which a viewer is cleared for this tier."""
    before, head, rest = read_content("default").decode().partition("[roles.viewer]")
    assert 'clearance = "T1"' in rest
    t3 = "t3 = {}\n" if tier == "T3" else ""
    return (before + head + rest.replace('clearance = "T1"\n', f'clearance = "{tier}"\n{t3}', 1)).encode()


@pytest.fixture
def quin(enter: Enter, clocked: Stations) -> Actor:
    """Of quality, who proposes; the chain that agrees is hired before."""
    for name, role in CHAIN:
        enter(name, role)
    return enter("quin", Role.QUALITY, "Quin Y", "quin-y")


def proposed(stations: Stations, quin: Actor, content: bytes) -> Approval:
    return propose_document(stations, quin, POLICY, content, WHY).value


def agree_all(stations: Stations, asked: Approval) -> None:
    for name, _ in CHAIN:
        account = stations.accounts.get_account_by_username(name)
        assert account is not None
        approve(stations, session_of(stations, account.uid), asked)


def check_nothing_happened(stations: Stations, former: str | None) -> None:
    assert acceptance_of(stations.settings.home, stations.sealer.macs).digest == former
    assert [one["outcome"] for one in records(stations, act="policy:apply") if one["outcome"] == "done"] == []
    assert [one for one in list_kept_versions(stations, POLICY) if one.approval] == []


EDITS: dict[str, Callable[[Path], object]] = {
    "another text under its name": lambda path: path.write_bytes(widened("T3")),
    "one that is none": lambda path: path.write_bytes(b"\xff"),
    "the one in force": lambda path: path.write_bytes(read_content("default")),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_attacker_who_edits_a_document_after_all_agreed_to_it_puts_nothing_in_force(
    edit: Callable[[Path], object], quin: Actor, clocked: Stations
) -> None:
    """Between approval and apply, in the home: it ends with that, on record, and nobody can use it any more."""
    former = acceptance_of(clocked.settings.home, clocked.sealer.macs).digest
    asked = proposed(clocked, quin, widened("T2"))
    agree_all(clocked, asked)
    path = files_of(clocked, POLICY).path(parse_policy(widened("T2")).digest)

    edit(path)
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, session_of(clocked, quin.account_uid), asked.uid)
    path.write_bytes(widened("T2"))
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, session_of(clocked, quin.account_uid), asked.uid)

    assert standing(clocked, asked) is ApprovalState.SUPERSEDED
    assert [one["outcome"] for one in records(clocked, act="approval:supersede")] == ["intended", "done"]
    check_nothing_happened(clocked, former)


def test_attacker_who_puts_another_proposal_in_the_place_of_the_agreed_one_puts_nothing_in_force(
    quin: Actor, clocked: Stations
) -> None:
    """In the database: what all agreed to names a document of his own afterwards."""
    former = acceptance_of(clocked.settings.home, clocked.sealer.macs).digest
    asked, his = (proposed(clocked, quin, widened(tier)) for tier in ("T2", "T3"))
    agree_all(clocked, asked)

    by_hand(clocked, asked, his, "a.document = b.document")
    with pytest.raises(SealBrokenError):
        execute_approval(clocked, session_of(clocked, quin.account_uid), asked.uid)

    check_nothing_happened(clocked, former)


ALIKE = {
    "by its person": {"person": "quin-y"},
    "by its printed name": {"printed_name": "QUIN  Y"},
}


@pytest.mark.parametrize("alike", ALIKE.values(), ids=ALIKE)
def test_attacker_agrees_to_no_proposal_of_his_own_by_a_second_account(
    alike: dict[str, str], quin: Actor, enter: Enter, clocked: Stations
) -> None:
    """Neither first in the chain nor last; refused, on record, and an alert rings."""
    former = acceptance_of(clocked.settings.home, clocked.sealer.macs).digest
    second = enter("quin-2", Role.QUALITY, **alike)
    last = enter("quin-3", Role.AUDITOR, **alike)
    asked = proposed(clocked, session_of(clocked, quin.account_uid), widened("T3"))

    with pytest.raises(PermissionDeniedError):
        approve(clocked, session_of(clocked, second.account_uid), asked)
    for name, _ in CHAIN[:-1]:
        account = clocked.accounts.get_account_by_username(name)
        assert account is not None
        approve(clocked, session_of(clocked, account.uid), asked)
    with pytest.raises(PermissionDeniedError):
        approve(clocked, session_of(clocked, last.account_uid), asked)
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, session_of(clocked, quin.account_uid), asked.uid)

    assert standing(clocked, asked) is ApprovalState.REQUESTED
    denied = [one for one in records(clocked, act="approval:decide") if one["outcome"] == "denied"]
    assert {(one["approval"], one["request"]["requested_by"]) for one in denied} == {(asked.uid, quin.account_uid)}
    assert len(denied) == 2
    assert "approval-refused" in rung(clocked)
    check_nothing_happened(clocked, former)
