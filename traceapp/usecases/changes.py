"""Change something: the intent is on record before it begins, the outcome after it ended, and the store knows its command.

The intent names a command id and a digest of the change; the first write of the act bears that id in the store
(`graph/commands.py`). An intent without an outcome is what a crash left between: `usecases/audit/settle_intents.py` asks the
store.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import orjson

from traceapp.domain.errors import TraceappError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.commands import carrying_out, current_act
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.records import plain_json
from traceapp.usecases.access import Objects, actor_document, entry_of
from traceapp.usecases.audit.kept_values import Changes, keep_values
from traceapp.usecases.stations import Stations

T = TypeVar("T")
KEY_ACTS: Final = frozenset({Permission.KEY_DESTROY, Permission.KEY_OFFICERS, Act.KEY_RETIRE, Act.KEY_REWRAP, Act.KEY_ROTATE})
"""They write the ring of keys and nothing in the store: the ring bears the command of their intent."""
Told: TypeAlias = Callable[..., LedgerEntry]
"""(outcome, request, what else its fields say) → a record."""


def carry_out(
    stations: Stations,
    actor: Actor,
    act: Permission | Act,
    request: Mapping[str, Any],
    work: Callable[[], T],
    *,
    about: Objects | None = None,
    changes: Changes | None = None,
    approval: str | None = None,
) -> Recorded[T]:
    """about  what is changed (`things`).
    changes   values before and after, of which the record holds commitments.
    approval  under which it is done.
    """
    who = actor_document(stations, actor)
    return carry_out_of(stations, who, act, request, work, about=about, changes=changes, approval=approval)


def carry_out_of(
    stations: Stations,
    who: Mapping[str, Any],
    act: Permission | Act,
    request: Mapping[str, Any],
    work: Callable[[], T],
    *,
    about: Objects | None = None,
    changes: Changes | None = None,
    approval: str | None = None,
) -> Recorded[T]:
    """The same for somebody who is no actor (yet); `who` is what is known of him."""

    def told(outcome: str, request: Mapping[str, Any], **said: Any) -> LedgerEntry:
        return entry_of(stations, who, act, outcome, request=request, object=about, approval=approval, **said)

    values = keep_values(stations, changes) if changes else None
    if act in KEY_ACTS:
        work = partial(_on_keys, stations, work)
    return carry_out_as(stations.ledger, told, request, work, values=values)


def carry_out_as(
    ledger: LedgerClient,
    told: Told,
    request: Mapping[str, Any],
    work: Callable[[], T],
    *,
    values: Sequence[Mapping[str, str | None]] | None = None,
    result: Callable[[], Mapping[str, Any]] | None = None,
) -> Recorded[T]:
    """The same on records that are made otherwise.

    result  what the outcome says of it, done or failed.

    An error that leaves open whether a commit came to be has no outcome here: it is settled once the store answers.
    """
    command = secrets.token_hex(16)
    with ledger.holding(command):
        change = {"change": _digest({"request": plain_json(request), "values": values})}
        intent = ledger.append(told("intended", request, result=change, values=values, command=command))
        begun = {**request, "intent": intent.seq}
        with carrying_out(command) as done:
            try:
                value = work()
            except TraceappError as error:
                if not done.open:
                    said = {**(result() if result else {}), **({"commits": done.committed} if done.committed else {})}
                    named = command if done.committed else None
                    ledger.append(told("failed", begun, reason=type(error).__name__, result=said, command=named))
                raise
        named = command if done.committed else None
        return ledger.record(value, told("done", begun, result=result() if result else {}, command=named))


def _on_keys(stations: Stations, work: Callable[[], T]) -> T:
    act = current_act()
    assert act is not None  # noqa: S101 - it is carried out here
    with stations.keys.bearing(act.command):
        return work()


def _digest(change: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what is about to be changed; values are in it as their salted commitments, so that it tells nothing."""
    return hashlib.sha256(orjson.dumps(change, option=orjson.OPT_SORT_KEYS)).hexdigest()
