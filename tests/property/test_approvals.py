"""Promise: what happens was signed before, in exactly that form, by as many persons as were wanted, and not by the requester."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.effort import examples
from traceapp.domain import approvals
from traceapp.domain.approvals import Approval, ApprovalState, Operation, Person, Step
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError
from traceapp.domain.rights import Role

ROLES: Final = (Role.QUALITY, Role.PRODUCTION)
PERSONS: Final = 3
ACCOUNTS: Final = 6
"""Few, so that whatever a rule does often meets what another one left."""
BEGUN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
LASTS: Final = timedelta(hours=2)
COOLS: Final = timedelta(minutes=30)
"""How long an account agrees to nothing after it was changed, and its earlier words count for nothing."""
STEPS: Final = st.builds(
    Step,
    roles=st.frozensets(st.sampled_from(ROLES), min_size=1),
    count=st.integers(1, 2),
    deputies=st.frozensets(st.sampled_from(ROLES)),
    escalates_after=st.integers(0, 1).map(lambda hours: timedelta(hours=hours)),
)
WHO: Final = st.integers(0, ACCOUNTS - 1)
SELDOM: Final = [
    "approve",
    "approve_something_else",
    "approver_is_changed",
    "cancel",
    "change_what_would_happen",
    "deny",
    "execute",
    "expire",
    "signer_changes_role",
    "signer_comes_back",
    "signer_leaves",
    "withdraw",
]


@dataclass(frozen=True)
class Word:
    """Somebody agreed: his account, his role then, when, and on which digest."""

    who: int
    role: Role
    at: datetime
    digest: str


def number_of(person: Person) -> int:
    return int(person.account_uid.split()[1])


class Four(RuleBasedStateMachine):
    """One approval among few persons, some of whom have two accounts, change their roles, leave, come back, and take their words
    back. Every word that stands is written down beside it, as it was given: who, of which role, when, on what.
    """

    approval: Approval

    @initialize(
        steps=st.lists(STEPS, min_size=1, max_size=3),
        roles=st.lists(st.sampled_from(ROLES), min_size=ACCOUNTS, max_size=ACCOUNTS),
        requester=WHO,
        by_name=st.booleans(),
        judged=st.booleans(),
    )
    def request(self, steps: list[Step], roles: list[Role], requester: int, by_name: bool, judged: bool) -> None:
        """by_name: two accounts of one person are told by their printed name alone. judged: the last word is itself the end."""
        self.judged = judged
        self.changed: dict[int, datetime] = {}
        """When an account came to its present rights."""
        self.now = BEGUN
        self.truth = "a" * 64
        """What would really happen at this moment."""
        self.persons = [
            Person(
                f"account {number}",
                f"person {number}" if by_name else f"person {number % PERSONS}",
                roles[number],
                f"name {number % PERSONS}" if by_name else "",
            )
            for number in range(ACCOUNTS)
        ]
        self.here = set(range(ACCOUNTS))
        self.requester = requester
        self.signed: list[Word] = []
        """Those that stand, in the order in which they were given."""
        self.approval = Approval(
            "f" * 16, Operation.ALERT_SILENCE, self.truth, b"", b"", self.persons[requester], tuple(steps), BEGUN, BEGUN + LASTS
        )

    def approve(self, who: int, digest: str = "a" * 64) -> None:
        if not self.is_entitled(who):
            return
        try:
            self.approval = approvals.approve(self.approval, self.persons[who], self.now, digest)
        except (ApprovalStateError, PermissionDeniedError):
            return
        self.signed.append(Word(who, self.persons[who].role, self.now, digest))
        if self.judged and self.approval.state is ApprovalState.APPROVED:
            self.approval = approvals.conclude(self.approval, self.persons[who], self.now)
            self.check_words(self.approval)

    def is_entitled(self, who: int) -> bool:
        """Open, and as it is for long enough."""
        return who in self.here and self.now >= self.changed.get(who, BEGUN - COOLS) + COOLS

    def approve_something_else(self, who: int) -> None:
        self.approve(who, "b" * 64)

    def approve_as_wanted(self, who: int) -> None:
        """By somebody of the role that is waited for, if there is one: else few interleavings come as far as an execution."""
        number = self.approval.step_at()
        fitting = [one for one in self.here if self.persons[one].role in self.approval.steps[number or 0].roles]
        if fitting:
            self.approve(fitting[who % len(fitting)])

    def withdraw(self, who: int) -> None:
        if who not in self.here:
            return
        try:
            self.approval = approvals.withdraw(self.approval, self.persons[who], self.now)
        except (ApprovalStateError, PermissionDeniedError):
            return
        left = {number_of(one.person) for one in self.approval.signatures}
        self.signed = [word for word in self.signed if word.who in left]
        assert who % PERSONS not in {word.who % PERSONS for word in self.signed}

    def deny(self, who: int) -> None:
        if who not in self.here:
            return
        try:
            self.approval = approvals.deny(self.approval, self.persons[who], self.now)
        except (ApprovalStateError, PermissionDeniedError):
            return
        assert who % PERSONS != self.requester % PERSONS

    def cancel(self, who: int) -> None:
        try:
            self.approval = approvals.cancel(self.approval, self.persons[who], self.now)
        except (ApprovalStateError, PermissionDeniedError):
            return
        assert who % PERSONS == self.requester % PERSONS

    def signer(self, who: int) -> int | None:
        signed = self.approval.signatures
        return number_of(signed[who % len(signed)].person) if signed else None

    def signer_leaves(self, who: int) -> None:
        self.here -= {self.signer(who)}

    def signer_comes_back(self, who: int) -> None:
        """His account is opened again, which is a change of it."""
        signer = self.signer(who)
        if signer is not None:
            self.here.add(signer)
            self.changed[signer] = self.now

    def approver_is_changed(self, who: int) -> None:
        """A new password, say."""
        self.changed[who] = self.now

    def signer_changes_role(self, who: int) -> None:
        signer = self.signer(who)
        if signer is not None:
            self.persons[signer] = replace(self.persons[signer], role=(*ROLES, Role.VIEWER)[who % 3])
            self.changed[signer] = self.now

    def pass_time(self, who: int) -> None:
        self.now += timedelta(minutes=15 * who)

    def change_what_would_happen(self, _who: int) -> None:
        self.truth = "b" * 64

    def expire(self, _who: int) -> None:
        try:
            self.approval = approvals.expire(self.approval, self.now)
        except ApprovalStateError:
            return
        assert self.now >= BEGUN + LASTS

    def execute_as_asked(self, _who: int) -> None:
        self.execute(self.requester)

    def execute(self, who: int) -> None:
        before = self.approval
        entitled = [self.persons[one] for one in sorted(self.here) if self.is_entitled(one)]
        try:
            done = approvals.execute(before, self.persons[who], self.now, self.truth, entitled)
        except (ApprovalStateError, PermissionDeniedError):
            return
        assert not self.judged, "what is judged is over with the last word"
        self.approval = done
        self.check_words(before)
        assert who % PERSONS == self.requester % PERSONS
        for one in before.signatures:
            number, step = number_of(one.person), before.steps[one.step]
            assert self.is_entitled(number)
            assert self.persons[number].role in step.roles | step.deputies

    def check_words(self, approval: Approval) -> None:
        """As many distinct persons as were wanted had agreed to exactly this, step after step, each when it was his turn; and
        none of them asked for it.
        """
        assert self.now < BEGUN + LASTS
        assert len(self.signed) == len({word.who % PERSONS for word in self.signed}) == sum(one.count for one in approval.steps)
        assert self.requester % PERSONS not in {word.who % PERSONS for word in self.signed}
        words = iter(self.signed)
        for step in approval.steps:
            for _ in range(step.count):
                word = next(words)
                assert word.digest == approval.digest == ("a" * 64 if self.judged else self.truth)
                waited = word.at - BEGUN
                assert word.role in step.roles or (word.role in step.deputies and waited >= step.escalates_after)

    @rule(act=st.sampled_from(["approve_as_wanted"] * 5 + ["execute_as_asked"] * 3 + ["pass_time"] * 2 + SELDOM), who=WHO)
    def happen(self, act: str, who: int) -> None:
        """One rule for all, by weight: most of the seldom ones end it, and an approval that has ended tells no more."""
        getattr(self, act)(who)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if not hasattr(self, "approval"):
            return
        ended = getattr(self, "ended", None)
        assert ended is None or self.approval == ended
        if self.approval.state not in approvals.OPEN:
            self.ended = self.approval


Four.TestCase.settings = settings(max_examples=examples(1_000, 20_000), stateful_step_count=20, deadline=None, derandomize=True)
TestPromiseNothingHappensWithoutFourEyes = Four.TestCase


def test_promise_what_is_judged_ends_with_the_last_word_and_not_before() -> None:
    requester, first, second = (Person(f"account {n}", f"person {n}", role) for n, role in enumerate((Role.QUALITY, *ROLES)))
    steps = (Step(frozenset({Role.QUALITY})), Step(frozenset({Role.PRODUCTION})))
    asked = Approval("f" * 16, Operation.BREAK_GLASS_REVIEW, "a" * 64, b"", b"", requester, steps, BEGUN, BEGUN + LASTS)
    one = approvals.approve(asked, first, BEGUN, "a" * 64)
    with pytest.raises(ApprovalStateError):
        approvals.conclude(one, first, BEGUN)
    both = approvals.approve(one, second, BEGUN, "a" * 64)
    done = approvals.conclude(both, second, BEGUN)
    assert (done.state, done.ended_by) == (ApprovalState.EXECUTED, second.account_uid)
    with pytest.raises(ApprovalStateError):
        approvals.execute(done, requester, BEGUN, "a" * 64, [first, second])


def test_promise_an_approval_can_be_carried_out() -> None:
    """Else the machine above proves nothing."""
    requester, first, second = (Person(f"account {n}", f"person {n}", role) for n, role in enumerate((Role.QUALITY, *ROLES)))
    steps = (Step(frozenset({Role.QUALITY})), Step(frozenset({Role.PRODUCTION})))
    asked = Approval("f" * 16, Operation.ALERT_SILENCE, "a" * 64, b"", b"", requester, steps, BEGUN, BEGUN + LASTS)
    one = approvals.approve(asked, first, BEGUN, "a" * 64)
    both = approvals.approve(one, second, BEGUN, "a" * 64)
    assert (one.state, both.state) == (ApprovalState.REQUESTED, ApprovalState.APPROVED)
    done = approvals.execute(both, requester, BEGUN, "a" * 64, [first, second])
    assert done.state is ApprovalState.EXECUTED
