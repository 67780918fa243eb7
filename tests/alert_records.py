"""Records as the ledger holds them, made by hand: a plant's quiet month, and for each alert rule the few that must ring."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from traceapp.domain.alerts import Surroundings
from traceapp.domain.clock import stored_time

Record = dict[str, Any]
MONDAY: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
MORNING, EVENING = 7, 18
POLICY, DICTIONARY = "a" * 64, "b" * 64


SILENCE: Final = {"rule": "bulk-looks", "hours": 4, "until": stored_time(MONDAY + timedelta(hours=4))}


def actor(name: str, role: str = "production", address: str = "10.1.1.20", through: str = "session") -> Record:
    return {
        "account": f"{name:x>32}",
        "username": name,
        "role": role,
        "through": through,
        "address": address,
        "purpose": "production",
    }


def record(time: datetime, act: str, outcome: str = "answered", who: Record | None = None, **said: Any) -> Record:
    """Without `seq`, which whoever puts records in a row gives."""
    return {
        "time": stored_time(time),
        "act": act,
        "outcome": outcome,
        "actor": who if who is not None else actor("wang"),
        "request": {},
        "disclosed": {},
        "withheld": {},
        "result": {},
        "completeness": None,
        "policy": POLICY,
        "dictionary": DICTIONARY,
        "reason": None,
        **said,
    }


def numbered(records: list[Record]) -> Iterator[tuple[int, Record]]:
    for seq, one in enumerate(records, 1):
        yield seq, {**one, "seq": seq}


def _after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def _looks(count: int, every: float, **said: Any) -> list[Record]:
    return [record(_after(every * n), "batch:look_up", **said) for n in range(count)]


def _number_walk() -> list[Record]:
    return [
        record(_after(20 * n), "batch:look_up", request={"number_mac": f"{n:064x}"}, result={"candidates": 0}) for n in range(20)
    ]


def _number_run() -> list[Record]:
    """Not in order, and through two doors."""
    places = [n for n in range(25) if n % 2] + [n for n in range(25) if not n % 2]
    found = {"result": {"candidates": 1}}
    made = [
        record(_after(10 * at), "batch:show", request={"number": f"B-26-{400 + n:04}"}, **found) for at, n in enumerate(places)
    ]
    last = made[-1]
    return [*made[:-1], {**last, "act": "batch:trace", "request": {"seeds": [{"number": last["request"]["number"]}]}}]


def _narrowed_again() -> list[Record]:
    """The same lot, the end of the window a day further each time."""
    asked = {"direction": "forward", "event_time_from": None}
    return [
        record(
            _after(60 * n),
            "batch:trace",
            request=asked | {"event_time_to": stored_time(MONDAY - timedelta(days=n))},
            completeness="WITHHELD",
            object=[{"kind": "Batch", "uid": "c" * 32}],
        )
        for n in range(12)
    ]


def _bulk_looks() -> list[Record]:
    """A fortnight of ten in ten minutes, then more than the floor in as long a time."""
    past = [
        record(MONDAY - timedelta(days=day, seconds=-20 * n), "batch:trace", request={"number": f"P{day * 37 % 11}{n * 7:03}x"})
        for day in range(14, 0, -1)
        for n in range(10)
    ]
    return past + [record(_after(5 * n), "batch:trace", request={"number": f"Q{n * 7:04}x"}) for n in range(61)]


def _denials() -> list[Record]:
    return [record(_after(25 * n), "source:show", "denied", reason="role: no") for n in range(10)]


def _approval(seconds: float, act: str, outcome: str, approval: str = "e" * 32) -> Record:
    return record(
        _after(seconds), act, outcome, actor("zhao", "quality"), request={"approval": approval, "requested_by": f"{'li':x>32}"}
    )


def _altered(**said: Any) -> Record:
    return record(MONDAY, "batch:trace", result={"nodes": 4, **said})


def _sign_in(seconds: float, address: str, role: str = "admin") -> Record:
    return record(_after(seconds), "session:start", "done", actor("chen", role, address))


def _message(outcome: str, **said: Any) -> Record:
    who = actor("mes", "integrator", "10.9.0.5", "token")
    return record(MONDAY, "feed:send", outcome, who, request={"feed": "MES-LYON", "sequence": 45}, **said)


RINGING: Final[dict[str, list[Record]]] = {
    "number-walk": _number_walk(),
    "number-run": _number_run(),
    "bulk-looks": _bulk_looks(),
    "narrowed-again": _narrowed_again(),
    "denials": _denials(),
    "restricted-outside-shift": [
        record(MONDAY.replace(hour=23), "batch:show", disclosed={"Batch": ["number"], "Operator": ["name"]}),
    ],
    "break-glass": [record(MONDAY, "break_glass:begin", "done", request={"minutes": 30, "tier": "T3"})],
    "wrong-passwords": [
        record(_after(60 * n), "session:start", "denied", {"username_mac": "c" * 64, "address": "203.0.113.9"}) for n in range(8)
    ],
    "last-approvers": [record(MONDAY, "account:leave", "done", request={"leaves_stuck": ["key_destroy"]})],
    "password-spray": [record(MONDAY, "sign_in:spray", "denied", {"address": "203.0.113.9"})],
    "new-network": [_sign_in(0, "10.1.1.5"), _sign_in(60, "10.1.1.6"), _sign_in(120, "198.51.100.7")],
    "dormant-account": [
        record(MONDAY - timedelta(days=61), "batch:show", who=actor("sun")),
        record(MONDAY, "batch:show", who=actor("sun")),
    ],
    "same-pair": [_approval(86_400 * n, "approval:decide", "done", f"{n:032x}") for n in range(4)],
    "quick-approval": [_approval(0, "approval:open", "answered"), _approval(4.9, "approval:decide", "done")],
    "approval-refused": [_approval(0, "approval:decide", "denied")],
    "feed-forged": [_message("denied", reason="feed/signature: The message is not signed with the key of this feed.")],
    "feed-replayed": [_message("denied", reason="feed/sequence: Message 41 came before.")],
    "feed-gap": [_message("done", result={"gaps": ["42-44"], "gap": "42-44"})],
    "feed-changed": [record(MONDAY, "feed:change", "done", request={"feed": "MES-LYON", "change": "key"})],
    "record-altered": [_altered(unverified=["0" * 32], unverified_withheld=0)],
    "seal-broken": [record(MONDAY, "batch:trace", "failed", reason="SealBrokenError")],
    "keys-away": [record(_after(n), "batch:show", "failed", reason="KeyUnavailableError") for n in range(5)],
    "sweep-findings": [record(MONDAY, "graph:verify", result={"records": 900, "findings": 1, "named": ["changed: Batch 0"]})],
    "signatures-bad": [record(MONDAY, "signature:verify", result={"approvals": 9, "signatures": 12, "bad": 1, "named": []})],
    "rows-untrusted": [record(MONDAY, "rows:trust", "done")],
    "ledger-broken": [record(MONDAY, "ledger:verify", result={"ok": False, "records": 41, "first_bad_seq": 42})],
    "ledger-recovered": [record(MONDAY, "ledger:recover", "done", {"username": "ledger"}, result={"cut": 117})],
    "ledger-restarts": [record(_after(300 * n), "ledger:start", "done", {}) for n in range(4)],
    "clock-back": [record(_after(0), "batch:show"), record(_after(-3), "batch:show")],
    "policy-unaccepted": [record(MONDAY, "batch:trace", "denied", reason="policy/closed: The policy changed.")],
    "policy-changed": [record(MONDAY, "policy:accept", "done", request={"accepted_before": "d" * 64, "accepted": POLICY})],
    "dictionary-changed": [record(MONDAY, "batch:show"), record(_after(1), "batch:show", dictionary="f" * 64)],
    "approver-made": [record(MONDAY, "account:change", "done", request={"account": "e" * 32, "approves": True})],
    "person-changed": [record(MONDAY, "account:change", "done", request={"account": "e" * 32, "changed": "person"})],
    "access-review-overdue": [
        record(MONDAY, "account:review", "failed", request={"change": "overdue"}, reason="overdue"),
    ],
    "silence-asked": [record(MONDAY, "alert:silence", "denied", request={"rule": "denials"})],
    "backup-restored": [record(MONDAY, "backup:restore", "done", request={"made_at": "2026-03-01T22:00:00Z"})],
    "rule-silenced": [record(MONDAY, "alert:silence", "done", request=SILENCE, approval="e" * 16)],
}
"""Rule → records of which the last one, and no other, must ring it, and nothing else."""

QUIET: Final[dict[str, list[Record]]] = {
    "one number asked for again and again": _looks(60, 9, request={"number_mac": "1" * 64}, result={"candidates": 0}),
    "unknown numbers over a long time": [
        record(_after(60 * n), "batch:look_up", request={"number_mac": f"{n:064x}"}, result={"candidates": 0}) for n in range(40)
    ],
    "one trace asked again the same way": [{**one, "request": _narrowed_again()[0]["request"]} for one in _narrowed_again()],
    "a trace narrowed where nothing is withheld": [{**one, "completeness": "COMPLETE"} for one in _narrowed_again()],
    "a run with a gap": [
        record(_after(5 * n), "batch:show", request={"number": f"B{n + (n > 20):04}"}, result={"candidates": 1})
        for n in range(44)
    ],
    "numbers that only look consecutive": [
        record(_after(5 * n), "batch:show", request={"number": f"{'AB'[n % 2]}{n:04}"}, result={"candidates": 1})
        for n in range(44)
    ],
    "two persons, half of the denials each": [
        record(_after(25 * n), "source:show", "denied", actor(("li", "wu")[n % 2])) for n in range(19)
    ],
    "restricted values within the shift": [record(MONDAY, "batch:show", disclosed={"Operator": ["name"]})],
    "plain values by night": [record(MONDAY.replace(hour=23), "batch:show", disclosed={"Batch": ["number", "formulation_x"]})],
    "an access that was asked for and refused": [record(MONDAY, "break_glass:begin", "denied")],
    "the first sign-in ever": [_sign_in(0, "198.51.100.7")],
    "a role without privileges from a new network": [_sign_in(0, "10.1.1.5", "viewer"), _sign_in(60, "198.51.100.7", "viewer")],
    "an approval that was read": [_approval(0, "approval:open", "answered"), _approval(5.1, "approval:decide", "done")],
    "another approval than the one opened": [
        _approval(0, "approval:open", "answered"),
        _approval(1, "approval:decide", "done", "f" * 32),
    ],
    "nothing unverified": [_altered(unverified=[], unverified_withheld=0), _altered()],
    "the first policy": [record(MONDAY, "policy:accept", "done", request={"accepted_before": None, "accepted": POLICY})],
    "a sweep without findings": [record(MONDAY, "graph:verify", result={"records": 900, "findings": 0, "named": []})],
    "signatures of an approval that is not there": [
        record(MONDAY, "signature:verify", "failed", request={"approval": "0" * 16}, reason="none that is shown")
    ],
    "a clock that was slewed": [record(_after(0), "batch:show"), record(_after(-1), "batch:show")],
}

MEASURED: Final[dict[str, tuple[str, float, float]]] = {
    # rule: (measure, the most that is quiet, the least that rings)
    "ledger-restarted": ("ledger_restarts", 0, 1),
    "ledger-silent": ("ledger_silent_seconds", 4.9, 5),
    "ledger-unreadable": ("ledger_unreadable", 0, 1),
    "ledger-queue": ("ledger_queue_used", 0.49, 0.5),
    "ledger-reserve": ("ledger_reserve_used", 0.04, 0.05),
    "ledger-disk": ("ledger_disk_used", 0.79, 0.8),
    "anchor-silent": ("anchor_age_hours", 47.9, 48),
    "clock-step": ("clock_step_seconds", 4.9, 5),
    "document-edited": ("document_edited", 0, 1),
    "policy-edited": ("policy_unaccepted", 0, 1),
    "key-old": ("key_age_days", 364.9, 365),
}
MISSED: Final[dict[str, tuple[Record, timedelta]]] = {
    # rule: (the record whose like is missed, after how long)
    "verifier-silent": (record(MONDAY, "ledger:verify", result={"ok": True}), timedelta(days=1)),
    "backup-missed": (record(MONDAY, "backup:make", "done"), timedelta(hours=26)),
}


def surroundings(now: datetime, measure: str, value: float, of: str = "") -> Surroundings:
    return Surroundings(now, {measure: {of: value}})


ROLES: Final = {
    # role: (people, questions on a working day, share of T3 in what they are shown)
    "production": (9, 22, 0.2),
    "warehouse": (8, 30, 0.0),
    "lab": (5, 18, 0.0),
    "quality": (5, 16, 0.3),
    "viewer": (4, 6, 0.0),
    "coordinator": (2, 10, 0.3),
    "auditor": (1, 5, 0.2),
    "admin": (2, 3, 0.0),
}


def quiet_month(random_seed: int, days: int = 30) -> list[Record]:
    """What a plant of some forty people and two source systems puts on record in a month in which nothing is wrong.

    They mistype numbers and passwords, are refused now and then, look at lots of one order one after the other, come from two
    networks each, and one recall is drilled. The verifier and a backup run every night.
    """
    chance = random.Random(random_seed)
    made = [record(MONDAY.replace(hour=MORNING), "policy:accept", "done", request={"accepted_before": None, "accepted": POLICY})]
    people = [
        (actor(f"{role}{n}", role, f"10.1.{chance.randrange(4)}.{chance.randrange(10, 250)}"), asked, share)
        for role, (count, asked, share) in ROLES.items()
        for n in range(count)
    ]
    for day in range(days):
        midnight = MONDAY.replace(hour=0) + timedelta(days=day)
        made += _night(chance, midnight)
        if midnight.weekday() < 5:
            for who, asked, share in people:
                made += _working_day(chance, midnight, who, asked, share)
        if day == days // 2:
            made += _drill(chance, midnight, next(who for who, *_ in people if who["role"] == "coordinator"))
    return sorted(made, key=lambda one: str(one["time"]))


def _night(chance: random.Random, midnight: datetime) -> list[Record]:
    """Verifier, backup and imports; once in a while the service is started anew."""
    system = actor("os:root", "admin", "", "terminal")
    sources = [actor("erp", "integrator", "10.9.0.4", "token"), actor("mes", "integrator", "10.9.0.5", "token")]
    made = [
        record(
            midnight + timedelta(hours=2), "ledger:verify", who=system, result={"ok": True, "records": 9, "first_bad_seq": None}
        ),
        record(midnight + timedelta(hours=3), "backup:make", "done", system),
        record(midnight + timedelta(hours=4), "graph:verify", who=system, result={"records": 900, "findings": 0, "named": []}),
    ]
    for who in sources:
        for hour in range(0, 24, 3):
            time = midnight + timedelta(hours=hour, minutes=chance.randrange(50))
            made.append(record(time, "event:import", "intended", who))
            made.append(record(time + timedelta(seconds=40), "event:import", "done", who, result={"events": 800, "rejected": 3}))
            for n in range(chance.randrange(40)):
                number = f"B-26-{chance.randrange(10_000):04}"
                made.append(record(time + timedelta(seconds=60 + 2 * n), "batch:look_up", who=who, request={"number": number}))
            sent = {"feed": str(who["username"]).upper(), "sequence": 8 * (midnight - MONDAY).days + hour // 3 + 100}
            made.append(record(time + timedelta(seconds=45), "feed:send", "intended", who, request=sent))
            made.append(record(time + timedelta(seconds=46), "feed:send", "done", who, request=sent, result={"gaps": []}))
    if chance.random() < 0.1:
        made += [
            record(midnight + timedelta(hours=5), "ledger:start", "done", {}),
            record(midnight + timedelta(hours=5, seconds=4), "service:start", "done", system),
        ]
    return made


def _working_day(chance: random.Random, midnight: datetime, who: Record, asked: int, share: float) -> list[Record]:
    time = midnight + timedelta(hours=MORNING, minutes=10 + chance.randrange(90))
    made = []
    for _ in range(chance.choice((0, 0, 0, 0, 1, 2))):
        made.append(record(time, "session:start", "denied", {**who, "through": "session"}, reason="wrong password"))
        time += timedelta(seconds=chance.randrange(5, 30))
    made.append(record(time, "session:start", "done", who))
    left = chance.randrange(asked // 2, asked * 2)
    while left > 0 and time.hour < EVENING - 1:
        time += timedelta(minutes=chance.expovariate(1 / 15))
        of_one_order = min(left, chance.choice((1, 1, 1, 2, 5, 12)))
        first = chance.randrange(9_000)
        for n in range(of_one_order):
            time += timedelta(seconds=chance.randrange(8, 50))
            made.append(_question(chance, time, who, f"B-26-{first + n:04}", share))
        left -= of_one_order
    return [one for one in made if datetime.fromisoformat(one["time"]).hour < EVENING]


def _question(chance: random.Random, time: datetime, who: Record, number: str, share: float) -> Record:
    act = chance.choice(("batch:look_up", "batch:show", "batch:show", "batch:trace"))
    luck = chance.random()
    if luck < 0.03:
        return record(time, act, who=who, request={"number_mac": chance.randbytes(32).hex()}, result={"candidates": 0})
    if luck < 0.04:
        return record(time, "source:show", "denied", who, reason="role: it does not allow it")
    shown = {"Batch": ["number", "product"]} | ({"Operator": ["name"]} if chance.random() < share else {})
    asked = {"seeds": [{"number": number}]} if act == "batch:trace" else {"number": number}
    return record(time, act, who=who, request=asked, disclosed=shown, result={"candidates": 1, "nodes": chance.randrange(200)})


def _drill(chance: random.Random, midnight: datetime, who: Record) -> list[Record]:
    """Fifty traces in an hour of the afternoon."""
    begun = midnight + timedelta(hours=14)
    return [
        record(begun + timedelta(seconds=70 * n), "batch:trace", who=who, request={"number": f"RM-{chance.randrange(10_000):04}"})
        for n in range(50)
    ]
