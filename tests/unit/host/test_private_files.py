"""A secret's file is read only where nobody else can read it."""

import os
from pathlib import Path

import pytest

from traceapp.domain.errors import SettingsError
from traceapp.host.private_files import read_secret, write_private


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640])
def test_a_file_for_owner_and_group_is_read(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"word\n")
    path.chmod(mode)

    assert read_secret(path, "NEO4J_PASSWORD_FILE") == b"word\n"


@pytest.mark.parametrize("mode", [0o404, 0o444, 0o644, 0o402, 0o401, 0o460, 0o777])
def test_a_file_open_to_others_is_refused_by_its_setting(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"word\n")
    path.chmod(mode)

    with pytest.raises(SettingsError, match=rf"^NEO4J_PASSWORD_FILE: the file .* is open to others \(mode {mode:04o}\)"):
        read_secret(path, "NEO4J_PASSWORD_FILE")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing"):
        with pytest.raises(SettingsError, match=r"^NEO4J_PASSWORD_FILE: "):
            read_secret(path, "NEO4J_PASSWORD_FILE")


def test_a_private_file_is_written_over_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_private(path, b"one")
    write_private(path, b"two")

    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o400
    assert list(tmp_path.iterdir()) == [path]
