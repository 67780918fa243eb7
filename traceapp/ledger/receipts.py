"""Which records were made under which request id, as far back as a retry may reach."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

from traceapp.domain.recorded import LedgerReceipt
from traceapp.ledger.records import append_id, leaf_of

REMEMBERED: Final = 20_000
_OWN_FIELDS: Final = frozenset({"v", "seq", "time", "prev", "append_id"})
"""What the writer adds to an entry."""
_OWN_FIELDS_BEFORE: Final = frozenset({"v", "seq", "time", "prev", "request_id"})
"""The same in records of form 2."""


class RecentReceipts:
    """The newest `REMEMBERED`."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[LedgerReceipt, bytes]] = OrderedDict()

    def take_back(self, records: Iterable[bytes]) -> None:
        """Remember records that lie on disk, the oldest first."""
        for record in records:
            told = json.loads(record)
            own = _OWN_FIELDS if "append_id" in told else _OWN_FIELDS_BEFORE
            entry = {name: value for name, value in told.items() if name not in own}
            self.remember(append_id(told), LedgerReceipt(told["seq"], leaf_of(record).hex()), fingerprint(entry))

    def remember(self, message_id: str, receipt: LedgerReceipt, of: bytes) -> None:
        """of  fingerprint of the entry."""
        self._kept[message_id] = (receipt, of)
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    def known(self, message_id: str) -> tuple[LedgerReceipt, bytes] | None:
        """Receipt and fingerprint of what was made under this id."""
        return self._kept.get(message_id)


def fingerprint(entry: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).digest()
