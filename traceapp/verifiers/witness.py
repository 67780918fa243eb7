"""Countersign what a ledger says of itself: `traceapp-witness`, or this one file with Python and `cryptography`.

A witness runs where the administrator of the ledger has no say. It meets the service in a folder that both reach:

checkpoint  put there by the service: `old SIZE`, a consistency proof, an empty line, a signed checkpoint (the body of
            add-checkpoint, C2SP tlog-witness)
cosigned    the same checkpoint with the witness's cosignature (C2SP tlog-cosignature, Ed25519), put there by the witness
conflict    the size that the witness has seen, where the proof begins elsewhere; the service makes another one

It countersigns only what grew from what it saw before (RFC 6962, 2.1.2), and remembers what it saw before it signs. In its
own folder it keeps `seen.json` and `kept`: every checkpoint that it countersigned, which the verifier takes as an anchor.

exit codes  0 countersigned, or nothing new · 1 refused: another history, a cut one, no signature of the ledger ·
            2 it cannot be read, or a wrong option
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

LOG, COSIGNATURE = b"\x01", b"\x04"
"""Kinds of signature (C2SP signed-note)."""
LONGEST = 64 * 1024
DROPPED = re.compile(
    r"old (?P<old>0|[1-9][0-9]{0,18})\n(?P<proof>(?:[A-Za-z0-9+/]{43}=\n){0,63})\n"
    r"(?P<text>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*)\n"
    r"(?P<lines>(?:— [^ \n]+ [A-Za-z0-9+/=]+\n){1,16})"
)
WHOLE, REFUSED, UNREADABLE = 0, 1, 2


class RefusedError(Exception):
    """What the ledger shows is not what grew from what was seen; nothing is countersigned."""


class UnreadableError(Exception):
    """A key, the state or what lies in the folder cannot be read."""


@dataclass(frozen=True)
class Dropped:
    """What the service put there: a proof from `old` on, and the checkpoint; `lines` are its signatures."""

    old: int
    proof: tuple[bytes, ...]
    text: str
    origin: str
    size: int
    root: bytes
    lines: str


@dataclass(frozen=True)
class Seen:
    """The newest checkpoint that was countersigned."""

    size: int
    root: bytes


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def verifier_key(name: str, kind: bytes, public: bytes) -> str:
    """<name>+<key id>+<kind and public key>: what others check with."""
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(kind + public).decode()}"


def parse_key(text: str, kind: bytes) -> tuple[str, bytes]:
    """Name and public key; raises UnreadableError."""
    try:
        name, identity, material = text.strip().split("+", 2)
        decoded = base64.b64decode(material, validate=True)
    except ValueError:
        raise UnreadableError(f"{text!r} is no verifier key") from None
    if len(decoded) != 33 or decoded[:1] != kind or key_id(name, kind, decoded[1:]).hex() != identity:
        raise UnreadableError(f"{text!r} is no Ed25519 verifier key of this kind")
    return name, decoded[1:]


def parse_dropped(text: str) -> Dropped:
    """raises UnreadableError."""
    found = DROPPED.fullmatch(text)
    if found is None:
        raise UnreadableError("what lies in the folder is no checkpoint with its proof")
    proof = tuple(base64.b64decode(line) for line in found["proof"].splitlines())
    root = base64.b64decode(found["root"])
    return Dropped(int(found["old"]), proof, found["text"], found["origin"], int(found["size"]), root, found["lines"])


def is_signed(dropped: Dropped, keys: Iterable[tuple[str, bytes]]) -> bool:
    """Whether one of the ledger's keys signed it, under the name that it begins with."""
    for name, public in keys:
        if name != dropped.origin:
            continue
        for line in dropped.lines.splitlines():
            _, signer, material = line.split(" ", 2)
            decoded = base64.b64decode(material)
            if signer == name and decoded[:4] == key_id(name, LOG, public):
                try:
                    Ed25519PublicKey.from_public_bytes(public).verify(decoded[4:], dropped.text.encode())
                except InvalidSignature:
                    continue
                return True
    return False


