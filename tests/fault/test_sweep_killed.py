"""A sweep of the store that is killed goes on where it was, and finds what one that was left alone finds."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.imported import take_in
from tests.processes import start_command, wait_until
from tests.recorded import records
from traceapp.usecases.stations import Stations

LOTS = 9_000
ROWS = "form,owner,product,number,site,time\n" + "".join(
    f"batch-record,LYON,PUMP,B-{at},LYON,2026-03-01T10:00:00Z\n" for at in range(LOTS)
)


def state(path: Path) -> str | None:
    """How far a sweep says that it is; None where none is under way."""
    if not path.exists():
        return None
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as kept:
        try:
            row = kept.execute("SELECT value FROM state WHERE name = 'at'").fetchone()
        except sqlite3.OperationalError:  # its tables are not made yet
            return None
    return str(row[0]) if row else None


def test_promise_a_killed_sweep_goes_on_and_says_by_its_exit_code_what_it_found(stations: Stations) -> None:
    take_in(stations, ROWS)
    path = stations.settings.home / "verify" / "graph.sqlite"

    running = start_command(stations, "verify", "graph")
    wait_until(lambda: state(path) is not None)
    assert running.poll() is None, "it is not done yet"
    running.send_signal(signal.SIGKILL)
    running.communicate()
    stood = state(path)
    assert stood is not None
    assert records(stations, act="graph:verify") == []

    resumed = start_command(stations, "verify", "graph")
    out, err = resumed.communicate()
    assert (resumed.returncode, out) == (0, ""), err
    assert "nothing found" in err
    assert not path.exists()
    whole = records(stations, act="graph:verify")[-1]["result"]
    assert whole["findings"] == 0
    assert whole["records"] > 2 * LOTS, "what was looked at before the kill is counted too"

    stations.graph.administer("MATCH (n:Traceable {number: 'B-7'}) SET n.product = 'OTHER'", "attack")
    changed = start_command(stations, "verify", "graph")
    out, err = changed.communicate()
    assert changed.returncode == 1, err
    assert out.startswith("changed: Batch ")
    wrong = subprocess.run(
        [sys.executable, "-m", "traceapp.cli", "verify", "graph", "--no-such-option"], capture_output=True, check=False
    )
    assert wrong.returncode == 2
