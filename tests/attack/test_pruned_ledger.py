"""Who wants a record gone prunes it, before its date, alone, or over leaf hashes of his own: what is left of it says so."""

import hashlib
import json
import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.old_ledgers import BEGAN, agreed, make_old_ledger, planned, prune, years
from tests.recorded import kept_records
from traceapp.domain.retention import PEOPLE, PRODUCT, PROOF, YEAR_DAYS
from traceapp.ledger.checkpoints import CHECKPOINTS
from traceapp.ledger.frames import frame
from traceapp.ledger.pruned import LeafDigest, PrunedRange, leaves_path, list_pruned, newest_pruned, read_end
from traceapp.ledger.pruning import prune_segments
from traceapp.ledger.records import FOLDER, canonical, leaf_of
from traceapp.ledger.segments import first_kept, list_segments, read_beginning, read_segment
from traceapp.ledger.signed_notes import NoteSigner
from traceapp.verifiers import verify_ledger


def found(home: Path, **given: object) -> dict[str, list[str]]:
    """What the verifier finds, by check."""
    report = verify_ledger.verify(home / FOLDER, **given)  # type: ignore[arg-type]
    return {check: said for check in verify_ledger.CHECKS if (said := [f.said for f in report.findings if f.check == check])}


@pytest.fixture(scope="module")
def pruned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of which the oldest records went as they should."""
    home = tmp_path_factory.mktemp("pruned")
    make_old_ledger(home, old=60)
    prune(home, BEGAN + years(15) + timedelta(days=80))
    prune(home)
    assert len(list_pruned(home)) == 2
    assert found(home) == {}
    return home


@pytest.fixture
def copy(pruned: Path, tmp_path: Path) -> Path:
    shutil.copytree(pruned / FOLDER, tmp_path / FOLDER)
    return tmp_path


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def rewrite(path: Path, change: Callable[[list[bytes], PrunedRange], PrunedRange]) -> None:
    """The file again with a digest that fits it."""
    told, _ = read_end(path)
    content = path.read_bytes()
    leaves = [content[at : at + 32] for at in range(0, 32 * (told.last_seq - told.first_seq + 1), 32)]
    told = change(leaves, told)
    made = bytearray()
    digest = LeafDigest(made.extend)
    digest.add(b"".join(leaves))
    digest.close(told)
    path.chmod(0o600)
    path.write_bytes(made)


@pytest.mark.parametrize("place", [0, 700, -1, -40, -200])
@pytest.mark.parametrize("number", [0, 1])
def test_attacker_who_changes_a_byte_of_the_leaf_hashes_is_found(number: int, place: int, copy: Path) -> None:
    path = list_pruned(copy)[number]
    flip(path, place)

    assert f"The leaf hashes of the records from {int(path.stem)} on were changed." in found(copy)["pruned"]


@pytest.mark.parametrize("number", [0, 1])
def test_attacker_who_takes_the_leaf_hashes_away_is_found(number: int, copy: Path) -> None:
    list_pruned(copy)[number].unlink()

    assert found(copy)["pruned"]


def test_attacker_who_deletes_one_segment_more_is_found(copy: Path) -> None:
    """No leaf hashes are kept of it."""
    first, following = [int(path.stem) for path in list_segments(copy)[:2]]
    list_segments(copy)[0].unlink()

    assert f"Records {first} to {following - 1} are gone, and no leaf hashes are kept of them." in found(copy)["pruned"]


def test_attacker_who_deletes_a_segment_amid_the_ledger_is_found(tmp_path: Path) -> None:
    """A range that is not from the front, with leaf hashes of his own beside it."""
    make_old_ledger(tmp_path)
    plan = planned(tmp_path)
    assert plan.range is not None
    second, third = list_segments(tmp_path)[1:3]
    told = replace(plan.range, first_seq=int(second.stem), last_seq=int(third.stem) - 1)
    path = leaves_path(tmp_path, told.first_seq)
    path.parent.mkdir()
    with path.open("wb") as file:
        digest = LeafDigest(file.write)
        records = kept_records(tmp_path)[told.first_seq - 1 : told.last_seq]
        digest.add(b"".join(leaf_of(record) for record in records))
        digest.close(told)
    second.unlink()

    said = found(tmp_path)

    assert "not from the front" in said["pruned"][0]
    assert "are missing" in said["sequence"][0]


def test_attacker_who_forges_a_leaf_hash_meets_the_checkpoints_and_the_record_of_the_act(copy: Path) -> None:
    def forge(leaves: list[bytes], told: PrunedRange) -> PrunedRange:
        leaves[2] = hashlib.sha256(b"another record").digest()
        return told

    rewrite(list_pruned(copy)[1], forge)

    said = found(copy)

    assert said["tree"]
    assert "no record says under which approval" in said["pruned"][0]


def test_attacker_who_forges_the_keys_of_former_days_is_found(copy: Path) -> None:
    stranger = NoteSigner("traceapp/ledger/other", Ed25519PrivateKey.generate()).verifier_key

    rewrite(list_pruned(copy)[0], lambda _, told: replace(told, keys=((1, stranger),)))

    said = found(copy)
    assert said["signatures"]
    assert "no record says under which approval" in said["pruned"][0]


def test_attacker_who_prunes_alone_is_found(tmp_path: Path) -> None:
    """Our own code, without a record, and with one that names no approval."""
    make_old_ledger(tmp_path)
    plan = planned(tmp_path)
    agreed(tmp_path, plan, approval=None)
    prune_segments(tmp_path, plan)

    assert "no record says under which approval" in found(tmp_path)["pruned"][0]


def test_attacker_who_prunes_before_the_date_is_found(tmp_path: Path) -> None:
    """With a clock set forward for the plan, and an approval."""
    make_old_ledger(tmp_path, old=8, fresh=40)
    plan = planned(tmp_path, datetime.now(UTC) + years(30))
    assert plan.range is not None
    assert plan.range.until > "2025"
    agreed(tmp_path, plan)
    prune_segments(tmp_path, plan)

    assert "the newest of them is of" in found(tmp_path)["pruned"][0]


def test_attacker_who_dates_what_he_prunes_back_meets_a_witness_who_saw_it_younger(tmp_path: Path) -> None:
    """He says of the newest that it is of 2004; but somebody else had countersigned a smaller ledger this week."""
    make_old_ledger(tmp_path, old=8, fresh=40)
    plan = planned(tmp_path, datetime.now(UTC) + years(30))
    assert plan.range is not None
    agreed(tmp_path, plan)
    prune_segments(tmp_path, plan)
    path = list_pruned(tmp_path)[0]
    rewrite(path, lambda _, told: replace(told, until="2004-02-01T00:00:00.000000Z"))
    newest = newest_pruned(tmp_path)
    assert newest is not None
    agreed(tmp_path, replace(plan, digest=newest[1], range=newest[0]))
    witness = Ed25519PrivateKey.generate()
    vkey, cosigned = cosign(tmp_path, witness, plan.range.last_seq)
    anchor = tmp_path / "kept"
    anchor.write_text(cosigned, "utf-8")

    assert found(tmp_path) == {}, "root of the host can write whatever he likes"
    said = found(tmp_path, anchors=[anchor], witness_keys=[vkey])
    assert "it was pruned before its date, or dated back" in said["pruned"][0]


def cosign(home: Path, witness: Ed25519PrivateKey, below: int) -> tuple[str, str]:
    """A witness's key, and the newest checkpoint below so many records as he countersigned it just now."""
    notes = [match[0] for match in verify_ledger.NOTE.finditer((home / FOLDER / CHECKPOINTS).read_text("utf-8"))]
    note = next(note for note in reversed(notes) if int(note.splitlines()[1]) < below)
    public = b"\x04" + witness.public_key().public_bytes_raw()
    identity = hashlib.sha256(b"w1\n" + public).digest()[:4]
    moment = int(datetime.now(UTC).timestamp())
    text = note.partition("\n\n")[0] + "\n"
    signature = witness.sign(f"cosignature/v1\ntime {moment}\n{text}".encode())
    material = verify_ledger.base64.b64encode(identity + struct.pack(">Q", moment) + signature).decode()
    vkey = f"w1+{identity.hex()}+{verify_ledger.base64.b64encode(public).decode()}"
    return vkey, f"{note}— w1 {material}\n"


def test_promise_the_verifier_knows_the_shortest_time_that_records_are_kept() -> None:
    shortest = min(one.years for one in (PRODUCT, PEOPLE, PROOF)) * YEAR_DAYS

    assert timedelta(days=shortest) == verify_ledger.SHORTEST


def test_attacker_who_puts_a_segment_back_that_is_not_the_pruned_one_is_found(tmp_path: Path) -> None:
    """Half done by a crash: what is left must be what its leaf hashes say."""
    make_old_ledger(tmp_path)
    kept = list_segments(tmp_path)
    contents = {path: path.read_bytes() for path in kept}
    prune(tmp_path)
    left = [path for path in kept if not path.exists()][-1]
    left.write_bytes(contents[left])
    assert found(tmp_path) == {}, "as a crash leaves it"
    assert first_kept(tmp_path) == int(left.stem)

    records = read_segment(left, closed=True)
    records[0] = canonical({**json.loads(records[0]), "actor": {"username": "nobody"}})
    beginning = read_beginning(left).record()
    left.write_bytes(b"".join(frame(record, leaf_of(record)) for record in [beginning, *records]))

    assert "is not the one whose leaf hash is kept" in found(tmp_path)["pruned"][0]
