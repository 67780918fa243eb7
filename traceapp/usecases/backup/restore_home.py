"""The files of a home out of a bundle. Whatever is refused is refused before the first of them is written."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

from traceapp.bundles.archive import chunks_of, content_of
from traceapp.bundles.backup_bundle import Bundle, faults_of, read_bundle
from traceapp.bundles.manifest import read_public_key
from traceapp.confidential.key_store import KeyStore
from traceapp.confidential.keys import KeyPurpose
from traceapp.confidential.signature_key import SignatureKey
from traceapp.domain.errors import BundleError, HomeError, RestoreError
from traceapp.domain.keys import KeyState
from traceapp.graph.schema import load_steps
from traceapp.host.home_lock import wait_until_free
from traceapp.host.private_files import create_private, sync_folder
from traceapp.ledger.checkpoints import read_signer
from traceapp.usecases.backup.home_files import ENGINE_LOCK, HOME, KEYS, SIGNING_KEY, WRITER_LOCK, Progress

UNFINISHED: Final = "restore.unfinished"
"""Stands in a home from before its first file is written until all of it is proven."""
SERVICE_LOCK: Final = "service.lock"
ORIGIN: Final = f"{HOME}/ledger/origin"
LONGEST_ORIGIN: Final = 4096


def check_bundle(file: BinaryIO, given: KeyStore, keys: Path, progress: Progress) -> Bundle:
    """Look at everything that can be known before: the bundle, that these keys open it, and that this version knows its store.

    given   the ring of keys in the folder `keys`, beside the signing key of the ledger.
    raises  BundleError, which names the member; RestoreError; KeyUnavailableError.
    """
    ring = given.load()
    signatures = SignatureKey(ring.purpose_key(KeyPurpose.SIGNATURES))
    bundle = read_bundle(file, read_public_key(signatures.public_pem.encode()))
    for fault in faults_of(file, bundle, progress):
        raise BundleError(f"{fault.member}: {fault.what}", member=fault.member)
    manifest = bundle.manifest
    known = {key.alias for key in given.record().keys}
    lacking = sorted(name for name, state in manifest.keys.items() if state != KeyState.DESTROYED and name not in known)
    if lacking:
        raise RestoreError(f"the keys in {keys} are older than the bundle: {', '.join(lacking)} are not among them")
    if manifest.schema_step != load_steps()[-1].version:
        raise RestoreError(
            f"the bundle was made by traceapp {manifest.product} with a store of step {manifest.schema_step}, and this version "
            f"has {load_steps()[-1].version}: restore it with that version, then upgrade"
        )
    origin = content_of(file, bundle.places[ORIGIN], LONGEST_ORIGIN).decode("ascii", "replace").strip()
    try:
        signer = read_signer(origin, keys / Path(SIGNING_KEY).name)
    except HomeError as error:
        raise RestoreError(str(error)) from None
    if signer.verifier_key != manifest.ledger.key:
        raise RestoreError(f"{keys / Path(SIGNING_KEY).name} is not the key that the ledger of the bundle signs under")
    return bundle


def check_empty_home(home: Path) -> None:
    """raises  RestoreError: something is there, and no broken off restore made it."""
    try:
        names = {path.name for path in home.iterdir()} if home.exists() else set()
    except OSError as error:
        raise RestoreError(f"{home} cannot be looked at ({error.strerror})") from None
    if names - {SERVICE_LOCK} and UNFINISHED not in names:
        raise RestoreError(f"{home} is not empty")


def begin_home(home: Path, bundle: Bundle) -> None:
    """Mark it as unfinished; what a restore that was broken off left there goes. raises RestoreError."""
    try:
        if not (home / UNFINISHED).exists():
            create_private(home / UNFINISHED, f"{bundle.manifest.made_at}\n".encode())
            sync_folder(home)
        for lock in (home / ENGINE_LOCK, home / WRITER_LOCK):
            wait_until_free(lock)
        for path in home.iterdir():
            if path.name in {UNFINISHED, SERVICE_LOCK}:
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise RestoreError(f"{home} cannot be written ({error.strerror})") from None


def place_home(file: BinaryIO, bundle: Bundle, home: Path, keys: Path) -> None:
    """Every file of the home, then the keys that were given; raises BundleError, RestoreError."""
    try:
        for one in bundle.manifest.members:
            if one.name.startswith(f"{HOME}/"):
                _place(file, bundle, one.name, one.sha256, home / one.name.removeprefix(f"{HOME}/"))
        (home / KEYS).mkdir(mode=0o700)
        for path in sorted((keys / KEYS).iterdir()):
            create_private(home / KEYS / path.name, path.read_bytes())
        create_private(home / SIGNING_KEY, (keys / Path(SIGNING_KEY).name).read_bytes())
    except OSError as error:
        raise RestoreError(f"{home} cannot be written ({error.strerror})") from None


def end_home(home: Path) -> None:
    """All of it is there and proven; raises RestoreError."""
    try:
        (home / UNFINISHED).unlink()
        sync_folder(home)
    except OSError as error:
        raise RestoreError(f"{home} cannot be written ({error.strerror})") from None


def _place(file: BinaryIO, bundle: Bundle, name: str, sha256: str, path: Path) -> None:
    """One file (0600), durable, and only what was looked at before: it may have been changed since."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as placed:
        for chunk in chunks_of(file, bundle.places[name]):
            digest.update(chunk)
            placed.write(chunk)
        placed.flush()
        os.fsync(placed.fileno())
    if digest.hexdigest() != sha256:
        raise BundleError(f"{name} was changed while it was read", member=name)
