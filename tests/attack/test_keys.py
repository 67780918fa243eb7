"""What does he get who takes the keys away, moves a ciphertext, or brings back what was destroyed?"""

import contextlib
import os
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.approving import agree
from tests.clockwork import Clockwork
from tests.conftest import MakeActor
from tests.imported import take_in
from tests.recorded import records
from tests.servers import StoreLeg
from tests.signing import signed_by
from tests.softhsm import SoftToken
from traceapp.composition import build_stations, key_store, terminal_actor
from traceapp.confidential.envelope import Envelope, Place
from traceapp.confidential.key_store import KeyStore
from traceapp.dictionary.entries import PropertyType
from traceapp.domain.approvals import Operation
from traceapp.domain.batch import BatchQuery
from traceapp.domain.clock import SystemClock
from traceapp.domain.disclosure import Unavailable
from traceapp.domain.errors import (
    ApprovalNotFoundError,
    ApprovalStateError,
    InputError,
    KeyDestroyedError,
    KeyStateError,
    KeyUnavailableError,
    PermissionDeniedError,
    RecoveryError,
    SealBrokenError,
)
from traceapp.domain.events import PropertyValue
from traceapp.domain.identifiers import local_identity
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.domain.trace import Seed, Status, TraceQuestion
from traceapp.graph.record_head import whole
from traceapp.ledger.process import WriterProcess
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.keys.destroy_approved_key import destroy_approved_key
from traceapp.usecases.keys.destroy_key import destroy_key, group_of_account
from traceapp.usecases.keys.make_recovery_key import make_recovery_key
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.problems import problem_of

pytestmark = pytest.mark.one_store

APPROVAL = "a" * 16
"""Of others, where the approval itself is no part of the test."""
WHY = "She left five years ago, and asks for it."

ROWS = """\
form,supplier,owner,product,number,receipt_number,from_owner,from_product,from_number,to_owner,to_product,to_number,order,party,name,shipment,consignee,stage,decision,releaser,formulation,quantity,unit,site,time
receipt,ACME,,RESIN,S-77,R-1,,,,,,,,,,,,,,,,500,KGM,LYON,2026-03-01T08:00:00Z
consumption,,,,,,ACME,RESIN,S-77,LYON,PUMP,B-1,O-1,,,,,,,,,5,KGM,LYON,2026-03-01T09:00:00Z
batch-record,,LYON,PUMP,B-1,,,,,,,,,,,,,,,,a secret mixture,,,LYON,2026-03-01T10:00:00Z
release,,LYON,PUMP,B-1,,,,,,,,,,,,,market,released,Dr Vogel,,,,LYON,2026-03-02T10:00:00Z
shipment,,LYON,PUMP,B-1,,,,,,,,,,,SH-1,CLINIC,,,,,7,EA,LYON,2026-03-03T10:00:00Z
party,,,,,,,,,,,,,CLINIC,Clinic of the Lake,,,,,,,,,,2026-03-01T08:00:00Z
"""


@pytest.fixture(params=["file", "pkcs11"])
def taken_in(request: pytest.FixtureRequest, empty_leg: StoreLeg, tmp_path: Path) -> Iterator["Taken"]:
    """A service with a few records, and a way to take its key provider away."""
    home = tmp_path / "home"
    if request.param == "file":
        more: dict[str, object] = {}
        kek = home / "keys" / "key-encryption-key"
        lose, bring_back = lambda: kek.rename(tmp_path / "away"), lambda: (tmp_path / "away").rename(kek)
    else:
        token: SoftToken = request.getfixturevalue("soft_token")
        more, lose, bring_back = token.settings, token.take_away, token.bring_back
    home.mkdir(mode=0o700)
    (home / "organisation.toml").write_bytes((Path(__file__).parents[1] / "organisation.toml").read_bytes())
    settings = empty_leg.settings(home).model_copy(update=more)
    assert key_store(settings).create(SystemClock().now(), settings.key_provider)
    writer = WriterProcess.start(home)
    try:
        stations = build_stations(settings)
        with contextlib.closing(stations.graph), contextlib.closing(stations.ledger):
            take_in(stations, ROWS)
            yield Taken(stations, lose, bring_back)
    finally:
        writer.stop()


