import pytest

from traceapp.domain.completeness import Findings, complete
from traceapp.domain.trace import LimitHit, Status

LIMIT = LimitHit("nodes", 100)


@pytest.mark.parametrize(
    ("findings", "status", "codes"),
    [
        (Findings(visited=3), Status.COMPLETE, []),
        (Findings(visited=3, unresolved=["a"]), Status.UNRESOLVED, ["unresolved"]),
        (Findings(visited=3, class_level=["01/1"]), Status.UNRESOLVED, ["class_level"]),
        (Findings(visited=3, one_sided=["s"]), Status.UNRESOLVED, ["one_sided"]),
        (Findings(visited=3, twins=[("a", "b")]), Status.UNRESOLVED, ["twins"]),
        (Findings(visited=3, dead_ends=["a"]), Status.UNRESOLVED, ["dead_ends"]),
        (Findings(visited=3, withheld={"lots": 2}), Status.WITHHELD, ["withheld"]),
        (Findings(visited=3, withheld={"lots": 0}), Status.COMPLETE, []),
        (Findings(visited=3, limits_hit=[LIMIT]), Status.TRUNCATED, ["limits_hit"]),
        (
            Findings(visited=3, limits_hit=[LIMIT], withheld={"lots": 1}, dead_ends=["a"], unresolved=["b"]),
            Status.TRUNCATED,
            ["limits_hit", "withheld", "dead_ends", "unresolved"],
        ),
    ],
)
def test_promise_the_status_is_the_worst_that_holds_with_all_its_reasons(
    findings: Findings, status: Status, codes: list[str]
) -> None:
    said = complete(findings)

    assert said.status is status
    assert [code for _, code, _ in said.reasons] == codes
    assert said.reasons == tuple(sorted(said.reasons, key=lambda reason: -reason[0]))


def test_a_limit_that_bites_is_said_in_the_sentence_and_in_the_reason() -> None:
    said = complete(Findings(visited=100, limits_hit=[LIMIT]))

    assert said.statement == "100 records were visited, then a limit stopped the search: this answer is not the whole."
    assert said.reasons[0][2] == "The search stopped at its limit of 100 nodes; more may be affected."


def test_what_is_withheld_is_counted_by_class() -> None:
    said = complete(Findings(visited=1, withheld={"parties": 1, "lots": 2}, windowed=True))

    assert dict(said.withheld) == {"lots": 2, "parties": 1}
    assert said.reasons[0][2] == (
        "Outside your view, walked through and not shown: 2 lots, 1 parties. Dead ends and one-sided shipments are not judged."
        " Their times are outside it too, so that the window was not applied to them."
    )


def test_lists_are_in_order_whatever_order_they_were_found_in() -> None:
    said = complete(Findings(visited=1, unresolved=["b", "a"], twins=[("c", "d"), ("a", "b")]))

    assert said.unresolved == ("a", "b")
    assert said.twins == (("a", "b"), ("c", "d"))
