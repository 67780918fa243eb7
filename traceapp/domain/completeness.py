"""What an answer covers and what it lacks, said in one status, a list of reasons and one sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from traceapp.domain.trace import Completeness, LimitHit, Status
from traceapp.domain.unverified import ALL_PROVEN, Unverified

CLASSES = ("lots", "transformations", "shipments", "containers", "parties", "locations", "orders", "disposals")
"""Under what withheld nodes are counted."""
BOUNDARY = (
    "This answer ends where your view does: whether anything lies beyond it is not told. Links through a transformation are "
    "possible unless a pair of input and output says more, and dead ends are not judged."
)

UNJUDGED = "Dead ends and one-sided shipments are not judged."
MORE_UNSEEN = (
    "Each party may have got more than is shown, by what is outside your view, and a quantity that is not stated is not zero."
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a trace found out about its own gaps; see `Completeness` for the fields.

    windowed  the question had a window.   cut  the window left something out.
    least     the smallest count of withheld things that is told; where it is more than 1, `visited` counts none of them.
    """

    visited: int
    withheld: Mapping[str, int] = field(default_factory=dict)
    unresolved: Sequence[str] = ()
    class_level: Sequence[str] = ()
    one_sided: Sequence[str] = ()
    twins: Sequence[tuple[str, str]] = ()
    dead_ends: Sequence[str] = ()
    limits_hit: Sequence[LimitHit] = ()
    unavailable: Sequence[str] = ()
    boundary: bool = False
    routed_to: str | None = None
    windowed: bool = False
    cut: bool = False
    unverified: Unverified = ALL_PROVEN
    more_unseen: bool = False
    least: int = 1

    @property
    def counted(self) -> dict[str, int]:
        """Withheld things by class, as far as their number may be told."""
        return {name: count for name in CLASSES if (count := self.withheld.get(name, 0)) >= max(self.least, 1)}

    @property
    def few(self) -> tuple[str, ...]:
        """Classes of which fewer are withheld than may be told."""
        return tuple(name for name in CLASSES if 0 < self.withheld.get(name, 0) < self.least)

    def told_as(self, ids: Mapping[str, str]) -> "Findings":
        """The same, where some things are told under an id of the answer alone."""
        if not ids:
            return self

        def told(uids: Sequence[str]) -> list[str]:
            return sorted(ids.get(uid, uid) for uid in uids)

        return replace(
            self,
            unresolved=told(self.unresolved),
            one_sided=told(self.one_sided),
            dead_ends=told(self.dead_ends),
            unavailable=told(self.unavailable),
            twins=sorted((ids.get(one, one), ids.get(other, other)) for one, other in self.twins),
        )

    def with_twins(self, twins: Iterable[tuple[str, str]]) -> "Findings":
        return replace(self, twins=sorted(twins))


def complete(findings: Findings) -> Completeness:
    """The completeness block of an answer; the status is the worst that holds, with a reason for everything."""
    reasons = sorted(_reasons(findings), key=lambda reason: (-reason[0], reason[1]))
    status = max((reason[0] for reason in reasons), default=Status.COMPLETE)
    return Completeness(
        status=status,
        reasons=tuple(reasons),
        visited=findings.visited,
        withheld=findings.counted,
        few=findings.few,
        unresolved=tuple(sorted(findings.unresolved)),
        class_level=tuple(sorted(findings.class_level)),
        one_sided=tuple(sorted(findings.one_sided)),
        twins=tuple(sorted(findings.twins)),
        dead_ends=tuple(sorted(findings.dead_ends)),
        limits_hit=tuple(findings.limits_hit),
        unavailable=tuple(sorted(findings.unavailable)),
        statement=_statement(findings, status),
        boundary=findings.boundary,
        routed_to=findings.routed_to,
        unverified=findings.unverified.records,
        unverified_withheld=findings.unverified.withheld,
        unverified_few=findings.unverified.few,
        more_unseen=findings.more_unseen,
    )


