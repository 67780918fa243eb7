"""What of the ledger has passed its date, and its going: whole segments from the front, after others agreed.

Without their approval it is refused: records that are kept too long harm nobody, and what one person alone pruned proves nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import InputError, LedgerBrokenError, LedgerUnavailableError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.pruned import list_pruned, read_end
from traceapp.ledger.pruning import Plan, end_pruning, plan_pruning, prune_segments
from traceapp.ledger.reading import find_record
from traceapp.ledger.segments import list_segments, read_segment
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.audit.verify_ledger import verify_whole
from traceapp.usecases.changes import carry_out
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.stations import Stations

ALONE: Final = "The ledger is pruned only after others approved that exactly these records go. Nothing was pruned."
SAMPLE: Final = 2
"""Records from either end that are shown to whoever decides."""
OTHERS: Final = "other records than those that were approved have passed their date"


def find_due(stations: Stations, actor: Actor) -> Recorded[Plan]:
    """What would go; raises PermissionDeniedError, LedgerUnavailableError, LedgerBrokenError."""
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    plan = plan_now(stations)
    result = {"segments": plan.segments, "upto": plan.range.last_seq if plan.range is not None else 0}
    return stations.ledger.record(
        plan, entry(stations, actor, Act.LEDGER_PRUNE, "answered", request={"dry_run": True}, result=result)
    )


def plan_now(stations: Stations, upto: int | None = None) -> Plan:
    """Only a part of an act that is itself decided and recorded; raises LedgerUnavailableError, LedgerBrokenError."""
    try:
        return plan_pruning(stations.settings.home, stations.clock.now(), stations.ledger.get_head().seq, upto)
    except OSError as error:
        raise _unreadable(error) from None


def pruning_request(plan: Plan) -> dict[str, Any]:
    """What others agree to: which records, and the digest of the leaf hashes that stay of them.

    raises  InputError: nothing has passed its date.
    """
    if plan.range is None:
        raise InputError("nothing of the ledger has passed its date", ())
    told = plan.range
    return {
        "first": told.first_seq,
        "upto": told.last_seq,
        "until": told.until,
        "segments": plan.segments,
        "leaves": plan.digest,
    }


def check_pruning(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """What whoever agrees signs: exactly the records that have passed their date by now; nothing of it can be chosen.

    raises  InputError: something was said, or nothing has passed its date; what `plan_now` raises.
    """
    if said:
        raise InputError.wanted("parameters", "none")
    return pruning_request(plan_now(stations))


def what_is_due(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """What would go by now, of the records that were asked for: others than those supersede the approval, and no later ones."""
    plan = plan_now(stations, parameters["upto"])
    return pruning_request(plan) if plan.range is not None else None


def preview_pruning(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """How many records would go, and how many stay."""
    gone = parameters["upto"] - parameters["first"] + 1
    return {"records": gone, "stay": stations.ledger.get_head().seq - parameters["upto"]}


def sample_pruning(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> list[Mapping[str, Any]]:
    """The oldest and the newest of what would go: when what was done, and how it ended; nobody's name and no number.

    raises  LedgerUnavailableError, LedgerBrokenError.
    """
    first, last = int(parameters["first"]), int(parameters["upto"])
    wanted = sorted({*range(first, min(first + SAMPLE, last + 1)), *range(max(first, last - SAMPLE + 1), last + 1)})
    contents = (find_record(stations.settings.home, seq) for seq in wanted)
    told = (orjson.loads(content) for content in contents if content is not None)
    return [{"record": one["seq"], "at": one["time"], "act": one["act"], "outcome": one["outcome"]} for one in told]


def prune_ledger(
    stations: Stations, actor: Actor, wanted: Mapping[str, Any] | None = None, approval: str | None = None
) -> Recorded[Plan]:
    """Take away what was approved, and nothing if that is not what has passed its date.

    wanted    as `pruning_request` said it when it was approved.
    approval  id of the approval that others gave to exactly that; who calls has checked it. None is refused, on record.
    raises    PermissionDeniedError; LedgerUnavailableError; InputError: not exactly those records have passed their date;
              LedgerBrokenError: the ledger is not whole, and then nothing of it goes.
    """
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    if approval is None or wanted is None:
        stations.ledger.append(entry(stations, actor, Act.LEDGER_PRUNE, "denied", reason=ALONE))
        raise PermissionDeniedError(ALONE)
    plan = plan_now(stations, int(wanted["upto"]))
    if plan.range is None or pruning_request(plan) != dict(wanted):
        said = entry(stations, actor, Act.LEDGER_PRUNE, "failed", request=dict(wanted), reason=OTHERS, approval=approval)
        stations.ledger.append(said)
        raise InputError(OTHERS, ())
    verdict = verify_whole(stations)
    if not verdict.ok:
        said = entry(stations, actor, Act.LEDGER_PRUNE, "failed", request=dict(wanted), reason=verdict.reason, approval=approval)
        stations.ledger.append(said)
        raise LedgerBrokenError(f"Nothing is pruned of a ledger that is not whole. {verdict.reason}")

    def work() -> Plan:
        try:
            prune_segments(stations.settings.home, plan)
        except OSError as error:
            raise LedgerUnavailableError(f"The ledger cannot be pruned ({type(error).__name__}).") from None
        prune_beside(stations)
        return plan

    return carry_out(stations, actor, Act.LEDGER_PRUNE, wanted, work, approval=approval)


def was_pruned(stations: Stations, request: Mapping[str, Any]) -> bool:
    """Whether the act that a record intended came to be; what a crash left of it is ended.

    raises  LedgerUnavailableError, LedgerBrokenError: not known now.
    """
    home = stations.settings.home
    try:
        kept = {read_end(path)[1] for path in list_pruned(home)}
        if request.get("leaves") not in kept:
            return False
        end_pruning(home)
    except OSError as error:
        raise _unreadable(error) from None
    prune_beside(stations)
    return True


def prune_beside(stations: Stations) -> None:
    """Take away rolls and values of which every record is gone; raises LedgerUnavailableError, LedgerBrokenError."""
    oldest = next(iter(list_segments(stations.settings.home)), None)
    try:
        records = read_segment(oldest, closed=False) if oldest is not None else []
    except OSError as error:
        raise _unreadable(error) from None
    if records:
        # The clock may have been set back amid them.
        first_kept = min(parse_stored_time(orjson.loads(record)["time"]) for record in records)
        for files in (stations.rolls, stations.values):
            files.prune(first_kept)


def _unreadable(error: OSError) -> LedgerUnavailableError:
    return LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).")
