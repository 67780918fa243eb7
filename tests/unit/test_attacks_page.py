"""docs/attacks.md names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")


def test_every_attack_of_the_page_is_played_by_a_test() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    written = set(re.findall(r"def (test_attacker_\w+)\(", sources))
    named = set(re.findall(r"`(test_attacker_\w+)`", PAGE))

    assert len(named) > 50
    assert named <= written
    assert all((ROOT / path).is_file() for path in re.findall(r"`(tests/\S+\.py)`", PAGE))
