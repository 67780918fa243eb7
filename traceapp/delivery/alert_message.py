"""What of an alert leaves the house: ids and numbers of records. Who it was and what he saw is on the page alone."""

from typing import Any

from traceapp.domain.alerts import Alert
from traceapp.domain.clock import stored_time

TYPE = "alert.raised"


def alert_message(alert: Alert, title: str) -> dict[str, Any]:
    """As JSON; `group` is left out, since it may be an address or what somebody typed as his name."""
    return {
        "type": TYPE,
        "timestamp": stored_time(alert.at),
        "data": {
            "alert": alert.uid,
            "rule": alert.rule,
            "level": alert.level.value,
            "title": title,
            "records": list(alert.records),
            "count": alert.count,
        },
    }
