"""What may stand in the environment: names, and what a variable holds beside words and numbers. Only settings.py looks there."""

import re
from collections.abc import Mapping, Set
from datetime import time
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from traceapp.domain.errors import SettingsError
from traceapp.host.outbound import Network, parse_networks

OURS, SHARED = "TRACEAPP_", "NEO4J_"
"""With the first prefix every name is one of ours or wrong; the second belongs to other tools as well."""
NOT_OF_THE_SERVICE: Final = frozenset(f"{OURS}{name}" for name in ("CASES", "LONG", "NEO4J_LINES", "PYTHON", "STORES", "VENV"))
"""What the scripts of a checkout read."""
DEBUGGERS: Final = ("FLASK_DEBUG", "FLASK_RUN_FROM_CLI", "WERKZEUG_RUN_MAIN")
OFF: Final = frozenset({"", "0", "false", "no", "off"})
SHIFT: Final = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])")


def _capital(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _hosts(value: Any) -> Any:
    return (
        tuple(word.strip().lower().rstrip(".") for word in value.split(",") if word.strip()) if isinstance(value, str) else value
    )


def _networks(value: Any) -> Any:
    return parse_networks(value) if isinstance(value, str) else value


def _shift(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = SHIFT.fullmatch(value.strip())
    if found is None or found[1] == found[2]:
        raise ValueError("wanted two times of day such as 07:30-18:00")
    return time.fromisoformat(found[1]), time.fromisoformat(found[2])


def _zone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("wanted a time zone such as Asia/Shanghai") from None


Hosts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_hosts)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_capital)]
ShiftTimes = Annotated[tuple[time, time] | None, NoDecode, BeforeValidator(_shift)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


def check_names(found: Mapping[str, str], known: Set[str]) -> None:
    """A variable that is no setting would be passed over without a word, and the service would run otherwise than meant.

    raises  SettingsError: there is one; the setting that is near it is named.
    """
    for name in sorted(found.keys() - known - NOT_OF_THE_SERVICE):
        prefix = next((prefix for prefix in (OURS, SHARED) if name.startswith(prefix)), None)
        if prefix is None:
            continue
        ours = [other.removeprefix(prefix) for other in known if other.startswith(prefix)]
        near = get_close_matches(name.removeprefix(prefix), ours, 1, cutoff=0.65)
        if near:
            raise SettingsError(f"{name} is no setting; {prefix}{near[0]} is near it")
        if prefix == OURS:
            raise SettingsError(f"{name} is no setting; docs/settings.md lists them all")


def check_debuggers(found: Mapping[str, str]) -> None:
    """A debugger shows memory, keys among it, to whoever reaches its port; raises SettingsError."""
    for name in DEBUGGERS:
        if found.get(name, "").lower() not in OFF:
            raise SettingsError(f"{name} is set: this program runs under no debugger and no development server; unset it")
