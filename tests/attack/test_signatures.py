"""Electronic signatures: whoever cuts one off, pastes it, makes one up or signs with too little has nothing that holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.approving import agree
from tests.attack.approvers import (
    DAY,
    SEEN,
    SILENCE,
    WHY,
    Enter,
    approve,
    asked_by,
    by_hand,
    enter,
    hire,
    rung,
    session_of,
    standing,
    two,
)
from tests.clockwork import Clockwork
from tests.recorded import records
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.confidential.signature_key import SignatureKey
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.errors import ApprovalStateError, ConcurrentChangeError, PermissionDeniedError, SignatureComponentsError
from traceapp.domain.rights import Actor, Role
from traceapp.domain.signatures import (
    NOTHING_SHOWN,
    CheckedSignature,
    Component,
    Meaning,
    Remark,
    SealedSignature,
    Shown,
    SignatureState,
    read_signature,
)
from traceapp.policy.decisions import Policy
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.approvals.approval_document import Frozen, Words, open_frozen, open_words, seal_frozen, seal_words
from traceapp.usecases.approvals.decide_approval import withdraw_approval
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.list_approvals import show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.sessions.open_session import bound
from traceapp.usecases.signatures.sign_request import sign_request
from traceapp.usecases.signatures.verify_signatures import verify_signatures
from traceapp.usecases.stations import Stations

__all__ = ["enter", "hire", "two"]

pytestmark = pytest.mark.one_store

PASSWORD = "correct horse battery"
HOUR = 3600.0


def checked(stations: Stations, asked: Approval) -> tuple[CheckedSignature, ...]:
    """As whoever verifies finds them, alone and among all."""
    alone = verify_signatures(stations, terminal_actor(), asked.uid).value.signatures
    among = verify_signatures(stations, terminal_actor()).value.signatures
    assert alone == tuple(one for one in among if one.record.uid == asked.uid)
    return alone


def the_one(stations: Stations, asked: Approval) -> CheckedSignature:
    (found,) = checked(stations, asked)
    return found


def agreed(stations: Stations, two: tuple[Actor, Actor]) -> Approval:
    anna, ben = two
    asked = asked_by(stations, anna)
    return approve(stations, ben, asked)


def put(stations: Stations, changed: Approval) -> None:
    """By whoever has the keys of the store: all that stands there is as the service would write it."""
    stood = stations.approvals.get_approval(changed.uid)
    assert stood is not None
    assert stations.approvals.put_approval(replace(changed, version=stood.version))


def with_signature(stations: Stations, asked: Approval, signed: SealedSignature) -> Approval:
    words = (*open_words(stations, asked), Words("x", "approve", SEEN, stations.clock.now(), signed))
    return replace(asked, words=seal_words(stations, asked.uid, words))


def signature_in(stations: Stations, asked: Approval) -> SealedSignature:
    stood = stations.approvals.get_approval(asked.uid)
    assert stood is not None
    (found,) = [one.signature for one in open_words(stations, stood) if one.signature is not None]
    return found


def test_promise_a_signature_says_who_when_what_it_means_and_why(two: tuple[Actor, Actor], clocked: Stations) -> None:
    asked = agreed(clocked, two)

    found = the_one(clocked, asked)

    said = found.signature
    assert said is not None
    assert (found.state, said.name, said.meaning, said.reason) == (SignatureState.VALID, "ben", Meaning.APPROVED, SEEN)
    assert (said.signed_at, said.record.digest) == (clocked.clock.now(), asked.digest)
    assert (said.components, said.first) == ((Component.IDENTIFICATION, Component.FACTOR), True)
    told = records(clocked, act="approval:decide")
    assert {one["request"]["signature"] for one in told} == {found.digest}
    assert [one["outcome"] for one in told] == ["intended", "done"]
    assert found.ledger_seq == told[0]["seq"]


TOO_LITTLE: dict[str, tuple[Shown, float]] = {
    "a second factor alone": (NOTHING_SHOWN, 0),
    "a name alone": (Shown("ben"), 20 * 60),
    "a password alone": (Shown(password=PASSWORD), 20 * 60),
    "a name and a wrong password": (Shown("ben", "correct horse"), 0),
    "the name of another": (Shown("anna", PASSWORD), 0),
}
"""What is shown, and how long ago the second factor was; fifteen minutes are fresh."""


def test_attacker_with_one_component_signs_nothing_at_first(
    two: tuple[Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    anna, ben = two
    for shown, later in TOO_LITTLE.values():
        asked, signer = asked_by(clocked, anna), session_of(clocked, ben.account_uid)
        clockwork.go_on(later)

        with pytest.raises(SignatureComponentsError):
            agree(clocked, signer, asked.uid, SEEN, shown)

        assert standing(clocked, asked) is ApprovalState.REQUESTED
        denied = records(clocked, act="approval:decide")[-1]
        assert (denied["outcome"], denied["approval"]) == ("denied", asked.uid)
    assert "approval-refused" in rung(clocked)


def test_attacker_at_a_desk_that_was_left_signs_nothing_more(
    two: tuple[Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    """After the first signature of a session one component is enough, and each time it is one: nothing counts twice."""
    anna, ben = two
    asked = [asked_by(clocked, anna) for _ in range(3)]
    approve(clocked, ben, asked[0])

    for shown in (NOTHING_SHOWN, Shown("ben")):
        with pytest.raises(SignatureComponentsError):
            agree(clocked, ben, asked[1].uid, SEEN, shown)
    agree(clocked, ben, asked[1].uid, SEEN, Shown(password=PASSWORD))
    session = clocked.sessions.list_sessions_of_account(ben.account_uid)[-1]
    clockwork.go_on(1)
    account = clocked.accounts.get_account(ben.account_uid)
    assert account is not None
    assert clocked.sessions.put_session(bound(clocked, account, replace(session, factor_at=clocked.clock.now())))
    agree(clocked, ben, asked[2].uid, SEEN, NOTHING_SHOWN)

    said = [the_one(clocked, one).signature for one in asked]
    assert [(one.first, one.components) for one in said if one is not None] == [
        (True, (Component.IDENTIFICATION, Component.FACTOR)),
        (False, (Component.PASSWORD,)),
        (False, (Component.FACTOR,)),
    ]


def test_attacker_who_looks_again_and_again_makes_no_signature_forged(
    two: tuple[Actor, Actor], clocked: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every look is a record that names the approval; those by which it was signed are found behind however many."""
    anna, ben = two
    monkeypatch.setattr("traceapp.usecases.signatures.signatures_on_record.PAGE", 2)
    asked = asked_by(clocked, anna)
    for _ in range(2):
        approve(clocked, ben, asked)
        withdraw_approval(clocked, ben, asked.uid, WHY)
        ben = session_of(clocked, ben.account_uid)
    for _ in range(3):
        show_approval(clocked, anna, asked.uid)
    index_ledger(clocked, lambda _: None, lambda: True)

    assert [one.state for one in checked(clocked, asked)] == [SignatureState.VALID] * 2


