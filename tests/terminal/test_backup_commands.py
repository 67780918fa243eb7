"""`traceapp backup`, as an administrator types it."""

from pathlib import Path

import pytest

from tests.terminal.conftest import Terminal

pytestmark = pytest.mark.one_store
SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, traceapp: Terminal) -> Path:
    """A home of the embedded store with a few records."""
    home = tmp_path_factory.mktemp("own") / "home"
    said = traceapp(home, "import", str(SAMPLES / "party.csv"), "--source", "ERP")
    assert said.code == 0, said.all
    return home


def test_promise_a_backup_is_made_and_checked_by_one_command_each(home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    bundle, key = tmp_path / "a.bundle", tmp_path / "key.pem"
    made = traceapp(home, "backup", "make", str(bundle))
    key.write_text(traceapp(home, "signature", "key").out)
    whole = traceapp(tmp_path / "no home", "backup", "check", str(bundle), "--key", str(key))

    assert made.code == 0, made.all
    assert "keys are not in it" in made.err
    assert f"{bundle}: " in made.out
    assert whole.code == 0, whole.all
    assert "whole: " in whole.out
    assert not (tmp_path / "no home").exists()

    nowhere = traceapp(tmp_path / "no home", "backup", "make", str(tmp_path / "b.bundle"))
    assert nowhere.code == 1
    assert "nothing to back up" in nowhere.err
    assert not (tmp_path / "no home").exists()

    changed = bytearray(bundle.read_bytes())
    changed[600] ^= 1
    bundle.write_bytes(changed)
    wrong = traceapp(home, "backup", "check", str(bundle), "--key", str(key))
    nothing = traceapp(home, "backup", "check", str(tmp_path / "none"), "--key", str(key))

    assert (wrong.code, wrong.out.partition(":")[0]) == (1, "graph/nodes/Traceable/000001"), wrong.all
    assert nothing.code == 2
    assert "next: " in nothing.err
