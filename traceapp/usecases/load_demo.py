"""The demo plant, at the first start of an empty store: its files through the ordinary import, one account per role."""

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.demo.plant import write_demo
from traceapp.domain.errors import PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.host.private_files import OWN, write_private
from traceapp.usecases.access import authorise
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations

FOLDER = "demo"
STATE = "demo.json"
TOKEN_DAYS = 90
LOTS: Final = {
    Role.CUSTOMER: ("F26-301",),
    Role.SUPPLIER: ("RM-26-0417",),
}
"""What a customer and a supplier see: lots that were approved for them, and nothing else; the authority inspects every site."""
KNOCKS, KNOCKS_TIMES = Role.VIEWER.value, 10


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    password: str
    role: Role

    def __repr__(self) -> str:
        return f"DemoAccount({self.username})"


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """first_question is the printed number of the contaminated material lot."""

    first_question: str
    accounts: tuple[DemoAccount, ...]


def read_demo(stations: Stations) -> DemoLoaded | None:
    """The demo of this home, whole and in this store; None where there is none yet."""
    state = _read_state(stations.settings.home)
    if state is None or not state["whole"]:
        return None
    loaded = _loaded(state)
    return loaded if any(_is_there(stations, account.username) for account in loaded.accounts) else None


def may_load_demo(stations: Stations) -> bool:
    """An empty store, or a demo that was cut off half-way: never a store with somebody's own data."""
    return stations.heads.get_head() == 0 or _read_state(stations.settings.home) is not None


def load_demo(stations: Stations, actor: Actor, progress: Callable[[float], None]) -> DemoLoaded:
    """Write the files, import them in order, make the accounts and the coordinator's token (HOME/token, 0600).

    progress  called with the share done, 0 to 1. Cut off, it begins again at the next start; nothing is doubled.
    """
    home = stations.settings.home
    (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
    files = write_demo(home / FOLDER)
    state = _read_state(home) or {
        "whole": False,
        "first_question": files.first_question,
        "accounts": {role.value: secrets.token_urlsafe(9) for role in Role},
    }
    write_private(home / STATE, json.dumps(state).encode(), OWN)
    loaded = _loaded(state)
    sizes = [path.stat().st_size for path in files.files]
    done = 0
    for path, size in zip(files.files, sizes, strict=True):
        before = done
        import_file(stations, actor, path, "DEMO", lambda share, b=before, s=size: progress((b + share * s) / sum(sizes)))  # type: ignore[misc]
        done += size
    everything = frozenset({"*"})
    for account in loaded.accounts:
        if not _is_there(stations, account.username):
            printed_name = f"Demo {account.role.value}"
            lots = LOTS.get(account.role, ())
            view = frozenset[str]() if lots else everything
            create_account(stations, actor, account.username, account.password, printed_name, account.role, view, view, lots)
    _knock(stations)
    token = issue_token(stations, actor, TokenRequest(Role.COORDINATOR, everything, everything, "demo terminal", TOKEN_DAYS))
    write_private(home / "token", f"{token.value}\n".encode(), OWN)
    write_private(home / STATE, json.dumps({**state, "whole": True}).encode(), OWN)
    return loaded


def _knock(stations: Stations) -> None:
    """The viewer of the demo tries a door ten times that his role does not open, so that there is an alert to look at."""
    account, _ = stations.accounts.find_by_username(KNOCKS)
    if account is None:
        return
    viewer = Actor(account.uid, account.username, account.role, account.sites, account.lines, through="demo")
    for _ in range(KNOCKS_TIMES):
        with suppress(PermissionDeniedError):
            authorise(stations, viewer, Permission.SOURCE_SHOW)


def _is_there(stations: Stations, username: str) -> bool:
    """Whether somebody has this name; an account that was changed outside the service has it too."""
    account, fault = stations.accounts.find_by_username(username)
    return account is not None or fault is not None


def _loaded(state: dict[str, object]) -> DemoLoaded:
    accounts = state["accounts"]
    assert isinstance(accounts, dict)  # noqa: S101  for the type checker: we wrote it
    return DemoLoaded(str(state["first_question"]), tuple(DemoAccount(name, word, Role(name)) for name, word in accounts.items()))


def _read_state(home: Path) -> dict[str, object] | None:
    try:
        found = json.loads((home / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"whole", "first_question", "accounts"} <= found.keys() else None