def grew(before: Seen, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `size` leaves begins with the one that was seen (RFC 9162, 2.1.4.2)."""
    if before.size == size or before.size == 0:
        return not proof and (before.size == 0 or before.root == root)
    path = [before.root, *proof] if before.size & (before.size - 1) == 0 else [*proof]
    if before.size > size or not path:
        return False
    first, last = before.size - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = _parent(node, old), _parent(node, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = _parent(new, node)
        first, last = first >> 1, last >> 1
    return old == before.root and new == root and last == 0


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def cosignature(name: str, key: Ed25519PrivateKey, text: str, now: int) -> str:
    """The line of a cosignature over a checkpoint's text, at this POSIX time."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signed = key.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
    material = key_id(name, COSIGNATURE, public) + now.to_bytes(8, "big") + signed
    return f"— {name} {base64.b64encode(material).decode()}\n"


class Witness:
    """One ledger, one folder to meet in, one folder of its own."""

    def __init__(self, drop: Path, own: Path, log_keys: Sequence[str], name: str, key: Ed25519PrivateKey) -> None:
        """log_keys  verifier keys of the ledger, as `traceapp audit key` prints them: the first, and each after a rotation."""
        self._drop, self._own, self._name, self._key = drop, own, name, key
        self._log_keys = [parse_key(text, LOG) for text in log_keys]

    def look(self, clock: Callable[[], float] = time.time) -> str:
        """Countersign what lies there, if it is new; what was done, in a sentence.

        raises  RefusedError; UnreadableError.
        """
        text = self._read(self._drop / "checkpoint")
        if text is None:
            return "nothing lies there"
        dropped = parse_dropped(text)
        if not is_signed(dropped, self._log_keys):
            raise RefusedError(f"no key of the ledger that was given signed the checkpoint of size {dropped.size}")
        seen = self._seen(dropped.origin)
        if dropped.size < seen.size:
            raise RefusedError(f"the ledger was cut off: {seen.size} records were seen, and now it shows {dropped.size}")
        if dropped.size == seen.size and dropped.root != seen.root:
            raise RefusedError(
                f"two histories of {seen.size} records: root {seen.root.hex()} was seen, and now it shows {dropped.root.hex()}"
            )
        if dropped.size != seen.size and dropped.old != seen.size:
            _put(self._drop / "conflict", f"{seen.size}\n")
            return f"the proof begins at {dropped.old}, and {seen.size} were seen: the service is asked for another"
        if dropped.size != seen.size and not grew(seen, dropped.size, dropped.root, dropped.proof):
            raise RefusedError(
                f"another history: the tree of {dropped.size} records (root {dropped.root.hex()}) does not begin with the "
                f"{seen.size} that were seen (root {seen.root.hex()})"
            )
        before = self._read(self._drop / "cosigned")
        if dropped.size != seen.size or before is None or not before.startswith(dropped.text):
            return self._countersign(dropped, int(clock()))
        return f"nothing new since {seen.size} records"

    def _countersign(self, dropped: Dropped, now: int) -> str:
        """Remembered first, and durable: what is countersigned once is never contradicted."""
        note = f"{dropped.text}\n{dropped.lines}{cosignature(self._name, self._key, dropped.text, now)}"
        told = {"origin": dropped.origin, "size": dropped.size, "root": dropped.root.hex()}
        _put(self._own / "seen.json", json.dumps(told) + "\n")
        with (self._own / "kept").open("a", encoding="utf-8") as kept:
            kept.write(note)
            kept.flush()
            os.fsync(kept.fileno())
        _put(self._drop / "cosigned", note)
        (self._drop / "conflict").unlink(missing_ok=True)
        return f"countersigned {dropped.size} records, root {dropped.root.hex()}"

    def _seen(self, origin: str) -> Seen:
        text = self._read(self._own / "seen.json")
        if text is None:
            return Seen(0, b"")
        try:
            told = json.loads(text)
            seen = Seen(int(told["size"]), bytes.fromhex(told["root"]))
            known = str(told["origin"])
        except (ValueError, KeyError, TypeError):
            raise UnreadableError(f"{self._own / 'seen.json'} cannot be read; nothing is countersigned without it") from None
        if known != origin:
            raise RefusedError(f"another ledger: {known} was seen, and now {origin} lies there")
        return seen

    def _read(self, path: Path) -> str | None:
        """None where there is none; raises UnreadableError."""
        try:
            with path.open("rb") as file:
                content = file.read(LONGEST + 1)
            if len(content) > LONGEST:
                raise UnreadableError(f"{path} is longer than any checkpoint")
            return content.decode("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise UnreadableError(f"{path} cannot be read: {error}") from None


def _put(path: Path, text: str) -> None:
    """In place of what was there, whole or not at all, and durable."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def new_key(path: Path, name: str) -> str:
    """Draw a key, closed to others; its verifier key. raises OSError, also where there is one already."""
    if not name or any(sign in name for sign in " +\n"):
        raise UnreadableError("--name: wanted a name without blanks and plus signs, such as witness.example.org/w1")
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return verifier_key(name, COSIGNATURE, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UnreadableError(f"{path} cannot be read: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UnreadableError(f"{path} is no Ed25519 key")
    return key


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="traceapp-witness", description="Countersign the checkpoints of a ledger.")
    parser.add_argument("--key", type=Path, required=True, help="the witness's own key, a file closed to others")
    parser.add_argument("--name", required=True, help="the name it signs under, such as witness.example.org/w1")
    parser.add_argument("--make-key", action="store_true", help="draw the key, print its verifier key, and end")
    parser.add_argument("--drop", type=Path, help="the folder where service and witness meet")
    parser.add_argument("--own", type=Path, help="a folder of the witness alone: what it saw and countersigned")
    parser.add_argument(
        "--log-key", action="append", default=[], metavar="VKEY", help="the ledger's verifier key; may be repeated"
    )
    parser.add_argument("--every", type=float, metavar="SECONDS", help="look again and again; without it once")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.make_key:
            print(new_key(options.key, options.name))
            return WHOLE
        if options.drop is None or options.own is None or not options.log_key:
            raise UnreadableError("wanted --drop, --own and --log-key")
        witness = Witness(options.drop, options.own, options.log_key, options.name, _load(options.key))
    except (UnreadableError, OSError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return UNREADABLE
    pause = threading.Event()
    while True:
        code, said = _looked(witness)
        print(said, file=sys.stderr if code else sys.stdout, flush=True)
        if options.every is None:
            return code
        pause.wait(options.every)


def _looked(witness: Witness) -> tuple[int, str]:
    try:
        return WHOLE, witness.look()
    except RefusedError as error:
        return REFUSED, f"REFUSED: {error}"
    except (UnreadableError, OSError) as error:
        return UNREADABLE, f"cannot be read: {error}"


if __name__ == "__main__":
    sys.exit(main())
