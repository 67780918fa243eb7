"""Records in order and the rules: which of them ring. Pure: no clock, no file; the state is plain data that can be kept.

Times come from the records. What is missing cannot tell a time, so rules about absence and about surroundings are asked with one.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, assert_never

from traceapp.domain.alerts import MOST_RECORDS, Alert, Surroundings
from traceapp.domain.clock import stored_time
from traceapp.domain.permissions import Permission
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
)
from traceapp.policy.record_facts import Record, RecordFacts, split_number

DAY: Final = 86_400.0
SWEEP: Final = 2_000
"""After so many records what no window needs any more is forgotten."""
_APART: Final = "\x1f"
SILENCE: Final = Permission.ALERT_SILENCE.value
MOST_NUMBERS: Final = 500
"""Of a run of numbers so many are kept for a group; no flood of questions makes the evaluation slow."""
State = dict[str, Any]
"""Only what JSON keeps: names of rules and groups to numbers, texts and lists of them."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """Numbers of the records on which a rule rings, and how many there are; count 0: as many as are named."""

    records: list[int] = field(default_factory=list)
    count: int = 0


class Evaluation:
    """The rules with what they remember. Fed with the same records from the same state, it rings the same alerts."""

    def __init__(self, rules: Mapping[str, Rule], facts: RecordFacts, state: State | None = None) -> None:
        self._rules = rules
        self._facts = facts
        self._state: State = state if state is not None else {"rung": {}, "seen": 0}
        self._of_act: dict[str, list[tuple[str, Rule]]] = {}
        self._of_any: list[tuple[str, Rule]] = []
        """A rule that names acts is asked about records of these alone."""
        for name, rule in rules.items():
            if isinstance(rule, Measure):
                continue
            acts = {*rule.where.get("act", ())}
            if isinstance(rule, Sequence):
                acts |= {*rule.after.get("act", ())} if acts else set()
            for act in acts:
                self._of_act.setdefault(str(act), []).append((name, rule))
            if not acts:
                self._of_any.append((name, rule))

    @property
    def state(self) -> State:
        """As it is now; whoever keeps it makes a copy of his own."""
        return self._state

    def take(self, seq: int, record: Record) -> list[Alert]:
        """One record more; the alerts that it rings, in the order of the rules."""
        moment = datetime.fromisoformat(record["time"])
        self._state.setdefault("began", moment.timestamp())
        self._hear_silence(record)
        rung = []
        for name, rule in [*self._of_act.get(record["act"], ()), *self._of_any]:
            for group in self._groups(rule, record):
                hit = self._looks(name, rule, group, seq, record, moment.timestamp())
                if hit is not None and not self._is_quiet(name, rule, group, moment.timestamp()):
                    rung.append(_alert(name, rule, moment, group, _username(record, group), hit, str(seq)))
        self._state["last"] = moment.timestamp()
        self._state["seen"] += 1
        if self._state["seen"] % SWEEP == 0:
            self._forget(moment.timestamp())
        return rung

    def look_around(self, found: Surroundings) -> list[Alert]:
        """What is missing at this moment, and what is not as it should be."""
        now, rung = found.now.timestamp(), []
        self._state.setdefault("began", now)
        for name, rule in self._rules.items():
            missed: Iterable[str] = ()
            if isinstance(rule, Absence):
                since = self._memory(name).get("", None if rule.armed else self._state["began"])
                missed = ("",) if since is not None and now - since >= rule.window else ()
            elif isinstance(rule, Measure):
                missed = [of for of, value in found.measures.get(rule.of, {}).items() if value >= rule.threshold]
            for group in missed:
                if not self._is_quiet(name, rule, group, now):
                    rung.append(_alert(name, rule, found.now, group, "", _Hit(), stored_time(found.now)))
        return rung

    def _groups(self, rule: Rule, record: Record) -> list[str]:
        """Of a record that fits: what it counts under; none where it does not fit."""
        if not self._fits(rule, record):
            return []
        parts = [self._facts.of(record, name) for name in rule.group]
        return [_APART.join(str(part[0]) for part in parts)] if all(parts) else []

    def _fits(self, rule: Rule, record: Record) -> bool:
        fits = self._holds(rule.where, record) or (isinstance(rule, Sequence) and self._holds(rule.after, record))
        return fits and not any(self._has(name, values, record) for name, values in rule.unless.items())

    def _holds(self, wanted: Mapping[str, list[str | int | bool]], record: Record) -> bool:
        return all(self._has(name, values, record) for name, values in wanted.items())

    def _has(self, name: str, values: list[str | int | bool], record: Record) -> bool:
        return any(found in values for found in self._facts.of(record, name))

    def _looks(self, name: str, rule: Rule, group: str, seq: int, record: Record, now: float) -> "_Hit | None":
        """On what it would ring; None where it would not."""
        match rule:
            case Match():
                return _Hit([seq])
            case Count():
                return self._count(name, rule, group, seq, record, now)
            case Run():
                return self._run(name, rule, group, seq, record, now)
            case Baseline():
                return self._baseline(name, rule, group, seq, now)
            case FirstSeen():
                return self._first_seen(name, rule, group, seq, record, now)
            case Dormant():
                before = self._memory(name).get(group)
                self._memory(name)[group] = now
                return _Hit([seq]) if before is not None and now - before > rule.days * DAY else None
            case Sequence():
                return self._sequence(name, rule, group, seq, record, now)
            case Changed():
                return self._changed(name, rule, group, seq, record)
            case Backwards():
                return _Hit([seq]) if now < self._state.get("last", now) - rule.seconds else None
            case Absence():
                self._memory(name)[""] = now
                return None
            case Measure():
                return None
        assert_never(rule)

    def _count(self, name: str, rule: Count, group: str, seq: int, record: Record, now: float) -> "_Hit | None":
        """The newest record of each value, and of them no more than are needed to ring."""
        values = self._facts.of(record, rule.distinct) if rule.distinct is not None else (seq,)
        fresh = [[now, seq, str(value)] for value in dict.fromkeys(values)]
        kept = self._window(name, rule, group, now, fresh, rule.threshold)
        return _Hit(_seqs(kept)) if len(kept) >= rule.threshold else None

    def _run(self, name: str, rule: Run, group: str, seq: int, record: Record, now: float) -> "_Hit | None":
        split = [found for text in self._facts.of(record, rule.of) if (found := split_number(str(text))) is not None]
        kept = self._window(name, rule, group, now, [[now, seq, [around, number]] for around, number in split], MOST_NUMBERS)
        for around, number in split:
            there = {one[2][1]: one[1] for one in kept if one[2][0] == around}
            low = high = number
            while low - 1 in there:
                low -= 1
            while high + 1 in there:
                high += 1
            if high - low + 1 >= rule.threshold:
                return _Hit(sorted({there[one] for one in range(low, high + 1)}))
        return None

    def _baseline(self, name: str, rule: Baseline, group: str, seq: int, now: float) -> "_Hit | None":
        """Past windows are kept as place and count; of the present one the newest records too."""
        place = math.floor(now / rule.window)
        memory = self._memory(name).setdefault(group, {"place": place, "count": 0, "records": [], "past": []})
        if place != memory["place"]:
            oldest = place - rule.days * DAY / rule.window
            past = [*memory["past"], [memory["place"], memory["count"]]]
            memory |= {"place": place, "count": 0, "records": [], "past": [one for one in past if oldest <= one[0] < place]}
        memory["count"] += 1
        memory["records"] = [*memory["records"], seq][-MOST_RECORDS:]
        usual = _percentile([count for _, count in memory["past"]], rule.percentile)
        return _Hit(list(memory["records"]), memory["count"]) if memory["count"] > max(rule.floor, usual) else None

    def _first_seen(self, name: str, rule: FirstSeen, group: str, seq: int, record: Record, now: float) -> "_Hit | None":
        known = self._memory(name).get(group, {})
        lately = {value: time for value, time in known.items() if now - time <= rule.days * DAY}
        values = [str(value) for value in self._facts.of(record, rule.of)]
        self._memory(name)[group] = lately | dict.fromkeys(values, now)
        return _Hit([seq]) if lately and not lately.keys() >= {*values} else None

    def _sequence(self, name: str, rule: Sequence, group: str, seq: int, record: Record, now: float) -> "_Hit | None":
        memory = self._memory(name)
        before = memory.get(group)
        if self._holds(rule.after, record):
            memory[group] = [now, seq]
            return None
        return _Hit([before[1], seq]) if before is not None and 0 <= now - before[0] < rule.window else None

    def _changed(self, name: str, rule: Changed, group: str, seq: int, record: Record) -> "_Hit | None":
        found = self._facts.of(record, rule.of)
        if not found:
            return None
        memory = self._memory(name)
        before, memory[group] = memory.get(group), found[0]
        return _Hit([seq]) if before is not None and before != found[0] else None

    def _window(self, name: str, rule: Count | Run, group: str, now: float, fresh: list[list[Any]], most: int) -> list[list[Any]]:
        """Time, record and value of what the window holds, each value once, the newest last and no more than `most`."""
        memory = self._memory(name)
        again = [one[2] for one in fresh]
        kept = [one for one in memory.get(group, ()) if one[0] > now - rule.window and one[2] not in again] + fresh
        memory[group] = kept[-most:]
        return kept[-most:]

    def _memory(self, name: str) -> dict[str, Any]:
        made: dict[str, Any] = self._state.setdefault(name, {})
        return made

    def _hear_silence(self, record: Record) -> None:
        """A rule that others agreed to silence is silent until the end that its record names."""
        if record["act"] == SILENCE and record["outcome"] == "done" and record.get("approval"):
            asked = record["request"]
            self._state.setdefault("silenced", {})[asked["rule"]] = datetime.fromisoformat(asked["until"]).timestamp()

    def _is_quiet(self, name: str, rule: Rule, group: str, now: float) -> bool:
        """Whether it is silenced, or rang for this group just now; where neither is so, it rings now."""
        if rule.can_be_silenced and now < self._state.get("silenced", {}).get(name, now):
            return True
        rung: dict[str, float] = self._state["rung"]
        key = f"{name}{_APART}{group}"
        before = rung.get(key)
        if before is not None and before <= now < before + rule.quiet:
            return True
        rung[key] = now
        return False

    def _forget(self, now: float) -> None:
        for name, rule in self._rules.items():
            keep = _KEEP.get(type(rule))
            if keep is not None and name in self._state:
                self._state[name] = {group: kept for group, kept in self._state[name].items() if keep(rule, kept, now)}
        quiet = {f"{name}{_APART}": rule.quiet for name, rule in self._rules.items()}
        rung = self._state["rung"].items()
        self._state["rung"] = {key: time for key, time in rung if now - time <= quiet.get(key.partition(_APART)[0] + _APART, 0.0)}


_KEEP: Final[Mapping[type, Callable[[Any, Any, float], bool]]] = {
    Count: lambda rule, kept, now: kept[-1][0] > now - rule.window if kept else False,
    Run: lambda rule, kept, now: kept[-1][0] > now - rule.window if kept else False,
    Sequence: lambda rule, kept, now: kept[0] > now - rule.window,
    Baseline: lambda rule, kept, now: kept["place"] * rule.window > now - rule.days * DAY,
    FirstSeen: lambda rule, kept, now: any(now - time <= rule.days * DAY for time in kept.values()),
}
"""Whether what is kept of a group can still matter. Dormant remembers every account: that is its point."""


def _percentile(values: list[int], percentile: float) -> int:
    """By nearest rank; 0 of none."""
    if not values:
        return 0
    return sorted(values)[math.ceil(len(values) * percentile / 100) - 1]


def _seqs(kept: list[list[Any]]) -> list[int]:
    return sorted({one[1] for one in kept})


def _alert(name: str, rule: Rule, at: datetime, group: str, username: str, hit: "_Hit", cause: str) -> Alert:
    uid = hashlib.sha256(f"{name}\n{group}\n{cause}".encode()).hexdigest()[:32]
    named = tuple(hit.records[-MOST_RECORDS:])
    return Alert(
        uid=uid,
        rule=name,
        level=rule.level,
        at=at.astimezone(UTC),
        group=group.replace(_APART, " "),
        username=username,
        records=named,
        count=hit.count or len(hit.records),
    )


def _username(record: Record, group: str) -> str:
    """Of the record that rang, where the group is the account in it, or that of the token's owner."""
    who = record.get("actor", {})
    for account, name in (("owner", "owner_name"), ("account", "username")):
        if who.get(account) is not None and who[account] in group.split(_APART):
            return str(who.get(name) or "")
    return ""
