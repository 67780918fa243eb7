"""One contract for all who hold a key-encryption key: a file, and a token of SoftHSM2."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.softhsm import MODULE, SoftToken
from traceapp.confidential.file_provider import FileKeyProvider
from traceapp.confidential.key_store import KeyStore
from traceapp.confidential.keys import KeyPurpose
from traceapp.confidential.pkcs11_provider import Pkcs11KeyProvider
from traceapp.domain.errors import KeyUnavailableError, RecoveryError
from traceapp.domain.keys import KeyProvider

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
KEY = bytes(range(32))


@pytest.fixture(params=["file", "pkcs11"])
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> KeyProvider:
    if request.param == "file":
        folder = tmp_path / "file-keys"
        folder.mkdir(mode=0o700)
        return FileKeyProvider(folder)
    token: SoftToken = request.getfixturevalue("soft_token")
    return Pkcs11KeyProvider(MODULE, token.label, token.pin_file)


@pytest.fixture
def lose(provider: KeyProvider, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Takes the key-encryption key away for good."""

    def delete_files() -> None:
        for path in (tmp_path / "file-keys").iterdir():
            path.unlink()

    return delete_files if provider.name == "file" else request.getfixturevalue("soft_token").delete


@pytest.fixture
def keys(provider: KeyProvider, tmp_path: Path) -> KeyStore:
    store = KeyStore(tmp_path / "home", lambda _name, _folder: provider)
    assert store.create(NOW, provider.name)
    return store


def test_a_wrapped_key_comes_back_and_shows_nothing(provider: KeyProvider) -> None:
    kek = provider.create()
    wrapped = provider.wrap(kek, KEY)

    assert len(wrapped) == len(KEY) + 8
    assert KEY[:8] not in wrapped
    assert provider.unwrap(kek, "T2.1", wrapped) == KEY


def test_key_encryption_keys_do_not_open_what_another_wrapped(provider: KeyProvider) -> None:
    one, other = provider.create(), provider.create()

    with pytest.raises(KeyUnavailableError, match=r"The key T2\.1 does not open"):
        provider.unwrap(other, "T2.1", provider.wrap(one, KEY))


@pytest.mark.parametrize("place", [0, 7, 39])
def test_attacker_who_changes_a_wrapped_key_gets_nothing(provider: KeyProvider, place: int) -> None:
    kek = provider.create()
    wrapped = bytearray(provider.wrap(kek, KEY))
    wrapped[place] ^= 1

    with pytest.raises(KeyUnavailableError):
        provider.unwrap(kek, "T2.1", bytes(wrapped))
    with pytest.raises(KeyUnavailableError):
        provider.unwrap(kek, "T2.1", b"")


def test_a_discarded_key_opens_nothing_and_can_be_discarded_again(provider: KeyProvider) -> None:
    kek = provider.create()
    wrapped = provider.wrap(kek, KEY)

    provider.discard(kek)
    provider.discard(kek)

    with pytest.raises(KeyUnavailableError):
        provider.unwrap(kek, "T2.1", wrapped)


def test_a_lost_provider_is_said_and_shows_no_secret(provider: KeyProvider, lose: Callable[[], None]) -> None:
    kek = provider.create()
    wrapped = provider.wrap(kek, KEY)
    lose()

    with pytest.raises(KeyUnavailableError) as raised:
        provider.unwrap(kek, "T2.1", wrapped)
    assert raised.value.__cause__ is None
    with pytest.raises(KeyUnavailableError):
        provider.wrap(kek, KEY)
    assert KEY.hex() not in str(raised.value) + repr(provider)


def test_two_officers_open_the_ring_of_a_lost_provider(
    keys: KeyStore, lose: Callable[[], None], provider: KeyProvider, tmp_path: Path
) -> None:
    files = (tmp_path / "officer-1", tmp_path / "officer-2")
    keys.renew_recovery(files)
    keys.rotate("tester", NOW)
    before = keys.load()
    wanted = [before.opening_key(alias).secret for alias in ("T2.1", "T2.2", "T3.2")]
    lose()
    with pytest.raises(KeyUnavailableError):
        keys.load()

    replacement = FileKeyProvider(tmp_path / "home" / "keys")
    KeyStore(tmp_path / "home", lambda _name, _folder: replacement).recover(files[::-1], "file")

    after = KeyStore(tmp_path / "home").load()
    assert [after.opening_key(alias).secret for alias in ("T2.1", "T2.2", "T3.2")] == wanted
    assert after.purpose_key(KeyPurpose.IDENTITY) == before.purpose_key(KeyPurpose.IDENTITY)


