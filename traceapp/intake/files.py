"""Any file of a source system: its digest, its encoding, its form, and what it says."""

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from traceapp.domain.errors import DocumentError
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.organisation import Organisation
from traceapp.intake.csv_forms import read_csv
from traceapp.intake.epcis_documents import read_epcis

ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""gb18030 reads every GBK file. UTF-8 comes first: GBK text that is valid UTF-8 by chance does not occur in practice."""
CHUNK: Final = 1 << 20


def read_file(
    path: Path, source: str, organisation: Organisation, progress: Callable[[float], None] = lambda share: None
) -> Iterator[CapturedEvent | RejectedRow]:
    """Read an EPCIS 2.0 JSON document or a plain CSV form.

    The whole file is read once before anything is given back, so that a file that breaks half-way gives nothing.
    progress  called with the share of the file that has been read, 0 to 1.
    raises    DocumentError: missing, unreadable, empty, in no known encoding, or of no known form.
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


def _inspect(file: BinaryIO) -> tuple[str, str, bool]:
    """Digest, encoding and whether it is JSON; raises DocumentError."""
    digest = hashlib.sha256()
    decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in ENCODINGS}
    first = b""
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        first = first or chunk.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
        _feed(decoders, chunk, final=False)
    _feed(decoders, b"", final=True)
    if not first:
        raise DocumentError("the file is empty")
    if not decoders:
        raise DocumentError("the text is neither UTF-8 nor GBK; save it as UTF-8 and import it again")
    return digest.hexdigest(), next(iter(decoders)), first in {b"{", b"["}


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
