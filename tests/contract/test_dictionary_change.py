"""The tier of a property changes, on every store: it holds at once, and in the end no stored value has the form of before."""

from dataclasses import replace

import pytest

from tests.conftest import MakeActor
from tests.dictionaries import in_force, migrate, migrate_one_chunk, put_in_force, with_tier
from tests.imported import take_in
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.disclosure import Masked
from traceapp.domain.errors import DictionaryChangedError, DocumentError, HomeError, InputError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.keys import key_named
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.graph.record_head import whole
from traceapp.host.home_lock import only_run
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_content
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.governed.change_documents import compare_document, show_version
from traceapp.usecases.governed.migrate_values import migration_of
from traceapp.usecases.keys.resealing import LOCK
from traceapp.usecases.keys.rotate_keys import count_left, reencrypt, rotate_keys
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

FORM = "form,owner,product,number,contract_maker,environment,quantity_made,site,time\n"
MAKER = "Makers of Meyrin"


def rows(count: int, start: int = 0) -> str:
    return FORM + "".join(
        f"batch-record,LYON,PUMP,B-{at},{MAKER} {at},clean room {at},{at}.50,LYON,2026-03-01T10:00:00Z\n"
        for at in range(start, start + count)
    )


def stored(leg: StoreLeg, name: str) -> dict[str, object]:
    """Number of a lot → what the store holds of a property."""
    with leg.session() as session:
        found = [whole(record["found"]) for record in session.run("MATCH (n:Batch) RETURN properties(n) AS found")]
    return {str(one["number"]): one.get(name) for one in found}


def everything(leg: StoreLeg) -> str:
    """All properties of all nodes and links, as text."""
    with leg.session() as session:
        nodes = [record["found"] for record in session.run("MATCH (n) RETURN properties(n) AS found")]
        links = [record["found"] for record in session.run("MATCH ()-[r]->() RETURN properties(r) AS found")]
    return repr(nodes) + repr(links)


def findings(stations: Stations) -> tuple[str, ...]:
    return verify_graph(stations, terminal_actor(), lambda share: None).value.findings


def traced(stations: Stations, who: Actor, at: int, name: str) -> object:
    """What a trace from a lot tells of a property of that lot, from what the store holds of it."""
    question = TraceQuestion((Seed(number=f"B-{at}"),), Direction.FORWARD, fields=frozenset({"number", name}))
    answer: TraceAnswer = trace_batch(stations, who, question).value
    (lot,) = [one for one in answer.nodes if getattr(one, "number", None) == f"B-{at}"]
    assert lot.properties is not None
    return lot.properties.get(name)


def shown(stations: Stations, who: Actor, at: int, name: str) -> object:
    return show_batch(stations, who, BatchQuery(number=f"B-{at}")).value.properties[name]


@pytest.fixture
def viewer(actor: MakeActor) -> Actor:
    return actor(Role.VIEWER)


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


def test_promise_a_raised_tier_hides_at_once_and_leaves_nothing_in_clear(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor, coordinator: Actor
) -> None:
    take_in(stations, rows(5))
    assert traced(stations, viewer, 3, "contract_maker") == shown(stations, viewer, 3, "contract_maker") == f"{MAKER} 3"

    raised = with_tier(stations, "Batch", "contract_maker", "T2")

    assert stored(empty_leg, "contract_maker")["B-3"] == f"{MAKER} 3", "nothing was rewritten yet"
    for one in (traced, shown):
        assert one(raised, viewer, 3, "contract_maker") == Masked("T2")
        assert one(raised, coordinator, 3, "contract_maker") == f"{MAKER} 3"
    assert findings(raised) == ()
    take_in(raised, rows(1, start=5), "more.csv")
    assert isinstance(stored(empty_leg, "contract_maker")["B-5"], bytes), "what comes in has its form of now"

    made = migrate(raised)

    assert (made.done, made.number, made.broken) == (5, 2, ())
    assert MAKER not in everything(empty_leg)
    assert {key_named(value) for value in stored(empty_leg, "contract_maker").values() if isinstance(value, bytes)} == {"T2.1"}
    after = raised.documents.renewed(raised)
    assert migration_of(after) is None
    for one in (traced, shown):
        assert one(after, viewer, 3, "contract_maker") == Masked("T2")
        assert [one(after, coordinator, at, "contract_maker") for at in range(6)] == [f"{MAKER} {at}" for at in range(6)]
    assert findings(after) == ()


def test_promise_a_lowered_tier_shows_at_once_and_the_value_stands_in_clear(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor
) -> None:
    take_in(stations, rows(3))
    assert traced(stations, viewer, 1, "environment") == shown(stations, viewer, 1, "environment") == Masked("T2")

    lowered = with_tier(stations, "Batch", "environment", "T1")

    for one in (traced, shown):
        assert one(lowered, viewer, 1, "environment") == "clean room 1", "still sealed, and shown"
    assert (migrate(lowered).done, findings(lowered)) == (3, ())
    assert stored(empty_leg, "environment")["B-1"] == "clean room 1"
    after = lowered.documents.renewed(lowered)
    assert traced(after, viewer, 1, "environment") == "clean room 1"


