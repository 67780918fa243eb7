"""A site or product line moves, on every store: all belongs there from one moment on; in the end nothing names the old one."""

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from tests.moved import finish, move, rewrite_one_chunk
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError, HomeError, InputError
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import acl_number
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.host.home_lock import only_run
from traceapp.usecases.audit.verify_ledger import verify_ledger
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.places.finish_moves import LOCK
from traceapp.usecases.places.move_place import list_moves
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.replay_trace import replay_trace
from traceapp.usecases.trace.trace_batch import trace_batch

FORM = "form,owner,product,number,stage,site,time\n"


def rows(count: int, site: str = "LYON", start: int = 0) -> str:
    return FORM + "".join(
        f"batch-record,{site},PUMP,{site[0]}-{at},,{site},2026-03-01T10:00:00Z\n" for at in range(start, start + count)
    )


def sees(stations: Stations, who: Actor, number: str) -> bool:
    try:
        show_batch(stations, who, BatchQuery(number=number))
    except BatchNotFoundError:
        return False
    return True


def named(stations: Stations) -> set[str]:
    """Every scope that a node or event of the store names."""
    kept = {entry.number: entry for entry in stations.acls.list_kept()}
    rows = stations.graph.administer(
        "MATCH (n) WHERE n.acl IS NOT NULL RETURN n.acl AS acl, n.scopes AS scopes, n.mentioned AS mentioned", "look"
    )
    found = {scope.text for row in rows for scope in kept[row["acl"]].scopes}
    return found | {text for row in rows for name in ("scopes", "mentioned") for text in row[name] or ()}


@pytest.fixture
def lyon(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, sites={"LYON"})


@pytest.fixture
def suzhou(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, sites={"SUZHOU"})


def test_promise_a_site_that_moved_is_seen_at_the_new_one_alone_and_nothing_names_the_old_one(
    stations: Stations, lyon: Actor, suzhou: Actor
) -> None:
    take_in(stations, rows(5))
    take_in(stations, rows(2, "SUZHOU"), "other.csv")

    made = move(stations, site="LYON", to_site="SUZHOU")

    assert (made.number, made.move.old.site, made.move.new.site) == (1, "LYON", "SUZHOU")
    assert [(sees(stations, lyon, f"L-{at}"), sees(stations, suzhou, f"L-{at}")) for at in range(5)] == [(False, True)] * 5
    take_in(stations, rows(1, "LYON", 5), "late.csv")
    assert (sees(stations, lyon, "L-5"), sees(stations, suzhou, "L-5")) == (False, True)
    assert any(text.startswith("LYON") for text in named(stations))

    done = finish(stations)

    assert (done.finished, done.broken) == ((1,), ())
    assert not any(text.startswith("LYON") for text in named(stations))
    take_in(stations, rows(1, "LYON", 6), "later.csv")
    assert not any(text.startswith("LYON") for text in named(stations))
    assert [sees(stations, suzhou, f"L-{at}") for at in range(7)] == [True] * 7
    assert not any(sees(stations, lyon, number) for number in ("L-0", "L-6", "S-0"))
    assert verify_graph(stations, terminal_actor(), lambda share: None).value.findings == ()
    assert verify_ledger(stations, terminal_actor()).value.ok
    (state,) = list_moves(stations, terminal_actor()).value
    assert (state.left, state.kept.finished_at is not None) == (0, True)
    begun, ended = records(stations, act="place:move"), records(stations, act="place:finish")
    assert [one["outcome"] for one in (*begun, *ended)] == ["intended", "done"] * 2
    assert begun[-1]["approval"] == ended[-1]["approval"] == made.approval
    assert ended[-1]["result"]["left"] == 0


def test_a_line_of_one_site_moves_and_the_rest_of_the_site_stays(stations: Stations, actor: MakeActor) -> None:
    take_in(stations, rows(1))
    (text,) = {text for text in named(stations) if text.startswith("LYON|") and not text.endswith("|*")} or {"LYON|*"}
    line = text.partition("|")[2]
    assert line != "*", "the product of the form has a line"
    move(stations, site="LYON", line=line, to_line="NEW")
    old, new = (actor(Role.COORDINATOR, sites={"LYON"}, lines={one}) for one in (line, "NEW"))

    seen = sees(stations, old, "L-0"), sees(stations, new, "L-0")
    finish(stations)

    assert seen == (sees(stations, old, "L-0"), sees(stations, new, "L-0")) == (False, True)
    assert text not in named(stations)


