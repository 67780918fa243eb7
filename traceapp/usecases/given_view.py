"""Which sites and product lines somebody can be given to see."""

from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.rights import Actor
from traceapp.domain.scopes import ANY
from traceapp.usecases.stations import Stations


def check_view(stations: Stations, actor: Actor, sites: frozenset[str], lines: frozenset[str]) -> None:
    """Nobody is given a view that does not exist, or that its giver does not have.

    A site or line is known if the organisation names it or some record carries it; `*` stands for all of them.
    raises  InputError: none, or an unknown one, with the known ones named. PermissionDeniedError: more than the giver has.
    """
    scopes = {scope for entry in stations.acls.list_entries() for scope in entry.scopes}
    ours = stations.organisation
    _check("sites", sites, {*ours.sites, *(scope.site for scope in scopes), ANY}, actor.sites)
    _check("lines", lines, {*ours.product_lines.values(), *(scope.line for scope in scopes), ANY}, actor.lines)


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
