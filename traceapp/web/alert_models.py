"""Answers about alerts as OpenAPI describes them. `alert_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from traceapp.domain.alerts import AlertLevel, AlertState
from traceapp.web.answer_models import Ledger, Said


class Alert(Said):
    """Something on record, or missing there, that somebody has to look at."""

    uid: Annotated[str, Field(description="32 hexadecimal digits.")]
    rule: Annotated[str, Field(description="docs/alerts.md says what it means and what to do.")]
    level: AlertLevel
    title: str
    at: datetime
    group: Annotated[str, Field(description="What the rule counts by: the id of an account, an address, a key; may be empty.")]
    username: Annotated[str, Field(description="Whose account that is; empty where it is none.")]
    records: Annotated[list[int], Field(description="Ledger records that it rests on, the newest twenty of `count`.")]
    count: Annotated[int, Field(ge=0)]
    recorded: Annotated[int | None, Field(description="Its own ledger record; null while the ledger does not answer.")]
    state: AlertState
    acknowledged_by: str | None
    acknowledged_at: datetime | None


class Alerts(Said):
    alerts: list[Alert]
    cut: Annotated[bool, Field(description="There are more that fit.")]
    open: Annotated[dict[AlertLevel, int], Field(description="How many are open, by level.")]
    ledger: Ledger


class AlertAcknowledged(Said):
    alert: Alert
    ledger: Ledger
