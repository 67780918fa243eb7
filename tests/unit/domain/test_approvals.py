"""Are there enough persons for a chain? Each signs once, whatever accounts he has, and deputies count."""

from datetime import UTC, datetime, timedelta

import pytest

from traceapp.domain.approvals import Approval, Operation, Person, Step, approve, execute, first_step_without
from traceapp.domain.errors import PermissionDeniedError
from traceapp.domain.rights import Role

QUALITY, AUDIT, LAB = (frozenset({role}) for role in (Role.QUALITY, Role.AUDITOR, Role.LAB))
EITHER = QUALITY | AUDIT


def person(letter: str, role: Role, of: str = "") -> Person:
    return Person(letter, of or letter, role)


ANNA, BEN = person("a", Role.QUALITY), person("b", Role.AUDITOR)
CASES = {
    "nobody": ((Step(QUALITY),), (), 0),
    "one for one": ((Step(QUALITY),), (ANNA,), None),
    "one for two": ((Step(EITHER, 2),), (ANNA,), 0),
    "two for two": ((Step(EITHER, 2),), (ANNA, BEN), None),
    "two accounts of one person": ((Step(EITHER, 2),), (ANNA, person("c", Role.AUDITOR, of="a")), 0),
    "who may do either leaves it to who may do one": ((Step(EITHER), Step(QUALITY)), (ANNA, BEN), None),
    "the same in the other order": ((Step(QUALITY), Step(EITHER)), (BEN, ANNA), None),
    "nobody signs two steps": ((Step(QUALITY), Step(QUALITY)), (ANNA, BEN), 1),
    "a deputy": ((Step(LAB, deputies=AUDIT),), (BEN,), None),
    "a role that is not asked": ((Step(LAB),), (ANNA, BEN), 0),
    "one person with accounts of two roles": ((Step(QUALITY), Step(AUDIT)), (ANNA, person("d", Role.AUDITOR, of="a")), 1),
}


@pytest.mark.parametrize(("steps", "persons", "lacking"), CASES.values(), ids=CASES)
def test_a_chain_has_enough_persons(steps: tuple[Step, ...], persons: tuple[Person, ...], lacking: int | None) -> None:
    assert first_step_without(steps, persons) == lacking


ONE = {
    "by the id of a person": person("b", Role.AUDITOR, of="a"),
    "by the printed name": Person("b", "b", Role.AUDITOR, "name a"),
}


@pytest.mark.parametrize("today", ONE.values(), ids=ONE)
def test_promise_two_words_count_as_one_once_both_are_one_person(today: Person) -> None:
    begun, anna = datetime(2026, 3, 2, tzinfo=UTC), Person("a", "a", Role.QUALITY, "name a")
    asked = Approval(
        "f" * 16,
        Operation.RECIPIENT_ADD,
        "a" * 64,
        b"",
        b"",
        person("q", Role.QUALITY),
        (Step(EITHER, 2),),
        begun,
        begun + timedelta(hours=72),
    )
    both = approve(approve(asked, anna, begun, "a" * 64), BEN, begun, "a" * 64)

    with pytest.raises(PermissionDeniedError, match="one person by now"):
        execute(both, asked.requester, begun, "a" * 64, [anna, today])
    execute(both, asked.requester, begun, "a" * 64, [anna, BEN])
