"""Who broke the glass is judged by another person, once, whatever he does to his review meanwhile."""

import contextlib
import os
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.approving import agree, opened
from tests.clockwork import Clockwork
from tests.glass import FOUND, OWNER, REASON, Enter, come_in, resumed, waiting_alone
from tests.recorded import records
from tests.reviews import review, review_of
from tests.servers import StoreLeg
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import ApprovalState, Operation
from traceapp.domain.errors import (
    ApprovalNotFoundError,
    ApprovalStateError,
    ConcurrentChangeError,
    InputError,
    KeyUnavailableError,
    PermissionDeniedError,
    SealBrokenError,
)
from traceapp.domain.grants import Verdict
from traceapp.domain.rights import Role
from traceapp.domain.signatures import SealedSignature
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.approvals.decide_approval import approve_approval, cancel_approval, deny_approval
from traceapp.usecases.approvals.list_approvals import count_waiting
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.keys.destroy_key import destroy_key, group_of_account
from traceapp.usecases.keys.make_recovery_key import make_recovery_key
from traceapp.usecases.sessions.break_glass import break_glass, list_break_glass
from traceapp.usecases.sessions.open_session import bound, make_session
from traceapp.usecases.signatures.signing import sign
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store


@pytest.fixture
def enter(clocked: Stations) -> Enter:
    """`enter("wang", Role.WAREHOUSE)`: actor and cookie, second factor just shown."""
    return partial(come_in, clocked)


def test_attacker_cannot_close_the_review_of_his_own_break_glass(enter: Enter, clocked: Stations) -> None:
    """Neither by the same account, nor by a second one of his, nor by a token; somebody else can."""
    actor, _ = enter("qian", Role.QUALITY, "Qian Li")
    second, _ = enter("qian-2", Role.QUALITY, "QIAN  Li")
    other, _ = enter("zhou", Role.QUALITY, "Zhou Min")
    opened = break_glass(clocked, actor, REASON, 60, "T2").value
    uid = waiting_alone(clocked).uid

    for reviewer in (resumed(clocked, opened.secret), second, replace(other, session=None)):
        with pytest.raises(PermissionDeniedError):
            review(clocked, reviewer, uid, FOUND, justified=True)
    with pytest.raises(ApprovalNotFoundError):
        review(clocked, terminal_actor(), uid, FOUND, justified=True)
    assert waiting_alone(clocked).uid == uid

    review(clocked, other, uid, FOUND, justified=False)

    assert clocked.grants.list_waiting() == ()
    assert resumed(clocked, opened.secret).grant is None, "a review ends what still lasts"
    assert review_of(clocked, uid) is None


def test_attacker_cannot_rid_himself_of_his_review(enter: Enter, clocked: Stations, clockwork: Clockwork) -> None:
    """Taken back, left to expire, or deleted in the store: another one waits, until somebody else has judged it."""
    actor, _ = enter("qian", Role.QUALITY, "Qian Li")
    other, _ = enter("zhou", Role.QUALITY, "Zhou Min")
    break_glass(clocked, actor, REASON, 60, "T2")
    uid = waiting_alone(clocked).uid
    first = review_of(clocked, uid)
    assert first is not None

    with pytest.raises(PermissionDeniedError, match="Nobody takes back"):
        cancel_approval(clocked, actor, first.uid, REASON)
    with pytest.raises(InputError):
        request_approval(clocked, actor, Operation.BREAK_GLASS_REVIEW, {"break_glass": uid}, REASON)
    clockwork.moment = first.expires_at
    second = review_of(clocked, uid)
    assert second is not None
    clocked.graph.administer(f"MATCH (a:Approval {{uid: '{second.uid}'}}) DETACH DELETE a", "attack")
    third = review_of(clocked, uid)
    assert third is not None

    assert len({first.uid, second.uid, third.uid}) == 3
    account = clocked.accounts.get_account(other.account_uid)
    assert account is not None
    later = make_session(clocked, account, OWNER, factor_at=clockwork.moment)
    clocked.sessions.append_session(later.session)
    review(clocked, later.actor, uid, FOUND, justified=True)
    assert review_of(clocked, uid) is None
    assert [one["outcome"] for one in records(clocked, act="break_glass:review")] == ["intended", "done"]