def test_promise_a_value_comes_under_the_key_of_its_new_tier_and_its_record_mac_stays(
    stations: Stations, empty_leg: StoreLeg, coordinator: Actor, actor: MakeActor
) -> None:
    take_in(stations, rows(3))
    macs = stored(empty_leg, "mac")

    resealed = with_tier(stations, "Batch", "environment", "T3")

    assert traced(resealed, coordinator, 1, "environment") == Masked("T3"), "no second factor was shown"
    assert migrate(resealed).done == 3
    found = stored(empty_leg, "environment").values()
    assert {key_named(value) for value in found if isinstance(value, bytes)} == {"T3.1"}
    assert (stored(empty_leg, "mac"), findings(resealed.documents.renewed(resealed))) == (macs, ())
    quality = actor(Role.QUALITY, factor=True)
    assert traced(resealed.documents.renewed(resealed), quality, 1, "environment") == "clean room 1"


@pytest.mark.parametrize("tier", ["T2", "T3"])
def test_values_that_are_no_texts_are_sealed_and_come_back_as_they_were(
    tier: str, stations: Stations, empty_leg: StoreLeg, coordinator: Actor
) -> None:
    take_in(stations, rows(2))
    before = traced(stations, coordinator, 1, "quantity_made")

    sealed = with_tier(stations, "Batch", "quantity_made", tier)
    assert migrate(sealed).done == 2
    sealed = sealed.documents.renewed(sealed)
    assert {type(value) for value in stored(empty_leg, "quantity_made").values()} == {bytes}
    back = with_tier(sealed, "Batch", "quantity_made", "T1")
    assert migrate(back).done == 2

    back = back.documents.renewed(back)
    assert (traced(back, coordinator, 1, "quantity_made"), str(before)) == (before, "1.50")
    assert stored(empty_leg, "quantity_made")["B-1"] == "1.50"
    assert findings(back) == ()


def test_promise_a_change_back_before_the_first_is_done_leaves_every_value_in_its_form(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor
) -> None:
    take_in(stations, rows(250))
    text = in_force(stations)
    raised = with_tier(stations, "Batch", "contract_maker", "T3")
    first = migrate_one_chunk(raised)
    assert (first.done, first.number) == (200, None)

    back = put_in_force(raised, text)

    assert [traced(back, viewer, at, "contract_maker") for at in range(0, 250, 25)] == [
        f"{MAKER} {at}" for at in range(0, 250, 25)
    ]
    assert findings(back) == ()
    assert (migrate(back).done, migration_of(back.documents.renewed(back))) == (200, None)
    assert set(map(type, stored(empty_leg, "contract_maker").values())) == {str}
    assert findings(back.documents.renewed(back)) == ()


def test_promise_nothing_is_written_by_a_dictionary_that_is_in_force_no_more(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor
) -> None:
    take_in(stations, rows(2))
    raised = with_tier(stations, "Batch", "contract_maker", "T2")
    before = everything(empty_leg)

    with pytest.raises(DictionaryChangedError):
        take_in(stations, rows(1, start=7), "late.csv")

    assert everything(empty_leg) == before
    migrate(raised)
    with pytest.raises(DictionaryChangedError):
        traced(stations, viewer, 1, "contract_maker")
    with_tier(raised, "Batch", "contract_maker", "T1")
    with pytest.raises(DictionaryChangedError):
        migrate(raised)


def test_promise_keys_rotate_while_values_are_on_their_way(stations: Stations, empty_leg: StoreLeg, coordinator: Actor) -> None:
    take_in(stations, rows(250))
    moved = with_tier(with_tier(stations, "Batch", "environment", "T3"), "Batch", "contract_maker", "T2")
    migrate_one_chunk(moved)
    rotate_keys(moved, terminal_actor())

    assert reencrypt(moved, terminal_actor(), 1e9, lambda seconds: False).is_finished
    assert migrate(moved).number == 3

    assert count_left(moved) == 0
    for name, key in (("environment", "T3.2"), ("contract_maker", "T2.2")):
        assert {key_named(value) for value in stored(empty_leg, name).values() if isinstance(value, bytes)} == {key}
    assert findings(moved.documents.renewed(moved)) == ()


def test_a_kind_that_held_nothing_sealed_is_sealed_and_rotated(stations: Stations, empty_leg: StoreLeg) -> None:
    text = "equipment,maker,site,time\nEQ-1,Ovens of Olten,LYON,2026-03-01T10:00:00Z\n"
    take_in(stations, text)
    raised = with_tier(stations, "Equipment", "maker", "T2")
    assert migrate(raised).done == 1
    assert "Ovens" not in everything(empty_leg)
    rotate_keys(raised, terminal_actor())

    assert reencrypt(raised, terminal_actor(), 1e9, lambda seconds: False).is_finished

    with empty_leg.session() as session:
        (found,) = [whole(one["found"]) for one in session.run("MATCH (n:Equipment) RETURN properties(n) AS found")]
    assert (key_named(found["maker"]), found["oldest_key"]) == ("T2.2", "T2.2")


