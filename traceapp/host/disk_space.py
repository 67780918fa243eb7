"""Space of a disk: how much there is, and blocks that are set aside for a file beyond its end."""

import ctypes
import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_KEEP_SIZE: Final = 1
_BLOCK: Final = 512
"""What `st_blocks` counts in, whatever the file system's own blocks are."""
_NONE_TO_HAVE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EOPNOTSUPP, errno.ENOSYS, errno.EFBIG}
_allocate = getattr(ctypes.CDLL(None, use_errno=True), "fallocate", None)
if _allocate is not None:
    _allocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """Bytes of the file system of a folder; free is what this user may still take."""

    total: int
    free: int


def space_of(folder: Path) -> DiskSpace:
    """raises OSError."""
    found = os.statvfs(folder)
    return DiskSpace(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)


def set_aside(descriptor: int, place: int, length: int) -> bool:
    """Take blocks for these bytes of the file, which keeps its length (Linux: fallocate with FALLOC_FL_KEEP_SIZE).

    returns  False: there are none to have, or the file system cannot.
    raises   OSError: the disk failed.
    """
    if _allocate is None:
        return False
    while _allocate(descriptor, _KEEP_SIZE, place, length) != 0:
        code = ctypes.get_errno()
        if code in _NONE_TO_HAVE:
            return False
        if code != errno.EINTR:
            raise OSError(code, os.strerror(code))
    return True


def beyond_end(status: os.stat_result) -> int:
    """Bytes that can still be written to the file though the disk is full."""
    return max(0, status.st_blocks * _BLOCK - status.st_size)
