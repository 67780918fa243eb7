"""Work on many records goes chunk by chunk, at a rate, while the service runs: what every such run has in common."""

from collections.abc import Callable
from typing import Final, TypeAlias

CHUNK: Final = 200
"""Records of one transaction: an import waits no longer for it than for another import."""
Wait: TypeAlias = Callable[[float], bool]
"""Waits so many seconds; True where the work is to stop."""
