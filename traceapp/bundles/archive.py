"""The file of a bundle: a plain tar of regular files, written in exactly one way.

Whoever reads one looks at every header first, and at no content: a header that is not byte for byte what this module writes
for its name and length is refused, and so is a name twice, more than there may be, or a length beyond the end of the file.
Nothing is compressed, so nothing grows when it is read.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from traceapp.bundles.manifest import ListedMember
from traceapp.domain.errors import BundleError

BLOCK: Final = 512
END: Final = bytes(2 * BLOCK)
CHUNK: Final = 1024 * 1024
LONGEST_NAME: Final = 100
MOST_MEMBERS: Final = 250_000
NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
"""No part begins with a dot and none is empty: a member stays inside the folder that it is put in."""
KINDS: Final = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder",
    b"6": "a pipe",
    b"S": "a sparse file",
}
"""What a tar may hold besides regular files."""
LONGEST: Final = 8**11
"""Bytes of a member, so many and no more: its length has eleven octal digits."""
_OWNER: Final = b"0000600\0" + b"0000000\0" * 2
_TIME: Final = b"00000000000\0"
_BEHIND: Final = b"0" + bytes(100) + b"ustar\0" + b"00" + bytes(247)
"""What stands in a header behind its checksum, which is taken with blanks in its own place."""
_BLANK_SUM: Final = 8 * 32
_MAGIC: Final = slice(257, 263)
_KIND: Final = slice(156, 157)
_SIZE: Final = slice(124, 136)
_SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the content of a member lies in the file: its first byte, and how many follow."""

    name: str
    start: int
    length: int


class BundleWriter:
    """Members one after the other into an open file; nothing is known of them before they are added."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.members: list[ListedMember] = []

    def add(self, name: str, content: bytes) -> None:
        """One that is held in memory; raises BundleError: no name of a member. OSError."""
        self._begin(name, len(content))
        self._file.write(content)
        self._end(name, len(content), hashlib.sha256(content).hexdigest())

    def add_stream(self, name: str, source: BinaryIO, length: int) -> None:
        """Exactly so many bytes of an open file; raises BundleError: it has fewer. OSError."""
        self._begin(name, length)
        digest, left = hashlib.sha256(), length
        while left:
            chunk = source.read(min(CHUNK, left))
            if not chunk:
                raise BundleError(f"{name} became shorter while it was read", member=name)
            digest.update(chunk)
            self._file.write(chunk)
            left -= len(chunk)
        self._end(name, length, digest.hexdigest())

    def close(self) -> None:
        """The end of the archive; the file stays open."""
        self._file.write(END)

    def _begin(self, name: str, length: int) -> None:
        self._file.write(header_of(name, length))

    def _end(self, name: str, length: int, sha256: str) -> None:
        self._file.write(bytes(-length % BLOCK))
        self.members.append(ListedMember(name=name, length=length, sha256=sha256))


def header_of(name: str, length: int) -> bytes:
    """The one header that a member of this name and length has (POSIX ustar); raises BundleError: it cannot have one."""
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise BundleError(f"{_shown(name)} is no name of a member", member=name)
    if not 0 <= length < LONGEST:
        raise BundleError(f"{_shown(name)} is too long for a member", member=name)
    before = name.encode().ljust(LONGEST_NAME, b"\0") + _OWNER + b"%011o\0" % length + _TIME
    told = sum(before) + sum(_BEHIND) + _BLANK_SUM
    return before + b"%06o\0 " % told + _BEHIND


def read_table(file: BinaryIO, size: int, most: int = MOST_MEMBERS) -> tuple[Placed, ...]:
    """Where everything lies, by the headers alone.

    size  of the file, in bytes.   most  members that it may have.
    raises  BundleError, which names the member: whatever a bundle of ours would not hold. OSError.
    """
    table: list[Placed] = []
    names: set[str] = set()
    place = 0
    while (header := _block_at(file, place)) != bytes(BLOCK):
        if len(table) == most:
            raise BundleError(f"it holds more than {most} members")
        one = _placed(header, place, after=table[-1].name if table else None)
        if one.name in names:
            raise BundleError(f"{one.name} is there twice", member=one.name)
        place = one.start + one.length + -one.length % BLOCK
        if place + len(END) > size:
            raise BundleError(f"{one.name} is cut off, or claims to be longer than the file", member=one.name)
        table.append(one)
        names.add(one.name)
    if place + len(END) != size or _block_at(file, place + BLOCK) != bytes(BLOCK):
        raise BundleError("something follows behind its end")
    return tuple(table)


def chunks_of(file: BinaryIO, one: Placed) -> Iterator[bytes]:
    """The content of a member; raises BundleError: cut off, or something stands where nothing may. OSError."""
    file.seek(one.start)
    left = one.length
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise BundleError(f"{one.name} is cut off", member=one.name)
        left -= len(chunk)
        yield chunk
    if file.read(-one.length % BLOCK).strip(b"\0"):
        raise BundleError(f"something follows behind {one.name}", member=one.name)


def content_of(file: BinaryIO, one: Placed, most: int) -> bytes:
    """A short member as a whole; raises BundleError: it is longer than `most` bytes."""
    if one.length > most:
        raise BundleError(f"{one.name} has {one.length} bytes, more than {most}", member=one.name)
    return b"".join(chunks_of(file, one))


def digest_of(file: BinaryIO, one: Placed, progress: Callable[[int], None] = lambda length: None) -> str:
    """SHA-256 (hex) of a member's content; progress is told the length of each piece. raises BundleError, OSError."""
    digest = hashlib.sha256()
    for chunk in chunks_of(file, one):
        digest.update(chunk)
        progress(len(chunk))
    return digest.hexdigest()


def _placed(header: bytes, place: int, after: str | None) -> Placed:
    where = f"the member behind {after}" if after is not None else "the first member"
    if len(header) < BLOCK:
        raise BundleError(f"it ends in {where}" if after is not None else "it is no bundle of traceapp: it is too short")
    if header[_MAGIC] != b"ustar\0":
        raise BundleError(f"{where} has no header of a bundle" if after is not None else "it is no bundle of traceapp")
    name = header[:LONGEST_NAME].rstrip(b"\0").decode("ascii", "backslashreplace")
    kind = header[_KIND]
    if kind != b"0":
        raise BundleError(f"{_shown(name)} is {KINDS.get(kind, 'no regular file')}, and no file", member=name)
    if not NAME.fullmatch(name):
        raise BundleError(f"{_shown(name)} leads out of the folder, or is no name of a member", member=name)
    size = header[_SIZE].rstrip(b"\0 ")
    length = int(size, 8) if re.fullmatch(rb"[0-7]{1,11}", size) else -1
    if length < 0 or header != header_of(name, length):
        raise BundleError(f"the header of {name} was changed", member=name)
    return Placed(name, place + BLOCK, length)


def _block_at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(BLOCK)


def _shown(name: str) -> str:
    """A stranger's name, so that it does no harm where it is printed."""
    return ascii(name[:_SHOWN])
