"""How long after its record an alert is in a sink's hands, beside others who append; how many records the rules take."""

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from figures import Figure

from traceapp.composition import build_watch, prepare_home
from traceapp.domain.alerts import Alert
from traceapp.domain.clock import SystemClock, stored_time
from traceapp.domain.recorded import LedgerEntry
from traceapp.jobs.watch_ledger import WatchLedger
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.settings import read_settings

ALERTS: Final = 100
EVALUATED: Final = 20_000
PATIENCE: Final = 60.0
OTHERS: Final = 4
"""Threads that append as fast as they can."""


class Hand:
    """A sink that notes when it got an alert."""

    name = "hand"

    def __init__(self) -> None:
        self.got: dict[int, float] = {}

    def send(self, alert: Alert, title: str, now: object) -> None:
        if alert.rule == "break-glass":
            self.got[alert.records[0]] = time.perf_counter()


def ringing(home: Path, entry: LedgerEntry) -> list[Figure]:
    """entry  what the others append."""
    settings = read_settings(home=home)
    prepare_home(settings)
    writer, hand = WriterProcess.start(home), Hand()
    job = WatchLedger(replace(build_watch(settings), sinks=(hand,)), print)
    client, done = LedgerClient(home), threading.Event()
    others = [threading.Thread(target=_append, args=(home, entry, done)) for _ in range(OTHERS)]
    asked: dict[int, float] = {}
    try:
        for thread in others:
            thread.start()
        job.start()
        for number in range(ALERTS):
            who = {"account": f"{number:032x}", "username": f"person{number}", "through": "session"}
            receipt = client.append(LedgerEntry("break_glass:begin", "done", who))
            asked[receipt.seq] = time.perf_counter()
            done.wait(0.05)
        deadline = time.monotonic() + PATIENCE
        while len(hand.got) < ALERTS and time.monotonic() < deadline:
            done.wait(0.05)
        records = client.get_head().seq
    finally:
        done.set()
        for thread in others:
            thread.join()
        job.stop()
        client.close()
        writer.stop()
    waits = sorted(hand.got[seq] - asked[seq] for seq in asked if seq in hand.got)
    if len(waits) < ALERTS:
        raise SystemExit(f"{ALERTS - len(waits)} alerts did not come within {PATIENCE:.0f} s")
    return [
        Figure(f"from a record to its alert in a sink's hands, among {records:,} records: median", waits[ALERTS // 2], "s"),
        Figure("the slowest twentieth takes", waits[int(ALERTS * 0.95)], "s", aim="<= 5"),
        Figure("records that the alert rules take", EVALUATED / _evaluation(entry), "/s"),
    ]


def _append(home: Path, entry: LedgerEntry, done: threading.Event) -> None:
    client = LedgerClient(home)
    while not done.is_set():
        client.append(entry)
    client.close()


def _evaluation(entry: LedgerEntry) -> float:
    """Seconds of `EVALUATED` records of one person."""
    watch = build_watch(read_settings())
    evaluation = Evaluation(watch.rules, watch.facts)
    record = {"time": stored_time(SystemClock().now()), "act": entry.act, "outcome": entry.outcome, "actor": dict(entry.actor)}
    whole = {**record, "request": dict(entry.request), "result": dict(entry.result), "disclosed": dict(entry.disclosed)}
    began = time.perf_counter()
    for seq in range(EVALUATED):
        evaluation.take(seq, whole)
    return time.perf_counter() - began
