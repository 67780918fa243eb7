"""Keys as an administrator keeps them: look, rotate, lose the provider, bring it back with two officers."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.terminal.conftest import Terminal, wait_for_line

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"


def test_keys_from_rotation_to_a_lost_provider(
    tmp_path: Path, traceapp: Terminal, started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    home = tmp_path / "home"
    officers = [word for name in ("one", "two") for word in ("--officer", str(tmp_path / name))]
    asked = {"TRACEAPP_RECOVERY_KEY": "officers"}
    refused = traceapp(home, "serve", "--port", "0", **asked)
    made = traceapp(home, "keys", "officers", *officers)
    served = started(home, "serve", "--port", "0", **asked)
    wait_for_line(served, "traceapp serves http://")
    assert refused.code == 1, refused.all
    assert "has no recovery key" in refused.err
    assert "next: Make it now" in refused.err
    taken_in = traceapp(home, "import", str(SAMPLES / "party.csv"), str(SAMPLES / "receipt.csv"), "--source", "ERP")
    assert taken_in.code == 0, taken_in.all

    rotated = traceapp(home, "keys", "rotate")
    early = traceapp(home, "keys", "retire", "T2.1")
    status = traceapp(home, "keys", "status")

    assert made.code == 0, made.all
    assert {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "one", tmp_path / "two")} == {"one": 0, "two": 0}
    assert rotated.code == 0, rotated.all
    assert "new keys T2.2, T3.2 seal from now on" in rotated.out
    assert early.code == 1, early.all
    assert "next:" in early.err
    assert status.code == 0, status.all
    assert {"T2.1", "T2.2", "T3.1", "T3.2"} <= set(status.out.split())

    served.terminate()
    served.communicate(timeout=60)
    (home / "keys" / "key-encryption-key").unlink()
    lost = traceapp(home, "keys", "status")
    recovered = traceapp(home, "keys", "recover", *officers)
    again = traceapp(home, "keys", "status")

    assert lost.code == 1
    assert "keys recover" in lost.err
    assert recovered.code == 0, recovered.all
    assert again.code == 0, again.all