def test_attacker_who_pastes_a_signature_under_another_record_is_named(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """By hand in the database, and with every key of the store: it names the record that it was given for."""
    anna, _ = two
    signed, other, third = agreed(clocked, two), asked_by(clocked, anna), asked_by(clocked, anna)
    by_hand(clocked, other, signed, "a.words = b.words, a.signatures = b.signatures, a.state = b.state")
    put(clocked, with_signature(clocked, third, signature_in(clocked, signed)))

    assert the_one(clocked, signed).state is SignatureState.VALID
    assert {one.state for one in checked(clocked, other)} == {SignatureState.FORGED}
    pasted = the_one(clocked, third)
    assert (pasted.state, pasted.because) == (SignatureState.FORGED, "of-another-record")


def test_attacker_who_makes_a_signature_up_is_named(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """With a key of his own; with ours, and no record of the ledger; with another name in what was signed."""
    signed = signature_in(clocked, agreed(clocked, two))
    anna, _ = two

    def forged(change: Callable[[Approval, Any], bytes], key: SignatureKey) -> str:
        asked = asked_by(clocked, anna)
        document = change(asked, read_signature(signed.document))
        put(clocked, with_signature(clocked, asked, SealedSignature(document, key.seal(document))))
        found = the_one(clocked, asked)
        assert found.state is SignatureState.FORGED
        return found.because

    def under(asked: Approval, said: Any) -> bytes:
        return bytes(replace(said, record=replace(said.record, uid=asked.uid, digest=asked.digest)).document)

    assert forged(under, SignatureKey(bytes(32))) == "seal"
    assert forged(under, clocked.signature_key) == "not-in-ledger"
    asked = asked_by(clocked, anna)
    renamed = replace(read_signature(signed.document), name="Cleo").document
    put(clocked, with_signature(clocked, asked, SealedSignature(renamed, signed.seal)))
    assert the_one(clocked, asked).because == "seal"


def test_attacker_who_counts_a_signature_that_was_not_given_carries_nothing_out(
    two: tuple[Actor, Actor], clocked: Stations
) -> None:
    """With every key of the store he writes that others agreed: without their signatures nothing happens."""
    anna, _ = two
    real, made_up = agreed(clocked, two), asked_by(clocked, anna)
    stood = clocked.approvals.get_approval(real.uid)
    assert stood is not None
    word = replace(stood.signatures[0], digest=made_up.digest)
    put(clocked, replace(made_up, signatures=(word,), state=ApprovalState.APPROVED))

    with pytest.raises(PermissionDeniedError, match="does not hold"):
        execute_approval(clocked, anna, made_up.uid)

    assert records(clocked, act="alert:silence") == []


def test_attacker_who_changes_what_was_signed_is_told_by_the_signature(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """By hand, and with every key of the store: the signature stays, and says that the record changed since."""
    by_keys, by_a_hand = agreed(clocked, two), asked_by(clocked, two[0])
    approve(clocked, session_of(clocked, two[1].account_uid), by_a_hand)
    frozen: Frozen = replace(open_frozen(clocked, by_keys), parameters={**SILENCE, "hours": 168})
    stood = clocked.approvals.get_approval(by_keys.uid)
    assert stood is not None
    put(clocked, replace(stood, document=seal_frozen(clocked, frozen), digest=frozen.digest))
    by_hand(clocked, by_a_hand, by_keys, "a.expires_at = '2099-01-01T00:00:00.000000Z'")

    for asked in (by_keys, by_a_hand):
        found = the_one(clocked, asked)
        assert found.state is SignatureState.RECORD_CHANGED
        assert found.signature is not None
        assert (found.signature.name, found.signature.record.digest) == ("ben", asked.digest)


def test_attacker_who_takes_a_signature_away_has_it_named(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """From its record, or with it: the ledger names what was given."""
    stripped, deleted = agreed(clocked, two), asked_by(clocked, two[0])
    approve(clocked, session_of(clocked, two[1].account_uid), deleted)
    digests = [the_one(clocked, one).digest for one in (stripped, deleted)]
    put(clocked, replace(stripped, words=seal_words(clocked, stripped.uid, ()), signatures=()))
    clocked.graph.administer(f"MATCH (a:Approval {{uid: '{deleted.uid}'}}) DETACH DELETE a", "attack")

    found = [the_one(clocked, one) for one in (stripped, deleted)]

    assert [(one.state, one.digest) for one in found] == [(SignatureState.GONE, digest) for digest in digests]


def test_attacker_who_takes_another_name_afterwards_keeps_his_signature(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """It bears the name of then; that he has another name, or is gone, is said beside it."""
    asked, uid = agreed(clocked, two), two[1].account_uid
    account = clocked.accounts.get_account(uid)
    assert account is not None
    name = clocked.sealer.seal_document("Account", uid, "printed_name", b"Benedikt")
    clocked.accounts.put_account(replace(account, printed_name=name), account)
    renamed = the_one(clocked, asked)
    set_disabled(clocked, terminal_actor(), "ben", True)
    closed = the_one(clocked, asked)

    assert renamed.signature is not None
    assert (renamed.state, renamed.signature.name) == (SignatureState.VALID, "ben")
    assert Remark.SIGNER_RENAMED in renamed.remarks
    assert (closed.state, Remark.SIGNER_CLOSED in closed.remarks) == (SignatureState.VALID, True)


def test_attacker_who_sets_the_clock_back_dates_no_signature_back(enter: Enter, clocked: Stations, clockwork: Clockwork) -> None:
    """The order of the ledger is what it is, and the time of the signature is said to be in doubt."""
    clockwork.moment -= timedelta(days=3)  # each newcomer takes a day
    anna, ben = enter("anna", Role.QUALITY), enter("ben", Role.AUDITOR)
    clockwork.go_on(DAY)
    anna, ben = (session_of(clocked, one.account_uid) for one in (anna, ben))
    honest, dated_back = asked_by(clocked, anna), asked_by(clocked, anna)
    approve(clocked, ben, honest)
    clockwork.go_on(-HOUR)
    approve(clocked, session_of(clocked, ben.account_uid), dated_back)

    first, second = the_one(clocked, honest), the_one(clocked, dated_back)

    assert (first.state, first.remarks) == (SignatureState.VALID, ())
    assert (second.state, second.remarks) == (SignatureState.VALID, (Remark.TIME_IN_DOUBT,))
    assert first.ledger_seq is not None
    assert second.ledger_seq is not None
    assert first.ledger_seq < second.ledger_seq


def test_attacker_who_uses_one_factor_for_two_signatures_at_once_gives_one(two: tuple[Actor, Actor], clocked: Stations) -> None:
    anna, ben = two
    asked = [asked_by(clocked, anna) for _ in range(2)]
    line = Barrier(2)

    def race(one: Approval) -> bool:
        line.wait()
        try:
            approve(clocked, ben, one)
        except (ConcurrentChangeError, SignatureComponentsError):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(race, asked)) == 1


def test_promise_a_word_that_was_taken_back_stays_as_such(two: tuple[Actor, Actor], clocked: Stations) -> None:
    asked = agreed(clocked, two)
    withdraw_approval(clocked, two[1], asked.uid, WHY)

    found = the_one(clocked, asked)

    assert (found.state, Remark.TAKEN_BACK in found.remarks) == (SignatureState.VALID, True)


def test_promise_a_request_can_be_signed_too_and_must_be_where_the_policy_says(
    two: tuple[Actor, Actor], clocked: Stations
) -> None:
    anna, _ = two
    asked = request_approval(clocked, anna, Operation.ALERT_SILENCE, SILENCE, WHY, shown=signed_by(anna)).value
    found = the_one(clocked, asked)
    assert found.signature is not None
    assert (found.state, found.signature.meaning) == (SignatureState.VALID, Meaning.REQUESTED)

    document = clocked.policy.document
    row = document.approvals[Operation.ALERT_SILENCE].model_copy(update={"request_signed": True})
    wanted = document.model_copy(update={"approvals": {**document.approvals, Operation.ALERT_SILENCE: row}})
    strict = replace(clocked, policy=Policy(wanted, clocked.dictionary))
    again, ben = session_of(clocked, anna.account_uid), session_of(clocked, two[1].account_uid)
    unsigned = asked_by(strict, again)
    with pytest.raises(ApprovalStateError, match="has to sign"):
        approve(strict, ben, unsigned)
    with pytest.raises(PermissionDeniedError):
        sign_request(strict, ben, unsigned.uid, unsigned.digest, WHY, signed_by(ben))
    sign_request(strict, again, unsigned.uid, unsigned.digest, WHY, signed_by(again))
    assert approve(strict, ben, unsigned).state is ApprovalState.APPROVED
    assert {one.state for one in checked(strict, unsigned)} == {SignatureState.VALID}
    with pytest.raises(PermissionDeniedError):
        request_approval(strict, terminal_actor(), Operation.ALERT_SILENCE, SILENCE, WHY, shown=Shown("root"))