def test_attacker_among_many_reviewers_at_once_has_one_verdict(enter: Enter, clocked: Stations) -> None:
    """Justified and not justified at the same moment: one stands in the access, in the approval and on record."""
    actor, _ = enter("lina", Role.COORDINATOR)
    reviewers = [enter(f"zhou-{number}", Role.QUALITY)[0] for number in range(8)]
    break_glass(clocked, actor, REASON, 60, "T2")
    uid = waiting_alone(clocked).uid
    asked = review_of(clocked, uid)
    assert asked is not None
    line = Barrier(len(reviewers))

    def judge(number: int) -> bool:
        line.wait()
        try:
            if number % 2:
                agree(clocked, reviewers[number], asked.uid, FOUND, signed_by(reviewers[number]))
            else:
                deny_approval(clocked, reviewers[number], asked.uid, FOUND)
        except (ApprovalStateError, ConcurrentChangeError):
            return False
        return True

    with ThreadPoolExecutor(len(reviewers)) as pool:
        made = [number for number, done in enumerate(pool.map(judge, range(len(reviewers)))) if done]

    assert len(made) == 1
    kept, closed = clocked.grants.get_grant(uid), clocked.approvals.get_approval(asked.uid)
    assert kept is not None
    assert closed is not None
    assert (kept.reviewed_by, closed.ended_by) == (reviewers[made[0]].account_uid,) * 2
    assert (kept.verdict is Verdict.JUSTIFIED) == (closed.state is ApprovalState.EXECUTED) == bool(made[0] % 2)


@pytest.mark.parametrize(
    "spelling",
    [
        unicodedata.normalize("NFD", "Zoé Li"),
        "\uff3a\uff4f\u00e9 \uff2c\uff49",
        "ZOÉ   Li",
        "Zo\ufe00é L\u034fi",
        "Zoe\ufe00\u0301 Li",
    ],
    ids=["decomposed", "full width", "more blanks", "unseen marks", "unseen mark within a letter"],
)
def test_attacker_who_spells_his_name_in_other_letters_reviews_nothing_of_his(
    spelling: str, enter: Enter, clocked: Stations
) -> None:
    """His second account has the same name in print, of other code points."""
    actor, _ = enter("zoe", Role.QUALITY, unicodedata.normalize("NFC", "Zoé Li"))
    second, _ = enter("zoe-2", Role.QUALITY, spelling)
    break_glass(clocked, actor, REASON, 60, "T2")

    with pytest.raises(PermissionDeniedError, match="Somebody else decides this"):
        review(clocked, second, waiting_alone(clocked).uid, FOUND, justified=True)
    with pytest.raises(PermissionDeniedError, match="still waits for its review"):
        break_glass(clocked, second, REASON, 30, "T2")


@contextlib.contextmanager
def provider_away(stations: Stations) -> Iterator[None]:
    """Now, not in five minutes: a ring that was touched is read again at once."""
    ring = stations.keys.ring_path
    kek, away = ring.with_name("key-encryption-key"), ring.parents[1] / "away"
    kek.rename(away)
    os.utime(ring)
    try:
        yield
    finally:
        away.rename(kek)


def test_attacker_who_is_shredded_before_his_review_stops_neither_reviewers_nor_coordinators(
    enter: Enter, clocked: Stations, tmp_path: Path
) -> None:
    """The printed name of whoever broke the glass is gone for good: his access is counted, listed and reviewed all the same."""
    officers = (tmp_path / "officer-1", tmp_path / "officer-2")
    make_recovery_key(clocked, terminal_actor(), officers)
    actor, _ = enter("jo9", Role.COORDINATOR)
    other, _ = enter("zhou", Role.QUALITY)
    next_one, _ = enter("lina", Role.COORDINATOR)
    break_glass(clocked, actor, REASON, 60, "T2")
    uid = waiting_alone(clocked).uid
    set_disabled(clocked, terminal_actor(), "jo9", True)

    destroy_key(clocked, terminal_actor(), group_of_account(actor.account_uid), officers, "a" * 16)

    assert count_waiting(clocked, other) == 1
    (waiting,) = list_break_glass(clocked, other).value
    assert (waiting.username, waiting.reason, waiting.own) == ("jo9", REASON, False)
    assert break_glass(clocked, next_one, REASON, 30, "T2").value.actor.grant is not None
    review(clocked, other, uid, FOUND, justified=False)
    assert uid not in {one.uid for one in clocked.grants.list_waiting()}


