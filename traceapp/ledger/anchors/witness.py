"""The newest checkpoint in a folder that a witness reaches as well; what he countersigns comes back (C2SP tlog-cosignature).

checkpoint  `old SIZE`, a consistency proof, an empty line, the checkpoint (body of add-checkpoint, C2SP tlog-witness): ours
cosigned    the checkpoint with his cosignature: his
conflict    the size that he has seen, where ours begins elsewhere: his
"""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from traceapp.domain.errors import AnchorError, InputError
from traceapp.domain.ledger_health import Growth
from traceapp.host.private_files import sync_folder
from traceapp.ledger.anchors.port import Anchored, Grow
from traceapp.ledger.signed_notes import SignedNote, WitnessKey, newest_note, notes_in
from traceapp.ledger.tree import has_grown

CHECKPOINT, COSIGNED, CONFLICT = "checkpoint", "cosigned", "conflict"
KEPT: Final = "witness.checkpoints"
"""In the ledger's folder of anchors: every cosigned checkpoint that came back."""
_LONGEST: Final = 64 * 1024


class WitnessDrop:
    """One witness, by his key."""

    name: Final = "witness"

    def __init__(self, drop: Path, kept: Path, key: WitnessKey, every: float) -> None:
        """kept  the ledger's folder of anchors."""
        self._drop, self._kept, self._key, self.every = drop, kept / KEPT, key, every

    def put(self, grow: Grow) -> Anchored | None:
        back = self._cosigned()
        seen = self._seen(back)
        try:
            growth = grow(seen)
        except InputError:
            raise AnchorError(f"The witness has seen {seen} records, more than there are: this ledger was cut off.") from None
        if back is not None and seen == back.size:
            now = notes_in(growth.note)[0]
            if not has_grown(back.size, back.root, now.size, now.root, growth.path):
                raise AnchorError(
                    f"The witness countersigned another history: {back.size} records with root {back.root.hex()}, and the "
                    "ledger does not grow from it."
                )
        done = self._keep(back) if back is not None else self._newest_kept()
        if growth.size > seen:
            _put(self._drop / CHECKPOINT, _body(growth), 0o644)
        return done

    def _cosigned(self) -> SignedNote | None:
        """What came back; raises AnchorError: his signature does not hold."""
        found = notes_in(_read(self._drop / COSIGNED))
        if not found:
            return None
        if self._key.countersigned_at(found[0]) is None:
            raise AnchorError(f"What came back from the witness carries no signature of {self._key.name} that holds.")
        return found[0]

    def _seen(self, back: SignedNote | None) -> int:
        asked = _read(self._drop / CONFLICT).strip()
        if asked.isascii() and asked.isdigit() and len(asked) < 19:
            return int(asked)
        return back.size if back is not None else 0

    def _keep(self, back: SignedNote) -> Anchored:
        last = self._newest_kept()
        if last is None or last.size < back.size:
            with self._kept.open("a", encoding="utf-8") as file:
                file.write(back.note)
                file.flush()
                os.fsync(file.fileno())
        return self._anchored(back)

    def _newest_kept(self) -> Anchored | None:
        """What came back at some time, though the folder is empty now."""
        if not self._kept.exists():
            return None
        with self._kept.open("rb") as file:
            newest, _ = newest_note(file.fileno())
        return self._anchored(newest) if newest is not None else None

    def _anchored(self, note: SignedNote) -> Anchored:
        moment = self._key.countersigned_at(note)
        if moment is None:
            raise AnchorError(f"{self._kept} ends with a checkpoint that {self._key.name} did not countersign.")
        return Anchored(note.size, datetime.fromtimestamp(moment, UTC))


def _body(growth: Growth) -> str:
    proof = "".join(f"{base64.b64encode(node).decode()}\n" for node in growth.path)
    return f"old {growth.before}\n{proof}\n{growth.note}"


def _read(path: Path) -> str:
    """Empty where there is none; raises OSError, AnchorError."""
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
    except FileNotFoundError:
        return ""
    if len(content) > _LONGEST:
        raise AnchorError(f"{path} is longer than any checkpoint.")
    return content.decode("utf-8", "replace")


def _put(path: Path, text: str, mode: int) -> None:
    """In place of what was there, whole or not at all, and durable; raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    sync_folder(path.parent)
