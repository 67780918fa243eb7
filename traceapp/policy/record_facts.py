"""What alert rules ask of a record: its own members by their path, and a few facts that follow from them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from traceapp.dictionary.entries import Tier
from traceapp.dictionary.properties import Dictionary
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Act
from traceapp.domain.sessions import network_of
from traceapp.domain.signatures import WRONG_COMPONENTS

Record = Mapping[str, Any]
NARROWING: Final = ("direction", "as_of", "at", "event_time_from", "event_time_to", "fields")
_SHOWN_AT: Final = frozenset({Act.FACTOR_CHANGE, Act.FACTOR_SHOW, Act.PASSWORD_CHANGE, Act.SESSION_START})
_NUMBER: Final = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shift:
    """When people work, by the clock on their wall; the end may lie on the next day."""

    begins: time
    ends: time
    zone: ZoneInfo

    def holds(self, moment: datetime) -> bool:
        here = moment.astimezone(self.zone).time()
        if self.begins < self.ends:
            return self.begins <= here < self.ends
        return here >= self.begins or here < self.ends


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """restricted  `Kind.property` of everything in tier T3.   shift  None where nobody said when people work."""

    restricted: frozenset[str]
    shift: Shift | None = None

    def of(self, record: Record, name: str) -> tuple[Any, ...]:
        """All values of a fact or a path (`request.seeds.number`); a member that is absent or null has none."""
        made = _FACTS.get(name)
        return made(self, record) if made is not None else _at(record, name.split("."))


def split_number(text: str) -> tuple[str, int] | None:
    """What stands around the last digits of a number, and their value; None where it has none."""
    found = _NUMBER.fullmatch(text)
    return (f"{found[1]}\x00{found[3]}\x00{len(found[2])}", int(found[2])) if found is not None else None


def _at(value: Any, path: list[str]) -> tuple[Any, ...]:
    if isinstance(value, list):
        return tuple(found for part in value for found in _at(part, path))
    if not path:
        return () if value is None else (value,)
    return _at(value[path[0]], path[1:]) if isinstance(value, Mapping) and path[0] in value else ()


def _first(record: Record, *paths: str) -> tuple[Any, ...]:
    return next((found for path in paths if (found := _at(record, path.split(".")))), ())


def _who(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """The account, of a person's token its owner's; of an unknown name its MAC; else the address."""
    if _first(record, "actor.owner_name"):
        return _first(record, "actor.owner")
    return _first(record, "actor.account", "actor.username_mac", "actor.address", "request.address")[:1]


def _network(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    return tuple(network_of(str(address)) for address in _at(record, ["actor", "address"]) if address)


def _asked(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Numbers that were asked for, in clear or as their MAC."""
    paths = ("request.number", "request.number_mac", "request.seeds.number", "request.seeds.number_mac", "request.seeds.epc_mac")
    return tuple(found for path in paths for found in _at(record, path.split(".")))


def _numbers(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Numbers that were asked for and found, in clear."""
    return tuple(found for path in ("request.number", "request.seeds.number") for found in _at(record, path.split(".")))


def _started_from(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """The things that a question started from, as one value whatever their order."""
    uids = sorted(str(uid) for uid in _at(record, ["object", "uid"]))
    return (" ".join(uids),) if uids else ()


def _narrowed_by(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Which way, as of when, in which window and for which fields a trace was asked for, as one value."""
    return (repr([_at(record, ["request", name]) for name in NARROWING]),)


def _refused_by(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """The rule of the policy that refused, as `reason` names it before its sentence: `default/deny`, `policy/closed`."""
    reason = record.get("reason")
    if record["outcome"] != "denied" or not isinstance(reason, str):
        return ()
    rule, said, _sentence = reason.partition(": ")
    return (rule,) if said else ()


def _wrong_component(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Whether a user name, password or second factor was wrong: at the door, or shown anew in a session."""
    if record["outcome"] != "denied":
        return (False,)
    shown = record["act"] in _SHOWN_AT and not _refused_by(_, record)
    return (shown or record.get("reason") == WRONG_COMPONENTS,)


def _leaves_stuck(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Whether too few are left to agree to something since then."""
    return (bool(_at(record, ["request", "leaves_stuck"])),)


def _found_nothing(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    return (_at(record, ["result", "candidates"]) == (0,),)


def _restricted(facts: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Names of T3 properties whose values were shown."""
    shown = record.get("disclosed")
    if not isinstance(shown, Mapping):
        return ()
    names = {f"{kind}.{name}" for kind, told in shown.items() if isinstance(told, list) for name in told}
    return tuple(sorted(names & facts.restricted))


def _outside_shift(facts: RecordFacts, record: Record) -> tuple[Any, ...]:
    if facts.shift is None:
        return (False,)
    return (not facts.shift.holds(datetime.fromisoformat(record["time"])),)


def _shows_restricted(facts: RecordFacts, record: Record) -> tuple[Any, ...]:
    return (bool(_restricted(facts, record)),)


def _is_unverified(_: RecordFacts, record: Record) -> tuple[Any, ...]:
    """Whether an answer rests on something that was changed outside the service."""
    named = _at(record, ["result", "unverified"]) or _at(record, ["result", "unverified_few"])
    hidden = _at(record, ["result", "unverified_withheld"])
    return (bool(named) or bool(hidden and hidden[0]),)


_FACTS: Final[Mapping[str, Callable[[RecordFacts, Record], tuple[Any, ...]]]] = {
    "who": _who,
    "network": _network,
    "asked": _asked,
    "numbers": _numbers,
    "found_nothing": _found_nothing,
    "leaves_stuck": _leaves_stuck,
    "wrong_component": _wrong_component,
    "refused_by": _refused_by,
    "started_from": _started_from,
    "narrowed_by": _narrowed_by,
    "outside_shift": _outside_shift,
    "shows_restricted": _shows_restricted,
    "is_unverified": _is_unverified,
}


def restricted_of(dictionary: Dictionary) -> frozenset[str]:
    """`Kind.property` of everything in tier T3."""
    return frozenset(
        f"{kind.value}.{name}" for kind in NodeKind for name, entry in dictionary.entries(kind).items() if entry.tier is Tier.T3
    )
