"""Who owns the ledger's host rewrites history, with the key or without: the verifier says so, or what was kept elsewhere."""

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.recorded import kept_records, leaf, put_records
from traceapp.domain.clock import SystemClock
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.checkpoints import CHECKPOINTS, SIGNING_KEY
from traceapp.ledger.records import FOLDER, canonical, plain_entry, record_hash
from traceapp.ledger.signed_notes import NoteSigner, checkpoint_text, signed
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers import verify_ledger


@dataclass(frozen=True)
class Ledger:
    """One at rest.

    first_key  what somebody noted of it on its first day.
    """

    home: Path
    first_key: str
    origin: str

    @property
    def folder(self) -> Path:
        return self.home / FOLDER

    @property
    def checkpoints(self) -> Path:
        return self.folder / CHECKPOINTS

    def notes(self) -> list[str]:
        found = verify_ledger.NOTE.finditer(self.checkpoints.read_text("utf-8"))
        return [match[0] for match in found]

    def key(self) -> Ed25519PrivateKey:
        """What root of the host can read."""
        found = load_pem_private_key((self.folder / SIGNING_KEY).read_bytes(), None)
        assert isinstance(found, Ed25519PrivateKey)
        return found

    def found(self, **given: Any) -> dict[str, list[str]]:
        """What the verifier finds, by check."""
        report = verify_ledger.verify(self.folder, **given)
        return {check: said for check in verify_ledger.CHECKS if (said := [f.said for f in report.findings if f.check == check])}


def append(storage: LedgerStorage, *numbers: int) -> None:
    for number in numbers:
        entry = LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": f"B-{number}"})
        storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry))])


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Twelve records; checkpoints over 1, 6 and 12."""
    storage = LedgerStorage(tmp_path, SystemClock())
    append(storage, *range(5))
    storage.checkpoint()
    append(storage, *range(5, 11))
    storage.checkpoint()
    found = Ledger(tmp_path, storage.verifier_key, storage.verifier_key.partition("+")[0])
    storage.close()
    assert found.found(key=found.first_key) == {}
    return found


def root_of(records: Sequence[bytes]) -> bytes:
    tree = verify_ledger.Tree()
    for record in records:
        tree.add(bytes.fromhex(leaf(record)))
    return tree.root()


def rewritten(records: Sequence[bytes], number: int, **said: Any) -> list[bytes]:
    """One record says something else, and all after it name the hashes that follow."""
    done = [*records[: number - 1], canonical({**json.loads(records[number - 1]), **said})]
    for record in records[number:]:
        done.append(canonical({**json.loads(record), "prev": record_hash(done[-1])}))
    return done


def re_signed(ledger: Ledger, records: Sequence[bytes], signer: NoteSigner) -> None:
    """Every checkpoint anew, over what stands there now."""
    sizes = [int(note.splitlines()[1]) for note in ledger.notes()]
    text = "".join(signed(checkpoint_text(ledger.origin, size, root_of(records[:size])), signer) for size in sizes)
    ledger.checkpoints.write_text(text, "utf-8")


def test_attacker_who_rechains_history_without_the_key_meets_the_first_checkpoint_over_it(ledger: Ledger) -> None:
    """Record 4 says something else and every later hash fits: the roots that were signed do not."""
    put_records(ledger.home, rewritten(kept_records(ledger.home), 4, actor={"username": "nobody"}))

    found = ledger.found()

    assert set(found) == {"tree"}
    assert [said.partition(" names")[0] for said in found["tree"]] == [
        "checkpoints, checkpoint 2 (size 6)",
        "checkpoints, checkpoint 3 (size 12)",
    ]


def test_attacker_who_signs_history_anew_with_a_key_of_his_own_is_no_signer(ledger: Ledger) -> None:
    """He puts his key into the first record as well: then the key that was noted on the first day is not there."""
    records = kept_records(ledger.home)
    own = NoteSigner(ledger.origin, Ed25519PrivateKey.generate())
    first = json.loads(records[0])
    forged = rewritten(records, 1, result={**first["result"], "key": own.verifier_key})
    put_records(ledger.home, forged)
    re_signed(ledger, forged, own)

    assert ledger.found() == {}, "nothing in the files themselves betrays it"
    assert "The ledger does not begin under the key that was given." in ledger.found(key=ledger.first_key)["signatures"]


def test_attacker_who_signs_a_checkpoint_with_a_retired_key_is_refused(ledger: Ledger) -> None:
    """The key was changed after record 14, and somebody kept the old one."""
    old = NoteSigner(ledger.origin, ledger.key())
    storage = LedgerStorage(ledger.home, SystemClock())
    storage.rotate_key()
    append(storage, 20, 21)
    storage.checkpoint()
    storage.close()
    assert ledger.found(key=ledger.first_key) == {}, "both keys signed where one took over"
    size = len(kept_records(ledger.home))
    text = checkpoint_text(ledger.origin, size, root_of(kept_records(ledger.home)))
    *before, newest = ledger.notes()
    assert newest.startswith(text)

    ledger.checkpoints.write_text("".join([*before, signed(text, old)]), "utf-8")

    assert ledger.found(key=ledger.first_key) == {
        "signatures": [f"checkpoints, checkpoint {len(before) + 1} (size {size}): its key was not valid at size {size}"]
    }


def test_attacker_who_lets_a_key_of_his_own_take_over_needs_the_one_before(ledger: Ledger) -> None:
    """A start that names another key, and a checkpoint by it."""
    records = kept_records(ledger.home)
    own = NoteSigner(ledger.origin, Ed25519PrivateKey.generate())
    start = {**json.loads(records[0]), "seq": 13, "prev": record_hash(records[-1]), "result": {"key": own.verifier_key}}
    records.append(canonical(start))
    put_records(ledger.home, records)
    with ledger.checkpoints.open("a", encoding="utf-8") as file:
        file.write(signed(checkpoint_text(ledger.origin, 13, root_of(records)), own))

    assert ledger.found() == {"signatures": ["The key from record 13 on was not signed for by the one before."]}


def test_attacker_with_the_stolen_key_who_rewrites_and_signs_anew_is_caught_by_what_was_kept_elsewhere(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The files agree with each other and with the key; an older checkpoint in another place does not. Both roots are told."""
    anchor = tmp_path / "kept by the witness"
    anchor.write_text(ledger.notes()[1], "utf-8")
    records = kept_records(ledger.home)
    before = root_of(records[:6])
    forged = rewritten(records, 4, actor={"username": "nobody"})
    put_records(ledger.home, forged)
    re_signed(ledger, forged, NoteSigner(ledger.origin, ledger.key()))

    assert ledger.found(key=ledger.first_key) == {}
    report = verify_ledger.verify(ledger.folder, key=ledger.first_key, anchors=[anchor])

    assert {finding.check for finding in report.findings} == {"anchors"}
    assert report.forks == [(6, before.hex(), root_of(forged[:6]).hex())]


