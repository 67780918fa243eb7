"""`python -m tests.browser.make_account NAME ROLE`: an account beside a running service; its password on standard input.

As the demo makes its own; the terminal asks others for most roles once there are some.
"""

import sys
from pathlib import Path

from traceapp.cli.options import settings_of, stations_of
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account

EVERYWHERE = frozenset({"*"})


def main(home: Path | None = None) -> None:
    name, role = sys.argv[1:]
    with stations_of(settings_of(home)) as stations:
        create_account(
            stations, terminal_actor(), name, sys.stdin.readline().rstrip("\n"), name, Role(role), EVERYWHERE, EVERYWHERE
        )


if __name__ == "__main__":
    main()
