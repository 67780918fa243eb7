"""Is a ledger what was written? `traceapp-verify-ledger LEDGER`, or this one file with Python and `cryptography`.

It reads segments, checkpoints and anchors, and shares no code with whoever wrote them. Time stamps take one package more,
`rfc3161-client`.

frames       every frame is whole: length, CRC-32, RFC 6962 leaf hash
sequence     records 1, 2, 3 … with none missing, none twice
pruned       what is gone is gone from the front, its leaf hashes are kept as they were written, and a record says under which
             approval; of what it held, nothing is checked
chain        every record names the hash of the one before
tree         every checkpoint names the root over its first records (RFC 6962, 2.1)
signatures   every checkpoint is signed by the key that was valid at its size (C2SP signed-note, tlog-checkpoint)
forks        no two signed checkpoints of one size with different roots
rollback     no checkpoint and no receipt beyond the last record
rolls        every disclosure roll that a record names lies beside it, under its digest; of what it says nothing is checked
receipts     every receipt that was given names the record at its place
anchors      every checkpoint kept elsewhere agrees with this ledger, a witness countersigned it (C2SP tlog-cosignature), an
             authority stamped it (RFC 3161) and not before the records that it is over

Longer than other files on purpose: it is copied to whoever checks us, as one.

exit codes  0 all of it is as it was written · 1 something is not · 2 it cannot be read, or a wrong option
"""

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEAD = struct.Struct(">II")
LEAF = 32
LARGEST = 64 * 1024
GENESIS = "0" * 64
SEGMENT = re.compile(r"(\d{20})\.segment")
LEAVES = re.compile(r"(\d{20})\.leaves")
NOTE = re.compile(r"(?P<text>[^\n]+\n(?P<size>[0-9]{1,19})\n(?P<root>[A-Za-z0-9+/=]+)\n)\n(?P<lines>(?:— [^\n]+\n)+)")
BEGINNINGS = (b'{"act":', b'{"epoch":')
CHECKS = ("frames", "sequence", "pruned", "chain", "tree", "signatures", "forks", "rollback", "rolls", "receipts", "anchors")
DRIFT = timedelta(minutes=5)
"""By which clocks of a ledger and of an authority may differ."""
SHORTEST = timedelta(days=15 * 366)
"""No record may be pruned sooner."""
STALE = timedelta(days=1)
"""Behind the newest record, the newest checkpoint that went to an anchor."""
ON_ITS_WAY = timedelta(seconds=10)
"""Before the end of what a power cut left, a record whose roll did not become durable with it: its answer did not leave."""
OPEN_ROLLS = 64
MOST_SAID = 50
"""Findings a check that are listed; the rest is counted."""


class UnreadableError(Exception):
    """There is no ledger to speak of."""


@dataclass(frozen=True)
class Finding:
    """seq  the record that is not what was written, where it is one."""

    check: str
    said: str
    seq: int | None = None


@dataclass(frozen=True)
class Note:
    """A checkpoint as it was found; root in raw bytes; signatures as (name, key id, signature)."""

    place: str
    text: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


@dataclass(frozen=True)
class Key:
    """A verifier key, and from how many records to how many it signs.

    text     as it was told: name, key id and public key.
    retired  the size at which it signed for the last time; None while it is the newest.
    """

    text: str
    name: str
    identity: bytes
    public: bytes
    begun: int
    retired: int | None = None


@dataclass
class Report:
    """What was found, and how far it was read.

    witnessed   cosignatures of a witness that hold: his name, size of the checkpoint, when.
    stamped     time stamps that hold: size of the checkpoint, when.
    unfinished  bytes at the end that are no whole frame: of a ledger that runs, a record on its way.
    pruned      records 1 to this one are gone, and their leaf hashes are here.
    rolls       how many records name one; None where rolls were not looked for.
    unanswered  records whose answer did not leave, since their roll did not become durable.
    """

    records: int = 0
    pruned: int = 0
    rolls: int | None = None
    unanswered: int = 0
    head_leaf: str = ""
    findings: list[Finding] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)
    forks: list[tuple[int, str, str]] = field(default_factory=list)
    checkpoints: int = 0
    checkpointed: int = 0
    keys: list[str] = field(default_factory=list)
    pinned: bool = False
    anchors: int = 0
    witnessed: list[tuple[str, int, str]] = field(default_factory=list)
    stamped: list[tuple[int, str]] = field(default_factory=list)
    unfinished: int = 0

    def find(self, check: str, said: str, seq: int | None = None) -> None:
        self.findings.append(Finding(check, said, seq))

    @property
    def first_bad_seq(self) -> int | None:
        return min((finding.seq for finding in self.findings if finding.seq is not None), default=None)

    def document(self) -> dict[str, Any]:
        return {
            "ok": not self.findings,
            "records": self.records,
            "pruned": self.pruned,
            "rolls": self.rolls,
            "unanswered": self.unanswered,
            "head_leaf": self.head_leaf,
            "first_bad_seq": self.first_bad_seq,
            "missing": [list(span) for span in self.missing],
            "forks": [{"size": size, "roots": [one, other]} for size, one, other in self.forks],
            "checkpoints": self.checkpoints,
            "checkpointed": self.checkpointed,
            "keys": self.keys,
            "key_pinned": self.pinned,
            "anchors": self.anchors,
            "witnessed": [{"witness": name, "size": size, "time": time} for name, size, time in self.witnessed],
            "time_stamps": [{"size": size, "time": time} for size, time in self.stamped],
            "unfinished_bytes": self.unfinished,
            "checks": {
                check: [{"seq": one.seq, "said": one.said} for one in self.findings if one.check == check] for check in CHECKS
            },
        }


