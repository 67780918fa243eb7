"""Kill -9 while a bundle is made leaves none under the name; while one is restored, nothing that anybody begins in."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes import wait_until
from tests.terminal.conftest import Terminal, started, traceapp
from traceapp.usecases.backup.restore_home import UNFINISHED

__all__ = ["started", "traceapp"]
pytestmark = pytest.mark.one_store
LOTS = 4_000
ROWS = "form,owner,product,number,site,time\n" + "".join(
    f"batch-record,LYON,PUMP,B-{at},LYON,2026-03-01T10:00:00Z\n" for at in range(LOTS)
)


@pytest.mark.limit(600)
def test_promise_a_killed_backup_and_a_killed_restore_leave_nothing_half(
    tmp_path: Path, traceapp: Terminal, started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    home, bundle, keys = tmp_path / "home", tmp_path / "a.bundle", tmp_path / "safe" / "keys"
    (tmp_path / "safe").mkdir()
    (tmp_path / "rows.csv").write_text(ROWS)
    taken = traceapp(home, "import", str(tmp_path / "rows.csv"), "--source", "ERP")
    assert taken.code == 0, taken.all

    half = tmp_path / ".a.bundle.part"
    kill(started(home, "backup", "make", str(bundle)), half.exists)
    assert not bundle.exists()
    made = traceapp(home, "backup", "make", str(bundle), "--keys", str(keys))
    assert made.code == 0, made.all
    assert not half.exists()

    new = tmp_path / "new"
    restore = ("backup", "restore", str(bundle), "--keys", str(keys))
    kill(started(new, *restore), (new / "store" / "endpoint.json").exists)
    assert (new / UNFINISHED).exists()
    for words in (("serve",), ("backup", "make", str(tmp_path / "b.bundle"))):
        refused = traceapp(new, *words)
        assert refused.code == 1, refused.all
        assert "Run traceapp backup restore again with the same --home" in refused.err
    again = traceapp(new, *restore)
    assert again.code == 0, again.all
    assert "restored and proven" in again.out
    assert traceapp(new, "verify", "graph").code == 0


def kill(process: "subprocess.Popen[str]", when: Callable[[], bool]) -> None:
    """SIGKILL at the moment that it is so far; it must not be done by then."""
    wait_until(when, 120)
    assert process.poll() is None, "it is not done yet"
    process.send_signal(signal.SIGKILL)
    process.communicate()
