"""How many cases a suite makes: few every day, many with `scripts/test --long`."""

import os
from typing import Final

LONG: Final = os.environ.get("TRACEAPP_LONG") == "1"


def examples(everyday: int, long: int) -> int:
    return long if LONG else everyday
