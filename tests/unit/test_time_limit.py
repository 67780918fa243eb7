"""A test that hangs is ended and said; one that only takes its time is not."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import time
import pytest

@pytest.mark.limit(0.2)
def test_hangs():
    time.sleep(60)

@pytest.mark.limit(60)
def test_takes_its_time():
    time.sleep(0.3)
"""


def test_a_test_that_hangs_is_ended(tmp_path: Path) -> None:
    suite = tmp_path / "test_both.py"
    suite.write_text(SUITE, encoding="utf-8")
    options = ["-p", "tests.time_limit", "-p", "no:cacheprovider", "-W", "ignore", "-c", str(tmp_path / "none.ini")]
    (tmp_path / "none.ini").write_text("[pytest]\n", encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(suite)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "HangsError: still not done after 0.2 s" in done.stdout
    assert "1 failed, 1 passed" in done.stdout
