"""Who owns the ledger's host has its key too, and rewrites and signs history anew: each anchor tells, by what it kept."""

import base64
import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from tests.recorded import kept_records, leaf, put_records
from tests.time_stamp_authority import Authority, answering, make_authority
from traceapp.domain.clock import Clock, SystemClock
from traceapp.domain.errors import AnchorError, InputError, OutboundError
from traceapp.domain.ledger_health import Growth
from traceapp.domain.recorded import LedgerEntry
from traceapp.host.outbound import OutboundGuard
from traceapp.host.outbound_call import post
from traceapp.ledger.anchors.port import Anchor
from traceapp.ledger.anchors.second_copy import SecondCopy
from traceapp.ledger.anchors.states import anchors_folder
from traceapp.ledger.anchors.time_stamp import QUERY, STAMPS, TimeStamps
from traceapp.ledger.anchors.witness import CHECKPOINT, COSIGNED, KEPT, WitnessDrop
from traceapp.ledger.checkpoints import CHECKPOINTS, SIGNING_KEY
from traceapp.ledger.records import FOLDER, canonical, plain_entry, record_hash
from traceapp.ledger.signed_notes import NoteSigner, WitnessKey, checkpoint_text, signed
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers import verify_ledger, witness

EVERY: Final = 60.0


class PastClock:
    """Of a ledger that was written ten days ago."""

    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=10)


