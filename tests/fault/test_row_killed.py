"""A writer of an account is killed beside its COMMIT: nobody honest is denied, and nothing older comes back."""

import signal
import subprocess
import sys

import pytest

from tests.processes import ROOT, environment_of
from traceapp.composition import terminal_actor
from traceapp.domain.errors import SignInError
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

PASSWORD = "correct horse battery"
OWNER = Client("192.0.2.17", "a browser")
EVERYWHERE = frozenset({"*"})
CLOSE = """
import os, signal
from traceapp.cli.commands import main
from traceapp.host.row_register import RowRegister

def {method}(*_):
    {first}
    os.kill(os.getpid(), signal.SIGKILL)

noted = RowRegister.note
RowRegister.{method} = {method}
main()
"""
KILLED = {
    "after the note, before COMMIT": CLOSE.format(method="note", first="noted(*_)"),
    "after COMMIT, before it is settled": CLOSE.format(method="settle", first="pass"),
}


@pytest.mark.parametrize("killed", KILLED)
def test_promise_a_killed_change_of_an_account_is_settled_by_the_next_look(killed: str, stations: Stations) -> None:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    (open_row,) = stations.graph.read("account.get_account_by_username", username="anna")

    done = subprocess.run(
        [sys.executable, "-c", KILLED[killed], "account", "suspend", "anna"],
        env={**environment_of(stations), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr

    found = stations.accounts.get_account_by_username("anna")
    assert found is not None
    if "before COMMIT" in killed:
        assert not found.disabled
        sign_in(stations, "anna", PASSWORD, OWNER)
        set_disabled(stations, terminal_actor(), "anna", disabled=True)
    else:
        assert found.disabled
    with pytest.raises(SignInError):
        sign_in(stations, "anna", PASSWORD, OWNER)

    stations.graph.administer("MATCH (a:Account {username: 'anna'}) SET a.disabled = false REMOVE a.granted_at", "attack")
    assert stations.accounts.fault(found.uid) is RowFault.CHANGED
    stations.graph.overwrite("account.put_account_mac", uid=found.uid, mac=bytes(open_row["mac"]))
    assert stations.accounts.fault(found.uid) is RowFault.PUT_BACK, "the row of before, MAC and all"
