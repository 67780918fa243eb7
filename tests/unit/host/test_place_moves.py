"""The files of moves: told as they were written, to every process, and none is passed over."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from traceapp.domain.errors import HomeError
from traceapp.domain.places import KeptMove, Place, PlaceMove
from traceapp.host.place_moves import PlaceMoves

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def kept(number: int) -> KeptMove:
    move = PlaceMove(Place("苏州", f"L{number}"), Place("LYON", "X"))
    return KeptMove(number, move, ("1" * 32,), "anna", ("ben", "abel"), f"{number:016x}", AT, 7)


def test_a_move_is_told_to_whoever_asks_from_the_moment_that_it_is_there(tmp_path: Path) -> None:
    one, other = PlaceMoves(tmp_path), PlaceMoves(tmp_path)
    assert not other.current()

    one.put(kept(1))
    one.put(kept(2))

    assert other.current().kept == (kept(1), kept(2))
    one.finish(1, AT)
    assert [found.finished_at for found in other.current().kept] == [AT, None]
    assert other.current() is other.current()
    assert (tmp_path / "places").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "places" / "000001.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"number": 1}'])
def test_promise_a_move_that_cannot_be_read_is_no_move_less(damage: str, tmp_path: Path) -> None:
    PlaceMoves(tmp_path).put(kept(1))
    (tmp_path / "places" / "000001.json").write_text(damage)

    with pytest.raises(HomeError, match="cannot be read"):
        PlaceMoves(tmp_path).current()


def test_promise_a_move_that_was_taken_away_is_missed(tmp_path: Path) -> None:
    moves = PlaceMoves(tmp_path)
    moves.put(kept(1))
    moves.put(kept(2))
    (tmp_path / "places" / "000001.json").unlink()

    with pytest.raises(HomeError, match="lacks a move"):
        moves.current()
