"""Per property the latest live event wins; a void gives its wins back; the order of claims never matters."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from traceapp.domain.event_payload import EventPayload, LinkPlace, read_payload
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.domain.projection import Claim, Projection, project, restore, stamp, withdraw
from traceapp.domain.scopes import SHARED, UNPLACED, Scope

LOT = "a" * 32


def claim(number: int, *, time: int = 0, described: bool = True, scope: str | None = None, **properties: PropertyValue) -> Claim:
    """The claim of event `number` at hour `time`."""
    return Claim(
        LOT, NodeKind.BATCH, stamp(f"2026-01-01T{time:02}:00:00.000000Z", f"{number:032x}"), described, scope, properties
    )


def state(projection: Projection) -> tuple[object, ...]:
    return projection.described, projection.scopes, projection.mentioned, projection.stamps, projection.values


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_any_order_of_claims_gives_the_same_projection(order: tuple[int, ...]) -> None:
    claims = [
        claim(1, time=3, model="late", dose=Decimal("1.0")),
        claim(2, time=1, model="early", colour="red", scope="LYON|INF"),
        claim(4, time=3, model="late, and the greater uid"),
        claim(3, time=2, described=False, scope="SUZHOU|INF"),
    ]

    found = project(claims[number] for number in order)

    assert found.values == {"model": "late, and the greater uid", "dose": Decimal("1.0"), "colour": "red"}
    assert (found.described, found.scopes, found.mentioned) == (True, {"LYON|INF"}, {"SUZHOU|INF"})
    assert found.acl_scopes(NodeKind.BATCH) == {Scope("LYON", "INF")}


def test_what_nothing_describes_belongs_where_it_is_mentioned() -> None:
    assert project([claim(1, described=False, scope="LYON|INF")]).acl_scopes(NodeKind.BATCH) == {Scope("LYON", "INF")}
    assert project([claim(1)]).acl_scopes(NodeKind.BATCH) == {UNPLACED}
    assert project([claim(1)]).acl_scopes(NodeKind.PARTY) == {SHARED}


def test_a_stored_projection_takes_only_what_is_later() -> None:
    first = project([claim(5, time=5, model="kept", colour="red")])
    stored = Projection.stored(first.described, first.scopes, first.mentioned, first.stated)

    stored.add(claim(4, time=4, model="too early"))
    assert not stored.changed
    stored.add(claim(6, time=6, colour="blue"))
    assert (stored.changed, stored.values) == (True, {"colour": "blue"})


def test_a_void_gives_back_exactly_what_the_others_state() -> None:
    others = [claim(1, time=1, model="one", scope="LYON|INF"), claim(2, time=2, model="two")]
    wrong = claim(3, time=3, model="wrong", colour="wrong", scope="SUZHOU|INF")
    projection = project([*others, wrong])

    loss = withdraw(projection, [wrong])
    for other in reversed(others):
        restore(projection, loss, other)

    assert state(projection) == state(project(others))
    assert projection.dropped == {"colour"}
    assert loss.properties == {"colour"}


def test_a_void_that_had_won_nothing_asks_for_nothing() -> None:
    wrong = claim(1, time=1, described=False, model="never won")
    projection = project([wrong, claim(2, time=2, model="won")])

    assert withdraw(projection, [wrong]).is_settled


def test_a_loss_is_settled_as_soon_as_one_event_states_it_again() -> None:
    wrong, other = claim(3, time=3, scope="LYON|INF", model="wrong"), claim(2, time=2, scope="LYON|INF", model="right")
    projection = project([wrong, other])

    loss = withdraw(projection, [wrong])
    assert loss.wants_statements
    restore(projection, loss, other)
    assert loss.is_settled


def test_a_payload_comes_back_with_its_types() -> None:
    expires = datetime(2027, 1, 1, tzinfo=UTC)
    said = claim(1, time=1, scope="LYON|INF", dose=Decimal("25.50"), expiry_date=expires, sterile=True, count=3, model="M")
    sent = EventPayload(
        {"any": ["words"]}, (said, claim(1, time=1, described=False)), (LinkPlace("IS_A", "Traceable", LOT, "b" * 32),)
    )

    assert read_payload(sent.document(), said.event_stamp).links == sent.links
    again = read_payload(sent.document(), said.event_stamp)
    assert again.original == sent.original
    assert again.claims[0] == said
