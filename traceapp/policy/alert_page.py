"""docs/alerts.md, made from the alert rules: the same bytes as long as they say the same.

python -m traceapp.policy.alert_page FILE    writes the page anew
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, assert_never

from traceapp.policy.alert_rules import (
    Absence,
    Backwards,
    Baseline,
    Changed,
    Count,
    Dormant,
    FirstSeen,
    Match,
    Measure,
    Rule,
    Run,
    Sequence,
    read_alert_rules,
)

INTRODUCTION: Final = """\
# What wakes somebody?

This page is made from `traceapp/policy/alert_rules.toml` by `python -m traceapp.policy.alert_page docs/alerts.md`.
本页由警报规则生成。

A thread of the service reads the ledger as it grows and asks every rule about every record. What rings is an alert: kept in
`HOME/alerts.sqlite`, on record as `alert:raise`, and handed on, within a second of the record. It goes on while the store or
the keys are away, and a ledger that does not answer is itself an alert. Killed anywhere, it goes on where it was: no alert is
lost, none rings twice ([why there](decisions/0013-alerts-lie-beside-the-store.md)). Times come from the records; only what is
missing is judged by the clock of the host.

## Where they are seen

- The page **Alerts** (`/alerts`) and a banner with their number, for whoever may see them (`alert:list`); `GET
  /api/v1/alerts`; and `traceapp alerts list`.
- A **web hook** (`TRACEAPP_ALERT_WEBHOOK`), signed as [Standard Webhooks](https://www.standardwebhooks.com) has it:
  `webhook-id` is the alert's id, so that whoever gets one twice knows it; `webhook-signature` is `v1,` and base64 of
  HMAC-SHA-256 over `id.timestamp.body` under the key of `TRACEAPP_ALERT_WEBHOOK_SECRET_FILE`. Any 2xx within five seconds is
  a receipt; no redirect is followed. Its host stands in `TRACEAPP_OUTBOUND_HOSTS`.
- **Syslog** (`TRACEAPP_ALERT_SYSLOG`), RFC 5424, facility 13 (log audit), severity 2 to 5 by level, over a Unix socket, UDP
  or TCP. It is not encrypted: use the socket of this host, and let its daemon carry it on.

A receiver that is away is asked again after 5 s, 10 s, 20 s … 1 h until it takes the alert; nothing waits for it. What leaves
is the alert's id, rule, level, title and the numbers of records: never a person, an address or what stands in a record. Those
are on the page.

```
{"type": "alert.raised", "timestamp": "2026-03-02T10:00:00.000000Z",
 "data": {"alert": "…", "rule": "denials", "level": "high", "title": "…", "records": [4711, 4712], "count": 10}}
```

## What is done about one

Somebody who may (`alert:acknowledge`) puts his name to it, on the page, by `POST /api/v1/alerts/{uid}/acknowledgement` or
with `traceapp alerts acknowledge`: he has seen to it. That is on record. Nobody acknowledges an alert about his own account,
and a token acknowledges none.

Nobody silences a rule alone. Somebody who may (`alert:silence`) asks for it, for 168 hours at the most and with a reason: on the
page `/approvals`, by `POST /api/v1/alerts/rules/{rule}/silence` or with `traceapp alerts silence`; somebody else agrees, and then
whoever asked carries it out (`docs/approvals.md`). That a rule is silent is an alert itself, and after its end it rings again. A
critical rule, and one that watches over those who silence and approve, always rings. What happened while a rule was silent is on
record as ever; it rings for none of it afterwards.

`critical` is for now, by day or night; `high` for today; `medium` for this week. After it rang, a rule is quiet for the same
person or thing for a while (by the time of the records), and rings again if it goes on.

## Rules

`backup-missed` begins with the first backup (`docs/backup.md`) and rings where none was made for more than a day.
`restricted-outside-shift` waits for `TRACEAPP_SHIFT`.
"""


def render_page(rules: Mapping[str, Rule]) -> str:
    """The whole page in Markdown."""
    return INTRODUCTION + "".join(_section(name, rule) for name, rule in rules.items())


def _section(name: str, rule: Rule) -> str:
    said = [
        f"\n### {rule.en.title} · {rule.zh.title}\n",
        f"`{name}` · {rule.level.value} · {_condition(rule)}{_counted(rule)}; quiet for {_span(rule.quiet)}{_loud(rule)}.",
        "",
        f"- To do: {rule.en.todo} {rule.zh.todo}",
        f"- Harmless: {rule.en.harmless} {rule.zh.harmless}",
    ]
    return "\n".join(said) + "\n"


def _condition(rule: Rule) -> str:
    """When it rings, in words."""
    what = _fits(rule.where)
    match rule:
        case Match():
            return f"every record with {what}" if what else "every record"
        case Count():
            different = f" different values of `{rule.distinct}`" if rule.distinct is not None else ""
            return f"{rule.threshold}{different or ' records'} within {_span(rule.window)} with {what}"
        case Run():
            return f"{rule.threshold} consecutive `{rule.of}` within {_span(rule.window)} with {what}"
        case Baseline():
            return (
                f"more than {rule.floor} records in {_span(rule.window)} with {what}, and more than the "
                f"{rule.percentile:g}th percentile of one's own last {rule.days} days"
            )
        case FirstSeen():
            return f"a `{rule.of}` that was not seen for {rule.days} days, in a record with {what}"
        case Dormant():
            return f"a record with {what} after {rule.days} days without one"
        case Sequence():
            return f"a record with {what} less than {_span(rule.window)} after one with {_fits(rule.after)}"
        case Changed():
            return f"another `{rule.of}` than in the record before"
        case Backwards():
            return f"a record more than {rule.seconds:g} s older than the one before"
        case Absence():
            armed = ", once there was one" if rule.armed else ""
            return f"no record with {what} for {_span(rule.window)}{armed}"
        case Measure():
            return f"`{rule.of}` of {rule.threshold:g} or more"
    assert_never(rule)


def _fits(where: Mapping[str, list[str | int | bool]]) -> str:
    return " and ".join(f"`{name}` {' or '.join(f'`{_value(value)}`' for value in values)}" for name, values in where.items())


def _value(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _loud(rule: Rule) -> str:
    return "" if rule.can_be_silenced else "; it cannot be silenced"


def _counted(rule: Rule) -> str:
    unless = f", but not with {_fits(rule.unless)}" if rule.unless else ""
    return unless + (f", by {' and '.join(f'`{name}`' for name in rule.group)}" if rule.group else "")


def _span(seconds: float) -> str:
    for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds / unit:g} {name}{'s' if seconds > unit else ''}"
    return f"{seconds:g} s"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_page(read_alert_rules()), encoding="utf-8", newline="\n")