def _reasons(findings: Findings) -> list[tuple[Status, str, str]]:
    found = [
        (Status.TRUNCATED, "limits_hit", f"The search stopped at its limit of {limit.value} {limit.limit}; more may be affected.")
        for limit in findings.limits_hit
    ]
    if findings.unavailable:
        count = len(findings.unavailable)
        sentence = (
            f"{count} {'record has' if count == 1 else 'records have'} values that cannot be opened now: a key is not to be had."
        )
        found.append((Status.DEGRADED, "unavailable", sentence))
    if findings.unverified:
        found.append((Status.UNVERIFIED, "unverified", unverified_sentence(findings.unverified)))
    if findings.cut:
        sentence = "Links outside the window that was asked about were left out, and what lies behind them with them."
        found.append((Status.TRUNCATED, "window", sentence))
    hidden = sum(findings.withheld.values())
    if hidden:
        counted = [f"{count} {name}" for name, count in findings.counted.items()]
        counted += [f"fewer than {findings.least} {name}" for name in findings.few]
        sentence = f"Outside your view, walked through and not shown: {', '.join(counted)}. {UNJUDGED}"
        if findings.windowed:
            sentence += " Their times are outside it too, so that the window was not applied to them."
        if findings.routed_to is not None and findings.least > 1:
            sentence += f" They were routed to the role {findings.routed_to}."
        elif findings.routed_to is not None:
            beyond = "1 item" if hidden == 1 else f"{hidden} items"
            sentence += f" {beyond} beyond your view {'was' if hidden == 1 else 'were'} routed to the role {findings.routed_to}."
        found.append((Status.WITHHELD, "withheld", sentence))
    if findings.more_unseen:
        found.append((Status.WITHHELD, "more_unseen", MORE_UNSEEN))
    if findings.boundary:
        found.append((Status.WITHHELD, "boundary", BOUNDARY))
    for code, items, one, many in (
        ("unresolved", findings.unresolved, "lot is used but described by no record", "lots are used but described by no record"),
        ("class_level", findings.class_level, "product is recorded without a lot", "products are recorded without a lot"),
        (
            "one_sided",
            findings.one_sided,
            "shipment is reported by its receiver only",
            "shipments are reported by their receiver only",
        ),
        ("twins", findings.twins, "pair of lots is likely one and the same", "pairs of lots are likely one and the same"),
        ("dead_ends", findings.dead_ends, "lot ends here without a recorded reason", "lots end here without a recorded reason"),
    ):
        if items:
            found.append((Status.UNRESOLVED, code, f"{len(items)} {one if len(items) == 1 else many}."))
    return found


def unverified_sentence(found: Unverified) -> str:
    """What is said of records that are not as the service wrote them, and what to do."""
    count = len(found.records) + found.withheld
    changed = "1 record was changed" if count == 1 else f"{count} records were changed" if count else "Records were changed"
    beyond = f" {found.withheld} of them may not be named to you." if found.withheld else ""
    if found.few:
        beyond = " There are others, of which you may be told neither the names nor the number." if count else ""
    return (
        f"{changed} outside the service.{beyond} Use nothing that rests on them, keep the goods on hold, and have the "
        "administrator run `traceapp verify graph`."
    )


def _statement(findings: Findings, status: Status) -> str:
    walked = f"{findings.visited} {'record was' if findings.visited == 1 else 'records were'} visited"
    match status:
        case Status.COMPLETE:
            return f"{walked}; nothing is withheld, unresolved or cut off."
        case Status.UNRESOLVED:
            return f"{walked}; the records themselves leave gaps, which are listed."
        case Status.WITHHELD if findings.boundary:
            return f"{walked}; the answer ends where your view does, and whether anything lies beyond it is not told."
        case Status.WITHHELD:
            return f"{walked}; part of them is outside your view, and was walked through."
        case Status.TRUNCATED:
            how = (
                ", then a limit stopped the search"
                if findings.limits_hit
                else "; the window that was asked about left others out"
            )
            return f"{walked}{how}: this answer is not the whole."
        case Status.DEGRADED:
            return f"{walked}; part of what they hold cannot be opened at this moment, so that this answer lacks it."
        case Status.UNVERIFIED:
            return f"{walked}; records that were changed outside the service stand among them."
