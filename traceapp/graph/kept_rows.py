"""Rows that decide rights: believed while their record MAC holds and is the newest one that the register knows of them."""

from collections.abc import Callable
from typing import Any, Final

from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.row_register import RowFault, Standing
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.host.row_register import RowRegister

MAC: Final = "mac"


class KeptRows:
    """The rows of one label; every method raises StoreError and its kinds, and HomeError.

    get     the statement that reads one of them by its uid.
    proven  what of a row its MAC is over: what decides, and never a ciphertext, which comes under new keys now and then.
    """

    def __init__(
        self,
        graph: Graph,
        macs: RecordMacs,
        register: RowRegister,
        label: str,
        get: str,
        proven: Callable[[Row], Row],
    ) -> None:
        self._graph = graph
        self._macs = macs
        self._register = register
        self._label = label
        self._get = get
        self._proven = proven

    def believed(self, row: Row) -> Row | None:
        """This row, or what was written over it since it was read; None where it is not what the service wrote last."""
        match self._standing(row):
            case Standing.NEWEST:
                return row
            case Standing.UNKNOWN:
                self._register.trust(self._label, row["uid"], _mac(row))
                return row
            case Standing.EITHER:
                self.settle(row["uid"])
                return row
            case _:
                return self._looked_at_again(row["uid"])[0]

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the row of this uid; None where nothing is, or where there never was one."""
        rows = self._graph.read(self._get, uid=uid)
        if rows and self.believed(rows[0]) is not None:
            return None
        return self._looked_at_again(uid)[1]

    def settle(self, uid: str) -> None:
        """What a write left open that was broken off; of one that is under way its own writer settles it."""
        with self._register.quiet() as quiet:
            if quiet:
                rows = self._graph.read_newest(self._get, uid=uid)
                self._register.settle_found(self._label, uid, _mac(rows[0]) if rows else None)

    def write(
        self,
        uid: str,
        work: Callable[[Transaction], bytes | None],
        act: str,
        settled: Callable[[], None] | None = None,
        command: str | None = None,
    ) -> bool:
        """Write a row, as the only one who does.

        command  id of the write, where the work has to know it.
        settled  what is to be done once the row stands, before anybody else writes.
        work     what `Graph.write` takes; it asks `stands` of the row that it is about to change, calls `note` before it
                 writes, and returns what that returned, or None where it wrote nothing.
        returns  whether something was written.
        """
        with self._register.writing():
            mac = self._graph.write(work, command=command or draw_command(), act=act)
            if mac is not None:
                self._register.settle(self._label, uid, mac)
                if settled is not None:
                    settled()
        return mac is not None

    def stands(self, row: Row) -> bool:
        """Within `write`: whether the row that is about to be changed is what the service wrote last."""
        standing = self._standing(row)
        if standing is Standing.UNKNOWN:
            self._register.trust(self._label, row["uid"], _mac(row))
        return standing not in {Standing.OLD, None}

    def note(self, uid: str, row: Row) -> bytes:
        """Within `write`: the MAC that this row is to be written with, known outside the store before it stands in it."""
        mac = self._macs.row(self._label, self._proven(row))
        self._register.note(self._label, uid, mac)
        return mac

    def _standing(self, row: Row) -> Standing | None:
        """None where the record MAC does not hold."""
        if not self._macs.proves_row(self._label, self._proven(row) | {MAC: _mac(row)}):
            return None
        return self._register.standing(self._label, row["uid"], _mac(row))

    def _looked_at_again(self, uid: str) -> tuple[Row | None, RowFault | None]:
        """While nobody writes: a row that was written between our looks at store and register is as it should be."""
        with self._register.writing():
            rows = self._graph.read_newest(self._get, uid=uid)
            if not rows:
                return None, RowFault.GONE if self._register.is_missed(self._label, uid) else None
            standing = self._standing(rows[0])
        if standing is None:
            return None, RowFault.CHANGED
        return (None, RowFault.PUT_BACK) if standing is Standing.OLD else (rows[0], None)


def _mac(row: Row) -> Any:
    mac = row[MAC]
    return bytes(mac) if isinstance(mac, bytearray) else mac
