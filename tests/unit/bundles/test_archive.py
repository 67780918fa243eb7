"""A bundle is written in one way, and whatever is not exactly that is refused by its headers alone."""

import io
import tarfile
from pathlib import Path
from random import Random

import pytest

from tests.hostile import CONTENTS, HOSTILE, OURS, bundle_of, key_file, said_of
from traceapp.bundles.archive import read_table
from traceapp.bundles.backup_bundle import written_whole
from traceapp.domain.errors import BackupError, BundleError
from traceapp.usecases.backup.check_backup import check_backup


def test_a_bundle_is_a_tar_that_any_tool_lists(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(bundle_of())) as archive:
        found = {one.name: (one.mode, one.size) for one in archive.getmembers()}

    assert {name: found[name] for name in CONTENTS} == {name: (0o600, len(content)) for name, content in CONTENTS.items()}
    assert list(found)[-2:] == ["manifest.json", "manifest.sig"]


def test_a_whole_bundle_has_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "whole.bundle"
    path.write_bytes(bundle_of())
    told: list[float] = []

    found = check_backup(path, key_file(tmp_path), told.append)

    assert found.faults == ()
    assert found.manifest is not None
    assert [one.name for one in found.manifest.members] == [*CONTENTS]
    assert told[-1] == 1.0


@pytest.mark.parametrize(("made", "said"), HOSTILE.values(), ids=HOSTILE)
def test_headers_alone_refuse_what_is_no_bundle(made: object, said: str) -> None:
    assert callable(made)
    content = made()

    with pytest.raises(BundleError, match=said):
        read_table(io.BytesIO(content), len(content))


def test_promise_one_flipped_bit_anywhere_is_seen(tmp_path: Path) -> None:
    """Header, content, padding, manifest, signature or end: 400 places, drawn anew from one random seed."""
    whole, path, key = bundle_of(), tmp_path / "flipped.bundle", key_file(tmp_path)
    draw = Random(20260302)
    for place in draw.sample(range(len(whole) * 8), 400):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        assert said_of(path, key), f"bit {place}"


@pytest.mark.parametrize("end", [0, 1, 511, 512, 1024, 2048])
def test_promise_a_bundle_that_is_cut_anywhere_is_refused(end: int, tmp_path: Path) -> None:
    path, key = tmp_path / "cut.bundle", key_file(tmp_path)
    path.write_bytes(bundle_of()[: end or None][:-1])

    assert said_of(path, key)


def test_promise_a_bundle_bears_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new.bundle"

    def break_off() -> None:
        with written_whole(target) as writer:
            writer.add("home/a", b"half")
            writer.add("no name of a member/", b"")

    with pytest.raises(BundleError):
        break_off()

    assert [*tmp_path.iterdir()] == []
    with written_whole(target) as writer:
        writer.add("home/a", b"whole")
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match="there already"), written_whole(target):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["new.bundle"]


def test_the_key_has_to_be_one_of_signatures(tmp_path: Path) -> None:
    path, key = tmp_path / "a.bundle", tmp_path / "key.pem"
    path.write_bytes(bundle_of(key=OURS))
    key.write_text("no key")

    with pytest.raises(BundleError, match="no public Ed25519 key"):
        check_backup(path, key)
