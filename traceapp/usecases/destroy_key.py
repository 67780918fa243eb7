"""Crypto-shredding: destroy the key of a group, and with it everything that it sealed, in every copy there is."""

from functools import partial
from pathlib import Path
from typing import Final

from traceapp.domain.errors import KeyStateError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

ACCOUNT: Final = "account:"
"""Before the uid of an account: its own data key seals the person's printed name."""


def group_of_account(uid: str) -> str:
    """The shred group of an account."""
    return ACCOUNT + uid


def destroy_key(stations: Stations, actor: Actor, group: str, officers: tuple[Path, Path]) -> Recorded[str]:
    """Destroy the key of a shred group; returns its id.

    group     `account:` and the uid of a closed account.
    officers  the files of the two officers who hold the recovery key: one person alone destroys nothing.
    raises    KeyStateError: what the group holds is to be kept, an account that is still open, no such group;
              RecoveryError: not the two officers; KeyUnavailableError; LedgerUnavailableError: nothing was changed.
    """
    work = partial(_destroy, stations, group, officers)
    return carry_out(
        stations,
        actor,
        Act.KEY_DESTROY,
        {"group": group},
        work,
        about=things("Key", group),
        changes={"state": ("active", "destroyed")},
    )


def _destroy(stations: Stations, group: str, officers: tuple[Path, Path]) -> str:
    _check_shreddable(stations, group)
    stations.keys.check_officers(officers)
    return stations.keys.destroy(group, stations.clock.now())


def _check_shreddable(stations: Stations, group: str) -> None:
    """raises  KeyStateError with the reason."""
    if not group.startswith(ACCOUNT):
        raise KeyStateError(
            f"{group} is no shred group. What sources state of lots, parties and persons is a quality record: the data "
            "dictionary keeps it for years after the end of the product's life, and until then its key is not destroyed."
        )
    account = stations.accounts.get_account(group.removeprefix(ACCOUNT))
    if account is not None and not account.disabled:
        raise KeyStateError(f"The account {account.username} is still open: close it first.")