# -- frames ------------------------------------------------------------------------------------------------------------


def frame_at(content: bytes, position: int) -> tuple[bytes | None, int]:
    """The record of the frame that begins here and where it ends; no record where the frame is not whole."""
    start = position + HEAD.size
    if start > len(content):
        return None, position
    length, crc = HEAD.unpack_from(content, position)
    end = start + length
    if not 0 < length <= LARGEST or end + LEAF > len(content):
        return None, position
    record = content[start:end]
    whole = zlib.crc32(record) == crc and hashlib.sha256(b"\x00" + record).digest() == content[end : end + LEAF]
    return (record if whole else None), end + LEAF


def next_whole_frame(content: bytes, position: int) -> int | None:
    """Where the next whole frame begins, found by how records begin."""
    places = [place for beginning in BEGINNINGS for place in _all_of(content, beginning, position + HEAD.size + 1)]
    return next((at - HEAD.size for at in sorted(places) if frame_at(content, at - HEAD.size)[0] is not None), None)


def _all_of(content: bytes, wanted: bytes, position: int) -> Iterator[int]:
    while (position := content.find(wanted, position)) >= 0:
        yield position
        position += 1


def records_in(path: Path, report: Report, *, newest: bool) -> Iterator[bytes | None]:
    """Its frames, the one about the segment first; None for what stands in place of one and is none."""
    content, position = path.read_bytes(), 0
    while position < len(content):
        record, end = frame_at(content, position)
        if record is not None:
            yield record
            position = end
            continue
        following = next_whole_frame(content, position)
        if following is None and newest and end == position:
            report.unfinished = len(content) - position
            return
        yield None
        position = len(content) if following is None else following


# -- the tree ----------------------------------------------------------------------------------------------------------


