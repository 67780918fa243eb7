"""What a backup says of itself: every member with length and digest, and the state that it holds; signed as a whole."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from traceapp.domain.errors import BundleError

FORM: Final = "traceapp-backup-1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
LARGEST: Final = 64 * 1024 * 1024
SIGNATURE_BYTES: Final = 64
SIGNED: Final = b"traceapp backup manifest 1\n"
"""Stands before the bytes of a manifest when they are signed: the same key seals signatures of persons, which begin otherwise."""

Seal = Callable[[bytes], bytes]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ListedMember(_Part):
    """One file of a bundle.   length  in bytes."""

    name: str
    length: Count
    sha256: Digest


class LedgerState(_Part):
    """The ledger up to the backup: how many records, the root of their tree (hex), and the checkpoint that says so."""

    size: Count
    root: str
    key: str
    checkpoint: str


class GraphPart(_Part):
    """Nodes of a label, or links that start at some: how many, and SHA-256 over their lines in the order of uids."""

    rows: Count
    sha256: Digest


class Manifest(_Part):
    """The state that a bundle holds, and its members.

    made_at      in UTC, as the store writes times.
    product      version of traceapp that made it.   store  "embedded" or "neo4j".   schema_step  the newest one of the store.
    keys         names of all that were kept, with their states.
    graph        `nodes/Batch` or `links/Event` → part.
    left_out     files of the home that are not in it.
    """

    form: Literal["traceapp-backup-1"]
    made_at: str
    product: str
    store: str
    schema_step: str
    policy: str
    dictionary: str
    keys: Mapping[str, str]
    ledger: LedgerState
    graph: Mapping[str, GraphPart]
    left_out: tuple[str, ...]
    members: tuple[ListedMember, ...]


def manifest_bytes(manifest: Manifest) -> bytes:
    """Canonical: keys sorted, no blanks."""
    return orjson.dumps(manifest.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)


def sign_manifest(content: bytes, seal: Seal) -> bytes:
    """64 bytes (Ed25519)."""
    return seal(SIGNED + content)


def read_manifest(content: bytes, signature: bytes, key: Ed25519PublicKey) -> Manifest:
    """The manifest, once its signature holds.

    raises  BundleError: it is not signed by this key, or is of another form.
    """
    try:
        key.verify(signature, SIGNED + content)
    except InvalidSignature:
        raise BundleError(
            f"{MANIFEST} is not what this key signed: it was changed, or belongs to another home", member=MANIFEST
        ) from None
    try:
        return Manifest.model_validate_json(content)
    except ValidationError:
        raise BundleError(f"{MANIFEST} is of a form that this version does not know", member=MANIFEST) from None


def read_public_key(pem: bytes) -> Ed25519PublicKey:
    """raises  BundleError: no public Ed25519 key in PEM."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise BundleError("the key is no public Ed25519 key in PEM, such as traceapp signature key prints")
    return key
