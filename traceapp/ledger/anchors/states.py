"""How each anchor is: one file beside what came back from them, for pages, alerts and figures."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.ledger_health import AnchorState
from traceapp.host.private_files import OWN, write_private
from traceapp.ledger.anchors.port import FOLDER
from traceapp.ledger.records import FOLDER as LEDGER

STATES: Final = "states.json"


def anchors_folder(home: Path) -> Path:
    return home / LEDGER / FOLDER


def read_states(home: Path) -> tuple[AnchorState, ...]:
    """Of every anchor that is set up; empty where none is, or none was asked yet, or the file cannot be read."""
    try:
        told = json.loads((anchors_folder(home) / STATES).read_text("utf-8"))
        return tuple(
            AnchorState(
                str(one["name"]),
                int(one["size"]) if one["size"] is not None else None,
                parse_stored_time(one["at"]) if one["at"] is not None else None,
                parse_stored_time(one["tried"]) if one["tried"] is not None else None,
                str(one["error"]) if one["error"] is not None else None,
            )
            for one in told
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def write_states(home: Path, states: Iterable[AnchorState]) -> None:
    """raises OSError."""
    told = [
        {
            "name": state.name,
            "size": state.size,
            "at": stored_time(state.at) if state.at is not None else None,
            "tried": stored_time(state.tried) if state.tried is not None else None,
            "error": state.error,
        }
        for state in states
    ]
    folder = anchors_folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(folder / STATES, json.dumps(told, ensure_ascii=False).encode(), OWN)
