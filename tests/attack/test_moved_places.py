"""A site moves: what does an account of the old place, or of the new one, get before, at, and after that moment?"""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.attack.four_lots import asked
from tests.conftest import MakeActor
from tests.flows import batch
from tests.moved import finish, move, rewrite_one_chunk
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.errors import BatchNotFoundError, HomeError, InputError, PermissionDeniedError
from traceapp.domain.rights import Actor, Role
from traceapp.graph.record_head import whole
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.places.move_place import compare_move
from traceapp.usecases.stations import Stations

Seen = frozenset[str]
EVERYWHERE = frozenset({"*"})


@pytest.fixture
def suzhou(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, sites={"SUZHOU"})


def own(stations: Stations, who: Actor, lot: str, owner: str) -> bool:
    """Whether he sees a lot by itself."""
    try:
        return bool(asked(stations, who, batch(lot, owner)).nodes)
    except BatchNotFoundError:
        return False


def lots(stations: Stations, who: Actor) -> Seen:
    return frozenset(lot for lot, owner in (("A1", "LYON"), ("S1", "SUZHOU"), ("F1", "LYON")) if own(stations, who, lot, owner))


def test_attacker_at_the_old_or_the_new_place_learns_at_no_moment_more_than_was_approved(
    planted: Stations, lyon: Actor, suzhou: Actor, everywhere: Actor
) -> None:
    """They look all the time: what each sees is what he saw before, then what was approved, and never anything else."""
    people = {"old": suzhou, "new": lyon, "all": everywhere}
    before = {name: lots(planted, who) for name, who in people.items()}
    seen: dict[str, list[Seen]] = {name: [] for name in people}
    stop, failed = threading.Event(), []

    def look(name: str) -> None:
        try:
            while not stop.is_set():
                seen[name].append(lots(planted, people[name]))
        except Exception as error:  # whatever it is, it is what this test looks for
            failed.append(repr(error))

    readers = [threading.Thread(target=look, args=(name,)) for name in people]
    for reader in readers:
        reader.start()
    try:
        move(planted, site="SUZHOU", to_site="LYON")
        half = {name: lots(planted, who) for name, who in people.items()}
        rewrite_one_chunk(planted)
        stopped = {name: lots(planted, who) for name, who in people.items()}
        assert finish(planted).finished == (1,)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    after = {name: lots(planted, who) for name, who in people.items()}

    everything = frozenset({"A1", "S1", "F1"})
    assert failed == []
    assert before == {"old": {"S1"}, "new": {"A1", "F1"}, "all": everything}
    assert after == half == stopped == {"old": frozenset(), "new": everything, "all": everything}
    for name, looks in seen.items():
        assert looks
        assert all(one in (before[name], after[name]) or _between(one, before[name], after[name]) for one in looks), name


def _between(one: Seen, before: Seen, after: Seen) -> bool:
    """The lots are looked at one after the other, so that one look can straddle the moment: each lot is as before or as after."""
    return before & after <= one <= before | after


def test_attacker_who_puts_a_record_of_before_the_move_back_sees_it_no_more(
    planted: Stations, suzhou: Actor, lyon: Actor
) -> None:
    uid = planted.sealer.uid(batch("S1", "SUZHOU"))
    (old,) = planted.graph.administer(f"MATCH (n:Traceable {{uid: '{uid}'}}) RETURN properties(n) AS found", "attack")
    move(planted, site="SUZHOU", to_site="LYON")
    finish(planted)
    told = {
        name: value
        for name, value in whole(old["found"]).items()
        if name in {"acl", "scopes", "mentioned", "mac", "version", "projected_seq"}
    }

    planted.graph.write(
        lambda transaction: transaction.run("event.put_traceable", rows=[{"uid": uid, "properties": told}]), command="5a" * 16
    )

    assert not own(planted, suzhou, "S1", "SUZHOU")
    assert own(planted, lyon, "S1", "SUZHOU")
    findings = verify_graph(planted, terminal_actor(), lambda share: None).value.findings
    assert any("older ones" in one for one in findings), findings


@pytest.mark.parametrize(
    "said", [{"site": "SUZHOU", "to_site": "LYON"}, {"site": "LYON", "to_site": "SUZHOU"}], ids=["to him", "away"]
)
def test_attacker_who_sees_one_of_two_places_moves_neither_to_the_other(
    said: dict[str, str], planted: Stations, actor: MakeActor
) -> None:
    """Not even the effect is told, which would count what lies outside his view."""
    who = actor(Role.QUALITY, sites={"LYON"})
    tries: tuple[Callable[[], object], ...] = (
        lambda: compare_move(planted, who, said),
        lambda: request_approval(planted, who, Operation.PLACE_MOVE, said, "My own site is the better one."),
    )
    for attempt in tries:
        with pytest.raises(PermissionDeniedError, match="do not see"):
            attempt()


def test_attacker_is_given_no_view_of_a_place_that_is_over(planted: Stations) -> None:
    """Whatever would be moved there later, nobody waits for it with a view of its old name."""
    move(planted, site="SUZHOU", to_site="LYON")

    with pytest.raises(InputError, match="SUZHOU"):
        create_account(
            planted, terminal_actor(), "eve", "correct horse battery", "Eve", Role.VIEWER, frozenset({"SUZHOU"}), EVERYWHERE
        )
    with pytest.raises(InputError, match="moved away"):
        move(planted, site="LYON", to_site="SUZHOU")


def test_attacker_who_damages_the_file_of_a_move_gets_no_answer_by_the_old_places(planted: Stations, suzhou: Actor) -> None:
    move(planted, site="SUZHOU", to_site="LYON")
    path = planted.settings.home / "places" / "000001.json"
    path.write_text("{}")
    (path.parent / "touched").touch()
    elsewhere = replace(planted, acls=planted.acls.at(planted.clock.now()))

    for stations in (planted, elsewhere):
        with pytest.raises(HomeError, match="cannot be read"):
            asked(stations, suzhou, batch("S1", "SUZHOU"))
