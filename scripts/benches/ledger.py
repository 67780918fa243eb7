"""scripts/bench ledger [--json FILE] [--records 1000000] [--seconds 8] [--folder DIR]

The ledger beside its disk: how long the disk takes to make a few bytes durable, how long a lone record takes, how many records
a second 32 clients in 4 processes get acknowledged and how late the slowest are, and how long the standalone verifier reads.

  --json FILE    also write [{"figure", "value", "unit", "ratio_to", "ratio"}, …]
  --records N    how many the verifier reads
  --seconds N    how long the clients append
  --folder DIR   on the disk that is to be measured (default: the system's folder for temporary files)
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from figures import Figure, show, write
from ledger_alerts import ringing
from ledger_search import searching

from traceapp.confidential.side_seal import SideSeal
from traceapp.domain.clock import SystemClock
from traceapp.domain.recorded import LedgerEntry, WrittenRoll
from traceapp.domain.rolls import SALT, Roll, Shown, digest_of, plain_document
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import FOLDER, plain_entry
from traceapp.ledger.side_files import ROLLS, SideFiles
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers import verify_ledger

PROCESSES: Final = 4
THREADS: Final = 8
"""Of each process."""
LONE: Final = 400
"""Records of one client alone, each beside one fdatasync of the disk itself."""
GROUP: Final = 256
SHOWN: Final = 42
ROW: Final = Shown("Batch", frozenset({"number", "product", "site", "status"}))
ENTRY: Final = LedgerEntry(
    act="batch:trace",
    outcome="answered",
    actor={"account": "a" * 32, "username": "coordinator", "role": "coordinator", "sites": ["*"], "lines": ["*"]},
    request={"number": "F26-301", "direction": "forward"},
    disclosed={"Batch": ["number", "product"], "Shipment": ["number"]},
    result={"nodes": 42, "sha256": "0" * 64},
    completeness="COMPLETE",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--append-to", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.append_to is not None:
        print(json.dumps(append_for(options.append_to, options.seconds)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        found = [
            *appending(Path(folder) / "written", options.seconds),
            verifying(Path(folder) / "read", options.records),
            *searching(Path(folder) / "searched", options.records),
            *ringing(Path(folder) / "watched", ENTRY),
        ]
    show("The ledger", found)
    write(options.json, found)
    missed = [one.figure for one in found if one.reached is False]
    if missed:
        print(f"not reached: {'; '.join(missed)}")


def appending(home: Path, seconds: float) -> list[Figure]:
    """One client alone, then many at once."""
    home.mkdir()
    writer = WriterProcess.start(home)
    try:
        disk, lone = lone_records(home)
        rolled = lone_answers(home)
        late, made = many_records(home, seconds)
    finally:
        writer.stop()
    base = Figure("fdatasync of the disk itself, median", disk, "ms")
    alone = Figure("lone record, median", lone, "ms", aim=f"<= {2 * disk + 0.3:.3f}")
    return [
        base,
        alone,
        Figure(f"a trace with a roll of {SHOWN} things waits, median", rolled, "ms", aim=f"<= {2 * disk + 0.3:.3f}"),
        Figure(f"records of {PROCESSES * THREADS} clients in {PROCESSES} processes", made, "1/s", aim=">= 5000"),
        Figure("the slowest hundredth of them waits", late, "ms", aim="<= 20"),
    ]


def lone_records(home: Path) -> tuple[float, float]:
    """Medians in ms of the disk's own fdatasync after a record's bytes, and of an append, in turns."""
    client, content = LedgerClient(home), os.urandom(900)
    file = os.open(home / "beside", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    disk, lone = [], []
    for _ in range(LONE):
        began = time.perf_counter()
        os.write(file, content)
        os.fdatasync(file)
        synced = time.perf_counter()
        client.append(ENTRY)
        lone.append(time.perf_counter() - synced)
        disk.append(synced - began)
    os.close(file)
    client.close()
    return statistics.median(disk) * 1000, statistics.median(lone) * 1000


def lone_answers(home: Path) -> float:
    """Median in ms of a roll and its record that become durable in one wait, as an answer waits for them."""
    client, files, seal = LedgerClient(home), SideFiles(home, ROLLS), SideSeal(os.urandom(32), ROLLS)
    took = []
    for _ in range(LONE):
        roll = Roll()
        for _ in range(SHOWN):
            roll.add(uuid.uuid4().hex, ROW)
        began = time.perf_counter()
        salt, document = os.urandom(SALT), plain_document(roll.document)
        digest = digest_of(salt, document)
        at, make_durable = files.begin(digest, seal.seal(digest, salt + document), datetime.now(UTC))
        said = {"sha256": digest, "things": SHOWN, "at": at}
        client.append(replace(ENTRY, roll=WrittenRoll(said, make_durable)))
        took.append(time.perf_counter() - began)
    files.close()
    client.close()
    return statistics.median(took) * 1000


def many_records(home: Path, seconds: float) -> tuple[float, float]:
    """99th percentile of the wait in ms, and records a second."""
    command = [sys.executable, __file__, "--append-to", str(home), "--seconds", str(seconds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    waits = sorted(wait for process in running for wait in json.loads(process.communicate()[0]))
    return waits[int(len(waits) * 0.99)] * 1000, len(waits) / seconds


def append_for(home: Path, seconds: float) -> list[float]:
    """Seconds that each append of this process took."""
    client, waits = LedgerClient(home), list[float]()
    ends = time.monotonic() + seconds

    def append() -> None:
        while time.monotonic() < ends:
            began = time.perf_counter()
            client.append(ENTRY)
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=append) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    return waits


def verifying(home: Path, records: int) -> Figure:
    """Seconds that the standalone verifier takes for so many records with a checkpoint every thousand."""
    storage = LedgerStorage(home, SystemClock())
    entry = plain_entry(ENTRY)
    while storage.head.seq < records:
        storage.append([Wanted(uuid.uuid4().hex, entry) for _ in range(GROUP)])
        if storage.head.seq - storage.checkpointed >= 1000:
            storage.checkpoint()
    storage.checkpoint()
    storage.close()
    began = time.perf_counter()
    report = verify_ledger.verify(home / FOLDER)
    took = time.perf_counter() - began
    if report.findings:
        raise SystemExit(f"the verifier found {report.findings[0].said}")
    aim = f"<= {records / 100_000:.1f}"
    return Figure(f"verifier over {report.records:,} records", took, "s", aim=aim)


if __name__ == "__main__":
    main()