class Taken:
    def __init__(self, stations: Stations, lose: Callable[[], object], bring_back: Callable[[], object]) -> None:
        self.stations = stations
        self._lose = lose
        self._bring_back = bring_back

    def lose_provider(self) -> None:
        """Now, not in five minutes: a ring that was touched is read again at once."""
        self._lose()
        os.utime(self.stations.keys.ring_path)

    def bring_provider_back(self) -> None:
        self._bring_back()


def answers(stations: Stations, who: Actor) -> tuple[object, ...]:
    """What is told of the batch, apart from moments and stub ids."""
    shown = show_batch(stations, who, BatchQuery(number="B-1")).value
    traced = trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), Direction.BOTH)).value
    found = look_up_batches(stations, who, BatchQuery(number="S-77")).value
    return shown.properties, shown.states, shown.degraded, traced.nodes, traced.consignees, traced.completeness, found


def test_attacker_who_takes_the_key_provider_down_stops_no_recall(taken_in: Taken, actor: MakeActor) -> None:
    """Without its key provider the service tells what is plain, says what it cannot open, writes nothing half, and recovers."""
    stations, who = taken_in.stations, actor(Role.AUDITOR, factor=True)
    before = answers(stations, who)

    taken_in.lose_provider()
    shown = show_batch(stations, who, BatchQuery(number="B-1")).value
    traced = trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), Direction.BOTH)).value
    found = look_up_batches(stations, who, BatchQuery(number="S-77")).value

    assert shown.degraded
    assert shown.properties["formulation"] == Unavailable("T3")
    assert shown.candidate.number == "B-1"
    assert traced.completeness.status is Status.DEGRADED
    assert traced.completeness.unavailable
    assert {node.number for node in traced.nodes} >= {"B-1", "R-1", "SH-1"}
    assert [(line.name, dict(line.quantities)) for line in traced.consignees] == [
        (Unavailable("T2"), dict(before[4][0].quantities))  # type: ignore[index]
    ]
    assert [one.number for one in found] == ["R-1"], "a sealed number is found by its index, and not told"
    with pytest.raises(KeyUnavailableError) as refused:
        take_in(stations, ROWS.replace("B-1", "B-2"), "more.csv")
    assert problem_of(refused.value).status == 503

    taken_in.bring_provider_back()
    deadline = time.monotonic() + 20
    while answers(stations, who) != before:
        assert time.monotonic() < deadline, "it recovers without a restart"
    assert not show_batch(stations, who, BatchQuery(number="B-1")).value.degraded


def sealed_of(leg: StoreLeg, number: str, name: str) -> bytes:
    with leg.session() as session:
        found = session.run("MATCH (n:Traceable {number: $number}) RETURN properties(n) AS all", number=number).single(
            strict=True
        )
        return bytes(found["all"][name])


def put(leg: StoreLeg, number: str, name: str, value: object) -> None:
    """As an administrator of the database does."""
    with leg.session() as session:
        session.run("MATCH (n:Traceable {number: $number}) SET n += $more", number=number, more={name: value}).consume()


SECOND = ROWS.replace("B-1", "B-2").replace("a secret mixture", "another mixture").replace("Dr Vogel", "Dr Adler")
PLACES = {
    "a ciphertext of another node": ("B-1", "releaser", "B-2", "releaser"),
    "a ciphertext of another property": ("B-1", "releaser", "B-1", "release_decision"),
    "a ciphertext of another tier": ("B-1", "releaser", "B-1", "formulation"),
}


@pytest.mark.parametrize(("number", "name", "of", "other"), PLACES.values(), ids=PLACES)
def test_attacker_who_moves_a_ciphertext_opens_nothing(
    stations: Stations, empty_leg: StoreLeg, number: str, name: str, of: str, other: str
) -> None:
    """Pasted onto another node, property or tier, a ciphertext does not open."""
    take_in(stations, ROWS)
    take_in(stations, SECOND, "second.csv")
    put(empty_leg, number, name, sealed_of(empty_leg, of, other))
    uid = stations.sealer.uid(local_identity("lot", "LYON", "PUMP", number))

    with pytest.raises(SealBrokenError):
        stations.sealer.open("Batch", uid, {name: sealed_of(empty_leg, number, name)})


