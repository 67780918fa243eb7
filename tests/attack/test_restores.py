"""Somebody gives a bundle to whoever restores: it is refused before anything of it is written."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.attack.test_backups import CHANGED
from tests.conftest import running_stations
from tests.hostile import CONTENTS, HOSTILE, bundle_of, listed_of, manifest_of
from tests.restored import embedded, filled, nothing, said
from tests.servers import StoreLeg
from traceapp.backing import offline, restore_home
from traceapp.composition import terminal_actor
from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.keys import KeyPurpose
from traceapp.domain.errors import BundleError, KeyDestroyedError, RestoreError
from traceapp.graph.schema import load_steps
from traceapp.ledger.signed_notes import NoteSigner
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.backup.make_backup import make_backup
from traceapp.usecases.keys.destroy_key import destroy_key, group_of_account
from traceapp.usecases.keys.make_recovery_key import make_recovery_key

pytestmark = pytest.mark.one_store
ORIGIN = b"traceapp/ledger/1\n"


class Given(NamedTuple):
    """The keys that whoever restores has: their folder, the one that signs bundles, and the ledger's."""

    folder: Path
    signs: Ed25519PrivateKey
    ledger: str


@pytest.fixture
def given(tmp_path: Path) -> Given:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    create_keys(folder)
    ledger = Ed25519PrivateKey.generate()
    (folder / "signing.pem").write_bytes(ledger.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "signing.pem").chmod(0o400)
    signs = Ed25519PrivateKey.from_private_bytes(load_keys(folder).purpose_key(KeyPurpose.SIGNATURES))
    return Given(folder, signs, NoteSigner(ORIGIN.decode().strip(), ledger).verifier_key)


def refused(tmp_path: Path, given: Given, content: bytes) -> str:
    """What is said of a bundle that is restored into a new home, of which nothing comes to be."""
    path, home = tmp_path / "given.bundle", tmp_path / "new"
    path.write_bytes(content)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((BundleError, RestoreError)) as refusal:
        restore_home(embedded(home), path, given.folder, said, nothing)
    assert sorted(tmp_path.rglob("*")) == before
    return str(refusal.value)


@pytest.mark.parametrize(("made", "what"), HOSTILE.values(), ids=HOSTILE)
def test_attacker_who_sends_a_bomb_or_a_way_out_has_nothing_restored(
    made: object, what: str, tmp_path: Path, given: Given
) -> None:
    assert callable(made)
    assert what in refused(tmp_path, given, made())


@pytest.mark.parametrize(("content", "member", "what"), CHANGED.values(), ids=CHANGED)
def test_attacker_who_changes_a_bundle_has_nothing_restored(
    content: bytes, member: str, what: str, tmp_path: Path, given: Given
) -> None:
    """Of a home that has other keys: nobody's signature holds but ours."""
    assert "not what this key signed" in refused(tmp_path, given, content)


def test_attacker_who_swaps_a_member_of_a_bundle_of_ours_has_nothing_restored(tmp_path: Path, given: Given) -> None:
    own = {**CONTENTS, "home/ledger/origin": ORIGIN}
    listed = listed_of(own)
    swapped = {**own, "home/organisation.toml": b"y" * 700}

    told = refused(tmp_path, given, bundle_of(swapped, key=given.signs, manifest=manifest_of(listed)))

    assert told == "home/organisation.toml: it is not what was backed up"


def test_attacker_gets_no_bundle_into_a_home_that_lives(tmp_path: Path, given: Given) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "organisation.toml").write_text("ours")
    path = tmp_path / "given.bundle"
    path.write_bytes(ours(given))

    with pytest.raises(RestoreError, match="not empty"):
        restore_home(embedded(home), path, given.folder, said, nothing)

    assert [one.name for one in home.iterdir()] == ["organisation.toml"]


WRONG: Mapping[str, tuple[dict[str, object], str]] = {
    "a key that was made since": ({"keys": {"T2.1": "active", "S3.9": "active"}}, "S3.9 are not among them"),
    "another key of the ledger": ({"ledger_key": "other"}, "is not the key that the ledger of the bundle signs under"),
    "another step of the store": ({"schema_step": "V0001"}, "restore it with that version"),
}


@pytest.mark.parametrize(("changed", "what"), WRONG.values(), ids=WRONG)
def test_promise_what_cannot_be_restored_is_said_before(
    changed: dict[str, object], what: str, tmp_path: Path, given: Given
) -> None:
    assert what in refused(tmp_path, given, ours(given, **changed))


def ours(given: Given, **changed: object) -> bytes:
    """A bundle that these keys signed; of a home that never was."""
    own = {**CONTENTS, "home/ledger/origin": ORIGIN}
    told = {"schema_step": load_steps()[-1].version, "ledger_key": given.ledger, **changed}
    return bundle_of(own, key=given.signs, manifest=manifest_of(listed_of(own), **told))  # type: ignore[arg-type]


def test_attacker_who_restores_a_bundle_does_not_restore_a_shredded_person(
    empty_leg: StoreLeg, home: Path, tmp_path: Path
) -> None:
    """The bundle of before and the keys of today: the printed name stays unreadable, and the report says so."""
    (tmp_path / "safe").mkdir()
    officers = (tmp_path / "officer-1", tmp_path / "officer-2")
    terminal = terminal_actor()
    with running_stations(empty_leg, home) as stations:
        uid = filled(stations, tmp_path)
        make_recovery_key(stations, terminal, officers)
        make_backup(stations, terminal, tmp_path / "a.bundle", nothing)
        set_disabled(stations, terminal, "anna", True)
        destroy_key(stations, terminal, group_of_account(uid), officers, "0" * 32)
        make_backup(stations, terminal, tmp_path / "b.bundle", nothing, tmp_path / "safe" / "keys")

    there = embedded(tmp_path / "there")
    proven = restore_home(there, tmp_path / "a.bundle", tmp_path / "safe" / "keys", said, nothing).value

    assert "destroyed since the backup" in proven[-1].said
    assert group_of_account(uid) in proven[-1].said
    with offline(there, said) as stations:
        account = stations.accounts.get_account(uid)
        assert account is not None
        with pytest.raises(KeyDestroyedError):
            stations.sealer.open_document("Account", uid, "printed_name", account.printed_name)
