"""Bundles without a store: whole ones, and files that somebody made to harm whoever opens them."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from traceapp.bundles.archive import END, BundleWriter, header_of
from traceapp.bundles.backup_bundle import add_manifest
from traceapp.bundles.manifest import (
    FORM,
    MANIFEST,
    GraphPart,
    LedgerState,
    ListedMember,
    Manifest,
    manifest_bytes,
)
from traceapp.domain.errors import BundleError
from traceapp.usecases.backup.check_backup import check_backup

OURS: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CONTENTS: Final = {
    "graph/nodes/Traceable/000001": b'{"labels":["Batch","Traceable"],"properties":{"uid":"1"}}\n',
    "home/organisation.toml": b"x" * 700,
    "home/ledger/origin": b"",
}


def pem_of(key: Ed25519PrivateKey = OURS) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_file(folder: Path, key: Ed25519PrivateKey = OURS) -> Path:
    path = folder / "signatures.pem"
    path.write_bytes(pem_of(key))
    return path


def manifest_of(
    members: tuple[ListedMember, ...],
    *,
    schema_step: str = "V0001",
    ledger_key: str = "key",
    keys: Mapping[str, str] = {"T2.1": "active"},
) -> bytes:
    return manifest_bytes(
        Manifest(
            form=FORM,
            made_at="2026-03-02T02:00:00.000000Z",
            product="0",
            store="embedded",
            schema_step=schema_step,
            policy="0" * 64,
            dictionary="0" * 64,
            keys=keys,
            ledger=LedgerState(size=1, root="00", key=ledger_key, checkpoint="note"),
            graph={"nodes/Traceable": GraphPart(rows=1, sha256="0" * 64)},
            left_out=(),
            members=members,
        )
    )


def bundle_of(contents: Mapping[str, bytes] = CONTENTS, *, key: Ed25519PrivateKey = OURS, manifest: bytes | None = None) -> bytes:
    """A bundle; whole, unless it is given a manifest that is not its own."""
    file = io.BytesIO()
    writer = BundleWriter(file)
    for name, content in contents.items():
        writer.add(name, content)
    told = manifest if manifest is not None else manifest_of(tuple(writer.members))
    add_manifest(writer, told, key.sign)
    writer.close()
    return file.getvalue()


def listed_of(contents: Mapping[str, bytes]) -> tuple[ListedMember, ...]:
    """As a manifest names them."""
    return tuple(
        ListedMember(name=name, length=len(content), sha256=hashlib.sha256(content).hexdigest())
        for name, content in contents.items()
    )


def manifest_in(bundle: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        found = archive.extractfile(MANIFEST)
        assert found is not None
        return found.read()


def tar_of(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.USTAR_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o600
    return info, b"" if kind != tarfile.REGTYPE else b"content"


def gzip_bomb() -> bytes:
    """A few KiB that would be 64 MiB."""
    return gzip.compress(bytes(64 * 1024 * 1024), 9)


def zip_of(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@cache
def many_entries(count: int) -> bytes:
    return b"".join(header_of(f"home/sources/{number}", 0) for number in range(count)) + END


def said_of(path: Path, key: Path) -> str:
    """What a check says of a bundle that is not whole."""
    try:
        return "; ".join(fault.what for fault in check_backup(path, key).faults)
    except BundleError as error:
        return str(error)


HOSTILE: Final[Mapping[str, tuple[Callable[[], bytes], str]]] = {
    "a name that climbs out": (lambda: tar_of(entry("../../etc/cron.d/evil")), "leads out of the folder"),
    "a name that climbs out from inside": (lambda: tar_of(entry("home/../../evil")), "leads out of the folder"),
    "an absolute name": (lambda: tar_of(entry("/etc/cron.d/evil")), "leads out of the folder"),
    "a name of a hidden file": (lambda: tar_of(entry("home/.profile")), "leads out of the folder"),
    "a symbolic link": (lambda: tar_of(entry("home/out", tarfile.SYMTYPE, "/etc")), "is a symbolic link"),
    "a hard link": (lambda: tar_of(entry("home/out", tarfile.LNKTYPE, "/etc/passwd")), "is a hard link"),
    "a device": (lambda: tar_of(entry("home/disk", tarfile.BLKTYPE)), "is a device"),
    "a pipe": (lambda: tar_of(entry("home/pipe", tarfile.FIFOTYPE)), "is a pipe"),
    "a folder": (lambda: tar_of(entry("home", tarfile.DIRTYPE)), "is a folder"),
    "a long name": (lambda: tar_of(entry("home/" + "x" * 200), form=tarfile.GNU_FORMAT), "no bundle of traceapp"),
    "a second header": (lambda: tar_of(entry("home/" + "x" * 200), form=tarfile.PAX_FORMAT), "is no regular file"),
    "a name twice": (lambda: header_of("home/a", 0) * 2 + END, "home/a is there twice"),
    "a claim of ten gigabytes": (lambda: header_of("home/a", 8**11 - 1) + bytes(1024) + END, "claims to be longer"),
    "a million entries": (lambda: many_entries(250_001), "more than 250000 members"),
    "something behind the end": (lambda: bundle_of() + b"x" * 512, "something follows"),
    "nothing": (lambda: b"", "too short"),
    "a text": (lambda: b"no bundle at all\n" * 100, "no bundle of traceapp"),
    "a bomb in gzip": (gzip_bomb, "no bundle of traceapp"),
    "a bomb in a zip": (lambda: zip_of("../evil", bytes(64 * 1024 * 1024)), "no bundle of traceapp"),
}
"""What somebody sends → the file, and what is said of it."""
