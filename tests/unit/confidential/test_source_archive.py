import hashlib
import io
import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from traceapp.confidential.source_archive import CHUNK, SourceArchive
from traceapp.domain.errors import DocumentError, HomeError, SealBrokenError

KEY = b"k" * 32


@pytest.fixture
def archive(tmp_path: Path) -> SourceArchive:
    return SourceArchive(tmp_path / "home", KEY)


def kept_files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "home/sources").rglob("*") if path.is_file())


def keep(archive: SourceArchive, content: bytes) -> str:
    return archive.keep_stream(io.BytesIO(content), "stream")


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_raw_bytes_come_back_by_their_digest(archive: SourceArchive, tmp_path: Path, length: int) -> None:
    content = os.urandom(length)
    source = tmp_path / "rows.csv"
    source.write_bytes(content)

    digest = archive.keep(source)

    assert digest == hashlib.sha256(content).hexdigest()
    assert b"".join(archive.open(digest)) == content


def test_the_same_bytes_are_kept_once(archive: SourceArchive, tmp_path: Path) -> None:
    assert keep(archive, b"row") == keep(archive, b"row")
    assert len(kept_files(tmp_path)) == 1


def test_a_dump_shows_neither_content_nor_digest(archive: SourceArchive, tmp_path: Path) -> None:
    digest = keep(archive, b"planted secret " * 1000)

    (kept,) = kept_files(tmp_path)
    assert b"planted secret" not in kept.read_bytes()
    assert bytes.fromhex(digest) not in kept.read_bytes()
    assert digest not in str(kept).replace("/", "")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_attacker_who_changes_a_kept_source_is_found(archive: SourceArchive, tmp_path: Path) -> None:
    digest = keep(archive, os.urandom(3 * CHUNK))
    (kept,) = kept_files(tmp_path)
    whole = kept.read_bytes()
    first_chunk = 72 + CHUNK + 16
    edits = {
        "header": bytes([whole[0] ^ 1]) + whole[1:],
        "salt": whole[:10] + bytes([whole[10] ^ 1]) + whole[11:],
        "name tag": whole[:50] + bytes([whole[50] ^ 1]) + whole[51:],
        "byte": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "cut at a chunk": whole[:first_chunk],
        "cut in a chunk": whole[:-5],
        "chunk dropped": whole[:72] + whole[first_chunk:],
        "chunks swapped": whole[:72] + whole[first_chunk : first_chunk + CHUNK + 16] + whole[72:first_chunk],
        "appended": whole + whole[-100:],
        "empty": b"",
    }
    accepted = []
    for name, edited in edits.items():
        kept.write_bytes(edited)
        try:
            list(archive.open(digest))
        except SealBrokenError:
            continue
        accepted.append(name)
    assert not accepted


def test_attacker_who_swaps_two_sources_is_found_before_a_byte_leaves(archive: SourceArchive, tmp_path: Path) -> None:
    """Longer than one chunk: the first one could be opened before the digest of the whole is known."""
    digest = keep(archive, b"mine" * CHUNK)
    (mine,) = kept_files(tmp_path)
    keep(archive, b"yours" * CHUNK)
    (yours,) = [path for path in kept_files(tmp_path) if path != mine]
    yours.replace(mine)

    with pytest.raises(SealBrokenError):
        next(archive.open(digest))


def test_an_unknown_digest_is_a_clear_error(archive: SourceArchive) -> None:
    with pytest.raises(DocumentError):
        archive.open("../../etc/passwd")


def test_a_missing_file_is_a_clear_error_and_leaves_nothing(archive: SourceArchive, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"rows\.csv"):
        archive.keep(tmp_path / "rows.csv")
    with pytest.raises(DocumentError, match="cannot be read"):
        archive.keep(tmp_path)
    assert not (tmp_path / "home").exists()


def test_an_archive_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(HomeError):
        keep(SourceArchive(tmp_path / "home", KEY), b"row")


def test_a_source_that_breaks_off_leaves_nothing(archive: SourceArchive, tmp_path: Path) -> None:
    class Broken(io.RawIOBase):
        def readinto(self, buffer: object) -> int:
            raise OSError(5, "Input/output error")

        def readable(self) -> bool:
            return True

    with pytest.raises(DocumentError):
        archive.keep_stream(io.BufferedReader(Broken()), "stream")
    assert kept_files(tmp_path) == []


def test_memory_stays_flat_whatever_the_length(archive: SourceArchive, tmp_path: Path) -> None:
    source = tmp_path / "long"
    with source.open("wb") as file:
        file.truncate(64 * CHUNK)
    tracemalloc.start()

    digest = archive.keep(source)
    for _ in archive.open(digest):
        pass

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * CHUNK
