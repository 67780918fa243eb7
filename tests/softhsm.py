"""SoftHSM2, the token of the tests: a folder of its own, never the one of the machine."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULE: Final = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN: Final = "482913"


@dataclass(frozen=True)
class SoftToken:
    """A token, and how to take it away and bring it back."""

    label: str
    pin_file: Path
    tokens: Path

    @property
    def settings(self) -> dict[str, object]:
        return {
            "key_provider": "pkcs11",
            "pkcs11_module": MODULE,
            "pkcs11_token": self.label,
            "pkcs11_pin_file": self.pin_file,
        }

    def take_away(self) -> None:
        self.tokens.rename(self.tokens.with_name("away"))
        self.tokens.mkdir()

    def bring_back(self) -> None:
        shutil.rmtree(self.tokens)
        self.tokens.with_name("away").rename(self.tokens)

    def delete(self) -> None:
        shutil.rmtree(self.tokens)
        self.tokens.mkdir()


def make_token(folder: Path) -> SoftToken:
    """A fresh token; the caller points SOFTHSM2_CONF at `folder/softhsm2.conf` before the module is first used."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    label = f"traceapp-{secrets.token_hex(4)}"
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", PIN, "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "SOFTHSM2_CONF": str(conf)})
    pin_file = folder / "pin"
    pin_file.write_text(PIN + "\n")
    pin_file.chmod(0o400)
    return SoftToken(label, pin_file, tokens)
