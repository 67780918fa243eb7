"""Migrations, on every store."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers import StoreLeg
from traceapp.domain.errors import StatementError, StoreConflictError, StoreVersionError
from traceapp.domain.record_macs import Made
from traceapp.graph.connection import Graph
from traceapp.graph.query_catalogue import statements_root
from traceapp.graph.record_head import RecordHead
from traceapp.graph.schema import SchemaStep, check_schema, load_steps, migrate

NOW = datetime(2026, 3, 2, 10, 0, 0, 0, UTC)


@pytest.fixture
def bare(store_leg: StoreLeg) -> Iterator[Graph]:
    """A store that no migration was run on."""
    store_leg.strip()
    with Graph.connect(store_leg.endpoint) as graph:
        yield graph
    store_leg.strip()


def versions() -> tuple[str, ...]:
    return tuple(step.version for step in load_steps())


def test_empty_store_is_migrated_once(bare: Graph) -> None:
    assert [step.version for step in check_schema(bare)] == list(versions())
    assert migrate(bare, NOW) == versions()
    assert migrate(bare, NOW) == ()
    assert bare.read("head.get_sums")[0]["seq"] == 0


def test_migrated_store_keeps_what_is_unique(bare: Graph) -> None:
    migrate(bare, NOW)
    command = uuid.uuid4().hex
    bare.write(lambda transaction: None, command=command)
    with pytest.raises(StoreConflictError):
        bare.write(lambda transaction: None, command=command)


def test_services_that_start_at_once_migrate_once(bare: Graph) -> None:
    done: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(bare, NOW))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    rows = bare.read("schema_step.list_steps")
    assert [row["version"] for row in rows] == list(versions())
    assert check_schema(bare) == ()


def test_migration_that_was_cut_off_is_finished(bare: Graph) -> None:
    """Cut between two statements of a step: the step is not noted, and its first half is run again."""
    first, *rest = load_steps()
    bare.administer(first.statements[0], "cut off")
    migrate(bare, NOW, (first,))
    assert migrate(bare, NOW, (first, *rest)) == versions()[1:]


def test_store_of_a_newer_program_is_left_alone(bare: Graph) -> None:
    steps = load_steps()
    newer = SchemaStep(f"V{len(steps) + 1:04d}", "V9999__newer", "0" * 64, ())
    migrate(bare, NOW, (*steps, newer))
    with pytest.raises(StoreVersionError, match="newer traceapp"):
        check_schema(bare)
    with pytest.raises(StoreVersionError):
        migrate(bare, NOW)


def test_migration_that_was_changed_after_it_ran_is_found(bare: Graph) -> None:
    migrate(bare, NOW)
    first, *rest = load_steps()
    with pytest.raises(StoreVersionError, match=f"{first.version} is not the one"):
        migrate(bare, NOW, (replace(first, checksum="0" * 64), *rest))


def test_counter_survives_a_second_migration(bare: Graph) -> None:
    migrate(bare, NOW)
    bare.write(
        lambda transaction: transaction.run(
            "event.advance_head", **RecordHead(7, "2026-03-02T10:00:00.000000Z", Made(), Made(), True).row, mac=None
        ),
        command=uuid.uuid4().hex,
    )
    for step in load_steps():
        for statement in step.statements:
            bare.administer(statement, "again")
    assert bare.read("head.get_sums")[0]["seq"] == 7


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("V0001__one.cypher", "V0003__three.cypher"), "V0002"),
        (("V0002__two.cypher",), "V0001"),
        (("V1__one.cypher",), "is called V0001__what"),
        (("V0001__One.cypher",), "is called V0001__what"),
        (("V0001__one.cypher", "V0001__other.cypher"), "must be"),
    ],
)
def test_wrong_file_names_are_said(tmp_path: Path, names: tuple[str, ...], said: str) -> None:
    for name in names:
        (tmp_path / name).write_text("CREATE (:Thing);\n")
    with pytest.raises(StatementError, match=said):
        load_steps(tmp_path)


def test_statements_end_at_a_semicolon_at_the_end_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "V0001__one.cypher").write_text("// does: two\nCREATE (:A {x: ';'});\nCREATE\n  (:B);  \n")
    (step,) = load_steps(tmp_path)
    assert step.statements == ("CREATE (:A {x: ';'})", "CREATE\n  (:B)")


def test_steps_of_the_program_are_safe_to_run_twice() -> None:
    """By their words: a migration that was cut off is run again from its beginning."""
    for step in load_steps(statements_root() / "schema"):
        for statement in step.statements:
            assert any(word in statement for word in ("IF NOT EXISTS", "IF EXISTS", "IS NULL SET")) or statement.startswith(
                "MERGE"
            ), statement
