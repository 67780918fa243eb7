import json
import pickle
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from traceapp.confidential.key_store import KeyStore, create_keys, load_keys
from traceapp.confidential.keys import KeyPurpose, KeyRing
from traceapp.domain.errors import HomeError, KeyUnavailableError
from traceapp.domain.keys import key_id_of, key_number

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_keys_are_private_files_in_a_private_folder(tmp_path: Path) -> None:
    assert create_keys(tmp_path)

    folder = tmp_path / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "key-encryption-key": 0o400,
        "keyring.json": 0o400,
    }
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_creating_keys_again_changes_nothing(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = load_keys(tmp_path).purpose_key(KeyPurpose.IDENTITY)

    assert not create_keys(tmp_path)
    assert load_keys(tmp_path).purpose_key(KeyPurpose.IDENTITY) == before


def test_many_processes_that_create_keys_at_once_agree_on_one_ring(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_keys(tmp_path), range(16)))

    assert made.count(True) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
    load_keys(tmp_path)


def test_every_purpose_and_tier_has_a_key_of_its_own(keys: KeyRing) -> None:
    secrets = [keys.purpose_key(purpose) for purpose in KeyPurpose] + [keys.sealing_key(tier).secret for tier in ("T2", "T3")]

    assert len(set(secrets)) == len(KeyPurpose) + 2
    assert {len(secret) for secret in secrets} == {32}


def test_wrapped_keys_do_not_stand_in_the_ring_file(tmp_path: Path) -> None:
    create_keys(tmp_path)
    keys, ring = load_keys(tmp_path), (tmp_path / "keys/keyring.json").read_text()

    for secret in [keys.purpose_key(purpose) for purpose in KeyPurpose] + [keys.sealing_key("T3").secret]:
        assert secret.hex() not in ring


def test_an_old_ring_gains_the_keys_of_new_purposes_once_and_keeps_the_others(tmp_path: Path) -> None:
    create_keys(tmp_path)
    ring = tmp_path / "keys/keyring.json"
    document = json.loads(ring.read_text())
    del document["keys"]["mac.1"]
    ring.unlink()
    ring.write_text(json.dumps(document))
    ring.chmod(0o400)
    before = load_keys(tmp_path)
    with pytest.raises(KeyUnavailableError):
        before.purpose_key(KeyPurpose.MAC)

    with ThreadPoolExecutor(8) as pool:
        gained = list(pool.map(lambda _: KeyStore(tmp_path).complete(NOW), range(16)))

    after = load_keys(tmp_path)
    assert sorted(gained)[-1] == ("mac.1",)
    assert gained.count(()) == 15
    assert len(after.purpose_key(KeyPurpose.MAC)) == 32
    assert after.purpose_key(KeyPurpose.SESSIONS) == before.purpose_key(KeyPurpose.SESSIONS)
    assert stat.S_IMODE(ring.stat().st_mode) == 0o400
    assert sorted(path.name for path in ring.parent.iterdir()) == ["key-encryption-key", "keyring.json"]


@pytest.mark.parametrize("name", ["key-encryption-key", "keyring.json"])
@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644])
def test_attacker_who_can_read_a_key_file_stops_the_start(tmp_path: Path, name: str, mode: int) -> None:
    create_keys(tmp_path)
    (tmp_path / "keys" / name).chmod(mode)

    with pytest.raises(KeyUnavailableError, match="open to others"):
        load_keys(tmp_path)


def test_a_key_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    create_keys(tmp_path)
    (tmp_path / "keys").chmod(0o755)

    with pytest.raises(KeyUnavailableError, match=r"folder .* open to others"):
        load_keys(tmp_path)


def test_a_key_file_behind_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    create_keys(tmp_path)
    key = tmp_path / "keys/key-encryption-key"
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KeyUnavailableError):
        load_keys(tmp_path)


def test_the_wrong_key_encryption_key_is_said_and_opens_nothing(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    create_keys(ours)
    create_keys(other)
    (other / "keys/key-encryption-key").replace(ours / "keys/key-encryption-key")

    with pytest.raises(KeyUnavailableError, match="another key, or a damaged ring"):
        load_keys(ours)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"format": 1}', b'{"format": 9, "keys": {}}', b"\xff\xfe"])
def test_a_damaged_ring_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    create_keys(tmp_path)
    ring = tmp_path / "keys/keyring.json"
    ring.unlink()
    ring.write_bytes(content)
    ring.chmod(0o400)

    with pytest.raises(KeyUnavailableError):
        load_keys(tmp_path)


def test_missing_keys_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match="cannot be read"):
        load_keys(tmp_path)


def test_a_home_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(HomeError):
        create_keys(tmp_path / "home")


def test_a_retired_key_opens_nothing(tmp_path: Path) -> None:
    create_keys(tmp_path)
    ring = tmp_path / "keys/keyring.json"
    document = json.loads(ring.read_text())
    document["keys"]["T2.1"]["state"] = "retired"
    ring.unlink()
    ring.write_text(json.dumps(document))
    ring.chmod(0o400)
    keys = load_keys(tmp_path)

    with pytest.raises(KeyUnavailableError):
        keys.sealing_key("T2")
    with pytest.raises(KeyUnavailableError):
        keys.opening_key("T2.1")


def test_nothing_secret_in_repr_traceback_or_pickle(keys: KeyRing) -> None:
    secret = keys.sealing_key("T2").secret

    shown = repr(keys) + repr(keys.sealing_key("T2")) + str(keys.sealing_key("T3"))
    try:
        keys.opening_key("T2.9")
    except KeyUnavailableError as error:
        shown += "".join(traceback.format_exception(error))

    assert "T2.1" in shown
    assert secret.hex() not in shown
    assert repr(secret) not in shown
    with pytest.raises(TypeError):
        pickle.dumps(keys)


@pytest.mark.parametrize("key_id", ["T2.1", "T3.1", "T2.16777215", "S3.1", "S3.16777215"])
def test_key_ids_fit_four_bytes_and_come_back(key_id: str) -> None:
    assert key_number(key_id) < 2**32
    assert key_id_of(key_number(key_id)) == key_id