def test_attacker_with_one_officers_part_opens_nothing(keys: KeyStore, tmp_path: Path) -> None:
    files = (tmp_path / "officer-1", tmp_path / "officer-2")
    keys.renew_recovery(files)
    forged = tmp_path / "forged"
    own = files[0].read_text().split("\n")
    forged.write_text("\n".join([own[0].replace("part 1", "part 2"), own[1], secrets.token_hex(32), own[3], ""]))
    forged.chmod(0o400)

    for pair in ((files[0], files[0]), (files[0], forged), (files[0], tmp_path / "missing")):
        with pytest.raises(RecoveryError):
            keys.check_officers(pair)


def test_parts_of_a_former_recovery_key_open_nothing(keys: KeyStore, tmp_path: Path) -> None:
    former, present = [(tmp_path / f"{name}-1", tmp_path / f"{name}-2") for name in ("former", "present")]
    keys.renew_recovery(former)
    keys.renew_recovery(present)

    keys.check_officers(present)
    with pytest.raises(RecoveryError, match="another recovery key"):
        keys.check_officers(former)


def test_no_part_of_the_recovery_key_is_written_into_the_home_or_over_a_file(keys: KeyStore, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("kept")

    for pair in ((tmp_path / "home" / "part", tmp_path / "b"), (there, tmp_path / "b"), (tmp_path / "b", tmp_path / "b")):
        with pytest.raises(RecoveryError):
            keys.renew_recovery(pair)
    assert there.read_text() == "kept"
    assert not (tmp_path / "b").exists()
    assert not keys.record().recovery


def test_nothing_of_the_recovery_key_stays_in_the_home(keys: KeyStore, tmp_path: Path) -> None:
    files = (tmp_path / "officer-1", tmp_path / "officer-2")
    keys.renew_recovery(files)
    shares = [bytes.fromhex(path.read_text().split("\n")[2]) for path in files]
    private = bytes(one ^ other for one, other in zip(*shares, strict=True))

    kept = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    for secret in (*shares, private):
        assert secret.hex().encode() not in kept
        assert secret not in kept
    assert {path.stat().st_mode & 0o777 for path in files} == {0o400}


def put_back(keys: KeyStore, ring: bytes) -> None:
    """What somebody does who kept a copy of the file."""
    keys.ring_path.unlink()
    keys.ring_path.write_bytes(ring)
    keys.ring_path.chmod(0o400)


def test_a_new_key_encryption_key_changes_no_key_and_ends_the_former(keys: KeyStore, tmp_path: Path) -> None:
    before, ring = keys.load(), keys.ring_path.read_bytes()
    former = keys.record().kek

    kek = keys.rewrap()

    assert kek != former
    assert keys.load().opening_key("T2.1").secret == before.opening_key("T2.1").secret
    put_back(keys, ring)
    with pytest.raises(KeyUnavailableError):
        keys.load()


def test_attacker_who_brings_an_old_ring_back_does_not_bring_a_destroyed_key_back(keys: KeyStore) -> None:
    keys.add_group("account:9", "tester", NOW)
    old = keys.ring_path.read_bytes()

    keys.destroy("account:9", NOW)
    put_back(keys, old)

    with pytest.raises(KeyUnavailableError):
        keys.load()


def test_a_wrong_pin_is_tried_once(soft_token: SoftToken) -> None:
    """A token locks itself after a few wrong ones, and then nobody opens anything."""
    provider = Pkcs11KeyProvider(MODULE, soft_token.label, soft_token.pin_file)
    kek = provider.create()
    pin = soft_token.pin_file.read_text()
    _write(soft_token.pin_file, "000000\n")

    with pytest.raises(KeyUnavailableError, match="refused the PIN") as refused:
        provider.wrap(kek, KEY)
    with pytest.raises(KeyUnavailableError, match="not tried again"):
        provider.wrap(kek, KEY)
    assert "000000" not in str(refused.value)
    _write(soft_token.pin_file, pin)
    assert provider.unwrap(kek, "T2.1", provider.wrap(kek, KEY)) == KEY


def test_attacker_who_can_read_the_pin_file_stops_the_provider(soft_token: SoftToken) -> None:
    soft_token.pin_file.chmod(0o440)

    with pytest.raises(KeyUnavailableError, match="open to others"):
        Pkcs11KeyProvider(MODULE, soft_token.label, soft_token.pin_file).create()


def test_a_missing_module_is_said(soft_token: SoftToken, tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match="does not answer"):
        Pkcs11KeyProvider(tmp_path / "no.so", soft_token.label, soft_token.pin_file).create()


def test_a_forked_process_opens_a_session_of_its_own(soft_token: SoftToken) -> None:
    provider = Pkcs11KeyProvider(MODULE, soft_token.label, soft_token.pin_file)
    kek = provider.create()
    wrapped = provider.wrap(kek, KEY)

    child = os.fork()
    if child == 0:
        os._exit(0 if provider.unwrap(kek, "T2.1", wrapped) == KEY else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert provider.unwrap(kek, "T2.1", wrapped) == KEY


def _write(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)
    path.chmod(0o400)
