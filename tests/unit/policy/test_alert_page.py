"""docs/alerts.md says what the rules say."""

from pathlib import Path

from traceapp.policy.alert_page import render_page
from traceapp.policy.alert_rules import read_alert_rules

PAGE = Path(__file__).resolve().parents[3] / "docs" / "alerts.md"


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(read_alert_rules())


def test_every_rule_is_on_the_page_with_what_to_do() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, rule in read_alert_rules().items():
        section = page.partition(f"`{name}` · {rule.level.value}")[2].partition("\n###")[0]
        assert rule.en.todo in section
        assert rule.zh.todo in section
