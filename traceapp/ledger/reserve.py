"""Blocks set aside in the ledger's own files, so that a full disk never stops a recall half-way.

They lie beyond the end of the newest segment, of the tree and of the checkpoints, where nobody else can take them. While the
disk has room, at least half of what is wanted is there; on a full disk records go on in it until it is used up.
"""

import os
import time
from typing import Final

from traceapp.host.disk_space import beyond_end, set_aside

RESERVE: Final = 1024 * 1024
"""Bytes for records where nobody says another figure; the service takes what its settings say."""
OF_TREE: Final = 8
"""A record has 300 bytes and more, its nodes of the tree 64."""
OF_CHECKPOINTS: Final = 128
_AGAIN: Final = 1.0
"""Seconds after which a full disk is asked again."""


class Reserve:
    """Used by the thread that writes; others read `left`."""

    def __init__(self, wanted: int) -> None:
        """wanted  bytes ahead in the newest segment; 0 sets nothing aside."""
        self.wanted = wanted
        self.left = 0
        self._again = 0.0

    def keep_for_records(self, segment: int, status: os.stat_result) -> None:
        """status  of the segment as it is; raises OSError: the disk failed."""
        self.left = beyond_end(status)
        if self._keep(segment, status, self.wanted):
            self.left = beyond_end(os.fstat(segment))

    def keep_beside(self, tree: int, checkpoints: int) -> None:
        """raises OSError: the disk failed."""
        self._keep(tree, os.fstat(tree), self.wanted // OF_TREE)
        self._keep(checkpoints, os.fstat(checkpoints), self.wanted // OF_CHECKPOINTS)

    def _keep(self, descriptor: int, status: os.stat_result, wanted: int) -> bool:
        """Whether more was set aside."""
        if 2 * beyond_end(status) >= wanted or time.monotonic() < self._again:
            return False
        if set_aside(descriptor, status.st_size, wanted):
            return True
        self._again = time.monotonic() + _AGAIN
        return False
