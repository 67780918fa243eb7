"""A plant that is backed up and restored."""

from pathlib import Path

from tests.web.plant import fill
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.settings import Settings
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})


def nothing(share: float) -> None:
    """A bar that nobody looks at."""


def said(text: str) -> None:
    """Words that nobody reads."""


def embedded(home: Path) -> Settings:
    """Of a service with an embedded store of its own."""
    return Settings.model_validate({"TRACEAPP_HOME": home, "TRACEAPP_LEDGER_RESERVE": 1, "NEO4J_URI": None})


def filled(stations: Stations, folder: Path) -> str:
    """A few lots, and the account of one person; its uid."""
    fill(stations, folder)
    return create_account(
        stations, terminal_actor(), "anna", "a long password 1", "Dr Anna", Role.VIEWER, EVERYWHERE, EVERYWHERE
    ).value
