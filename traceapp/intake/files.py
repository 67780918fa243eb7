"""Any file of a source system: its digest, its encoding, its form, and what it says."""

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from traceapp.domain.errors import DocumentError
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.organisation import Organisation
from traceapp.intake.csv_forms import read_csv
from traceapp.intake.csv_records import Records
from traceapp.intake.epcis_documents import epcis_event_at, read_epcis

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""gb18030 reads every GBK file. UTF-8 comes first: GBK text that is valid UTF-8 by chance does not occur in practice."""
CHUNK: Final = 1 << 20
ARCHIVES: Final = (
    (0, b"PK\x03\x04", "a workbook or a zip archive"),
    (0, b"PK\x05\x06", "a zip archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"BZh", "a bzip2 file"),
    (0, b"\xfd7zXZ\x00", "an xz file"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (257, b"ustar", "a tar archive"),
)
"""Place, bytes there, and what such a file is: nothing is unpacked here, so none of them can grow or lead anywhere."""


def read_file(
    path: Path, source: str, organisation: Organisation, progress: Callable[[float], None] = lambda share: None
) -> Iterator[CapturedEvent | RejectedRow]:
    """Read an EPCIS 2.0 JSON document or a plain CSV form.

    The whole file is read once before anything is given back, so that a file that breaks half-way gives nothing.
    progress  called with the share of the file that has been read, 0 to 1.
    raises    DocumentError: missing, unreadable, empty, an archive, in no known encoding, or of no known form.
    """
    try:
        with path.open("rb") as file:
            digest, encoding, is_json = _inspect(file)
            if is_json:
                file.seek(0)
                yield from read_epcis(file.read().decode(encoding), digest, source, organisation)
                progress(1.0)
                return
            file.seek(0)
            size = path.stat().st_size
            with io.TextIOWrapper(_Watched(file, size, progress), encoding=encoding, newline="") as lines:
                yield from read_csv(lines, digest, source, organisation)
    except OSError as error:
        raise DocumentError(f"{path} cannot be read ({error.strerror})") from None


def read_content(content: bytes, source: str, organisation: Organisation) -> Iterator[CapturedEvent | RejectedRow]:
    """The same of the bytes of a message; raises DocumentError."""
    digest, encoding, is_json = _inspect(io.BytesIO(content))
    if is_json:
        yield from read_epcis(content.decode(encoding), digest, source, organisation)
        return
    with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as lines:
        yield from read_csv(lines, digest, source, organisation)


def _inspect(file: BinaryIO) -> tuple[str, str, bool]:
    """Digest, encoding and whether it is JSON; raises DocumentError."""
    digest = hashlib.sha256()
    decoders = _decoders()
    first = b""
    while chunk := file.read(CHUNK):
        if file.tell() == len(chunk):
            _refuse_archive(chunk)
        digest.update(chunk)
        first = first or chunk.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
        _feed(decoders, chunk, final=False)
    _feed(decoders, b"", final=True)
    if not first:
        raise DocumentError("the file is empty")
    if not decoders:
        raise DocumentError("the text is neither UTF-8 nor GBK; save it as UTF-8 and import it again")
    return digest.hexdigest(), next(iter(decoders)), first in {b"{", b"["}


def _refuse_archive(beginning: bytes) -> None:
    for place, told, what in ARCHIVES:
        if beginning[place : place + len(told)] == told:
            raise DocumentError(
                f"the file is {what}, and nothing is unpacked here; unpack it, save each table as CSV, and import those"
            )


def _decoders() -> dict[str, codecs.IncrementalDecoder]:
    return {name: codecs.getincrementaldecoder(name)("strict") for name in ENCODINGS}


def _feed(decoders: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool) -> None:
    for name, decoder in list(decoders.items()):
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            del decoders[name]


class _Watched(io.BufferedReader):
    """Tells how far the file has been read."""

    def __init__(self, file: BinaryIO, size: int, progress: Callable[[float], None]) -> None:
        super().__init__(file)  # type: ignore[arg-type]
        self._size = max(size, 1)
        self._progress = progress

    def read1(self, size: int = -1, /) -> bytes:
        chunk = super().read1(size)
        self._progress(min(self.tell() / self._size, 1.0))
        return chunk


def read_place(open_source: Callable[[], Iterator[bytes]], position: str) -> str:
    """The raw text at a position (`row 12`, `event 3`) of a source that was kept; of an event, its JSON.

    open_source  gives the raw bytes from their beginning, each time it is called.
    raises       DocumentError: the source has no such position.
    """
    encoding = _encoding_of(open_source())
    form, _, number = position.partition(" ")
    with io.TextIOWrapper(io.BufferedReader(_Kept(open_source())), encoding=encoding, newline="") as text:
        if form == "event":
            return epcis_event_at(text.read(), int(number))
        for record in Records(text):
            if record.position == position:
                return record.text
    raise DocumentError(f"the source has no {position}")


class _Kept(io.RawIOBase):
    """A file that was kept, as a stream again: its lines end where they ended when it came in."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        self._rest = self._rest or next(self._chunks, b"")
        part, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(part)] = part
        return len(part)


def _encoding_of(chunks: Iterator[bytes]) -> str:
    decoders = _decoders()
    for chunk in chunks:
        _feed(decoders, chunk, final=False)
    _feed(decoders, b"", final=True)
    return next(iter(decoders), ENCODINGS[0])
