"""Promise: what happens was signed before, in exactly that form, by as many persons as were wanted, and not by the requester."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.effort import examples
from traceapp.domain import approvals
from traceapp.domain.approvals import Approval, ApprovalState, Operation, Person, Step
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError
from traceapp.domain.rights import Role

ROLES: Final = (Role.QUALITY, Role.PRODUCTION)
PERSONS: Final = 4
ACCOUNTS: Final = 8
"""Few, so that whatever a rule does often meets what another one left."""
BEGUN: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
LASTS: Final = timedelta(hours=2)
COOLS: Final = timedelta(minutes=30)
"""How long an account agrees to nothing after it was changed, and its earlier words count for nothing."""
STEPS: Final = st.builds(
    Step,
    roles=st.sampled_from([frozenset({role}) for role in ROLES] + [frozenset(ROLES)]),
    count=st.sampled_from((1, 1, 2)),
    deputies=st.sampled_from((frozenset(ROLES), frozenset[Role]())),
    escalates_after=st.sampled_from((timedelta(), timedelta(minutes=15), timedelta(hours=1))),
)
WHO: Final = st.integers(0, ACCOUNTS - 1)
ACTS: Final = {
    "approve_as_wanted": 9,
    "execute_as_asked": 5,
    "pass_time": 3,
    "approve_as_deputy": 6,
    "signer_withdraws": 2,
    "approve": 2,
    "signer_changes_role": 1,
    "signer_comes_back": 1,
    "signer_was_away": 2,
    "signer_leaves": 1,
    "withdraw": 1,
    "approve_something_else": 1,
    "approver_is_changed": 1,
    "change_role": 1,
    "cancel": 1,
    "deny": 1,
    "execute": 1,
    "be_again_as_asked": 2,
    "change_policy": 1,
    "change_what_would_happen": 1,
    "expire": 1,
}
"""How often each is drawn beside the others: most of the seldom ones end it, and an approval that has ended tells no more."""
HAPPENED: Final = (
    *("approved", "approved by a deputy", "cancelled", "carried out", "carried out after a word was taken back"),
    *("carried out by a deputy's word", "carried out by the requester's other account", "denied", "expired", "judged"),
    *("refused after its time", "refused a signer who came back", "refused a signer who left", "refused another role"),
    *("refused for another policy", "refused for something else", "refused his other account", "refused his own request"),
    *("refused his own request by another account", "refused to carry it out after its time", "withdrawn by another account"),
)
"""What the machine meets, all of it: what never comes up proves nothing."""


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
    happened: ClassVar[Counter[str]] = Counter()
    """Of all runs together."""

    @initialize(
        steps=st.lists(STEPS, min_size=1, max_size=3),
        roles=st.lists(st.sampled_from(ROLES), min_size=ACCOUNTS, max_size=ACCOUNTS),
        requester=WHO,
        by_name=st.booleans(),
        judged=st.sampled_from((False, False, False, True)),
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
        self.taken_back = False
        self.signed: list[Word] = []
        """Those that stand, in the order in which they were given."""
        self.approval = Approval(
            "f" * 16, Operation.ALERT_SILENCE, self.truth, b"", b"", self.persons[requester], tuple(steps), BEGUN, BEGUN + LASTS
        )

    def approve(self, who: int, digest: str = "a" * 64) -> None:
        if not self.is_entitled(who):
            return
        waits = self.approval.step_at()
        try:
            self.approval = approvals.approve(self.approval, self.persons[who], self.now, digest)
        except PermissionDeniedError:
            if who % PERSONS == self.requester % PERSONS:
                self.note("refused his own request" + (" by another account" if who != self.requester else ""))
            elif any(word.who % PERSONS == who % PERSONS and word.who != who for word in self.signed):
                self.note("refused his other account")
            return
        except ApprovalStateError:
            if self.approval.state in approvals.OPEN and self.now >= BEGUN + LASTS:
                self.note("refused after its time")
            return
        assert waits is not None
        self.signed.append(Word(who, self.persons[who].role, self.now, digest))
        self.note("approved" if self.persons[who].role in self.approval.steps[waits].roles else "approved by a deputy")
        if self.judged and self.approval.state is ApprovalState.APPROVED:
            self.approval = approvals.conclude(self.approval, self.persons[who], self.now)
            self.check_words(self.approval)
            self.note("judged")

    def note(self, what: str) -> None:
        Four.happened[what] += 1

    def is_entitled(self, who: int) -> bool:
        """Open, and as it is for long enough."""
        return who in self.here and self.now >= self.changed.get(who, BEGUN - COOLS) + COOLS

    def approve_something_else(self, who: int) -> None:
        self.approve(who, "b" * 64)

    def approve_as_wanted(self, who: int) -> None:
        """By somebody of the role that is waited for, if there is one: else few interleavings come as far as an execution."""
        step = self.approval.steps[self.approval.step_at() or 0]
        self.approve_as_one_of(step.roles, who)

    def approve_as_deputy(self, who: int) -> None:
        step = self.approval.steps[self.approval.step_at() or 0]
        self.approve_as_one_of(step.deputies - step.roles, who)

    def approve_as_one_of(self, roles: frozenset[Role], who: int) -> None:
        """By an account that has not said anything yet."""
        signed = {word.who for word in self.signed}
        fitting = [one for one in sorted(self.here - signed) if self.persons[one].role in roles]
        if fitting:
            self.approve(fitting[who % len(fitting)])

    def withdraw(self, who: int) -> None:
        if who not in self.here:
            return
        before = self.approval
        try:
            self.approval = approvals.withdraw(self.approval, self.persons[who], self.now)
        except (ApprovalStateError, PermissionDeniedError):
            return
        if who not in {word.who for word in self.signed}:
            self.note("withdrawn by another account")
        left = {number_of(one.person) for one in self.approval.signatures}
        taken = min(one.step for one in before.signatures if number_of(one.person) not in left)
        assert all(one.step <= taken for one in self.approval.signatures), "a later word rested on it"
        self.taken_back = True
        self.signed = [word for word in self.signed if word.who in left]
        assert who % PERSONS not in {word.who % PERSONS for word in self.signed}

    def signer_withdraws(self, who: int) -> None:
        """By the account that agreed, or the other one of that person."""
        signer = self.signer(who)
        if signer is not None:
            self.withdraw((signer + PERSONS * (who // 2 % 2)) % ACCOUNTS)

    def deny(self, who: int) -> None:
        if who not in self.here:
            return
        try:
            self.approval = approvals.deny(self.approval, self.persons[who], self.now)
        except (ApprovalStateError, PermissionDeniedError):
            return
        assert who % PERSONS != self.requester % PERSONS
        self.note("denied")

    def cancel(self, who: int) -> None:
        try:
            self.approval = approvals.cancel(self.approval, self.persons[who], self.now)
        except (ApprovalStateError, PermissionDeniedError):
            return
        assert who % PERSONS == self.requester % PERSONS
        self.note("cancelled")

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

    def signer_was_away(self, who: int) -> None:
        """Closed and opened again between two looks."""
        self.signer_leaves(who)
        self.signer_comes_back(who)

    def approver_is_changed(self, who: int) -> None:
        """A new password, say."""
        self.changed[who] = self.now

    def signer_changes_role(self, who: int) -> None:
        signer = self.signer(who)
        if signer is not None:
            self.change_role(signer)

    def change_role(self, who: int) -> None:
        """Anybody's, before he agreed or afterwards: to one that agrees to things, or to one that does not."""
        known = (*ROLES, Role.VIEWER)
        self.persons[who] = replace(self.persons[who], role=known[(known.index(self.persons[who].role) + 1 + who % 2) % 3])
        self.changed[who] = self.now

    def pass_time(self, who: int) -> None:
        self.now += timedelta(minutes=12 * who)

    def change_what_would_happen(self, _who: int) -> None:
        self.truth = "b" * 64

    def change_policy(self, _who: int) -> None:
        """What happens is told with the policy by which it does, so that it is another act under another policy."""
        self.truth = "c" * 64

    def be_again_as_asked(self, _who: int) -> None:
        """The change was undone before anybody looked."""
        self.truth = "a" * 64

    def expire(self, _who: int) -> None:
        try:
            self.approval = approvals.expire(self.approval, self.now)
        except ApprovalStateError:
            return
        assert self.now >= BEGUN + LASTS
        self.note("expired")

    def execute_as_asked(self, who: int) -> None:
        """By whoever asked, by the one or the other of his accounts."""
        self.execute((self.requester + PERSONS * (who % 2)) % ACCOUNTS)

    def execute(self, who: int) -> None:
        before = self.approval
        entitled = [self.persons[one] for one in sorted(self.here) if self.is_entitled(one)]
        try:
            done = approvals.execute(before, self.persons[who], self.now, self.truth, entitled)
        except (ApprovalStateError, PermissionDeniedError):
            if before.state is ApprovalState.APPROVED and who == self.requester:
                self.note(self.why_not())
            return
        assert not self.judged, "what is judged is over with the last word"
        self.approval = done
        self.check_words(before)
        assert who % PERSONS == self.requester % PERSONS
        self.note("carried out" if who == self.requester else "carried out by the requester's other account")
        if self.taken_back:
            self.note("carried out after a word was taken back")
        if any(word.role not in before.steps[one.step].roles for word, one in zip(self.signed, before.signatures, strict=True)):
            self.note("carried out by a deputy's word")
        for one in before.signatures:
            number, step = number_of(one.person), before.steps[one.step]
            assert self.is_entitled(number)
            assert self.persons[number].role in step.roles | step.deputies

    def why_not(self) -> str:
        """What stands against it, whoever else would have a say: the first of several."""
        signed = [
            (word.who, self.approval.steps[one.step]) for word, one in zip(self.signed, self.approval.signatures, strict=True)
        ]
        if self.now >= BEGUN + LASTS:
            return "refused to carry it out after its time"
        if self.truth != self.approval.digest:
            return "refused for another policy" if self.truth == "c" * 64 else "refused for something else"
        if any(who not in self.here for who, _ in signed):
            return "refused a signer who left"
        if any(self.persons[who].role not in step.roles | step.deputies for who, step in signed):
            return "refused another role"
        return "refused a signer who came back"

    def check_words(self, approval: Approval) -> None:
        """As many distinct persons as were wanted had agreed to exactly this, step after step, each when it was his turn; and
        none of them asked for it.
        """
        assert self.now < BEGUN + LASTS
        assert len(self.signed) == len({word.who % PERSONS for word in self.signed}) == sum(one.count for one in approval.steps)
        assert self.requester % PERSONS not in {word.who % PERSONS for word in self.signed}
        assert [one.step for one in approval.signatures] == sorted(one.step for one in approval.signatures)
        words = iter(self.signed)
        for step in approval.steps:
            for _ in range(step.count):
                word = next(words)
                assert word.digest == approval.digest == ("a" * 64 if self.judged else self.truth)
                waited = word.at - BEGUN
                assert word.role in step.roles or (word.role in step.deputies and waited >= step.escalates_after)

    @rule(act=st.sampled_from([act for act, weight in ACTS.items() for _ in range(weight)]), who=WHO)
    def happen(self, act: str, who: int) -> None:
        getattr(self, act)(who)

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if not hasattr(self, "approval"):
            return
        ended = getattr(self, "ended", None)
        assert ended is None or self.approval == ended
        if self.approval.state not in approvals.OPEN:
            self.ended = self.approval


RUNS: Final = settings(max_examples=examples(1_000, 20_000), stateful_step_count=25, deadline=None, database=None)
ROUNDS: Final = 10
"""It goes on, with other moves each time, until all of that came up."""


def test_promise_nothing_happens_without_four_eyes() -> None:
    Four.happened.clear()
    missing = [*HAPPENED]
    for _ in range(ROUNDS):
        run_state_machine_as_test(Four, settings=RUNS)
        missing = [what for what in HAPPENED if not Four.happened[what]]
        if not missing:
            break
    assert missing == []


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