VALUES: dict[PropertyType, PropertyValue] = {
    PropertyType.TEXT: "7",
    PropertyType.INTEGER: 7,
    PropertyType.DECIMAL: Decimal(7),
    PropertyType.BOOLEAN: True,
    PropertyType.DATE: "2026-03-01",
    PropertyType.TIME: datetime(2026, 3, 1, tzinfo=UTC),
}
PLACE = Place("Batch", "a" * 32, "x", "text", "T2")
SWAPS = {
    "label": replace(PLACE, label="Material"),
    "uid": replace(PLACE, uid="b" * 32),
    "property": replace(PLACE, property="y"),
    "tier": replace(PLACE, tier="T3"),
}


@pytest.mark.parametrize("type_", PropertyType)
def test_attacker_cannot_swap_any_part_of_a_place(type_: PropertyType, tmp_path: Path) -> None:
    """Label, uid, property, type, tier, key, field version, owner: each is bound, whatever the type of the value."""
    KeyStore(tmp_path).create(SystemClock().now())
    KeyStore(tmp_path).rotate("tester", SystemClock().now())
    keys = KeyStore(tmp_path).load()
    envelope, place = Envelope(keys, "Ourselves"), replace(PLACE, type=str(type_))
    sealed = envelope.seal(place, str(VALUES[type_]).encode(), version=3)
    others = [replace(other, type=place.type) for other in SWAPS.values()]
    others += [replace(place, type=str(other)) for other in PropertyType if other is not type_]

    assert envelope.open(place, sealed) == str(VALUES[type_]).encode()
    for other in others:
        with pytest.raises(SealBrokenError):
            envelope.open(other, sealed)
    with pytest.raises(SealBrokenError):
        Envelope(keys, "Others").open(place, sealed)
    head = struct.Struct(">BII")
    scheme, key, version = head.unpack_from(sealed)
    for edited in ((scheme + 1, key, version), (scheme, key - 1, version), (scheme, key, version - 1)):
        with pytest.raises(SealBrokenError):
            envelope.open(place, head.pack(*edited) + sealed[head.size :])


def test_attacker_who_puts_an_old_ciphertext_back_is_found(stations: Stations, empty_leg: StoreLeg) -> None:
    """It opens, since it belonged there once; the record's MAC binds its write counter, and says that it is not of this time."""
    take_in(stations, ROWS)
    old = sealed_of(empty_leg, "B-1", "formulation")
    take_in(stations, ROWS.replace("a secret mixture", "a newer mixture").replace("03-01T10", "03-05T10"), "newer.csv")
    uid = stations.sealer.uid(local_identity("lot", "LYON", "PUMP", "B-1"))

    def proven() -> bool:
        with empty_leg.session() as session:
            found = session.run(
                "MATCH (n:Traceable {uid: $uid}) RETURN labels(n) AS labels, properties(n) AS all", uid=uid
            ).single(strict=True)
        return stations.sealer.macs.proves_whole_node(uid, "Batch", found["labels"], whole(found["all"]))

    assert proven()
    put(empty_leg, "B-1", "formulation", old)
    assert not proven()


