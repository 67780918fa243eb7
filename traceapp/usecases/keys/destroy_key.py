"""Crypto-shredding: destroy the key of a group, and with it everything that it sealed, in every copy there is.

Others agree first; then both officers do it with their files, at the terminal. Neither is enough without the other.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import InputError, KeyStateError, PermissionDeniedError
from traceapp.domain.keys import KeyRecord, KeyState
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry, things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

ACCOUNT: Final = "account:"
"""Before the uid of an account: its own data key seals the person's printed name."""
ALONE: Final = "A key is destroyed only after others approved that exactly this one goes. Nothing was destroyed."


def group_of_account(uid: str) -> str:
    """The shred group of an account."""
    return ACCOUNT + uid


def check_destroying(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`group`: of a closed account, that has a key.

    raises  InputError: something else was said, or not at the terminal, where the officers' files are; KeyStateError: what the
            group holds is to be kept, an account that is still open, or no such key.
    """
    group = said.get("group")
    if said.keys() != {"group"} or not isinstance(group, str):
        raise InputError.wanted("parameters", "group")
    if actor.through != "terminal":
        raise InputError.wanted("operation", "at the terminal, traceapp keys destroy")
    _check_shreddable(stations, group)
    if _key_of(stations, group) is None:
        raise KeyStateError(f"There is no key of a group {group} to destroy.")
    return {"group": group}


def key_to_destroy(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The key, and that its account is closed still: None once it is destroyed."""
    found, account = _key_of(stations, parameters["group"]), _account_of(parameters["group"])
    kept = stations.accounts.get_account(account)
    return None if found is None else [found.alias, found.created_at, kept is None or kept.disabled]


def preview_destroying(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Whose key it is."""
    found, kept = _key_of(stations, parameters["group"]), stations.accounts.get_account(_account_of(parameters["group"]))
    told = {"key": found.alias} if found is not None else {}
    return told if kept is None else told | {"username": kept.username}


def destroy_key(stations: Stations, actor: Actor, group: str, officers: tuple[Path, Path], approval: str | None) -> Recorded[str]:
    """Destroy the key of a shred group; returns its id.

    group     `account:` and the uid of a closed account.
    officers  the files of the two officers who hold the recovery key.
    approval  id of the approval that others gave to exactly that; who calls has checked it. None is refused, on record.
    raises    PermissionDeniedError; KeyStateError: what the group holds is to be kept, an account that is still open, no such
              group; RecoveryError: not the two officers; KeyUnavailableError; LedgerUnavailableError: nothing was changed.
    """
    about = things("Key", group)
    if approval is None:
        denied = entry(stations, actor, Permission.KEY_DESTROY, "denied", request={"group": group}, object=about, reason=ALONE)
        stations.ledger.append(denied)
        raise PermissionDeniedError(ALONE)
    work, changes = partial(_destroy, stations, group, officers), {"state": ("active", "destroyed")}
    request = {"group": group}
    return carry_out(stations, actor, Permission.KEY_DESTROY, request, work, about=about, changes=changes, approval=approval)


def _destroy(stations: Stations, group: str, officers: tuple[Path, Path]) -> str:
    _check_shreddable(stations, group)
    stations.keys.check_officers(officers)
    return stations.keys.destroy(group, stations.clock.now())


def _key_of(stations: Stations, group: str) -> KeyRecord | None:
    keys = stations.keys.record().keys
    return next((key for key in keys if key.group == group and key.state is not KeyState.DESTROYED), None)


def _account_of(group: str) -> str:
    return group.removeprefix(ACCOUNT)


def _check_shreddable(stations: Stations, group: str) -> None:
    """raises  KeyStateError with the reason."""
    if not group.startswith(ACCOUNT):
        raise KeyStateError(
            f"{group} is no shred group. What sources state of lots, parties and persons is a quality record: the data "
            "dictionary keeps it for years after the end of the product's life, and until then its key is not destroyed."
        )
    account = stations.accounts.get_account(_account_of(group))
    if account is not None and not account.disabled:
        raise KeyStateError(f"The account {account.username} is still open: close it first.")
