"""The recovery key: opens the ring when the key provider is lost, and only if two officers agree.

An X25519 key pair. Its public half stands in the ring, and every key of the ring is sealed to it as well. Its private half
is cut in two shares, each useless alone (one is random, the other that random XOR the key): one file for each officer,
written at set-up and carried away. Nothing of it stays in the home.
"""

import hashlib
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from traceapp.confidential.file_provider import read_private
from traceapp.domain.errors import KeyUnavailableError, RecoveryError
from traceapp.host.private_files import create_private

HEADING: Final = "traceapp recovery key, part"
_KEY: Final = 32
_PARTS: Final = ("1", "2")


def make_recovery_key() -> tuple[bytes, tuple[bytes, bytes]]:
    """(public half, the share of each officer)."""
    private = X25519PrivateKey.generate()
    blind = secrets.token_bytes(_KEY)
    return private.public_key().public_bytes_raw(), (blind, _xor(blind, private.private_bytes_raw()))


def join_shares(shares: tuple[bytes, bytes], public: bytes) -> bytes:
    """The private half. raises RecoveryError: these two shares are not of this recovery key."""
    private = _xor(*shares)
    if X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() != public:
        raise RecoveryError("These two parts do not make the recovery key of this home.")
    return private


def seal_to_recovery(public: bytes, alias: str, key: bytes) -> bytes:
    """A key of the ring, bound to its name: ephemeral public half (32 B), ciphertext with tag."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    head = ephemeral.public_key().public_bytes_raw()
    return head + AESGCM(_derived(shared, head, public)).encrypt(bytes(12), key, alias.encode())


def open_by_recovery(private: bytes, alias: str, sealed: bytes) -> bytes:
    """The reverse; raises RecoveryError: the ring was changed."""
    own = X25519PrivateKey.from_private_bytes(private)
    head = sealed[:_KEY]
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(head))
        key = _derived(shared, head, own.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(bytes(12), sealed[_KEY:], alias.encode())
    except (InvalidTag, ValueError):
        raise RecoveryError(f"The key {alias} of the ring does not open with the recovery key.") from None


def check_officer_files(home: Path, paths: tuple[Path, Path]) -> None:
    """raises  RecoveryError: a file that is there already, inside the home, or the same one twice."""
    inside = [path for path in paths if path.resolve().is_relative_to(home.resolve())]
    if inside:
        raise RecoveryError(f"{inside[0]} lies in the home folder: what opens a lost home must be kept elsewhere.")
    if paths[0].resolve() == paths[1].resolve():
        raise RecoveryError("Two officers need two files.")
    there = [path for path in paths if path.exists()]
    if there:
        raise RecoveryError(f"{there[0]} is there already, and may be the part of a recovery key: nothing was written over it.")


def write_officer_files(paths: tuple[Path, Path], shares: tuple[bytes, bytes], public: bytes) -> None:
    """One file for each officer, 0400; raises RecoveryError, and then neither is left behind."""
    written = []
    try:
        for part, path, share in zip(_PARTS, paths, shares, strict=True):
            lines = (f"{HEADING} {part} of 2", f"of key {_name(public)}", share.hex(), _sum(part, share, public))
            create_private(path, ("\n".join(lines) + "\n").encode())
            written.append(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise RecoveryError(f"{path} cannot be written: {error.strerror}.") from None


def read_officer_files(paths: tuple[Path, Path], public: bytes) -> tuple[bytes, bytes]:
    """The two shares, in whatever order they are given.

    raises  RecoveryError: no part of a recovery key, a damaged one, the same part twice, or parts of another key.
    """
    found: dict[str, bytes] = {}
    for path in paths:
        try:
            heading, of, share, checksum = read_private(path).decode().split("\n")[:4]
            part, raw = heading.removeprefix(HEADING).split()[0], bytes.fromhex(share)
        except KeyUnavailableError as error:
            raise RecoveryError(str(error)) from None
        except (ValueError, IndexError):
            raise RecoveryError(f"{path} is no part of a recovery key.") from None
        if of != f"of key {_name(public)}":
            raise RecoveryError(f"{path} is a part of another recovery key.")
        if part not in _PARTS or len(raw) != _KEY or checksum != _sum(part, raw, public):
            raise RecoveryError(f"{path} is damaged.")
        found[part] = raw
    if len(found) != len(_PARTS):
        raise RecoveryError("Both files hold the same part: the recovery key needs both officers.")
    return found["1"], found["2"]


def _name(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def _sum(part: str, share: bytes, public: bytes) -> str:
    """Finds a damaged copy; tells nothing of the other part."""
    return hashlib.sha256(b"officer" + part.encode() + share + public).hexdigest()[:16]


def _derived(shared: bytes, head: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"traceapp recovery" + head + public).derive(shared)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
