"""Versions of governed documents as the home keeps them, and of the dictionary up to which one stored values were brought."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from traceapp.dictionary.properties import Dictionary, parse_dictionary
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import DictionaryError, HomeError
from traceapp.domain.governed import DocumentKind, Version, applied
from traceapp.domain.record_macs import RecordMacs
from traceapp.host.governed_files import GovernedFiles
from traceapp.host.private_files import OWN, sync_folder, write_private
from traceapp.policy.acceptance import Acceptance

LABEL: Final = "GovernedVersion"
FORMS: Final = "DictionaryForms"


def read_versions(home: Path, macs: RecordMacs, kind: DocumentKind) -> tuple[Version, ...]:
    """All that were in force, the first one first; empty as long as nothing was ever changed by agreement.

    A file whose MAC does not hold is left out: nobody agreed to what it says.
    """
    found = []
    for told in GovernedFiles(home, kind).list_versions():
        try:
            row = {**told, "mac": bytes.fromhex(told["mac"])}
            if not macs.proves_row(f"{LABEL} {kind.value}", row):
                continue
            found.append(_version(told))
        except (KeyError, TypeError, ValueError):
            continue
    return applied(found, Acceptance(home, macs, None, kind=kind).digest)


def forms_file(home: Path) -> Path:
    """Where a home keeps to which version of the dictionary every stored value was brought."""
    return home / "dictionary.forms"


def read_brought(home: Path, macs: RecordMacs) -> int:
    """Number of the version to which every stored value was brought last; 0 where none is known."""
    try:
        told = json.loads(forms_file(home).read_bytes())
        row = {"number": told["number"], "mac": bytes.fromhex(told["mac"])}
        return int(told["number"]) if macs.proves_row(FORMS, row) else 0
    except (OSError, KeyError, TypeError, ValueError):
        return 0


def keep_brought(home: Path, macs: RecordMacs, number: int) -> None:
    """From now on no process takes a value in the form of an earlier version; raises HomeError."""
    told = {"number": number, "mac": macs.row(FORMS, {"number": number}).hex()}
    try:
        write_private(forms_file(home), json.dumps(told).encode(), OWN)
        sync_folder(home)
    except OSError as error:
        raise HomeError(f"that stored values were brought to the dictionary cannot be kept ({error.strerror})") from None


def with_former(home: Path, macs: RecordMacs, dictionary: Dictionary) -> Dictionary:
    """The dictionary in force, knowing those versions by which a stored value may still have been written."""
    versions = read_versions(home, macs, DocumentKind.DICTIONARY)
    brought = read_brought(home, macs)
    files = GovernedFiles(home, DocumentKind.DICTIONARY)
    former = []
    for version in versions[:-1]:
        content = files.get(version.digest) if version.number >= brought else None
        if content is not None:
            try:
                former.append(parse_dictionary(content))
            except DictionaryError:
                continue
    return dictionary.following(former) if former else dictionary


def _version(told: Mapping[str, Any]) -> Version:
    return Version(
        number=int(told["number"]),
        digest=str(told["digest"]),
        replaces=told["replaces"],
        proposed_by=str(told["proposed_by"]),
        approved_by=tuple(map(str, told["approved_by"])),
        approval=told["approval"],
        at=parse_stored_time(told["at"]),
    )
