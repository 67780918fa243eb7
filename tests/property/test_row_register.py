"""Whatever the order of writes, deaths and looks: an honest row is believed, and one that was followed by another is not."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.clockwork import Clockwork
from traceapp.domain.row_register import Standing
from traceapp.host.row_register import LATE, RowRegister

ROW = ("Account", "a" * 32)


class Model:
    """A store of one row, written by processes that die where the dice say so."""

    def __init__(self, home: Path, draw: random.Random) -> None:
        self.home, self.draw, self.clock = home, draw, Clockwork()
        self.stands: bytes | None = None
        self.before: list[bytes] = []
        self.coming: tuple[datetime, bytes] | None = None
        self.register = RowRegister(home, self.clock)

    def pass_time(self) -> None:
        """Up to three minutes; a COMMIT that was sent before its writer died arrives within one."""
        self.clock.moment += timedelta(seconds=self.draw.randint(0, 180))
        self.arrive()

    def arrive(self) -> None:
        if self.coming is not None and self.clock.now() >= self.coming[0]:
            self.write(self.coming[1])
            self.coming = None

    def write(self, mac: bytes) -> None:
        if self.stands is not None:
            self.before.append(self.stands)
        self.stands = mac

    def change(self) -> None:
        """One writer, with a process of its own."""
        self.register = RowRegister(self.home, self.clock)
        if self.coming is not None:  # the store holds the row for the transaction that was sent before
            self.clock.moment = self.coming[0]
            self.arrive()
        mac = self.draw.randbytes(16)
        end = self.draw.choice(["dies before the note", "dies after it", "sends COMMIT and dies", "dies after COMMIT", "lives"])
        with self.register.writing():
            if end == "dies before the note":
                return
            if self.stands is not None and self.register.standing(*ROW, self.stands) is Standing.UNKNOWN:
                self.register.trust(*ROW, self.stands)
            self.register.note(*ROW, mac)
            if end == "dies after it":
                return
            if end == "sends COMMIT and dies":
                self.coming = (self.clock.now() + timedelta(seconds=self.draw.randint(0, 60)), mac)
                return
            self.write(mac)
            if end == "lives":
                self.register.settle(*ROW, mac)

    def look(self) -> Standing | None:
        """As `KeptRows.believed` looks at what stands there."""
        if self.stands is None:
            return None
        standing = self.register.standing(*ROW, self.stands)
        if standing is Standing.UNKNOWN:
            self.register.trust(*ROW, self.stands)
        if standing is Standing.EITHER:
            with self.register.quiet() as quiet:
                assert quiet
                self.register.settle_found(*ROW, self.stands)
        return standing


@pytest.mark.parametrize("seed", range(40))
def test_promise_no_order_of_writes_and_deaths_denies_an_honest_row(seed: int, tmp_path: Path) -> None:
    model = Model(tmp_path, random.Random(seed))
    assert timedelta(seconds=60) < LATE

    for _ in range(60):
        model.draw.choice([model.change, model.look, model.pass_time])()
        assert model.look() is not Standing.OLD

    model.clock.moment += 2 * LATE
    model.arrive()
    model.look()
    assert model.look() in {None, Standing.NEWEST}
    older = set(model.before) - {model.stands}
    assert all(model.register.standing(*ROW, mac) is Standing.OLD for mac in older)