def test_an_event_that_becomes_void_after_a_move_leaves_the_thing_at_the_new_place(
    stations: Stations, suzhou: Actor, lyon: Actor
) -> None:
    """What it said is read by the places of now."""
    head = "form,row_id,corrects,owner,product,number,site,time\n"
    told = [f"batch-record,{at},,LYON,PUMP,L-0,LYON,2026-03-01T1{at}:00:00Z\n" for at in (1, 2)]
    take_in(stations, head + "".join(told))
    move(stations, site="LYON", to_site="SUZHOU")
    take_in(stations, head + "batch-record,2,2,LYON,PUMP,L-0,LYON,2026-03-01T12:00:00Z\n", "void.csv")

    assert (sees(stations, suzhou, "L-0"), sees(stations, lyon, "L-0")) == (True, False)
    finish(stations)
    assert (sees(stations, suzhou, "L-0"), sees(stations, lyon, "L-0")) == (True, False)
    assert verify_graph(stations, terminal_actor(), lambda share: None).value.findings == ()


def test_promise_a_move_that_stopped_half_way_changes_nobodys_view_and_goes_on(
    stations: Stations, lyon: Actor, suzhou: Actor, actor: MakeActor
) -> None:
    take_in(stations, rows(250))
    move(stations, site="LYON", to_site="SUZHOU")

    stopped = rewrite_one_chunk(stations)

    assert (0 < stopped.done < 250, stopped.finished) == (True, ())
    for who, expected in ((lyon, False), (suzhou, True), (actor(Role.COORDINATOR), True)):
        assert {sees(stations, who, f"L-{at}") for at in range(0, 250, 10)} == {expected}
    (state,) = list_moves(stations, terminal_actor()).value
    assert 0 < state.left < state.kept.records
    assert finish(stations).finished == (1,)
    assert {sees(stations, suzhou, f"L-{at}") for at in range(0, 250, 10)} == {True}


def test_promise_an_answer_of_before_the_move_is_the_same_when_it_is_asked_again(
    stations: Stations, lyon: Actor, actor: MakeActor
) -> None:
    take_in(stations, rows(3))
    seqs = [
        trace_batch(stations, who, TraceQuestion((Seed(number="L-1"),), Direction.FORWARD)).receipt.seq
        for who in (lyon, actor(Role.COORDINATOR))
    ]
    move(stations, site="LYON", to_site="SUZHOU")

    half = [replay_trace(stations, actor(Role.AUDITOR), seq).value for seq in seqs]
    finish(stations)
    whole = [replay_trace(stations, actor(Role.AUDITOR), seq).value for seq in seqs]

    assert [one.same for one in (*half, *whole)] == [True] * 4


def test_what_moved_twice_is_at_the_last_place_and_a_place_that_is_over_takes_nothing(
    stations: Stations, actor: MakeActor
) -> None:
    take_in(stations, rows(2))
    move(stations, site="LYON", to_site="SUZHOU")
    with pytest.raises(InputError, match="nothing was moved away from"):
        move(stations, site="SUZHOU", to_site="LYON")
    move(stations, site="SUZHOU", to_site="WUXI")
    with pytest.raises(InputError, match="SUZHOU"):
        move(stations, site="LYON", to_site="PARIS")

    assert sees(stations, actor(Role.COORDINATOR, sites={"WUXI"}), "L-1")
    assert finish(stations).finished == (1, 2)
    assert {text.partition("|")[0] for text in named(stations)} <= {"WUXI", "*", "?"}


def test_two_runs_at_once_are_one_too_many(stations: Stations) -> None:
    with only_run(stations.settings.home, LOCK, "it is done"), pytest.raises(HomeError, match="already"):
        finish(stations)


def test_the_set_of_every_old_place_is_interned_with_the_move(stations: Stations) -> None:
    take_in(stations, rows(1))
    kept = stations.acls.list_kept()
    move(stations, site="LYON", to_site="SUZHOU")

    numbers = {entry.number for entry in stations.acls.list_kept()}
    assert {acl_number(stations.acls.places.entry(entry).scopes) for entry in kept} <= numbers
