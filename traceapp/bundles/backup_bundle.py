"""A backup as a file: written whole or not at all, and opened only after everything about it was looked at."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from traceapp.bundles.archive import BundleWriter, Placed, content_of, digest_of, read_table
from traceapp.bundles.manifest import LARGEST, MANIFEST, SIGNATURE, SIGNATURE_BYTES, Manifest, Seal, read_manifest, sign_manifest
from traceapp.domain.errors import BackupError, BundleError
from traceapp.host.private_files import sync_folder

OWN: Final = 0o600


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which member."""

    member: str
    what: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """One whose headers and manifest are right; of its contents nothing is known yet."""

    manifest: Manifest
    places: Mapping[str, Placed]


@contextmanager
def written_whole(target: Path) -> Iterator[BundleWriter]:
    """A bundle (0600) that bears its name only once it is durable; whatever happens before leaves nothing under it.

    raises  BackupError: it is there already, or cannot be written. A full disk as well.
    """
    fresh = target.with_name(f".{target.name}.part")
    try:
        if target.exists() or target.is_symlink():
            raise BackupError(f"{target} is there already")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, OWN)
        with os.fdopen(descriptor, "wb") as file:
            writer = BundleWriter(file)
            yield writer
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror})") from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def add_manifest(bundle: BundleWriter, content: bytes, seal: Seal) -> None:
    """The manifest, which is known once every other member is there, and what signs it; raises OSError."""
    bundle.add(MANIFEST, content)
    bundle.add(SIGNATURE, sign_manifest(content, seal))


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """raises  BundleError: it cannot be read, or is no plain file."""
    try:
        if not path.is_file():
            raise BundleError(f"{path} is no file")
        file = path.open("rb")
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror})") from None
    with file:
        yield file


def read_bundle(file: BinaryIO, key: Ed25519PublicKey) -> Bundle:
    """Headers, signature, and that the members are those of the manifest; no content is read but the manifest's.

    raises  BundleError, which names the member.
    """
    table = read_table(file, os.fstat(file.fileno()).st_size)
    if [one.name for one in table[-2:]] != [MANIFEST, SIGNATURE]:
        raise BundleError(f"{MANIFEST} and {SIGNATURE} are not at its end", member=MANIFEST)
    signature = content_of(file, table[-1], SIGNATURE_BYTES)
    manifest = read_manifest(content_of(file, table[-2], LARGEST), signature, key)
    places = {one.name: one for one in table[:-2]}
    listed = {one.name: one for one in manifest.members}
    for name in [*(one.name for one in manifest.members), *places]:
        if name not in places:
            raise BundleError(f"{name} is missing", member=name)
        if name not in listed:
            raise BundleError(f"{name} is not in the manifest", member=name)
        if places[name].length != listed[name].length:
            raise BundleError(f"{name} has {places[name].length} bytes, and the manifest says {listed[name].length}", member=name)
    return Bundle(manifest, places)


def faults_of(file: BinaryIO, bundle: Bundle, progress: Callable[[float], None] = lambda share: None) -> Iterator[Fault]:
    """Every member whose content is not what the manifest says; progress is told the share that was read, 0 to 1."""
    whole = sum(one.length for one in bundle.manifest.members) or 1
    done = 0

    def told(length: int) -> None:
        nonlocal done
        done += length
        progress(done / whole)

    for one in bundle.manifest.members:
        try:
            if digest_of(file, bundle.places[one.name], told) != one.sha256:
                yield Fault(one.name, "it is not what was backed up")
        except BundleError as error:
            yield Fault(one.name, str(error))