def test_attacker_who_signs_something_else_meanwhile_closes_no_review(
    enter: Enter, clocked: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two signatures that one session gives at once one counts: the access waits until its review is signed."""
    actor, _ = enter("lina", Role.COORDINATOR)
    other, _ = enter("zhou", Role.QUALITY)
    break_glass(clocked, actor, REASON, 60, "T2")
    uid = waiting_alone(clocked).uid
    asked = review_of(clocked, uid)
    account = clocked.accounts.get_account(other.account_uid)
    (session,) = clocked.sessions.list_sessions_of_account(other.account_uid)
    assert asked is not None
    assert account is not None

    def sign_and_be_late(*said: Any) -> SealedSignature:
        assert clocked.sessions.put_session(bound(clocked, account, replace(session, signed_at=clocked.clock.now())))
        return sign(*said)

    monkeypatch.setattr("traceapp.usecases.approvals.decide_approval.sign", sign_and_be_late)
    digest, seen = opened(clocked, other, asked.uid)
    before = clocked.ledger.get_head().seq
    with pytest.raises(ConcurrentChangeError):
        approve_approval(clocked, other, asked.uid, digest, seen, FOUND, signed_by(other))

    assert waiting_alone(clocked).uid == uid
    assert [(one["act"], one["outcome"]) for one in records(clocked, after=before)] == [("approval:decide", "failed")]


def test_attacker_who_takes_the_keys_away_closes_no_review_and_hides_none(enter: Enter, clocked: Stations) -> None:
    """Nobody can tell then whether a second account is his: what waits is counted and listed, and decided later."""
    actor, _ = enter("qian", Role.QUALITY, "Qian Li")
    second, _ = enter("qian-2", Role.QUALITY, "Qian Li")
    break_glass(clocked, actor, REASON, 60, "T2")
    uid = waiting_alone(clocked).uid
    asked = review_of(clocked, uid)
    assert asked is not None
    digest, seen = opened(clocked, second, asked.uid)

    with provider_away(clocked):
        assert (count_waiting(clocked, actor), count_waiting(clocked, second)) == (0, 1)
        (waiting,) = list_break_glass(clocked, second).value
        assert (waiting.username, waiting.reason, waiting.fault) == ("qian", None, None)
        before = clocked.ledger.get_head().seq
        with pytest.raises(KeyUnavailableError):
            approve_approval(clocked, second, asked.uid, digest, seen, FOUND, signed_by(second))
        (record,) = records(clocked, after=before)
        assert (record["act"], record["outcome"], record["reason"]) == ("approval:decide", "failed", "KeyUnavailableError")

    assert waiting_alone(clocked).uid == uid


def test_attacker_who_spoils_a_printed_name_in_the_store_reviews_nothing_of_his(
    enter: Enter, clocked: Stations, empty_leg: StoreLeg
) -> None:
    """The ciphertext of somebody else's name stands in his second account: that opens nowhere, so nobody can tell whose it is."""
    actor, _ = enter("qian", Role.QUALITY, "Qian Li")
    second, _ = enter("qian-2", Role.QUALITY, "Qian Li")
    break_glass(clocked, actor, REASON, 60, "T2")
    uid = waiting_alone(clocked).uid
    kept = clocked.accounts.get_account(actor.account_uid)
    assert kept is not None
    with empty_leg.session() as session:
        session.run(
            "MATCH (a:Account {uid: $uid}) SET a.printed_name = $name", uid=second.account_uid, name=kept.printed_name
        ).consume()

    assert count_waiting(clocked, second) == 1
    with pytest.raises(SealBrokenError):
        review(clocked, second, uid, FOUND, justified=True)
    assert waiting_alone(clocked).uid == uid
