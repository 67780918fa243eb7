"""Alerts on record: what a record says of one, and the alert that is read back from there."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.alerts import Alert, AlertLevel, KeptAlert
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerEntry

SERVICE: Final = {"username": "service", "through": "service"}


def alert_request(alert: Alert) -> dict[str, Any]:
    """An alert as a record's request names it: by which rule, and on which records it rests."""
    return {
        "alert": alert.uid,
        "rule": alert.rule,
        "level": alert.level.value,
        "at": alert.at,
        "group": alert.group,
        "records": list(alert.records),
        "count": alert.count,
    }


def raised_entry(alert: Alert) -> LedgerEntry:
    """The record of an alert."""
    return LedgerEntry(Act.ALERT_RAISE.value, "done", SERVICE, alert_request(alert))


def told_of_alert(seq: int, record: Mapping[str, Any]) -> list[KeptAlert]:
    """What a record tells of an alert: all that a lost book needs."""
    said = record["request"]
    match record["act"], record["outcome"]:
        case Act.ALERT_RAISE.value, "done":
            return [KeptAlert(_of_record(said), seq)]
        case Permission.ALERT_ACKNOWLEDGE.value, "done":
            who, when = str(record["actor"].get("username")), parse_stored_time(record["time"])
            return [KeptAlert(_of_record(said), None, who, when)]
        case _:
            return []


def _of_record(said: Mapping[str, Any]) -> Alert:
    at, records = parse_stored_time(str(said["at"])), tuple(said["records"])
    return Alert(said["alert"], said["rule"], AlertLevel(said["level"]), at, said["group"], "", records, said["count"])
