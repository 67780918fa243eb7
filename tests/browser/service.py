"""The service as a person starts it, with the demo in a home of its own."""

import json
import secrets
import signal
import subprocess
import sys
from importlib import resources
from pathlib import Path
from types import TracebackType

from tests.processes import wait_until
from tests.terminal.conftest import child_environment

START_SECONDS = 180.0
STOP_SECONDS = 60.0
WAIT = "cooling_hours = 24"


class DemoService:
    """Context manager: `traceapp run` on a free port; inside it answers, afterwards nothing of it is left.

    url       where it answers, without a slash at the end.
    password  of a demo account, by the name of its role; a role that the demo leaves out gets an account first.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._words = home.with_name("service.log")
        self._policy_file = home.with_name("policy.toml")
        self._process: subprocess.Popen[bytes] | None = None
        self._passwords: dict[str, str] = {}
        self.url = ""

    def __enter__(self) -> "DemoService":
        self._write_policy()
        with self._words.open("wb") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "traceapp.cli", "run", "--port", "0"],
                env=child_environment(self._home, TRACEAPP_POLICY=str(self._policy_file)),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(self._said_its_address, START_SECONDS)
        except BaseException:
            self._stop()
            raise
        self.url = self._address().read_text(encoding="utf-8").strip()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    @property
    def policy(self) -> str:
        """The text of the policy that it starts with."""
        return self._policy_file.read_text(encoding="utf-8")

    def password(self, name: str) -> str:
        if name not in self._passwords:
            self._passwords |= json.loads((self._home / "demo.json").read_text(encoding="utf-8"))["accounts"]
        return self._passwords.get(name) or self.create_account(name, name)

    def create_account(self, name: str, role: str) -> str:
        """Make one beside the running service (`make_account.py`); returns the password."""
        password = secrets.token_urlsafe(12)
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.make_account", name, role],
            env=child_environment(self._home, TRACEAPP_POLICY=str(self._policy_file)),
            input=password + "\n",
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self._passwords[name] = password
        return password

    def _write_policy(self) -> None:
        """The one that comes with the program, in which accounts of today agree to things: a browser waits out no day."""
        said = resources.files("traceapp.policy").joinpath("default_policy.toml").read_text(encoding="utf-8")
        assert WAIT in said
        self._policy_file.write_text(said.replace(WAIT, "cooling_hours = 0"), encoding="utf-8")
        self._policy_file.chmod(0o644)

    def _address(self) -> Path:
        return self._home / "service.url"

    def _said_its_address(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "it ended:\n" + self._words.read_text(encoding="utf-8", errors="replace")
        return self._address().is_file() and self._address().read_text(encoding="utf-8").endswith("\n")

    def _stop(self) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