def test_attacker_who_shows_two_histories_of_one_size_shows_both(ledger: Ledger) -> None:
    """The key signed two roots over six records."""
    forged = rewritten(kept_records(ledger.home), 4, actor={"username": "nobody"})
    with ledger.checkpoints.open("a", encoding="utf-8") as file:
        file.write(signed(checkpoint_text(ledger.origin, 6, root_of(forged[:6])), NoteSigner(ledger.origin, ledger.key())))

    (said,) = ledger.found()["forks"]

    assert root_of(forged[:6]).hex() in said
    assert root_of(kept_records(ledger.home)[:6]).hex() in said


def test_attacker_who_cuts_records_and_checkpoints_off_is_caught_by_a_receipt_or_an_anchor(
    ledger: Ledger, tmp_path: Path
) -> None:
    records, notes = kept_records(ledger.home), ledger.notes()
    anchor = tmp_path / "anchor"
    anchor.write_text(notes[-1], "utf-8")
    put_records(ledger.home, records[:8])

    assert ledger.found()["rollback"] == ["Record 9 is missing: checkpoints, checkpoint 3 is over 12 records."]
    ledger.checkpoints.write_text("".join(notes[:2]), "utf-8")

    assert ledger.found() == {}
    assert ledger.found(receipts={10: leaf(records[9])})["rollback"] == ["Record 9 is missing: there is a receipt for record 10."]
    assert ledger.found(anchors=[anchor])["rollback"] == ["Record 9 is missing: anchor, checkpoint 1 is over 12 records."]


@pytest.mark.parametrize(
    ("content", "check"),
    [("", "tree"), ("not a note\n", "tree"), ("x\n6\nAAAA\n\n— x AAAA\n", "signatures")],
    ids=["emptied", "overwritten", "another log's"],
)
def test_attacker_who_takes_the_checkpoints_away_is_found(ledger: Ledger, content: str, check: str) -> None:
    ledger.checkpoints.write_text(content, "utf-8")

    assert check in ledger.found()


def test_attacker_who_renames_or_removes_a_segment_is_located(tmp_path: Path) -> None:
    """Three segments; the middle one goes, or takes the place of the last."""
    storage = LedgerStorage(tmp_path, SystemClock(), largest=5000)
    append(storage, *range(30))
    storage.checkpoint()
    storage.close()
    _, middle, *_, last = sorted((tmp_path / FOLDER / "segments").iterdir())
    first_lost = int(middle.stem)
    for number, damage in enumerate((Path.unlink, lambda path: path.replace(last.with_name(f"{last.stem[:-1]}9{last.suffix}")))):
        home = tmp_path / str(number)
        shutil.copytree(tmp_path / FOLDER, home / FOLDER)
        damage(home / FOLDER / "segments" / middle.name)

        report = verify_ledger.verify(home / FOLDER)

        assert report.first_bad_seq == first_lost
        assert report.missing[0][0] == first_lost


def test_promise_the_verifier_is_one_file_that_needs_nothing_of_ours(ledger: Ledger, tmp_path: Path) -> None:
    """Copied out and run with an interpreter that cannot see the product; exit codes 0, 1 and 2."""
    alone = tmp_path / "elsewhere" / "verify.py"
    alone.parent.mkdir()
    shutil.copy(verify_ledger.__file__, alone)

    def run(folder: Path, *options: str) -> tuple[int, str]:
        command = [sys.executable, "-I", str(alone), str(folder), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=alone.parent)
        assert done.stderr == ""
        return done.returncode, done.stdout

    whole = run(ledger.folder, "--key", ledger.first_key)
    assert (whole[0], whole[1].splitlines()[-1].startswith("as it was written: 12 records, signed up to 12")) == (0, True)
    told = json.loads(run(ledger.folder, "--json")[1])
    assert (told["ok"], told["records"], told["checkpoints"], told["keys"]) == (True, 12, 3, [ledger.first_key])
    put_records(ledger.home, kept_records(ledger.home)[:-1])
    assert run(ledger.folder)[0] == 1
    assert "Record 12 is missing" in run(ledger.folder)[1]
    assert run(tmp_path / "nothing")[0] == 2
