"""How the service is, in numbers that tell nothing of data or people. It is asked when things go wrong: nothing here may fail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from traceapp.domain.alerts import AlertLevel
from traceapp.domain.errors import HomeError, LedgerUnavailableError
from traceapp.ledger.alert_book import AlertBook
from traceapp.ledger.anchors.states import read_states
from traceapp.ledger.client import LedgerClient

VERIFIER = "verifier-silent"
"""The rule that remembers when the ledger was verified last."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """name   without the prefix, in the units of its ending.   kind  "gauge" | "counter".   labels  name → value."""

    name: str
    kind: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def read_metrics(home: Path, ledger: LedgerClient, book: AlertBook) -> tuple[Measurement, ...]:
    """What is known at this moment; what cannot be told is left out. Recorded nowhere: it tells of nobody."""
    return (*_of_ledger(ledger), *_of_anchors(home), *_of_alerts(book))


def _of_ledger(ledger: LedgerClient) -> Iterator[Measurement]:
    try:
        health = ledger.get_health()
    except LedgerUnavailableError:
        yield Measurement("ledger_up", "gauge", "Whether the ledger answers.", 0)
        return
    yield Measurement("ledger_up", "gauge", "Whether the ledger answers.", 1)
    yield Measurement("ledger_records", "gauge", "Records of the ledger, all in all.", health.newest.seq)
    yield Measurement("ledger_appends", "counter", "Records since the writer's start.", health.appended)
    yield Measurement("ledger_groups", "counter", "Groups in which they were made durable.", health.groups)
    yield Measurement("ledger_commit_seconds", "counter", "Time that those groups took together.", health.commit_seconds)
    yield Measurement("ledger_queue_records", "gauge", "Records that wait for the writer.", health.queue)
    yield Measurement("ledger_queue_limit_records", "gauge", "Records that may wait.", health.queue_most)
    yield Measurement("ledger_lag_records", "gauge", "Records that no checkpoint is over yet.", health.lag)
    signed = health.checkpoint_at.timestamp()
    yield Measurement("ledger_checkpoint_timestamp_seconds", "gauge", "When the newest checkpoint was signed.", signed)
    yield Measurement("ledger_disk_free_bytes", "gauge", "Left on the disk of the ledger.", health.disk_free)
    yield Measurement("ledger_disk_bytes", "gauge", "Size of the disk of the ledger.", health.disk_total)
    yield Measurement("ledger_reserve_bytes", "gauge", "Reserved for records on a full disk.", health.reserve)


def _of_anchors(home: Path) -> Iterator[Measurement]:
    for state in read_states(home):
        if state.at is None or state.size is None:
            continue
        labels, at = {"anchor": state.name}, state.at.timestamp()
        yield Measurement("ledger_anchored_timestamp_seconds", "gauge", "When the newest checkpoint was anchored.", at, labels)
        yield Measurement("ledger_anchored_records", "gauge", "Records that it is over.", state.size, labels)


def _of_alerts(book: AlertBook) -> Iterator[Measurement]:
    try:
        progress, opened = book.get_progress(), book.count_open()
    except HomeError:
        return
    for level in AlertLevel:
        labels = {"level": level.value}
        yield Measurement("alerts_open", "gauge", "Alerts that nobody has acknowledged.", opened.get(level, 0), labels)
    if progress is None:
        return
    yield Measurement("watch_record", "gauge", "The newest record that the alert rules saw, noted once a minute.", progress.after)
    verified = progress.state.get(VERIFIER, {}).get("")
    if verified is not None:
        yield Measurement("ledger_verified_timestamp_seconds", "gauge", "When the ledger was verified last.", verified)
