"""Which sites, product lines and single lots somebody can be given to see."""

from collections.abc import Collection
from typing import Final

from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.places import Place
from traceapp.domain.rights import Actor, Role, ScopeKind
from traceapp.domain.scopes import ANY
from traceapp.policy.compilation import giving_rights
from traceapp.usecases.batches.numbered_things import find_numbered
from traceapp.usecases.disclosed.verification import checked
from traceapp.usecases.stations import Stations

GIVEN: Final = frozenset(
    {NodeKind.BATCH, NodeKind.MATERIAL, NodeKind.UNIT, NodeKind.TRANSFORMATION, NodeKind.CONTAINER, NodeKind.SHIPMENT}
)
"""What can be approved one by one; a party belongs to nobody and is shown beside what it is joined to."""


def check_view(
    stations: Stations, actor: Actor, sites: frozenset[str], lines: frozenset[str], lots: frozenset[str] = frozenset()
) -> None:
    """Nobody is given a view that does not exist, or that its giver does not have; beside single lots it needs no site or line.

    A site or line is known if the organisation names it or some record carries it; `*` stands for all of them.
    raises  InputError: none, or an unknown one, with the known ones named. PermissionDeniedError: more than the giver has.
    """
    if lots and not sites and not lines:
        return
    known_sites, known_lines = known_places(stations)
    _check("sites", sites, {*known_sites, ANY}, actor.sites)
    _check("lines", lines, {*known_lines, ANY}, actor.lines)


def known_places(stations: Stations) -> tuple[set[str], set[str]]:
    """Sites and lines that the organisation names or a record carries; without those that were moved away as a whole."""
    scopes = {scope for entry in stations.acls.list_entries() for scope in entry.scopes}
    ours, places = stations.organisation, stations.acls.places
    sites = {*ours.sites, *(scope.site for scope in scopes)}
    lines = {*ours.product_lines.values(), *(scope.line for scope in scopes)}
    return (
        {site for site in sites if not places.is_over(Place(site, None))},
        {line for line in lines if not places.is_over(Place(None, line))},
    )


def _check(name: str, wanted: frozenset[str], known: set[str], own: frozenset[str]) -> None:
    unknown = sorted(wanted - known)
    if unknown or not wanted:
        possible = ", ".join(sorted(known))
        found = ", ".join(unknown) or "none"
        raise InputError(f"{name}: wanted some of {possible}, found {found}", ((name, f"some of {possible}"),))
    if not within(wanted, own):
        raise PermissionDeniedError(f"You cannot give a view of {name} that you do not have yourself.")


def within(wanted: frozenset[str], own: frozenset[str]) -> bool:
    """Whether one view is no more than another; `*` stands for all."""
    return ANY in own or wanted <= own


def find_lots(stations: Stations, actor: Actor, role: Role, named: Collection[str]) -> frozenset[str]:
    """The uids of what is approved one by one, each named by its printed number or uid.

    It is looked for within the view of the giver, who learns no more than how many things carry the number. A sealed number
    (of a supplier's lot) is not looked up here: such a lot is named by uid.
    raises  InputError: a role without the scope `case`; what is unknown or outside the giver's view, which is the same; a
            number that several things carry.
    """
    if not named:
        return frozenset()
    row = stations.policy.document.roles.get(role)
    if row is None or ScopeKind.CASE not in row.scope:
        wanted = "a role whose scope has case"
        raise InputError(f"lots: wanted {wanted}; {role.value} sees sites and lines", (("lots", wanted),))
    rights = giving_rights(stations.policy, stations.acls.list_entries(), actor)
    stations, _ = checked(stations)
    head = stations.heads.get_head()
    found = set()
    for text in sorted(set(named)):
        kinds = stations.traces.find_seeds([text], rights, head) or find_numbered(stations, rights, head, text).carriers
        uids = sorted(uid for uid, kind in kinds.items() if kind in GIVEN)
        if len(uids) != 1:
            wanted = "the number or uid of one thing within your view"
            why = f"{len(uids)} things carry it, name one by uid ({', '.join(uids)})" if uids else "found none"
            raise InputError(f"lots: wanted {wanted}; {why}", (("lots", wanted),))
        found.add(uids[0])
    return frozenset(found)
