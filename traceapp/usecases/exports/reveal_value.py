"""One T3 value is shown to somebody who is not shown it otherwise: after others agreed, once, in his session, within minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.disclosure import Gap, told
from traceapp.domain.errors import ApprovalStateError, FactorNeededError, InputError, PermissionDeniedError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, entry, rights_for, things
from traceapp.usecases.approvals.approval_document import open_frozen, open_words, state_digest
from traceapp.usecases.approvals.approval_moves import find_approval, refused, request_of
from traceapp.usecases.approvals.held_things import held_by_reveal
from traceapp.usecases.approvals.settle_spent import is_said
from traceapp.usecases.disclosed.disclosure_roll import Fields, keep_roll
from traceapp.usecases.exports.approved_export import OUT_OF_REACH
from traceapp.usecases.exports.export_claim import Claim
from traceapp.usecases.exports.export_sample import names_for
from traceapp.usecases.exports.take_once import taking
from traceapp.usecases.exports.taken import was_taken
from traceapp.usecases.sessions.second_factors import check_fresh
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import read_claims

WITHIN: Final = timedelta(minutes=10)
"""After it was carried out."""
NOT_YOURS: Final = "Only whoever asked for it, in a session of his own, is shown the value."
NOT_READY: Final = "There is no value to show: it is not carried out, its minutes are over, or it was shown already."
OTHER: Final = "The value is not what others agreed to any more: ask for it anew."
UNKNOWN: Final = "a thing within your view, by its uid, and a T3 property of its kind"


@dataclass(frozen=True, slots=True)
class RevealedValue:
    """value  None where there is none on record."""

    uid: str
    kind: NodeKind
    name: str
    value: PropertyValue | Gap | None


def check_reveal(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`uid` of a thing and `property`; what stands there is neither told nor whether anything does.

    raises  PermissionDeniedError; InputError: no such thing within the view, or no T3 property of its kind.
    """
    uid, name = said.get("uid"), said.get("property")
    if said.keys() != {"uid", "property"} or not isinstance(uid, str) or not isinstance(name, str):
        raise InputError.wanted("parameters", "uid and property")
    head = stations.heads.get_head()
    kind = _kind_of(stations, actor, uid, head)
    if kind is None or not stations.dictionary.knows(kind, name) or stations.dictionary.entry(kind, name).tier is not Tier.T3:
        raise InputError.wanted("property", UNKNOWN)
    return {"of": [{"kind": kind.value, "uid": uid}], "property": name, "head": head}


def value_digest(stations: Stations, parameters: Mapping[str, Any]) -> str:
    """A MAC of the value as it stood then: whoever signs, signs exactly that one, and reads nothing of it.

    raises  KeyUnavailableError, SealBrokenError.
    """
    found = _value(stations, parameters)
    return stations.sealer.digest(f"{parameters['of'][0]['uid']} {parameters['property']} {found.value!r}")


def shown_reveal(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Of what it is, in the name that whoever looks may see; None where it lies outside his view."""
    names = names_for(stations, actor, parameters["of"], int(parameters["head"]), fields)
    seen = (names.get(thing["uid"]) for thing in parameters["of"])
    of = [(told(name.number) or told(name.name)) if name is not None else None for name in seen]
    return {"of": of, "property": parameters["property"], "shown_minutes": int(WITHIN.total_seconds()) // 60}


def sees_thing(stations: Stations, actor: Actor, parameters: Mapping[str, Any]) -> bool:
    """Whether it lies within the view of whoever asked still; raises what `is_same_answer` raises."""
    try:
        return _kind_of(stations, actor, parameters["of"][0]["uid"], int(parameters["head"])) is not None
    except OUT_OF_REACH:
        return False


def allow_reveal(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[None]:
    """The value may be shown from now on, for some minutes."""
    request, about = {"property": parameters["property"]}, parameters["of"]
    made = entry(stations, actor, Act.VALUE_REVEAL, "done", request=request, object=about, approval=approval)
    return stations.ledger.record(None, made)


def may_reveal(stations: Stations, found: Approval) -> bool:
    """Whether its value is there to be shown: carried out some minutes ago at most, and not shown yet."""
    if found.operation is not Operation.T3_REVEAL or found.state is not ApprovalState.EXECUTED or found.ended_at is None:
        return False
    if stations.clock.now() >= found.ended_at + WITHIN or is_said(open_words(stations, found)):
        return False
    return not was_taken(stations.settings.home, found.uid)


def reveal_value(stations: Stations, actor: Actor, uid: str) -> Recorded[RevealedValue]:
    """The value itself: once, to whoever asked for it, in a session whose second factor is fresh.

    It counts as shown before it leaves: an answer that is lost on its way is lost.
    raises  PermissionDeniedError: somebody else, a token, or one of those who agreed may not any more; FactorNeededError;
            ApprovalNotFoundError; ApprovalStateError: not carried out, over, shown, or another value by now; HomeError.
    """
    authorise(stations, actor, Permission.BATCH_SHOW, {"approval": uid})
    found, person = find_approval(stations, actor, uid)
    if actor.session is None or not person.is_surely(found.requester) or found.operation is not Operation.T3_REVEAL:
        raise refused(stations, actor, Act.VALUE_REVEAL, found, PermissionDeniedError(NOT_YOURS))
    try:
        check_fresh(stations, actor)
    except FactorNeededError as error:
        raise refused(stations, actor, Act.VALUE_REVEAL, found, error) from None
    refusing = partial(refused, stations, actor, Act.VALUE_REVEAL, found)
    holding = held_by_reveal(open_frozen(stations, found).parameters)
    with taking(stations, found, person, holding, may_reveal, NOT_READY, refusing) as (claim, _):
        return _revealed(stations, actor, found, claim)


def _revealed(stations: Stations, actor: Actor, found: Approval, claim: Claim) -> Recorded[RevealedValue]:
    frozen = open_frozen(stations, found)
    parameters = frozen.parameters
    changed = frozen.policy != stations.policy.digest or _result(stations, parameters) != frozen.result
    if changed or not sees_thing(stations, actor, parameters):
        raise refused(stations, actor, Act.VALUE_REVEAL, found, ApprovalStateError(OTHER))
    shown, fields = _value(stations, parameters), Fields()
    fields.add(shown.kind.value, {shown.name: shown.value}, shown.uid)
    made = entry(
        stations,
        actor,
        Act.VALUE_REVEAL,
        "answered",
        request=request_of(found, property=shown.name),
        disclosed=fields.disclosed,
        result={"values": sum(map(len, fields.disclosed.values()))},
        object=things(shown.kind.value, shown.uid),
        roll=keep_roll(stations, fields.roll),
        approval=found.uid,
    )
    recorded = stations.ledger.record(shown, made)
    claim.end()
    return recorded


def _result(stations: Stations, parameters: Mapping[str, Any]) -> str:
    return state_digest(value_digest(stations, parameters))


def _value(stations: Stations, parameters: Mapping[str, Any]) -> RevealedValue:
    """As its events told it by then."""
    (thing,) = parameters["of"]
    kind, name = NodeKind(thing["kind"]), parameters["property"]
    said = read_claims(stations, thing["uid"], int(parameters["head"]), kind)
    return RevealedValue(thing["uid"], kind, name, said.projection.values.get(name))


def _kind_of(stations: Stations, actor: Actor, uid: str, head: int) -> NodeKind | None:
    rights = rights_for(stations, actor, Permission.BATCH_SHOW, {"uid": uid})
    return stations.traces.find_seeds([uid], rights, head).get(uid)
