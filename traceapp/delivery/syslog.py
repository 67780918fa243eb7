"""Alerts to a syslog server (RFC 5424) over a Unix socket, UDP (RFC 5426) or TCP with octet counting (RFC 6587, 3.4.1)."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import orjson

from traceapp.delivery.alert_message import alert_message
from traceapp.domain.alerts import Alert, AlertLevel
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import AlertDeliveryError, OutboundError, SettingsError
from traceapp.host.outbound import OutboundGuard

FACILITY: Final = 13
"""Log audit (RFC 5424, table 1)."""
SEVERITY: Final[Mapping[AlertLevel, int]] = {
    AlertLevel.CRITICAL: 2,
    AlertLevel.HIGH: 3,
    AlertLevel.MEDIUM: 4,
    AlertLevel.LOW: 5,
}
"""Critical, error, warning, notice (table 2)."""
ID: Final = "alert@32473"
"""Structured data under the enterprise number that RFC 5612 keeps for documents; receivers match the name before it."""
SECONDS: Final = 5.0
PORTS: Final = {"udp": 514, "tcp": 601}


@dataclass(frozen=True, slots=True)
class SyslogPlace:
    """path  of a Unix socket, for `unix`; else host and port."""

    way: Literal["unix", "udp", "tcp"]
    path: str = ""
    host: str = ""
    port: int = 0


def parse_syslog(text: str) -> SyslogPlace:
    """`unix:/dev/log`, `udp://log.example.org:514` or `tcp://…`; raises SettingsError."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme == "unix" and Path(parts.path).is_absolute() and not parts.netloc:
        return SyslogPlace("unix", path=parts.path)
    if parts.scheme in PORTS and host and not parts.path.strip("/") and parts.username is None:
        return SyslogPlace("udp" if parts.scheme == "udp" else "tcp", host=host, port=port or PORTS[parts.scheme])
    raise SettingsError("TRACEAPP_ALERT_SYSLOG: wanted unix:/dev/log, udp://HOST:PORT or tcp://HOST:PORT")


def syslog_line(alert: Alert, title: str, now: datetime, hostname: str) -> bytes:
    """One message; everything in it is ours, so that nobody's words can begin another one."""
    priority = FACILITY * 8 + SEVERITY[alert.level]
    told = {"uid": alert.uid, "rule": alert.rule, "level": alert.level.value, "count": alert.count}
    data = " ".join(f'{name}="{value}"' for name, value in told.items())
    records = ",".join(map(str, alert.records)) or "-"
    message = orjson.dumps(alert_message(alert, title)).decode()
    header = f"<{priority}>1 {stored_time(now)} {hostname} traceapp - alert"
    return f'{header} [{ID} {data} records="{records}"] {message}'.encode()


class SyslogSink:
    """A host is called only where it is on the list of hosts that may be; a Unix socket is this machine's own."""

    name = "syslog"

    def __init__(self, place: SyslogPlace, guard: OutboundGuard) -> None:
        self._place = place
        self._guard = guard

    def send(self, alert: Alert, title: str, now: datetime) -> None:
        """raises  AlertDeliveryError: it cannot be reached. What UDP loses on the way, nobody is told of."""
        line = syslog_line(alert, title, now, _hostname())
        try:
            self._send(line)
        except OutboundError as error:
            raise AlertDeliveryError(str(error)) from None
        except OSError as error:
            raise AlertDeliveryError(f"it cannot be reached ({type(error).__name__})") from None

    def _send(self, line: bytes) -> None:
        place = self._place
        if place.way == "unix":
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
                connection.settimeout(SECONDS)
                connection.connect(place.path)
                connection.send(line)
            return
        wanted = f"https://{place.host}:{place.port}"  # the guard knows hosts by such addresses
        if place.way == "tcp":
            with self._guard.connect(wanted) as connection:
                connection.settimeout(SECONDS)
                connection.sendall(f"{len(line)} ".encode() + line)
            return
        address = self._guard.check(wanted).addresses[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            connection.sendto(line, (address, place.port))


def _hostname() -> str:
    """Printable ASCII without blanks, as the header wants it."""
    name = socket.gethostname()
    return name if name.isascii() and name.isprintable() and name and " " not in name else "-"
