"""Every alert rule rings on its fixture, on nothing less, and never in a plant's quiet month."""

import json
import random
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.alert_records import (
    EVENING,
    MEASURED,
    MISSED,
    MONDAY,
    MORNING,
    QUIET,
    RINGING,
    Record,
    actor,
    numbered,
    quiet_month,
    record,
    surroundings,
)
from tests.effort import examples
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.alerts import MOST_RECORDS, Alert, AlertLevel, Surroundings
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.policy.alert_rules import Absence, Measure, parse_alert_rules, read_alert_rules
from traceapp.policy.record_facts import RecordFacts, Shift, restricted_of, split_number

RULES = read_alert_rules()
SHIFT = Shift(time(MORNING), time(EVENING), ZoneInfo("UTC"))
WEEK = quiet_month(7, days=4)
FACTS = RecordFacts(restricted_of(read_dictionary()), SHIFT)


def rung(records: list[Record], evaluation: Evaluation | None = None) -> list[Alert]:
    watching = evaluation or Evaluation(RULES, FACTS)
    return [alert for seq, one in numbered(records) for alert in watching.take(seq, one)]


def test_every_rule_has_a_fixture_that_must_ring() -> None:
    assert RINGING.keys() | MEASURED.keys() | MISSED.keys() == RULES.keys()


@pytest.mark.parametrize(("rule", "records"), RINGING.items(), ids=RINGING)
def test_promise_the_fixture_of_a_rule_rings_it_and_nothing_else(rule: str, records: list[Record]) -> None:
    (alert,) = rung(records)

    assert (alert.rule, alert.level) == (rule, RULES[rule].level)
    assert alert.at.isoformat() == records[-1]["time"].replace("Z", "+00:00").replace(".000000", "")
    assert alert.records[-1] == len(records) or rule == "number-run"


@pytest.mark.parametrize(("rule", "records"), RINGING.items(), ids=RINGING)
def test_one_record_less_rings_nothing(rule: str, records: list[Record]) -> None:
    assert rung(records[:-1]) == []


@pytest.mark.parametrize("records", QUIET.values(), ids=QUIET)
def test_what_only_looks_like_it_rings_nothing(records: list[Record]) -> None:
    assert rung(records) == []


@pytest.mark.parametrize("rule", MEASURED)
def test_promise_a_measure_rings_from_its_threshold_on(rule: str) -> None:
    measure, quiet, loud = MEASURED[rule]
    watching = Evaluation(RULES, FACTS)

    assert watching.look_around(surroundings(MONDAY, measure, quiet, "T2.1")) == []
    (alert,) = watching.look_around(surroundings(MONDAY, measure, loud, "T2.1"))
    assert (alert.rule, alert.group, alert.records) == (rule, "T2.1", ())


@pytest.mark.parametrize("rule", MISSED)
def test_promise_what_does_not_come_is_missed(rule: str) -> None:
    like, after = MISSED[rule]
    watching = Evaluation({rule: RULES[rule]}, FACTS)

    assert rung([like], watching) == []
    assert watching.look_around(Surroundings(MONDAY + after - timedelta(seconds=1))) == []
    (alert,) = watching.look_around(Surroundings(MONDAY + after))
    assert alert.rule == rule
    assert watching.look_around(Surroundings(MONDAY + after + timedelta(hours=1))) == []
    assert len(watching.look_around(Surroundings(MONDAY + after + timedelta(hours=25)))) == 1


def test_a_backup_is_missed_only_where_there_was_one() -> None:
    watching = Evaluation({"backup-missed": RULES["backup-missed"]}, FACTS)

    assert rung([record(MONDAY, "batch:show")], watching) == []
    assert watching.look_around(Surroundings(MONDAY + timedelta(days=90))) == []


@pytest.mark.parametrize("random_seed", range(examples(2, 40)))
def test_promise_a_quiet_month_rings_nothing(random_seed: int) -> None:
    records, watching = quiet_month(random_seed), Evaluation(RULES, FACTS)
    assert len(records) > 10_000

    said, around = [], MONDAY
    for seq, one in numbered(records):
        said += watching.take(seq, one)
        while around.isoformat() < one["time"][:19]:
            around += timedelta(hours=1)
            said += watching.look_around(Surroundings(around, {"ledger_disk_used": {"": 0.4}, "ledger_queue_used": {"": 0.01}}))

    assert said == []


@pytest.mark.parametrize("rule", [rule for rule in RINGING if rule not in {"clock-back", "dictionary-changed"}])
def test_promise_a_rule_rings_in_the_midst_of_a_month(rule: str) -> None:
    """Beside everything else that goes on."""
    mixed = sorted([*WEEK, *RINGING[rule]], key=lambda one: str(one["time"]))

    assert rule in {alert.rule for alert in rung(mixed)}