@dataclass
class Host:
    """A ledger and its three anchors; the witness has a folder and a key that this host does not reach."""

    home: Path
    key: str
    anchors: dict[str, Anchor]
    witness: witness.Witness
    witness_key: str
    away: Path
    authority: Authority

    def storage(self, clock: Clock | None = None) -> LedgerStorage:
        return LedgerStorage(self.home, clock or SystemClock())

    def append(self, records: int, clock: Clock | None = None) -> None:
        storage = self.storage(clock)
        for number in range(records):
            entry = LedgerEntry(
                act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": f"B-{number}"}
            )
            storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry))])
        storage.checkpoint()
        storage.close()

    def anchor(self, name: str) -> object:
        """Ask one anchor, as the service does."""
        storage = self.storage()

        def grow(before: int) -> Growth:
            try:
                note, path = storage.prove_growth(before)
            except ValueError as error:
                raise InputError(str(error)) from None
            return Growth(before, note.size, tuple(path), note.note)

        try:
            return self.anchors[name].put(grow)
        finally:
            storage.close()

    def found(self, **given: Any) -> list[str]:
        """What the verifier finds with the key that was noted on the first day."""
        report = verify_ledger.verify(self.home / FOLDER, key=self.key, **given)
        return [f"{finding.check}: {finding.said}" for finding in report.findings]

    def rewrite(self, number: int = 4) -> tuple[bytes, bytes]:
        """One record says something else; everything after it, and every checkpoint, is made to fit. Both roots at the end."""
        records = kept_records(self.home)
        forged = [*records[: number - 1], canonical({**json.loads(records[number - 1]), "actor": {"username": "nobody"}})]
        for record in records[number:]:
            forged.append(canonical({**json.loads(record), "prev": record_hash(forged[-1])}))
        put_records(self.home, forged)
        self.sign_anew(forged)
        return root_of(records), root_of(forged)

    def cut(self, kept: int) -> None:
        records = kept_records(self.home)[:kept]
        put_records(self.home, records)
        self.sign_anew(records)

    def sign_anew(self, records: list[bytes]) -> None:
        folder = self.home / FOLDER
        key = load_pem_private_key((folder / SIGNING_KEY).read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        signer = NoteSigner(self.key.partition("+")[0], key)
        (folder / CHECKPOINTS).write_text(signed(checkpoint_text(signer.name, len(records), root_of(records)), signer), "utf-8")
        (folder / "tree").unlink(missing_ok=True)

    def newest_note(self) -> str:
        return [*verify_ledger.NOTE.finditer((self.home / FOLDER / CHECKPOINTS).read_text("utf-8"))][-1][0]

    def seen(self) -> dict[str, Any]:
        """What the witness remembers."""
        return dict(json.loads((self.witness._own / "seen.json").read_text()))


def root_of(records: list[bytes]) -> bytes:
    tree = verify_ledger.Tree()
    for record in records:
        tree.add(bytes.fromhex(leaf(record)))
    return tree.root()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with answering(make_authority(tmp_path / "authority")) as made:
        yield made


@pytest.fixture
def host(tmp_path: Path, authority: Authority) -> Host:
    home, drop, own, away = (tmp_path / name for name in ("home", "drop", "own", "away"))
    for folder in (drop, own, away):
        folder.mkdir()
    storage = LedgerStorage(home, SystemClock())
    key = storage.verifier_key
    storage.close()
    anchors_folder(home).mkdir()
    witness_key = witness.new_key(own / "witness.pem", "witness.example.org/w1")
    signer = load_pem_private_key((own / "witness.pem").read_bytes(), None)
    assert isinstance(signer, Ed25519PrivateKey)
    guard = OutboundGuard({"127.0.0.1"}, (ip_network("127.0.0.0/8"),))
    roots = load_pem_x509_certificates(authority.root.read_bytes())
    anchors: dict[str, Anchor] = {
        "copy": SecondCopy(away, key.partition("+")[0], SystemClock(), EVERY),
        "witness": WitnessDrop(drop, anchors_folder(home), WitnessKey.parse(witness_key), EVERY),
        "time-stamp": TimeStamps(partial(post, guard, authority.url, kind=QUERY), roots, anchors_folder(home), EVERY),
    }
    made = witness.Witness(drop, own, [key], "witness.example.org/w1", signer)
    host = Host(home, key, anchors, made, witness_key, away, authority)
    host.append(9)
    return host


def the_copy(host: Host) -> Path:
    (path,) = host.away.iterdir()
    return path


def stamps_of(host: Host) -> list[Path]:
    return sorted((anchors_folder(host.home) / STAMPS).glob("*.tsr"))


def test_attacker_who_rewrites_and_signs_history_anew_is_caught_by_the_copy_on_a_second_file_system(host: Host) -> None:
    """The next checkpoint does not grow from the one that lies there: it is refused, and the verifier shows both roots."""
    host.anchor("copy")
    kept = the_copy(host).read_bytes()
    right, wrong = host.rewrite()
    assert host.found() == []

    with pytest.raises(AnchorError, match="another history"):
        host.anchor("copy")

    assert the_copy(host).read_bytes() == kept
    assert [said.partition(":")[0] for said in host.found(anchors=[the_copy(host)])] == ["anchors"]
    size = int(kept.decode().splitlines()[1])
    assert verify_ledger.verify(host.home / FOLDER, anchors=[the_copy(host)]).forks == [(size, right.hex(), wrong.hex())]


def test_attacker_who_rewrites_and_signs_history_anew_is_refused_by_the_witness(host: Host, tmp_path: Path) -> None:
    """He cannot show a proof that the one history grew from the other, whatever he puts into the folder."""
    host.anchor("witness")
    host.witness.look()
    back = host.anchor("witness")
    host.rewrite()

    with pytest.raises(AnchorError, match="another history"):
        host.anchor("witness")
    host.append(3)
    (tmp_path / "drop" / COSIGNED).unlink()
    host.anchor("witness")
    assert "is asked for another" in host.witness.look()
    host.anchor("witness")
    with pytest.raises(witness.RefusedError, match=f"another history.*root {host.seen()['root']}"):
        host.witness.look()

    assert back is not None
    kept = tmp_path / "own" / "kept"
    assert any("anchors" in said for said in host.found(anchors=[kept], witness_keys=[host.witness_key]))


def test_attacker_who_shows_the_witness_two_histories_of_one_size_shows_both_roots(host: Host) -> None:
    host.anchor("witness")
    host.witness.look()
    right, wrong = host.rewrite()
    (host.witness._drop / CHECKPOINT).write_text(f"old {host.seen()['size']}\n\n{host.newest_note()}", "utf-8")

    with pytest.raises(witness.RefusedError, match="two histories") as refused:
        host.witness.look()
    assert right.hex() == host.seen()["root"]
    assert {right.hex(), wrong.hex()} <= set(str(refused.value).split())


def test_attacker_who_cuts_the_end_off_is_refused_by_copy_and_witness(host: Host) -> None:
    for name in ("copy", "witness"):
        host.anchor(name)
    host.witness.look()
    host.anchor("witness")
    host.cut(5)

    for name in ("copy", "witness"):
        with pytest.raises(AnchorError, match="was cut off"):
            host.anchor(name)
    (host.witness._drop / CHECKPOINT).write_text(f"old 0\n\n{host.newest_note()}", "utf-8")
    with pytest.raises(witness.RefusedError, match="was cut off"):
        host.witness.look()
    assert any(said.startswith("rollback") for said in host.found(anchors=[the_copy(host)]))


def test_attacker_who_signs_in_the_name_of_the_witness_is_not_believed(host: Host, tmp_path: Path) -> None:
    """A checkpoint that he countersigned himself does not come back, and the verifier names it."""
    host.anchor("witness")
    note = (tmp_path / "drop" / CHECKPOINT).read_text("utf-8").partition("\n\n")[2]
    text, _, lines = note.partition("\n\n")
    own = Ed25519PrivateKey.generate()
    public = WitnessKey.parse(host.witness_key).public
    line = witness.cosignature("witness.example.org/w1", own, text + "\n", 1_700_000_000)
    name, material = line.split(" ")[1], line.split(" ")[2]
    decoded = base64.b64decode(material)
    right_id = witness.key_id(name, witness.COSIGNATURE, public) + decoded[4:]
    forged = f"{text}\n\n{lines}— {name} {base64.b64encode(right_id).decode()}\n"
    (tmp_path / "drop" / COSIGNED).write_text(forged, "utf-8")

    with pytest.raises(AnchorError, match="no signature of"):
        host.anchor("witness")
    (tmp_path / "forged").write_text(forged, "utf-8")
    said = host.found(anchors=[tmp_path / "forged"], witness_keys=[host.witness_key])
    assert [one.rpartition(": ")[2] for one in said] == [
        "the cosignature of witness.example.org/w1 does not hold",
        "Nothing that was given is countersigned by witness.example.org/w1.",
    ]


def test_attacker_who_shows_the_witness_what_the_ledger_did_not_sign_is_refused(host: Host, tmp_path: Path) -> None:
    host.anchor("witness")
    drop = tmp_path / "drop" / CHECKPOINT
    own = NoteSigner(host.key.partition("+")[0], Ed25519PrivateKey.generate())
    drop.write_text("old 0\n\n" + signed(checkpoint_text(own.name, 3, bytes(32)), own), "utf-8")

    with pytest.raises(witness.RefusedError, match="no key of the ledger"):
        host.witness.look()
    drop.write_text("nothing of the kind\n")
    with pytest.raises(witness.UnreadableError):
        host.witness.look()
    assert not (tmp_path / "drop" / COSIGNED).exists()


def test_attacker_who_rewrites_and_signs_history_anew_is_caught_by_a_time_stamp(host: Host) -> None:
    """What was stamped disagrees; where he takes the stamps away, nothing was stamped as early as it says."""
    host.anchor("time-stamp")
    stamps = stamps_of(host)
    believed = {"authorities": [host.authority.root]}
    assert host.found(time_stamps=stamps, **believed) == []
    host.rewrite()
    assert host.found() == []

    assert any(said.startswith("anchors") for said in host.found(time_stamps=stamps, **believed))


def test_attacker_who_stamps_a_history_that_he_wrote_later_is_late(host: Host) -> None:
    """The records say that they are ten days old; the first stamp over them is of today."""
    shutil.rmtree(host.home / FOLDER)
    host.append(9, PastClock())
    host.key = LedgerKey(host).text
    anchors_folder(host.home).mkdir()
    host.anchor("time-stamp")
    believed = {"time_stamps": stamps_of(host), "authorities": [host.authority.root]}

    late = host.found(**believed, stamped_within=timedelta(hours=2))

    assert len(late) == 1
    assert late[0].startswith("anchors: Record 1 says that it is of ")
    assert host.found(**believed, stamped_within=timedelta(days=11)) == []


def test_attacker_who_puts_another_stamp_beside_a_checkpoint_is_found(host: Host, tmp_path: Path) -> None:
    """Of another checkpoint, of another authority, and none at all."""
    host.anchor("time-stamp")
    host.append(2)
    host.anchor("time-stamp")
    first, second = stamps_of(host)
    other = make_authority(tmp_path / "other")
    swapped = tmp_path / second.name
    shutil.copy(first, swapped)
    shutil.copy(second.with_suffix(".checkpoint"), swapped.with_suffix(".checkpoint"))
    for stamp, root in ((swapped, host.authority.root), (second, other.root)):
        (said,) = host.found(time_stamps=[stamp], authorities=[root])
        assert "the time stamp does not hold" in said
    swapped.write_bytes(b"no stamp")
    assert "the time stamp does not hold" in host.found(time_stamps=[swapped], authorities=[host.authority.root])[0]


def test_attacker_who_answers_for_the_authority_is_not_believed(host: Host, tmp_path: Path) -> None:
    """Another authority's answer, an older answer of the right one (the nonce is another), and nonsense are not kept."""
    host.anchor("time-stamp")
    old = stamps_of(host)[0].read_bytes()
    other = make_authority(tmp_path / "other")
    host.append(1)
    answers: list[Callable[[bytes], bytes]] = [other.stamp, lambda _: old, lambda _: b"nonsense", lambda _: b""]
    anchor = host.anchors["time-stamp"]
    assert isinstance(anchor, TimeStamps)
    for answer in answers:
        anchor._send = lambda query, answer=answer: (200, answer(query))  # type: ignore[misc]
        with pytest.raises(AnchorError, match="does not hold"):
            host.anchor("time-stamp")
    anchor._send = lambda _: (500, b"")
    with pytest.raises(AnchorError, match="answers 500"):
        host.anchor("time-stamp")
    assert len(stamps_of(host)) == 1


def test_attacker_who_names_another_host_as_the_authority_gets_no_call(host: Host) -> None:
    """The guard of outbound calls stands before it: a host that is not on the list, an inner network, plain http."""
    for guard in (OutboundGuard(()), OutboundGuard({"127.0.0.1"})):
        with pytest.raises(OutboundError):
            post(guard, host.authority.url, b"", QUERY)
    assert host.authority.asked == []


def test_promise_an_anchored_ledger_is_whole_with_all_that_was_kept(host: Host, tmp_path: Path) -> None:
    """Two rounds of all three; the verifier as a process of its own, and what it says as a document."""
    for _ in range(2):
        for name in host.anchors:
            host.anchor(name)
        host.witness.look()
        host.append(2)
    host.anchor("witness")
    stamps = [f"--time-stamp={path}" for path in stamps_of(host)]
    options = [
        f"--anchor={the_copy(host)}",
        f"--anchor={anchors_folder(host.home) / KEPT}",
        f"--anchor={tmp_path / 'own' / 'kept'}",
    ]
    keys = [f"--key={host.key}", f"--witness-key={host.witness_key}", f"--tsa-certificate={host.authority.root}"]
    command = [sys.executable, verify_ledger.__file__, str(host.home / FOLDER), "--json", "--stamped-within=3600"]

    done = subprocess.run([*command, *options, *stamps, *keys], capture_output=True, text=True, check=False)

    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], told["forks"]) == (0, True, [])
    assert {one["witness"] for one in told["witnessed"]} == {"witness.example.org/w1"}
    assert len(told["time_stamps"]) == 2
    assert told["anchors"] >= 6
    wrong = subprocess.run([*command, f"--witness-key={host.key}"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, "no verifier key of a witness" in wrong.stdout) == (2, True)


class LedgerKey:
    """Of the ledger as it lies there now."""

    def __init__(self, host: Host) -> None:
        storage = host.storage()
        self.text = storage.verifier_key
        storage.close()
