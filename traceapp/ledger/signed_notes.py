"""Signed notes, checkpoints and proofs (C2SP signed-note, tlog-checkpoint, tlog-proof) under an Ed25519 key."""

import base64
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PROOF: Final = "c2sp.org/tlog-proof@v1"
ED25519: Final = b"\x01"
COSIGNATURE: Final = b"\x04"
"""The bytes of these kinds of signature: a ledger's over its own checkpoint, and a witness's (C2SP tlog-cosignature)."""
TAIL: Final = 4096
"""Bytes at the end of a file of notes in which the newest one is looked for; it has some hundred."""
NOTE: Final = re.compile(
    r"(?P<text>(?P<origin>[^\n]+)\n(?P<size>[0-9]{1,19})\n(?P<root>[A-Za-z0-9+/=]+)\n)\n(?P<lines>(?:— [^\n]+\n)+)"
)


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A checkpoint as it was found; whether its signatures hold is not asked here."""

    note: str
    text: str
    origin: str
    size: int
    root: bytes
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """Whose cosignatures count."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """raises ValueError: no verifier key of an Ed25519 cosignature."""
        name, identity, material = text.strip().split("+", 2)
        decoded = base64.b64decode(material, validate=True)
        if decoded[:1] != COSIGNATURE or len(decoded) != 33 or _key_id(name, decoded[1:], COSIGNATURE).hex() != identity:
            raise ValueError("no verifier key of a witness")
        return cls(name, decoded[1:])

    def countersigned_at(self, note: SignedNote) -> int | None:
        """POSIX time of its cosignature; None where it has none that holds."""
        for line in note.lines:
            _, name, material = line.split(" ", 2)
            decoded = _decoded(material)
            if name != self.name or decoded[:4] != _key_id(name, self.public, COSIGNATURE) or len(decoded) != 76:
                continue
            moment = int.from_bytes(decoded[4:12], "big")
            try:
                message = f"cosignature/v1\ntime {moment}\n{note.text}".encode()
                Ed25519PublicKey.from_public_bytes(self.public).verify(decoded[12:], message)
            except InvalidSignature:
                continue
            return moment
        return None


def notes_in(text: str) -> list[SignedNote]:
    """Every checkpoint of a text, in order; what is none is passed over."""
    return [
        SignedNote(
            found[0],
            found["text"],
            found["origin"],
            int(found["size"]),
            _decoded(found["root"]),
            tuple(found["lines"].splitlines()),
        )
        for found in NOTE.finditer(text)
    ]


def newest_note(descriptor: int) -> tuple[SignedNote | None, int]:
    """The last checkpoint of an open file, and the byte behind it: what follows there is what a crash left unfinished.

    returns  None and 0 where there is none within the last `TAIL` bytes.
    raises   OSError.
    """
    start = max(0, os.fstat(descriptor).st_size - TAIL)
    text = os.pread(descriptor, TAIL, start).decode("utf-8", "surrogateescape")
    found = notes_in(text)
    if not found:
        return None, 0
    end = text.rindex(found[-1].note) + len(found[-1].note)
    return found[-1], start + len(text[:end].encode("utf-8", "surrogateescape"))


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


def _key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def _decoded(material: str) -> bytes:
    """Empty where it is no base64."""
    try:
        return base64.b64decode(material, validate=True)
    except ValueError:
        return b""
