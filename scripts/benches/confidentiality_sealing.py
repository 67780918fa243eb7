"""How many properties a second one core seals and opens: the rows of `scripts/bench confidentiality` that need no store."""

import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from figures import Figure

from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.dictionary.properties import read_dictionary

NODES: Final = 10_000
PROPERTIES: Final = {
    "releaser": "Dr Vogel",
    "environment": "ISO 7",
    "process_parameters": "180 °C, 12 s",
    "formulation": "a mixture",
}
ROUNDS: Final = 3
AIM: Final = ">= 50000"
"""Properties a second."""


def sealing() -> list[Figure]:
    """Properties a second, each node with a key of its own that is derived anew; the best of three rounds."""
    with tempfile.TemporaryDirectory() as folder:
        create_keys(Path(folder))
        sealer = DictionarySealer(load_keys(Path(folder)), read_dictionary(), "bench")
    uids = [secrets.token_hex(16) for _ in range(NODES)]
    sealed = {uid: sealer.seal("Batch", uid, PROPERTIES).sealed for uid in uids}
    acts: dict[str, Callable[[str], object]] = {
        "properties sealed": lambda uid: sealer.seal("Batch", uid, PROPERTIES),
        "properties opened": lambda uid: sealer.open("Batch", uid, sealed[uid]),
    }
    return [Figure(name, _rate(act, uids), "1/s", aim=AIM) for name, act in acts.items()]


def _rate(act: Callable[[str], object], uids: list[str]) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        for uid in uids:
            act(uid)
        best = max(best, len(uids) * len(PROPERTIES) / (time.process_time() - began))
    return best
