"""A package that somebody replaced on its way to us is not installed: the lock file names each by its hash."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "tiny_dependency-1.0-py3-none-any.whl"
HONEST, HOSTILE = "ANSWER = 42\n", "ANSWER = __import__('os').getcwd()\n"


def make_wheel(path: Path, content: str) -> str:
    """A wheel that is whole in itself, its RECORD included; SHA-256 (hex) of the file."""
    info = "tiny_dependency-1.0.dist-info"
    files = {
        "tiny_dependency.py": content,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-dependency\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    listed = [f"{name},sha256={_digest(text)},{len(text)}" for name, text in files.items()]
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*listed, f"{info}/RECORD,,", ""]))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Checkout:
    """A copy of what installs us, whose lock file names one package that lies in a folder of wheels."""

    root: Path

    @property
    def cache(self) -> Path:
        return self.root / "wheels"

    @property
    def installed(self) -> Path:
        return self.root / "installed"

    def prepare(self) -> str:
        """What `scripts/environment.sh` says as it installs the lock file, by pip itself and without network."""
        python = self.root / "venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o700)
        surroundings = {
            **os.environ,
            "TRACEAPP_VENV": str(self.root / "venv"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.cache),
            "PIP_TARGET": str(self.installed),
            "PIP_NO_CACHE_DIR": "1",
        }
        script = self.root / "scripts" / "environment.sh"
        done = subprocess.run(
            ["/bin/bash", "-c", f'. "{script}" && prepare_environment run'],
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path)
    for folder in ("scripts", "requirements", "wheels"):
        (tmp_path / folder).mkdir()
    shutil.copyfile(ROOT / "scripts" / "environment.sh", tmp_path / "scripts" / "environment.sh")
    (tmp_path / "pyproject.toml").write_text("")
    digest = make_wheel(made.cache / WHEEL, HONEST)
    (tmp_path / "requirements" / "run.lock").write_text(f"tiny-dependency==1.0 \\\n    --hash=sha256:{digest}\n")
    return made


def test_promise_what_the_lock_file_names_is_installed(checkout: Checkout) -> None:
    checkout.prepare()

    assert (checkout.installed / "tiny_dependency.py").read_text() == HONEST


def test_attacker_who_replaces_a_package_in_the_wheel_cache_has_nothing_installed(checkout: Checkout) -> None:
    """By another one of the same name and version, whole in itself; and where the lock file lost its hash."""
    make_wheel(checkout.cache / WHEEL, HOSTILE)
    replaced = checkout.prepare()
    lock = checkout.root / "requirements" / "run.lock"
    lock.write_text("tiny-dependency==1.0\n")
    unpinned = checkout.prepare()

    assert "DO NOT MATCH THE HASHES" in replaced
    assert "Hashes are required" in unpinned
    assert not checkout.installed.exists()


def test_promise_every_package_of_the_lock_files_is_pinned_by_hash() -> None:
    for name in ("run.lock", "test.lock"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
        named = [line for line in lines if line and not line.startswith("#")]
        assert len(named) > 20
        assert [line.split(" ")[0] for line in named if "--hash=sha256:" not in line] == []
