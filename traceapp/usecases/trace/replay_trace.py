"""Is what was answered then still the answer? A recorded trace, asked again as of its moment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import InputError, RecordNotFoundError, TraceappError
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import Recorded
from traceapp.domain.replay import Replay
from traceapp.domain.rights import Actor, Grant, Rights, Role
from traceapp.domain.trace import Budget, Seed, TraceQuestion, Window
from traceapp.ledger.reading import find_record
from traceapp.policy.compilation import compile_rights
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.audit.ledger_reader import LABEL
from traceapp.usecases.disclosed.answer_ids import Stubs
from traceapp.usecases.disclosed.verification import checked
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import read_known
from traceapp.usecases.trace.trace_batch import answer_at
from traceapp.usecases.trace.trace_record import result_digest

COUNTED: Final = ("nodes", "links", "consignees", "suppliers")
_WANTED: Final = "the record of a trace that was answered"


class _Stopped:
    """A clock that shows one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


class _PastView:
    """What somebody saw at a head: by the acl that each thing had then, which its events tell. Nothing is shown by it to anybody:
    of the answer no more than a digest and counts is left.
    """

    def __init__(self, stations: Stations, rights: Rights, head: int) -> None:
        self._stations, self._head = stations, head
        self._see, self._named = frozenset(rights.see), frozenset(rights.named)

    def shows(self, uid: str, kind: str, mac: bytes) -> bool:
        macs = self._stations.sealer.macs
        if macs.projected_at(mac) <= self._head:
            return macs.acl_of(mac) in self._see or uid in self._named
        return uid in self._named or self._acl(uid, NodeKind(kind)) in self._see

    def _acl(self, uid: str, kind: NodeKind) -> int | None:
        return read_known(self._stations, {uid: kind}, self._head)[uid].acl(kind)


def replay_trace(stations: Stations, actor: Actor, seq: int, numbers: Sequence[str] = ()) -> Recorded[Replay]:
    """Compare the digest on record with that of the same question now; nothing of the answer leaves.

    numbers  those that were asked for, where the record names neither the things nor more than a MAC of the numbers.
    raises   PermissionDeniedError; RecordNotFoundError; InputError: no answered trace, or a number is missing;
             LedgerUnavailableError; StoreError and its kinds.
    """
    authorise(stations, actor, Permission.LEDGER_SEARCH, {"record": seq})
    content = find_record(stations.settings.home, seq)
    if content is None:
        failed = entry(stations, actor, Act.LEDGER_REPLAY, "failed", request={"record": seq}, reason="no such record")
        stations.ledger.append(failed)
        raise RecordNotFoundError(f"The ledger has no record {seq}, or it was pruned.")
    told: dict[str, Any] = orjson.loads(content)
    if told["act"] != Permission.BATCH_TRACE.value or told["outcome"] != "answered" or "seeds" not in told["request"]:
        raise InputError(f"seq: wanted {_WANTED}, found {told['act']} {told['outcome']}", (("seq", _WANTED),))
    replayed = _ask_again(stations, told, _question(stations, told, numbers))
    result = {
        "same": replayed.same,
        "then": replayed.then,
        "now": replayed.now,
        "changed": list(replayed.changed),
        "counts": {name: list(pair) for name, pair in replayed.counts.items()},
    }
    made = entry(
        stations,
        actor,
        Act.LEDGER_REPLAY,
        "answered",
        request={"record": seq},
        result=result,
        reason=replayed.refused,
        object=things(LABEL, str(seq)),
    )
    return stations.ledger.record(replayed, made)