def test_attacker_who_changed_a_node_is_named_and_no_migration_makes_it_good(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor
) -> None:
    take_in(stations, rows(3))
    with empty_leg.session() as session:
        session.run("MATCH (n:Batch {number: 'B-1'}) SET n.contract_maker = 'Somebody else'").consume()
        session.run("MATCH (n:Batch {number: 'B-2'}) SET n.acl = n.acl + 1").consume()
        named = {row["n"]: row["u"] for row in session.run("MATCH (n:Batch) RETURN n.number AS n, n.uid AS u")}
    raised = with_tier(stations, "Batch", "contract_maker", "T2")

    made = migrate(raised)

    assert (made.number, made.broken) == (None, (named["B-2"],))
    assert migration_of(raised.documents.renewed(raised)) is not None
    assert {one for one in findings(raised) if "Batch" in one} == {f"changed: Batch {named[n]}" for n in ("B-1", "B-2")}


def test_attacker_who_puts_a_clear_value_back_is_found_once_all_are_sealed(
    stations: Stations, empty_leg: StoreLeg, coordinator: Actor
) -> None:
    """With it he puts back the record MAC of that time, which held."""
    take_in(stations, rows(2))
    with empty_leg.session() as session:
        (old,) = session.run("MATCH (n:Batch {number: 'B-1'}) RETURN n.mac AS mac, n.uid AS uid")
    raised = with_tier(stations, "Batch", "contract_maker", "T2")
    migrate(raised)
    after = raised.documents.renewed(raised)

    with empty_leg.session() as session:
        put_back = "MATCH (n:Batch {number: 'B-1'}) SET n.contract_maker = $value, n.mac = $mac, n.oldest_key = 'T2.1'"
        session.run(put_back, value=f"{MAKER} 1", mac=old["mac"]).consume()

    assert findings(after) == (f"changed: Batch {old['uid']} holds a ciphertext that does not belong there",)
    assert traced(after, coordinator, 1, "contract_maker") != f"{MAKER} 1"


def test_every_chunk_and_the_end_are_on_record_under_the_approval(stations: Stations) -> None:
    take_in(stations, rows(250))
    raised = with_tier(stations, "Batch", "contract_maker", "T2")

    migrate(raised)

    chunks, end = records(stations, act="dictionary:reseal"), records(stations, act="dictionary:finish")
    assert [(one["outcome"], one["request"]["records"]) for one in chunks] == [
        ("intended", 200),
        ("done", 200),
        ("intended", 50),
        ("done", 50),
    ]
    assert [(one["outcome"], one["request"]["records"], one["request"]["version"]) for one in end] == [
        ("intended", 250, 2),
        ("done", 250, 2),
    ]
    assert {one["approval"] for one in (*chunks, *end)} == {"0d1c0d1c0d1c0d1c"}


def test_two_runs_at_once_are_one_too_many(stations: Stations) -> None:
    with only_run(stations.settings.home, LOCK, "it is done"), pytest.raises(HomeError, match="already"):
        migrate(stations)


def test_a_tier_that_moves_between_plain_forms_rewrites_nothing(stations: Stations, viewer: Actor) -> None:
    take_in(stations, rows(2))

    moved = with_tier(stations, "Batch", "model", "T1")

    assert migration_of(moved) is None
    assert migrate(moved).done == 0


NEW = 'porosity = { type = "decimal", tier = "T2", en = "Porosity", zh = "孔隙率", unit = "%" }\n'


def test_promise_a_new_property_is_imported_shown_by_its_tier_and_kept(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor, coordinator: Actor
) -> None:
    text = "owner,product,number,porosity,site,time\nLYON,PUMP,B-1,12.50,LYON,2026-03-01T10:00:00Z\n"
    with pytest.raises(DocumentError, match="porosity"):
        take_in(stations, text)

    more = put_in_force(stations, in_force(stations).replace("[properties.Batch]\n", f"[properties.Batch]\n{NEW}"))
    take_in(more, text, "again.csv")

    assert isinstance(stored(empty_leg, "porosity")["B-1"], bytes)
    for one in (traced, shown):
        assert one(more, coordinator, 1, "porosity") == Masked("T2"), "no set of fields of the policy names it yet"
    policy = read_content("default").replace(b'"quantity_made", ', b'"quantity_made", "porosity", ', 1)
    named = replace(more, policy=Policy(parse_policy(policy), more.dictionary))
    for one in (traced, shown):
        assert (one(named, viewer, 1, "porosity"), str(one(named, coordinator, 1, "porosity"))) == (Masked("T2"), "12.50")
    assert findings(more) == ()
    without = show_version(more, terminal_actor(), DocumentKind.DICTIONARY, 1).value
    assert b"porosity" not in without, "a former version stays readable"
    with pytest.raises(InputError, match="still there"):
        compare_document(more, terminal_actor(), DocumentKind.DICTIONARY, without)
