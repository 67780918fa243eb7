"""What the suite of faults says of itself."""

import pytest

from tests.fault.test_full_disk import can_mount


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not can_mount():
        terminalreporter.write_line("a disk that is really full did NOT run: this machine lets nobody mount one", yellow=True)
