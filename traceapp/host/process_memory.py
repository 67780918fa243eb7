"""What a process holds in memory, keys and passwords among it, stays there: no core dump, no debugger, no look from beside.

Every process of ours calls `close_memory` as it begins: an `exec` forgets it.
"""

import ctypes
import os
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def close_memory() -> None:
    """No core dump, in this process and all that it starts. On Linux nobody of the same user may attach to this
    process or read its environment or memory either; whoever is root still may."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def hand_over(secret: str) -> int | None:
    """A descriptor that a child may inherit and read as `/proc/self/fd/N`, in no folder and no environment; None elsewhere
    than on Linux. The caller closes it."""
    if sys.platform != "linux":
        return None
    descriptor = os.memfd_create("secret", os.MFD_CLOEXEC)
    os.fchmod(descriptor, 0o400)
    os.write(descriptor, secret.encode())
    return descriptor
