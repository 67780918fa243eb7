"""What a variable may hold beside words and numbers: each read from its text, or refused with what was wanted."""

import re
from datetime import time
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from traceapp.host.outbound import Network, parse_networks

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
