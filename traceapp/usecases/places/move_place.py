"""A site or product line moves: its effect is shown, others agree to exactly that, and from one moment on all belongs there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from traceapp.domain.errors import ConcurrentChangeError, InputError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.places import KeptMove, Place, PlaceMap, PlaceMove, check_move
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.scopes import ANY
from traceapp.ledger.records import plain_json
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.accounts.names import username_of
from traceapp.usecases.changes import carry_out
from traceapp.usecases.places.place_effects import (
    MOST_NODES,
    PlaceEffect,
    effect_of,
    followers,
    moved_numbers,
    named_places,
    signed_effect,
)
from traceapp.usecases.stations import Stations

NAMES: Final = frozenset({"site", "line", "to_site", "to_line", "follow"})
NOT_SEEN: Final = "You cannot move what you do not see, nor to where you do not see: another view than yours would come of it."


@dataclass(frozen=True, slots=True)
class MoveState:
    """One move that others agreed to. left: nodes that carry the number of a set of the old place; 0 once it is finished.

    cut  not every one was counted: there are at least so many.
    """

    kept: KeptMove
    left: int
    cut: bool = False


def list_moves(stations: Stations, actor: Actor) -> Recorded[tuple[MoveState, ...]]:
    """All there were, the newest first. raises PermissionDeniedError; LedgerUnavailableError; StoreError and its kinds."""
    authorise(stations, actor, Permission.CHANGE_LIST)
    places = stations.acls.places
    counts = stations.acls.count_nodes(MOST_NODES) if places.unfinished else None
    numbers = frozenset(one.number for one in stations.acls.list_kept() if places.entry(one) is not one)
    left = counts.total(None, numbers) if counts is not None else 0
    found = tuple(
        MoveState(one, left if one.finished_at is None else 0, counts is not None and counts.cut) for one in places.kept[::-1]
    )
    told = entry(
        stations, actor, Permission.CHANGE_LIST, "answered", request={"document": "places"}, result={"moves": len(found)}
    )
    return stations.ledger.record(found, told)


def compare_move(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> Recorded[PlaceEffect]:
    """What a move would do to whom; nothing happens.

    raises  InputError; PermissionDeniedError: of a place outside the own view too; LedgerUnavailableError; StoreError.
    """
    move, follow = _read(said)
    request = _request(move, follow)
    authorise(stations, actor, Permission.CHANGE_LIST, request)
    _check(stations, actor, move, Permission.CHANGE_LIST)
    found = effect_of(stations, move, follow=follow)
    result = {"records": found.records, "accounts": len(found.accounts)}
    return stations.ledger.record(
        found, entry(stations, actor, Permission.CHANGE_LIST, "answered", request=request, result=result)
    )


def check_place_move(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """What whoever agrees signs: from where to where, and whose view follows, by name.

    raises  InputError; PermissionDeniedError.
    """
    move, follow = _read(said)
    _check(stations, actor, move, Permission.CHANGE_PROPOSE)
    names = {uid: username_of(stations, uid) for uid in (followers(stations, move) if follow else ())}
    return {
        "from": [move.old.site, move.old.line],
        "to": [move.new.site, move.new.line],
        "follow": follow,
        "accounts": sorted(names),
        "usernames": sorted(names.values()),
    }


def placed_state(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """Who would gain or lose sight, as that stands now: another one supersedes the approval."""
    move, follow = _kept(parameters)
    return signed_effect(stations, move, follow=follow)


def preview_place_move(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The whole effect, with numbers of records, at this moment."""
    move, follow = _kept(parameters)
    return {"places": plain_effect(effect_of(stations, move, follow=follow))}


def move_place(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[KeptMove]:
    """From now on everything belongs there, for every process; what still names the old place is rewritten in the background."""
    move, _ = _kept(parameters)
    accounts = tuple(map(str, parameters["accounts"]))
    told = stations.acls.list_entries()
    counted = stations.acls.count_nodes(MOST_NODES).total(None, moved_numbers(told, move))
    there = len(stations.acls.places.kept)
    found = stations.approvals.get_approval(approval)
    asked = username_of(stations, found.requester.account_uid) if found is not None else ""
    agreed = tuple(username_of(stations, one.person.account_uid) for one in found.signatures) if found is not None else ()

    def make(places: PlaceMap) -> KeptMove:
        if places.kept and places.kept[-1].approval == approval:
            return places.kept[-1]
        if len(places.kept) != there:
            raise ConcurrentChangeError("Somebody else moved a place at this moment.")
        check_move(move, places.kept)
        return KeptMove(there + 1, move, accounts, asked, agreed, approval, stations.clock.now(), counted)

    def work() -> KeptMove:
        made = stations.places.begin(make, stations.acls.list_kept(), stations.sealer)
        stations.acls.list_entries()
        return made

    request = {"number": there + 1, "from": move.old.text, "to": move.new.text, "accounts": len(accounts), "records": counted}
    changes = {"place": (list(named_places(told, move)), move.new.text)}
    return carry_out(stations, actor, Act.PLACE_MOVE, request, work, changes=changes, approval=approval)


def plain_effect(found: PlaceEffect) -> dict[str, Any]:
    """As plain JSON."""
    told: dict[str, Any] = plain_json(asdict(found))
    return told


def _read(said: Mapping[str, Any]) -> tuple[PlaceMove, bool]:
    """A site to a site, or a line to a line: of one site, where one is named, and then within it where no other is."""
    codes = {name: said.get(name) or None for name in NAMES - {"follow"}}
    follow = said.get("follow", False)
    if (
        said.keys() - NAMES
        or not all(code is None or isinstance(code, str) for code in codes.values())
        or type(follow) is not bool
    ):
        raise InputError.wanted("parameters", "site, line, to_site, to_line and follow")
    site, line, to_site, to_line = (codes[name] for name in ("site", "line", "to_site", "to_line"))
    if line is None and to_line is None:
        return PlaceMove(Place(site, None), Place(to_site, None)), follow
    return PlaceMove(Place(site, line), Place(to_site or site, to_line or line)), follow


def _kept(parameters: Mapping[str, Any]) -> tuple[PlaceMove, bool]:
    return PlaceMove(Place(*parameters["from"]), Place(*parameters["to"])), bool(parameters["follow"])


def _check(stations: Stations, actor: Actor, move: PlaceMove, permission: Permission) -> None:
    """raises  InputError: no such move, or nothing belongs to the old place. PermissionDeniedError: one is out of his view."""
    check_move(move, stations.acls.places.kept)
    if not (_sees(actor, move.old) and _sees(actor, move.new)):
        told = entry(stations, actor, permission, "denied", request=_request(move, follow=False), reason=NOT_SEEN)
        stations.ledger.append(told)
        raise PermissionDeniedError(NOT_SEEN)
    if not named_places(stations.acls.list_entries(), move):
        raise InputError.wanted("from", "a place that a record belongs to")


def _sees(actor: Actor, place: Place) -> bool:
    pairs = ((place.site, actor.sites), (place.line, actor.lines))
    return all(ANY in shown or (wanted is not None and wanted in shown) for wanted, shown in pairs)


def _request(move: PlaceMove, follow: bool) -> dict[str, Any]:
    return {"document": "places", "from": move.old.text, "to": move.new.text, "follow": follow}
