"""Signed notes, checkpoints and proofs (C2SP signed-note, tlog-checkpoint, tlog-proof) under an Ed25519 key."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PROOF: Final = "c2sp.org/tlog-proof@v1"
ED25519: Final = b"\x01"
"""The byte of this kind of signature."""


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A key and the name that it signs under.

    name  without spaces and plus signs; of a ledger it is its origin.
    """

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier_key(self) -> str:
        """What others check its notes with: name, key id and public key in one text (`vkey`)."""
        return verifier_key(self.name, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def line(self, text: str) -> str:
        """The signature of a note's text, ready to stand below it."""
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signed = _key_id(self.name, public) + self.key.sign(text.encode())
        return f"— {self.name} {base64.b64encode(signed).decode()}\n"


def verifier_key(name: str, public: bytes) -> str:
    """<name>+<key id>+<kind of signature and public key>, of the 32 bytes of an Ed25519 public key."""
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """What a checkpoint signs: the tree of `size` leaves has this root."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed(text: str, *signers: NoteSigner) -> str:
    """The note: its text, an empty line, a line for every signer."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def proof_text(index: int, path: Sequence[bytes], note: str) -> str:
    """A proof that stands for itself (C2SP tlog-proof): leaf `index`, counted from 0, is in the tree of this checkpoint.

    path  hashes from the leaf up to the root.
    """
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in path)
    return f"{PROOF}\nindex {index}\n{hashes}\n{note}"


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
