"""What has passed its date is told; nothing goes before it, and nothing goes by one person alone; the rest goes on as before."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.approving import agree
from tests.conftest import MakeActor, running_stations
from tests.old_ledgers import make_old_ledger
from tests.recorded import ledger_bytes, records
from tests.servers import StoreLeg
from tests.signing import signed_by
from tests.web.conftest import MovingClock
from traceapp.composition import terminal_actor
from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import ApprovalState, Operation
from traceapp.domain.errors import InputError, LedgerBrokenError, PermissionDeniedError, RecordNotFoundError
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import ABORTED, COMMITTED
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.ledger.frames import frame
from traceapp.ledger.pruned import leaves_path
from traceapp.ledger.records import canonical, leaf_of
from traceapp.ledger.segments import first_kept, list_segments, read_beginning, read_segment
from traceapp.usecases.access import entry
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.audit.anchor_ledger import ledger_status
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.audit.prune_ledger import find_due, prune_ledger, pruning_request
from traceapp.usecases.audit.search_ledger import search_ledger, show_record
from traceapp.usecases.audit.settle_intents import IntentSweep
from traceapp.usecases.audit.verify_ledger import verify_ledger
from traceapp.usecases.exports.exportable import Wanted
from traceapp.usecases.exports.exported_ledger import LedgerQuestion, ask_ledger
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

APPROVAL = "a" * 32
WHY = "Kept for twenty years; nobody asks for them any more."
OLD = datetime(2004, 2, 1, tzinfo=UTC)


@pytest.fixture
def old(empty_leg: StoreLeg, home: Path) -> Iterator[Stations]:
    """Stations on a ledger that began in 2004, with a roll and values of that time."""
    make_old_ledger(home)
    with running_stations(empty_leg, home) as built:
        for files in (built.rolls, built.values):
            files.append("b" * 64, b"sealed", OLD)
            files.close()
            (path,) = files.paths()
            os.utime(path, (OLD.timestamp(),) * 2)
        yield built


def test_promise_nothing_goes_by_one_person(old: Stations, actor: MakeActor) -> None:
    before = ledger_bytes(old.settings.home)

    with pytest.raises(PermissionDeniedError):
        prune_ledger(old, actor(Role.ADMIN), pruning_request(find_due(old, actor(Role.ADMIN)).value))

    assert ledger_bytes(old.settings.home).startswith(before)
    assert records(old, act="ledger:prune")[-1]["outcome"] == "denied"


@pytest.mark.parametrize("years", [0, 14, 40])
def test_promise_the_newest_segment_is_never_due(stations: Stations, actor: MakeActor, years: int) -> None:
    clock = MovingClock()
    clock.ahead = timedelta(days=366 * years)

    due = find_due(replace(stations, clock=clock), actor(Role.ADMIN)).value

    assert (due.segments, due.range) == (0, None)
    assert records(stations, act="ledger:prune")[-1]["request"] == {"dry_run": True}


def test_promise_what_two_agreed_to_at_their_desks_is_pruned(old: Stations) -> None:
    """Asked for at the terminal, agreed to by two, carried out there: exactly what was due, under that approval."""
    long_ago = MovingClock()
    long_ago.ahead = timedelta(days=-7)
    persons = [colleague(old, replace(old, clock=long_ago), name) for name in ("anna", "ben")]
    asked = request_approval(old, terminal_actor(), Operation.LEDGER_PRUNE, {}, WHY).value
    first, second = (agree(old, one, asked.uid, WHY, signed_by(one)).value.state for one in persons)
    before = first_kept(old.settings.home)

    execute_approval(old, terminal_actor(), asked.uid)

    assert (first, second) == (ApprovalState.REQUESTED, ApprovalState.APPROVED)
    told = [one for one in records(old, act="ledger:prune") if one["outcome"] == "done"]
    assert [one["approval"] for one in told] == [asked.uid]
    assert first_kept(old.settings.home) == told[0]["request"]["upto"] + 1 > before
    assert verify_ledger(old, terminal_actor()).value.ok


def colleague(stations: Stations, before: Stations, name: str) -> Actor:
    """Somebody of quality, who has been here for a while and just showed his second factor."""
    everywhere = frozenset({"*"})
    made = create_account(before, terminal_actor(), name, "correct horse battery", name, Role.QUALITY, everywhere, everywhere)
    account = stations.accounts.get_account(made.value)
    assert account is not None
    opened = make_session(stations, account, Client("", ""), factor_at=stations.clock.now())
    stations.sessions.append_session(opened.session)
    return opened.actor


def test_promise_what_two_persons_prune_is_gone_and_all_else_goes_on(old: Stations, actor: MakeActor) -> None:
    home, auditor = old.settings.home, actor(Role.AUDITOR)
    index_ledger(old, lambda _: None, lambda: True)
    found = search_ledger(old, auditor, LedgerQuery(person="rc"), None, 500).value.records
    wanted = pruning_request(find_due(old, actor(Role.ADMIN)).value)
    old.rolls.append("c" * 64, b"of today", datetime.now(UTC))

    done = prune_ledger(old, actor(Role.ADMIN), wanted, APPROVAL)

    begins = first_kept(home)
    assert begins == wanted["upto"] + 1 == ledger_status(home, old.ledger).first_kept
    intent, outcome = records(old, act="ledger:prune")[-2:]
    assert (intent["outcome"], outcome["outcome"], outcome["seq"]) == ("intended", "done", done.receipt.seq)
    assert intent["request"] == wanted
    assert {one["approval"] for one in (intent, outcome)} == {APPROVAL}
    assert [(files.read("b" * 64), len(files.paths())) for files in (old.rolls, old.values)] == [(None, 1), (None, 0)]
    assert old.rolls.read("c" * 64) == b"of today"

    verdict = verify_ledger(old, actor(Role.ADMIN)).value
    assert (verdict.ok, verdict.pruned) == (True, begins - 1), verdict.reason
    assert old.ledger.prove(1)
    kept = [one.seq for one in found if one.seq >= begins]
    assert 0 < len(kept) < len(found)
    assert search_seqs(old, auditor) == kept, "before the index is made anew"
    said: list[str] = []
    index_ledger(old, said.append, lambda: True)
    assert "records were pruned" in said[0]
    assert search_seqs(old, auditor) == kept
    with pytest.raises(RecordNotFoundError, match="pruned"):
        show_record(old, auditor, begins - 1)
    export = ask_ledger(old, auditor, LedgerQuestion(LedgerQuery(person="rc")), Wanted(Tier.T1))  # type: ignore[arg-type]
    assert [one.seq for one in export.answer.records] == kept


def search_seqs(stations: Stations, auditor: object) -> list[int]:
    page = search_ledger(stations, auditor, LedgerQuery(person="rc"), None, 500).value  # type: ignore[arg-type]
    return [one.seq for one in page.records]


def test_promise_no_other_records_go_than_those_that_were_approved(old: Stations, actor: MakeActor) -> None:
    wanted = pruning_request(find_due(old, actor(Role.ADMIN)).value)

    with pytest.raises(InputError):
        prune_ledger(old, actor(Role.ADMIN), {**wanted, "upto": wanted["upto"] + 4}, APPROVAL)

    assert first_kept(old.settings.home) == 1
    assert records(old, act="ledger:prune")[-1]["outcome"] == "failed"


def test_promise_no_edited_record_is_pruned_away(old: Stations, actor: MakeActor) -> None:
    """The last one that would go, in a whole frame: what follows it and the tree speak against it, so nothing goes."""
    segments = find_due(old, actor(Role.ADMIN)).value.segments
    path = list_segments(old.settings.home)[segments - 1]
    kept = read_segment(path, closed=True)
    kept[-1] = canonical({**json.loads(kept[-1]), "actor": {"username": "nobody"}})
    frames = [read_beginning(path).record(), *kept]
    path.write_bytes(b"".join(frame(record, leaf_of(record)) for record in frames))
    wanted = pruning_request(find_due(old, actor(Role.ADMIN)).value)
    assert wanted["segments"] == segments

    with pytest.raises(LedgerBrokenError):
        prune_ledger(old, actor(Role.ADMIN), wanted, APPROVAL)

    assert first_kept(old.settings.home) == 1
    assert records(old, act="ledger:prune")[-1]["outcome"] == "failed"


@pytest.mark.parametrize("came_to_be", [True, False])
def test_promise_an_act_that_was_cut_off_is_ended_or_was_none(came_to_be: bool, old: Stations, actor: MakeActor) -> None:
    """Killed with the leaf hashes in place and half of the segments gone, or before; the sweep of intents says which."""
    home = old.settings.home
    kept = shutil.copytree(home / "ledger" / "segments", home / "copy")
    wanted = pruning_request(find_due(old, actor(Role.ADMIN)).value)
    prune_ledger(old, actor(Role.ADMIN), wanted, APPROVAL)
    first, *rest = sorted(path for path in kept.iterdir() if not (home / "ledger" / "segments" / path.name).exists())
    for path in rest if came_to_be else [first, *rest]:
        shutil.copy(path, home / "ledger" / "segments")
    if not came_to_be:
        leaves_path(home, 1).unlink()
    command = "d" * 32
    intent = entry(
        old,
        actor(Role.ADMIN),
        Act.LEDGER_PRUNE,
        "intended",
        request=wanted,
        result={"change": "0" * 64},
        command=command,
        approval=APPROVAL,
    )
    old.ledger.append(intent)

    settled = IntentSweep(home).look(old, terminal_actor())

    assert [outcome for _, outcome in settled] == [COMMITTED if came_to_be else ABORTED]
    assert records(old, act="ledger:prune")[-1]["approval"] == APPROVAL
    assert first_kept(home) == (wanted["upto"] + 1 if came_to_be else 1)