class Tree:
    """The hashes of the largest complete subtrees so far, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        number = self.size
        while number & 1:
            leaf = hashlib.sha256(b"\x01" + self._peaks.pop() + leaf).digest()
            number >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = hashlib.sha256(b"\x01" + peak + node).digest()
        return node


# -- what was pruned ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pruning:
    """A record about a file of leaf hashes, named by its digest, with an approval."""

    digest: str
    time: str


@dataclass(frozen=True)
class Leaves:
    """A file of leaf hashes.

    hash    of the last record of them, which the next one names.
    until   time of the newest of them.
    before  digest of the file before.
    keys    (record, verifier key), told by those records.
    """

    first: int
    last: int
    hashes: tuple[bytes, ...]
    hash: str
    until: str
    before: str
    keys: tuple[tuple[int, str], ...]
    digest: str


def leaves_in(path: Path, report: Report) -> Leaves | None:
    """None where the file is not what was written; that is found."""
    first = int(path.stem)
    try:
        content = path.read_bytes()
        body, digest = content[:-32], content[-32:]
        (length,) = struct.unpack(">I", body[-4:])
        said, hashes = body[-4 - length : -4], body[: -4 - length]
        told = json.loads(said)
        last, keys = int(told["last_seq"]), tuple((int(seq), str(key)) for seq, key in told["keys"])
        if hashlib.sha256(body).digest() != digest or told["first_seq"] != first or len(hashes) != (last - first + 1) * LEAF:
            raise ValueError
        found = tuple(hashes[place : place + LEAF] for place in range(0, len(hashes), LEAF))
        return Leaves(first, last, found, str(told["last"]), str(told["until"]), str(told["before"]), keys, digest.hex())
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, struct.error, RecursionError):
        report.find("pruned", f"The leaf hashes of the records from {first} on were changed.", first)
        return None


# -- disclosure rolls --------------------------------------------------------------------------------------------------


@dataclass
class Rolls:
    """Files beside the ledger: length of the content (4 bytes, big endian), digest (32 bytes), the content, again and again.

    lost  records whose roll is not there, as (time, act, request id), until it is known why.
    """

    folder: Path
    report: Report
    lost: dict[int, tuple[str, Any, Any]] = field(default_factory=dict)
    _open: dict[str, BinaryIO] = field(default_factory=dict)

    def look(self, told: Mapping[str, Any], seq: int, before: str) -> None:
        """before  time of the record before."""
        if told["act"] in {"ledger:start", "ledger:recover"}:
            self.excuse(before)
        request = told.get("request")
        if self.lost and told.get("outcome") == "failed" and isinstance(request, dict):
            number = request.get("record")
            if isinstance(number, int) and self.lost.get(number, ())[1:] == (told["act"], told.get("request_id")):
                del self.lost[number]
                self.report.unanswered += 1
        roll = told.get("roll")
        if isinstance(roll, dict) and isinstance(roll.get("at"), str):
            self.report.rolls = (self.report.rolls or 0) + 1
            if not self._is_there(roll["at"], str(roll.get("sha256"))):
                self.lost[seq] = str(told.get("time")), told["act"], told.get("request_id")

    def excuse(self, last: str) -> None:
        """What was on its way when everything ended: the record became durable, the roll did not, and nothing was answered."""
        end = _moment(last)
        for seq, (time, _, _) in [*self.lost.items()]:
            moment = _moment(time)
            if moment is not None and end is not None and moment >= end - ON_ITS_WAY:
                del self.lost[seq]
                self.report.unanswered += 1

    def close(self, last: str) -> None:
        self.excuse(last)
        for seq in self.lost:
            self.report.find("rolls", f"The disclosure roll that record {seq} names is not there.", seq)
        for file in self._open.values():
            file.close()

    def _is_there(self, at: str, digest: str) -> bool:
        name, _, place = at.rpartition(":")
        try:
            file = self._open.get(name)
            if file is None:
                if len(self._open) >= OPEN_ROLLS:
                    self._open.pop(next(iter(self._open))).close()
                file = self._open[name] = (self.folder / Path(name).name).open("rb")
            file.seek(int(place))
            head = file.read(4 + 32)
            return (
                len(head) == 36
                and head[4:].hex() == digest
                and file.seek(0, 2) >= int(place) + 36 + int.from_bytes(head[:4], "big")
            )
        except (OSError, ValueError):
            return False


# -- records -----------------------------------------------------------------------------------------------------------


@dataclass
class Walk:
    """The records one after the other: their sequence, their chain, and the roots at the sizes that are wanted."""

    report: Report
    wanted: frozenset[int]
    receipts: Mapping[int, str]
    upto: int | None
    leaves: dict[int, bytes] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    times: dict[int, str] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    prunings: list[Pruning] = field(default_factory=list)
    rolls: Rolls | None = None
    kept_leaves: dict[int, bytes] = field(default_factory=dict)
    tree: Tree = field(default_factory=Tree)
    gap: bool = False
    doubted: int | None = None
    time: str = ""
    _epoch: int = 1
    _before: str = GENESIS
    _previous: str = GENESIS

    @property
    def seq(self) -> int:
        return self.report.records

    def begin(self, path: Path, record: bytes | None) -> None:
        """The first frame of a segment: its name, the chain and the epoch hold over it too."""
        expected = self.seq + 1
        try:
            told = json.loads(record or b"")
            first, prev, epoch = told["first_seq"], told["prev"], told["epoch"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.report.find("frames", f"{path.name} does not begin as a segment.", expected)
            if record is not None:
                self.take(record)
            return
        if self.seq and self.seq == self.report.pruned and not self._previous:
            self._previous = prev  # a crash left the act half done: nothing tells the hash of the last record that went
        follows = first != expected or self.gap or self.doubted is not None or prev == self._previous
        if first != int(path.stem) or not follows or not isinstance(epoch, int) or epoch < self._epoch:
            self.report.find("chain", f"{path.name} says of itself what does not fit: the beginning was changed.", expected)
        else:
            self._epoch = epoch

    def take(self, record: bytes | None) -> None:
        """One record, or what is none in its place."""
        expected = self.seq + 1
        if record is None:
            if not self.gap:
                self.report.find("frames", f"Record {expected} was changed: its frame is not whole.", expected)
            self.gap = True
            return
        try:
            told = json.loads(record)
            seq, prev, act = told["seq"], told["prev"], told["act"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.report.find("sequence", f"Record {expected} was changed: it is no record.", expected)
            self.gap = True
            return
        if not isinstance(seq, int) or seq < expected:
            self._stands_twice(seq, prev, record, expected)
            return
        if seq > expected:
            self._pass_over(expected, seq - 1)
        self._join(seq, prev, record)
        if self.rolls is not None:
            self.rolls.look(told, seq, self.time)
        self.time = str(told.get("time"))
        if seq in self.wanted:
            self.times[seq] = self.time
        if act == "ledger:start" or act == "ledger:key":
            self._note_key(told, seq)
        if act == "ledger:prune":
            self._note_pruning(told)

    def pass_pruned(self, leaves: Leaves, upto: int) -> None:
        """The leaf hashes of records that are gone, up to this one; those behind it are compared with the records."""
        if leaves.first != self.seq + 1:
            return  # said already; what is not there is missing
        for seq, leaf in enumerate(leaves.hashes, leaves.first):
            if seq > upto:
                self.kept_leaves[seq] = leaf
                continue
            self.tree.add(leaf)
            if seq in self.wanted:
                self.leaves[seq], self.roots[seq] = leaf, self.tree.root()
            self.report.records, self.report.head_leaf = seq, leaf.hex()
        self.report.pruned = self.seq
        self._previous = leaves.hash if self.seq == leaves.last else ""
        for seq, text in leaves.keys:
            self._note_key({"result": {"key": text}}, seq)

    def close(self) -> None:
        if self.doubted is not None:
            # No successor tells which of the last two was changed; a receipt does, else the earlier one is named.
            last = self.doubted + 1
            bad = last if self.receipts.get(last, self.report.head_leaf) != self.report.head_leaf else self.doubted
            self.report.find("chain", f"Record {bad} was changed: it does not join its neighbour.", bad)

    def _stands_twice(self, seq: Any, prev: Any, record: bytes, expected: int) -> None:
        other = hashlib.sha256(record).hexdigest() != self._previous
        if seq == self.seq and prev == self._before and other:
            self.report.find("sequence", f"Record {seq} stands there twice, with different content.", seq)
        else:
            found = f"record {seq} stands there again" if isinstance(seq, int) else "its number is no number"
            self.report.find("sequence", f"Before record {expected} something stands that is not it: {found}.", expected)

    def _pass_over(self, first: int, last: int) -> None:
        """Records that are not there; what a broken frame stood for is among them."""
        if not self.gap or last > first:
            self.report.missing.append((first, last))
            said = f"Record {first} is missing." if first == last else f"Records {first} to {last} are missing."
            self.report.find("sequence", said, first)
        self.gap = True

    def _join(self, seq: int, prev: Any, record: bytes) -> None:
        if self.gap:
            self.doubted = None  # what stood before is spoken of already
        elif self.doubted is not None:
            # Between two records that do not join, the later one is good if its successor names it.
            bad = self.doubted if prev == self._previous else self.doubted + 1
            self.report.find("chain", f"Record {bad} was changed: it does not join its neighbours.", bad)
            self.doubted = None
        elif prev != self._previous:
            self.doubted = seq - 1 if seq > 1 else None
            if seq == 1:
                self.report.find("chain", "Record 1 was changed: it is not the beginning of a ledger.", 1)
        leaf = hashlib.sha256(b"\x00" + record).digest()
        if self.kept_leaves.pop(seq, leaf) != leaf:
            self.report.find("pruned", f"Record {seq} is not the one whose leaf hash is kept for the time when it is gone.", seq)
        self._before, self._previous = self._previous, hashlib.sha256(record).hexdigest()
        self.report.records, self.report.head_leaf = seq, leaf.hex()
        if seq in self.wanted:
            self.leaves[seq] = leaf
        if self.tree.size == seq - 1:
            self.tree.add(leaf)
            if seq in self.wanted:
                self.roots[seq] = self.tree.root()
        self.gap = False

    def _note_pruning(self, told: Mapping[str, Any]) -> None:
        """A record that says which file of leaf hashes stays, and who agreed."""
        request = told.get("request")
        happened = told.get("outcome") in {"intended", "done", "recovered-committed"} and told.get("approval")
        if isinstance(request, dict) and isinstance(request.get("leaves"), str) and happened:
            self.prunings.append(Pruning(request["leaves"], str(told.get("time"))))

    def _note_key(self, told: Mapping[str, Any], seq: int) -> None:
        """The key that signs from here on; the first one from the beginning."""
        try:
            key = parse_key(str(told["result"]["key"]), seq if self.keys else 1)
        except (KeyError, TypeError, ValueError):
            return
        if self.keys and self.keys[-1].public == key.public:
            return
        if self.keys:
            self.keys[-1] = replace(self.keys[-1], retired=seq)
        self.keys.append(key)


# -- what is gone -------------------------------------------------------------------------------------------------------


def pass_pruned(folder: Path, first_kept: int, walk: Walk) -> list[Leaves]:
    """Everything that is kept of records before the first segment; in order, as far as it is whole."""
    files = sorted(path for path in (folder / "pruned").glob("*.leaves") if LEAVES.fullmatch(path.name))
    found = [leaves for path in files if (leaves := leaves_in(path, walk.report)) is not None]
    expected = 1
    for leaves in found:
        if leaves.first != expected:
            said = f"Of records {expected} to {leaves.first - 1} there are no leaf hashes: what was pruned is not from the front."
            walk.report.find("pruned", said, expected)
            break
        if leaves.first < first_kept:
            walk.pass_pruned(leaves, first_kept - 1)
        expected = leaves.last + 1
    if first_kept > walk.seq + 1:
        said = f"Records {walk.seq + 1} to {first_kept - 1} are gone, and no leaf hashes are kept of them."
        walk.report.find("pruned", said, walk.seq + 1)
    return found


def check_prunings(found: list[Leaves], walk: Walk, anchored: Iterable[tuple[int, datetime]]) -> None:
    """A record names the newest file, which names the one before; and nothing went before its date.

    anchored  (size, moment): so many records were there, and a later one not signed for, when somebody else saw it.
    """
    gone = [leaves for leaves in found if leaves.first <= walk.report.pruned]
    named = {pruning.digest: pruning for pruning in walk.prunings}
    expected = ""
    for leaves in reversed(found):
        told = named.get(leaves.digest)
        agreed = told is not None or leaves.digest == expected
        if agreed:
            expected = leaves.before
        if leaves not in gone:
            continue
        if not agreed:
            said = f"Records {leaves.first} to {leaves.last} were pruned, and no record says under which approval."
            walk.report.find("pruned", said, leaves.first)
        until, at = _moment(leaves.until), _moment(told.time) if told is not None else None
        if told is not None and (at is None or until is None or at - until < SHORTEST):
            said = f"Records {leaves.first} to {leaves.last} were pruned at {told.time}; the newest of them is of {leaves.until}."
            walk.report.find("pruned", said, leaves.last)
        for size, moment in anchored:
            if leaves.first <= size < leaves.last and until is not None and moment > until + STALE:
                said = (
                    f"Record {leaves.last} is said to be of {leaves.until}; at {moment.isoformat()} the ledger was seen with "
                    f"{size} records: it was pruned before its date, or dated back."
                )
                walk.report.find("pruned", said, leaves.last)
                break


# -- checkpoints -------------------------------------------------------------------------------------------------------


def parse_key(text: str, begun: int) -> Key:
    """A verifier key, valid from this size; raises ValueError."""
    name, identity, material = text.strip().split("+", 2)
    decoded = base64.b64decode(material, validate=True)
    if len(decoded) != 33 or decoded[0] != 1:
        raise ValueError("no Ed25519 verifier key")
    known = hashlib.sha256(name.encode() + b"\n" + decoded).digest()[:4]
    if known.hex() != identity:
        raise ValueError("the key id is not that of the key")
    return Key(text.strip(), name, known, decoded[1:], begun)


def notes_in(path: Path, report: Report, check: str) -> list[Note]:
    """Every checkpoint of a file, one signed note after the other."""
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        report.find(check, f"{path} cannot be read: {error}")
        return []
    found, end = [], 0
    for number, match in enumerate(NOTE.finditer(text), 1):
        if match.start() != end:
            report.find(check, f"{path.name}: something stands before checkpoint {number} that is none")
        end = match.end()
        try:
            signatures = tuple(_signature(line) for line in match["lines"].splitlines())
            root = base64.b64decode(match["root"], validate=True)
        except ValueError:
            report.find(check, f"{path.name}: checkpoint {number} cannot be read")
            continue
        found.append(Note(f"{path.name}, checkpoint {number}", match["text"], int(match["size"]), root, signatures))
    if text[end:].strip():
        report.find(check, f"{path.name}: something stands behind the last checkpoint that is none")
    return found


def _signature(line: str) -> tuple[str, bytes, bytes]:
    _, name, material = line.split(" ", 2)
    decoded = base64.b64decode(material, validate=True)
    return name, decoded[:4], decoded[4:]


def signatures_by(note: Note, key: Key) -> list[bytes]:
    return [signature for name, identity, signature in note.signatures if (name, identity) == (key.name, key.identity)]


def holds(note: Note, key: Key, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, note.text.encode())
    except InvalidSignature:
        return False
    return True


def check_successions(notes: Iterable[Note], walk: Walk, report: Report) -> None:
    """A key counts only if the one before it signed the ledger that tells of it."""
    at = {note.size: note for note in notes}
    for old, new in zip(walk.keys, walk.keys[1:], strict=False):
        note = at.get(new.begun)
        if note is None or not any(holds(note, old, signature) for signature in signatures_by(note, old)):
            report.find("signatures", f"The key from record {new.begun} on was not signed for by the one before.", new.begun)


def check_signature(note: Note, keys: Iterable[Key]) -> str | None:
    """Why the note is not to be believed; None where it is."""
    origin = note.text.partition("\n")[0]
    said = f"no key of {origin} signed it"
    for key in (key for key in keys if key.name == origin):
        for signature in signatures_by(note, key):
            if not holds(note, key, signature):
                return "its signature does not hold"
            if note.size < key.begun or (key.retired is not None and note.size > key.retired):
                said = f"its key was not valid at size {note.size}"
                continue
            return None
    return said


def check_notes(notes: list[Note], walk: Walk, report: Report, check: str) -> None:
    """Signatures, roots and forks of checkpoints, here or kept elsewhere."""
    for note in notes:
        why = check_signature(note, walk.keys)
        if why is not None:
            report.find("signatures" if check == "tree" else check, f"{note.place} (size {note.size}): {why}")
        if note.size > walk.seq:
            said = f"Record {walk.seq + 1} is missing: {note.place} is over {note.size} records."
            report.find("rollback", said, walk.seq + 1)
        elif (root := walk.roots.get(note.size)) is not None and root != note.root:
            said = f"{note.place} (size {note.size}) names root {note.root.hex()}; the records make {root.hex()}"
            report.find(check, said)
            if why is None:
                report.forks.append((note.size, note.root.hex(), root.hex()))
    signed: dict[int, Note] = {}
    for note in notes:
        other = signed.setdefault(note.size, note)
        if other.root != note.root and check_signature(note, walk.keys) is None and check_signature(other, walk.keys) is None:
            report.forks.append((note.size, other.root.hex(), note.root.hex()))
            report.find("forks", f"Two signed checkpoints of size {note.size}: {other.root.hex()} and {note.root.hex()}")


# -- witnesses and time stamps -----------------------------------------------------------------------------------------


def parse_witness_key(text: str) -> Key:
    """A verifier key of an Ed25519 cosignature; raises UnreadableError."""
    try:
        name, identity, material = text.strip().split("+", 2)
        decoded = base64.b64decode(material, validate=True)
        known = hashlib.sha256(name.encode() + b"\n" + decoded).digest()[:4]
        if len(decoded) != 33 or decoded[0] != 4 or known.hex() != identity:
            raise ValueError
    except ValueError:
        raise UnreadableError(f"--witness-key: {text!r} is no verifier key of a witness") from None
    return Key(text.strip(), name, known, decoded[1:], 0)


def check_witness(key: Key, notes: Iterable[Note], report: Report) -> None:
    """Among what was kept elsewhere something must be countersigned, and whatever he is said to have signed must hold."""
    found = False
    for note in notes:
        for material in signatures_by(note, key):
            moment = int.from_bytes(material[:8], "big")
            signed = f"cosignature/v1\ntime {moment}\n{note.text}".encode()
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(material[8:], signed)
            except InvalidSignature:
                report.find("anchors", f"{note.place} (size {note.size}): the cosignature of {key.name} does not hold")
                continue
            found = True
            report.witnessed.append((key.name, note.size, _posix(moment)))
    if not found:
        report.find("anchors", f"Nothing that was given is countersigned by {key.name}.")


def _posix(moment: int) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{moment} s"


@dataclass(frozen=True)
class Stamp:
    """A time stamp that holds, over one checkpoint."""

    note: Note
    moment: datetime


def stamps_in(paths: Iterable[Path], authorities: Iterable[Path], report: Report) -> list[Stamp]:
    """Time stamps (RFC 3161) that hold; beside each `x.tsr` lies what it stamps, `x.checkpoint`.

    authorities  files with the certificates that are believed.
    raises       UnreadableError: the package that reads them is not there, or a certificate cannot be read.
    """
    paths = [*paths]
    if not paths:
        return []
    try:
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        raise UnreadableError("--time-stamp needs the package rfc3161-client") from None
    try:
        roots = [root for path in authorities for root in load_pem_x509_certificates(path.read_bytes())]
        verifier = VerifierBuilder(roots=roots).build()
    except (OSError, ValueError) as error:
        raise UnreadableError(f"--tsa-certificate: {error}") from None
    found = []
    for path in paths:
        beside = path.with_suffix(".checkpoint")
        notes = notes_in(beside, report, "anchors")
        try:
            stamp = decode_timestamp_response(path.read_bytes())
            verifier.verify_message(stamp, beside.read_bytes())
            moment = stamp.tst_info.gen_time
        except (OSError, ValueError, VerificationError) as error:
            report.find("anchors", f"{path.name}: the time stamp does not hold: {error}")
            continue
        found += [Stamp(note, moment if moment.tzinfo else moment.replace(tzinfo=UTC)) for note in notes]
    return sorted(found, key=lambda stamp: stamp.note.size)


def check_stamps(stamps: Iterable[Stamp], walk: Walk, report: Report, within: timedelta | None) -> None:
    """Nothing is stamped before it was written, nor later than `within` after it."""
    before = 0
    for stamp in stamps:
        size = stamp.note.size
        report.stamped.append((size, stamp.moment.isoformat()))
        last, first = _moment(walk.times.get(size)), _moment(walk.times.get(before + 1))
        if last is not None and last > stamp.moment + DRIFT:
            said = f"Record {size} says that it is of {last.isoformat()}; it was stamped at {stamp.moment.isoformat()} already."
            report.find("anchors", said, size)
        if within is not None and size > before and first is not None and stamp.moment > first + within + DRIFT:
            said = (
                f"Record {before + 1} says that it is of {first.isoformat()}; it was stamped at {stamp.moment.isoformat()} first."
            )
            report.find("anchors", said, before + 1)
        before = max(before, size)


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


# -- the whole ---------------------------------------------------------------------------------------------------------


def verify(
    folder: Path,
    *,
    key: str | None = None,
    receipts: Mapping[int, str] | None = None,
    anchors: Iterable[Path] = (),
    witness_keys: Iterable[str] = (),
    time_stamps: Iterable[Path] = (),
    authorities: Iterable[Path] = (),
    stamped_within: timedelta | None = None,
    rolls: bool | None = None,
    upto: int | None = None,
) -> Report:
    """Everything about the ledger in this folder.

    key       the verifier key that somebody kept elsewhere; without one the ledger's own word is taken for its first key.
    receipts  leaf hash (hex) by record.
    anchors   files with checkpoints that were kept elsewhere.
    witness_keys    of each of these witnesses there must be a cosignature among the anchors.
    time_stamps     files of time stamps, beside each what it stamps; `authorities` are files with certificates believed.
    stamped_within  no record may have been stamped later than this after it was written.
    rolls     whether disclosure rolls must be there; None: where their folder is.
    upto      stop after this record: more may be on its way; it must be there.
    raises    UnreadableError: no ledger, or a wrong key or certificate.
    """
    wanted_receipts = {seq: leaf for seq, leaf in (receipts or {}).items() if seq > 0}
    report = Report()
    paths = sorted(path for path in (folder / "segments").glob("*.segment") if SEGMENT.fullmatch(path.name))
    if not paths:
        raise UnreadableError(f"{folder} holds no segments of a ledger")
    own = notes_in(folder / "checkpoints", report, "tree") if (folder / "checkpoints").exists() else []
    kept = [(path, notes_in(path, report, "anchors")) for path in anchors]
    witnesses = [parse_witness_key(text) for text in witness_keys]
    stamps = stamps_in(time_stamps, authorities, report)
    kept.append((folder, [stamp.note for stamp in stamps]))
    sizes = {note.size for notes in (own, *(notes for _, notes in kept)) for note in notes}
    firsts = {1, *(stamp.note.size + 1 for stamp in stamps)} if stamps else set()
    walk = Walk(report, frozenset(sizes | firsts | wanted_receipts.keys()), wanted_receipts, upto)
    if rolls or (rolls is None and (folder / "rolls").is_dir()):
        walk.rolls, report.rolls = Rolls(folder / "rolls", report), 0
    found = pass_pruned(folder, int(paths[0].stem), walk)
    _walk(paths, walk)
    if upto is not None and walk.seq < upto:
        report.find("rollback", f"Record {walk.seq + 1} is missing: the ledger was cut off after {walk.seq}.", walk.seq + 1)
    if upto is not None:
        own = [note for note in own if note.size <= upto]
    if walk.rolls is not None:
        walk.rolls.close(walk.time)
    _pin(key, walk, report)
    if not own:
        report.find("tree", "The ledger has no checkpoint.")
    check_notes(own, walk, report, "tree")
    check_successions(own, walk, report)
    for _, notes in kept:
        check_notes(notes, walk, report, "anchors")
    for witness in witnesses:
        check_witness(witness, [note for _, notes in kept for note in notes], report)
    check_stamps(stamps, walk, report, stamped_within)
    seen = [(size, _moment(time)) for _, size, time in report.witnessed] + [(one.note.size, one.moment) for one in stamps]
    check_prunings(found, walk, [(size, moment) for size, moment in seen if moment is not None])
    _check_receipts(wanted_receipts, walk, report)
    report.checkpoints, report.checkpointed = len(own), max((note.size for note in own), default=0)
    report.anchors = sum(len(notes) for _, notes in kept)
    report.keys = [key.text for key in walk.keys]
    return report


def _walk(paths: list[Path], walk: Walk) -> None:
    for path in paths:
        try:
            frames = records_in(path, walk.report, newest=path == paths[-1])
            walk.begin(path, next(frames, None))
            for record in frames:
                walk.take(record)
                if walk.upto is not None and walk.seq >= walk.upto and walk.doubted is None:
                    walk.report.unfinished = 0
                    return
        except OSError as error:
            raise UnreadableError(f"{path} cannot be read: {error.strerror}") from None
    walk.close()


def _pin(text: str | None, walk: Walk, report: Report) -> None:
    if text is None:
        return
    try:
        key = parse_key(text, 1)
    except ValueError as error:
        raise UnreadableError(f"--key: {error}") from None
    report.pinned = True
    if not walk.keys or walk.keys[0].public != key.public:
        report.find("signatures", "The ledger does not begin under the key that was given.", 1)
        walk.keys[:] = [key]


def _check_receipts(receipts: Mapping[int, str], walk: Walk, report: Report) -> None:
    for seq, leaf in sorted(receipts.items()):
        if seq > walk.seq:
            report.find("rollback", f"Record {walk.seq + 1} is missing: there is a receipt for record {seq}.", walk.seq + 1)
        elif walk.leaves.get(seq, b"").hex() != leaf:
            report.find("receipts", f"Record {seq} was changed: its receipt names another.", seq)


def _print(report: Report, folder: Path) -> None:
    for check in CHECKS:
        found = [finding for finding in report.findings if finding.check == check]
        print(f"{check:<11} {'ok' if not found else f'{len(found)} found'}")
        for finding in found[:MOST_SAID]:
            print(f"            {finding.said}")
        if len(found) > MOST_SAID:
            print(f"            … and {len(found) - MOST_SAID} more")
    if report.pruned:
        print(f"note: records 1–{report.pruned} pruned: leaf hashes kept, content not checked")
    if report.rolls is None:
        print("note: no disclosure rolls lie beside the ledger, and none were looked for")
    if report.unanswered:
        print(f"note: {report.unanswered} answers did not leave: a power cut or the disk kept their roll from becoming durable")
    if report.unfinished:
        print(f"note: {report.unfinished} bytes at the end are no whole record: one on its way, or cut off by a crash")
    if not report.pinned:
        print("note: no --key was given; the ledger's own word was taken for its first key")
    for name, size, moment in report.witnessed[-1:]:
        print(f"note: {name} countersigned {size} records at {moment}")
    for size, moment in report.stamped[-1:]:
        print(f"note: {size} records were there at {moment}, says the time-stamp authority")
    if not report.anchors:
        print("note: no anchor was given; whoever holds the key of the ledger could have rewritten all of it")
    if report.findings:
        bad = report.first_bad_seq
        print(f"NOT as it was written: {folder}" + (f", first bad record {bad}" if bad is not None else ""))
    else:
        print(f"as it was written: {report.records} records, signed up to {report.checkpointed}, head {report.head_leaf}")


def _receipt(text: str) -> tuple[int, str]:
    seq, _, leaf = text.partition(":")
    if not seq.isdigit() or not re.fullmatch("[0-9a-f]{64}", leaf):
        raise argparse.ArgumentTypeError("wanted SEQ:LEAF, a number and 64 hex digits")
    return int(seq), leaf


def _unreadable(why: str, as_json: bool) -> int:
    print(json.dumps({"ok": False, "unreadable": why}) if as_json else f"cannot be read: {why}")
    return 2


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="traceapp-verify-ledger", description="Is this ledger what was written?")
    parser.add_argument("ledger", type=Path, help="the folder with segments and checkpoints, HOME/ledger")
    parser.add_argument("--key", help="the verifier key that you kept, as `traceapp audit key` printed it")
    parser.add_argument("--receipt", type=_receipt, action="append", default=[], metavar="SEQ:LEAF", help="may be repeated")
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="file with checkpoints kept elsewhere")
    parser.add_argument("--witness-key", action="append", default=[], metavar="VKEY", help="must have countersigned an anchor")
    parser.add_argument("--time-stamp", type=Path, action="append", default=[], metavar="X.tsr", help="beside it X.checkpoint")
    parser.add_argument("--tsa-certificate", type=Path, action="append", default=[], help="what time stamps are believed under")
    parser.add_argument("--stamped-within", type=float, metavar="SECONDS", help="every record was stamped so soon")
    parser.add_argument("--rolls", action="store_true", default=None, help="the disclosure rolls must be there, too")
    parser.add_argument("--upto", type=int, help="stop after this record, which must be there")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args(arguments)
    try:
        report = verify(
            options.ledger,
            key=options.key,
            receipts=dict(options.receipt),
            anchors=options.anchor,
            witness_keys=options.witness_key,
            time_stamps=options.time_stamp,
            authorities=options.tsa_certificate,
            stamped_within=timedelta(seconds=options.stamped_within) if options.stamped_within is not None else None,
            rolls=options.rolls,
            upto=options.upto,
        )
    except UnreadableError as error:
        return _unreadable(str(error), options.json)
    except Exception as error:  # whatever is read was written by anybody
        return _unreadable(f"the verifier failed ({type(error).__name__})", options.json)
    print(json.dumps(report.document(), ensure_ascii=False)) if options.json else _print(report, options.ledger)
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
