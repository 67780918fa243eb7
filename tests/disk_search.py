"""Does a word lie somewhere on a disk, in whatever form: encoded, in hex, in base64, packed?"""

import base64
import contextlib
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path


def contents(files: Iterable[Path]) -> Iterable[tuple[Path, bytes]]:
    """Every file, and what is packed inside with gzip or zlib."""
    for path in files:
        content = path.read_bytes()
        whole = memoryview(content)
        yield path, content
        for magic, window in ((b"\x1f\x8b\x08", 31), (b"PK\x03\x04", -15), (b"\x78\x9c", 15)):
            at = content.find(magic)
            while at >= 0:
                # A member of a zip archive: its fixed header is 30 bytes, then name and extra field by their lengths.
                start = at
                if window < 0:
                    start += 30 + sum(int.from_bytes(content[at + field : at + field + 2], "little") for field in (26, 28))
                with contextlib.suppress(zlib.error):
                    yield path, zlib.decompressobj(window).decompress(whole[start : start + 1_000_000], 1_000_000)
                at = content.find(magic, at + 1)


def in_base64(word: bytes) -> list[bytes]:
    """What stands of it in base64, wherever it begins: up to three bytes of both ends depend on what is beside it."""
    return [base64.b64encode(bytes(skip) + word)[4 if skip else 0 : len(word) // 3 * 4] for skip in range(3)]


def forms_of(word: str) -> list[bytes]:
    """A word as it may lie on a disk: UTF-8, UTF-16 of both orders, hex in both cases, base64 of either alphabet."""
    plain = [word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    hexed = [raw.hex().encode() for raw in plain]
    based = [form for raw in plain for form in in_base64(raw)]
    web = [form.translate(bytes.maketrans(b"+/", b"-_")) for form in based]
    return [*plain, *hexed, *(form.upper() for form in hexed), *dict.fromkeys(based + web)]


def found(words: Mapping[str, str], files: Iterable[Path], mark: str = "") -> dict[str, str]:
    """Name of the word → name of the first file that holds it in some encoding.

    mark  a part that nearly all words share: where it is not, they are not either.
    """
    marks = {mark if mark and mark in word else word for word in words.values()}
    forms = [(name, form) for name, word in words.items() for form in forms_of(word)]
    marked = [form for mark in marks for form in forms_of(mark)]
    held: dict[str, str] = {}
    for path, content in contents(files):
        if not any(form in content for form in marked):
            continue
        for name, form in forms:
            if form in content:
                held.setdefault(name, path.name)
    return held


def files_of(folder: Path) -> list[Path]:
    """Every plain file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