@pytest.mark.parametrize("random_seed", range(examples(3, 50)))
def test_promise_a_watch_that_goes_on_from_its_kept_state_rings_the_same(random_seed: int) -> None:
    chance = random.Random(random_seed)
    records = [one for fixture in RINGING.values() for one in fixture]
    chance.shuffle(records)
    whole = rung(records)

    found, state = [], None
    cuts = sorted(chance.sample(range(1, len(records)), 4))
    for begins, ends in zip([0, *cuts], [*cuts, len(records)], strict=True):
        watching = Evaluation(RULES, FACTS, json.loads(json.dumps(state)) if state is not None else None)
        for seq, one in list(numbered(records))[begins:ends]:
            found += watching.take(seq, one)
        state = watching.state

    assert len(whole) > 20
    assert found == whole


def test_a_rule_is_quiet_for_a_while_and_rings_again() -> None:
    denied = RINGING["denials"]
    again = [(8, 0), (8, 30), (9, 10), (10, 20)]
    hours = [
        {**one, "time": one["time"].replace("T08:0", f"T{hour:02}:{minute // 10}")} for hour, minute in again for one in denied
    ]

    assert [alert.at.hour for alert in rung(hours)] == [8, 9, 10]


def test_promise_a_clock_that_was_set_back_silences_nothing() -> None:
    glass = RINGING["break-glass"][0]
    denied = [{**one, "time": one["time"].replace("2026-03-02", "2026-03-01")} for one in RINGING["denials"]]

    assert [alert.rule for alert in rung([*RINGING["denials"], *denied, glass])] == [
        "denials",
        "denials",
        "clock-back",
        "break-glass",
    ]


def test_attacker_who_floods_the_ledger_does_not_make_the_watch_remember_it_all() -> None:
    watching = Evaluation(RULES, FACTS)
    flood = [
        record(MONDAY + timedelta(milliseconds=n), "batch:show", "denied", request={"number": f"B{n}"}) for n in range(5_000)
    ]

    rung([*flood, *({**one, "outcome": "answered"} for one in flood)], watching)

    assert len(json.dumps(watching.state)) < 60_000


def test_what_no_window_needs_is_forgotten() -> None:
    watching = Evaluation(RULES, FACTS)
    names = [{"username_mac": f"{n:064x}", "address": "203.0.113.9"} for n in range(6_000)]

    rung([record(MONDAY + timedelta(minutes=n), "session:start", "denied", who) for n, who in enumerate(names)], watching)

    assert len(json.dumps(watching.state)) < 400_000


def test_an_alert_names_the_newest_of_its_records() -> None:
    (alert,) = rung(RINGING["bulk-looks"])

    assert alert.count == 61
    assert alert.records == tuple(range(len(RINGING["bulk-looks"]) - MOST_RECORDS + 1, len(RINGING["bulk-looks"]) + 1))
    assert (alert.group, alert.username) == (f"{'wang':x>32}", "wang")


def test_attacker_who_spreads_his_questions_over_tokens_is_one_person() -> None:
    tokens = [{**actor(f"token:{n}", through="token"), "owner": f"{'wang':x>32}", "owner_name": "wang"} for n in range(5)]

    (alert,) = rung([{**one, "actor": tokens[n % 5]} for n, one in enumerate(RINGING["denials"])])

    assert (alert.group, alert.username) == (f"{'wang':x>32}", "wang")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_to_do_in_both_languages(rule: str) -> None:
    words = RULES[rule]

    assert all(any("一" <= letter <= "鿿" for letter in text) for text in words.zh.model_dump().values())
    assert all(text.isascii() for text in words.en.model_dump().values())
    assert not words.en.title.endswith(".")
    assert isinstance(words.level, AlertLevel)
    assert words.where or isinstance(words, Measure | Absence) or rule in {"clock-back", "dictionary-changed"}


def test_a_malformed_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        parse_alert_rules(b'format = 1\n[rules.x]\nkind = "guess"\nlevel = "high"\n')


@pytest.mark.parametrize(
    ("text", "found"),
    [("B-26-0412", ("B-26-\x00\x004", 412)), ("X12A", ("X\x00A\x002", 12)), ("ABC", None), ("7", ("\x00\x001", 7))],
)
def test_a_number_is_split_at_its_last_digits(text: str, found: tuple[str, int] | None) -> None:
    assert split_number(text) == found


def test_a_shift_may_end_on_the_next_day() -> None:
    night = Shift(time(22), time(6), ZoneInfo("Asia/Shanghai"))

    assert [night.holds(MONDAY.replace(hour=hour)) for hour in (13, 14, 21, 22)] == [False, True, True, False]