def _ask_again(stations: Stations, told: Mapping[str, Any], question: TraceQuestion) -> Replay:
    asked, then = told["request"], told["result"]
    moment = parse_stored_time(asked.get("moment") or asked.get("as_of") or told["time"])
    names = {"policy": stations.policy.digest, "dictionary": stations.dictionary.digest}
    changed = tuple(name for name, digest in names.items() if told[name] != digest)
    places = stations.acls.at(parse_stored_time(told["time"]))
    past, checks = checked(replace(stations, clock=_Stopped(moment), acls=places))
    entries, head = places.list_entries(), int(asked["head"])
    rights = compile_rights(stations.policy, entries, _asker(stations, told["actor"]), moment)
    if not rights.everywhere:
        checks.sees = _PastView(past, rights, _reached(stations, told)).shows
        rights = replace(rights, see=tuple(entry.number for entry in entries))
    stub = Stubs(past)
    try:
        answer = answer_at(past, rights, question, head, moment, checks, stub)
    except TraceappError as error:
        return Replay(int(told["seq"]), str(then["sha256"]), None, {}, changed, type(error).__name__)
    found = {name: (int(then[name]), len(getattr(answer, name))) for name in COUNTED}
    counts = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    return Replay(int(told["seq"]), str(then["sha256"]), result_digest(answer, stub.own), counts, changed)


def _reached(stations: Stations, told: Mapping[str, Any]) -> int:
    """The head when it was asked; a record of an earlier version does not say it."""
    asked = told["request"]
    if asked["as_of"] is None:
        return int(asked["head"])
    reached = asked.get("reached")
    return int(reached) if reached is not None else stations.heads.get_head_at(parse_stored_time(told["time"]))


def _asker(stations: Stations, who: Mapping[str, Any]) -> Actor:
    """Whoever asked, with the role, the view and the purpose of then; raises InputError: his break-glass access is gone."""
    return Actor(
        who["account"],
        who["username"],
        Role(who["role"]),
        frozenset(who["sites"]),
        frozenset(who["lines"]),
        who["through"],
        address=who.get("address") or "",
        purpose=Purpose(who["purpose"]) if who.get("purpose") else None,
        factor_at=parse_stored_time(who["factor_at"]) if who.get("factor_at") else None,
        lots=frozenset(who.get("lots") or ()),
        grant=_grant(stations, who.get("break_glass")),
    )


def _grant(stations: Stations, uid: str | None) -> Grant | None:
    if uid is None:
        return None
    kept = stations.grants.get_grant(uid)
    if kept is None:
        raise InputError("seq: the break-glass access of this record is not in the store", (("seq", _WANTED),))
    return Grant(kept.uid, kept.tier, kept.ends_at)


def _question(stations: Stations, told: Mapping[str, Any], numbers: Sequence[str]) -> TraceQuestion:
    """What was asked, from the things that the record names: a number may mean another thing by now, a uid does not.

    By the numbers themselves where more was asked for than a record names, or where they are given.
    """
    asked, named = told["request"], told.get("object") or ()
    if len(named) == len(asked["seeds"]) and not numbers:
        seeds = tuple(Seed(uid=thing["uid"]) for thing in named)
    else:
        known = {stations.sealer.digest(number): number for number in numbers}
        seeds = tuple(_seed(seed, known) for seed in asked["seeds"])
    budget = asked["budget"]
    return TraceQuestion(
        seeds,
        Direction(asked["direction"]),
        _moment(asked["as_of"]),
        _moment(asked["at"]),
        Window(_moment(asked["event_time_from"]), _moment(asked["event_time_to"])),
        Budget(int(budget["nodes"]), int(budget["links"])),
        frozenset(asked["fields"]) if asked["fields"] is not None else None,
    )


def _seed(said: Mapping[str, str], known: Mapping[str, str]) -> Seed:
    named: dict[str, Any] = {name: said.get(name) for name in ("number", "uid", "epc", "product", "site")}
    for name in ("number", "epc"):
        digest = said.get(f"{name}_mac")
        if digest is not None and digest not in known:
            raise InputError.wanted("number", "the number or key that was asked for; the record keeps a keyed digest of it alone")
        named[name] = known[digest] if digest is not None else named[name]
    return Seed(**named, kind=NodeKind(said["kind"]) if said.get("kind") else None)


def _moment(text: str | None) -> datetime | None:
    return parse_stored_time(text) if text is not None else None