def test_attacker_who_restores_an_old_backup_does_not_restore_a_shredded_person(
    stations: Stations, empty_leg: StoreLeg, actor: MakeActor, tmp_path: Path
) -> None:
    """Store and keys of last month come back: the printed name of the person who was shredded since stays unreadable."""
    everything = frozenset({"*"})
    admin, terminal = actor(Role.ADMIN), terminal_actor()
    made = create_account(stations, admin, "gone-1", "a long password 1", "Dr Gone", Role.VIEWER, everything, everything).value
    officers = (tmp_path / "officer-1", tmp_path / "officer-2")
    make_recovery_key(stations, terminal, officers)
    kept = stations.accounts.get_account(made)
    assert kept is not None
    old_ring = stations.keys.ring_path.read_bytes()
    assert stations.sealer.open_document("Account", made, "printed_name", kept.printed_name) == b"Dr Gone"

    group = group_of_account(made)
    with pytest.raises(KeyStateError, match="still open"):
        destroy_key(stations, terminal, group, officers, APPROVAL)
    set_disabled(stations, terminal, "gone-1", True)
    with pytest.raises(RecoveryError):
        destroy_key(stations, terminal, group, (officers[0], officers[0]), APPROVAL)
    for retained in ("T3.1", "operators", "Batch"):
        with pytest.raises(KeyStateError, match="quality record"):
            destroy_key(stations, terminal, retained, officers, APPROVAL)
    destroy_key(stations, terminal, group, officers, APPROVAL)

    stations.accounts.put_account(kept)  # from last month's backup of the store
    restored = stations.accounts.get_account(made)
    assert restored is not None
    with pytest.raises(KeyDestroyedError, match="gone for good"):
        stations.sealer.open_document("Account", made, "printed_name", restored.printed_name)
    stations.keys.ring_path.unlink()
    stations.keys.ring_path.write_bytes(old_ring)  # from last month's backup of the keys
    stations.keys.ring_path.chmod(0o400)
    with pytest.raises(KeyUnavailableError):
        stations.sealer.open_document("Account", made, "printed_name", restored.printed_name)


def test_attacker_at_the_terminal_destroys_no_key_that_others_did_not_approve(
    stations: Stations, actor: MakeActor, tmp_path: Path
) -> None:
    """Neither with the officers' files and no approval, nor with an approval of another key, nor with one and wrong files."""
    everything = frozenset({"*"})
    terminal, then = terminal_actor(), replace(stations, clock=Clockwork.before(stations.clock.now()))
    officers = (tmp_path / "officer-1", tmp_path / "officer-2")
    make_recovery_key(stations, terminal, officers)
    groups = []
    for name in ("gone-1", "gone-2"):
        uid = create_account(then, terminal, name, "a long password 1", name, Role.VIEWER, everything, everything).value
        set_disabled(then, terminal, name, True)
        groups.append(group_of_account(uid))
    with pytest.raises(PermissionDeniedError, match="only after others approved"):
        destroy_key(stations, terminal, groups[0], officers, None)
    with pytest.raises(InputError, match="terminal"):
        request_approval(stations, actor(Role.ADMIN), Operation.KEY_DESTROY, {"group": groups[0]}, WHY)
    for name in ("anna", "ben"):
        create_account(then, terminal, name, "a long password 1", name, Role.QUALITY, everything, everything)
    asked = request_approval(stations, terminal, Operation.KEY_DESTROY, {"group": groups[0]}, WHY).value

    with pytest.raises(ApprovalStateError):
        destroy_approved_key(stations, terminal, asked.uid, groups[0], officers)
    for name in ("anna", "ben"):
        account = stations.accounts.get_account_by_username(name)
        assert account is not None
        opened = make_session(stations, account, Client("", ""), factor_at=stations.clock.now())
        stations.sessions.append_session(opened.session)
        agree(stations, opened.actor, asked.uid, WHY, signed_by(opened.actor))
    with pytest.raises(ApprovalNotFoundError):
        destroy_approved_key(stations, terminal, asked.uid, groups[1], officers)
    with pytest.raises(RecoveryError):
        destroy_approved_key(stations, terminal, asked.uid, groups[0], (officers[0], officers[0]))
    with pytest.raises(PermissionDeniedError, match="not carried out here"):
        execute_approval(stations, terminal, asked.uid)
    assert records(stations, act="key:destroy")[-1]["outcome"] == "failed"

    destroy_approved_key(stations, terminal, asked.uid, groups[0], officers)

    assert {one["approval"] for one in records(stations, act="key:destroy") if one["outcome"] == "done"} == {asked.uid}
    with pytest.raises(ApprovalStateError):
        destroy_approved_key(stations, terminal, asked.uid, groups[0], officers)
