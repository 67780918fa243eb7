"""A file on its way out: it has no name, lies in the home, and is gone when it is closed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from traceapp.domain.errors import HomeError


@contextmanager
def unnamed_file(home: Path) -> Iterator[BufferedRandom]:
    """Closed where anything is raised meanwhile; else whoever sends it closes it. raises HomeError: it cannot be written."""
    try:
        file = tempfile.TemporaryFile(dir=home)  # noqa: SIM115 - closed by whoever sends it
    except OSError as error:
        raise HomeError(f"the file cannot be written ({error.strerror})") from None
    try:
        yield file
    except OSError as error:
        file.close()
        raise HomeError(f"the file cannot be written ({error.strerror})") from None
    except BaseException:
        file.close()
        raise
