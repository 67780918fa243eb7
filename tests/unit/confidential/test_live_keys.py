"""Keys of a process that lives on: five minutes, then the provider is asked again; a change is seen at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from traceapp.confidential.envelope import Envelope, Place, key_of
from traceapp.confidential.key_store import KeyStore
from traceapp.confidential.keys import KeyPurpose
from traceapp.confidential.live_keys import LIFETIME, PATIENCE, LiveKeys
from traceapp.domain.errors import KeyDestroyedError, KeyUnavailableError

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PLACE = Place("Batch", "a" * 32, "deviation", "text", "T3")


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    made = KeyStore(tmp_path)
    made.create(NOW)
    return made


@pytest.fixture
def live(store: KeyStore, hands: Hands) -> LiveKeys:
    return LiveKeys(store.load, store.ring_path, hands)


def test_the_provider_is_not_asked_for_five_minutes(live: LiveKeys, hands: Hands, tmp_path: Path) -> None:
    sealed = Envelope(live, "o").seal(PLACE, b"content")
    (tmp_path / "keys/key-encryption-key").rename(tmp_path / "away")
    hands.seconds = LIFETIME - 1

    assert Envelope(live, "o").open(PLACE, sealed) == b"content"


def test_promise_a_lost_provider_ends_data_keys_and_its_return_needs_no_restart(
    live: LiveKeys, hands: Hands, tmp_path: Path
) -> None:
    envelope = Envelope(live, "o")
    sealed = envelope.seal(PLACE, b"content")
    (tmp_path / "keys/key-encryption-key").rename(tmp_path / "away")
    hands.seconds = LIFETIME + 1

    with pytest.raises(KeyUnavailableError):
        envelope.open(PLACE, sealed)
    with pytest.raises(KeyUnavailableError):
        envelope.seal(PLACE, b"content")
    assert len(live.purpose_key(KeyPurpose.IDENTITY)) == 32

    (tmp_path / "away").rename(tmp_path / "keys/key-encryption-key")
    with pytest.raises(KeyUnavailableError):
        envelope.open(PLACE, sealed)  # it was asked this very second
    hands.seconds += PATIENCE
    assert envelope.open(PLACE, sealed) == b"content"


def test_promise_a_rotation_reaches_running_processes_at_once(live: LiveKeys, store: KeyStore) -> None:
    envelope = Envelope(live, "o")
    old = envelope.seal(PLACE, b"content")

    store.rotate("tester", NOW)

    assert key_of(envelope.seal(PLACE, b"content")) == "T3.2"
    assert envelope.open(PLACE, old) == b"content"
    assert key_of(envelope.reseal(PLACE, old)) == "T3.2"


def test_promise_a_destroyed_key_opens_nothing_in_a_running_process(live: LiveKeys, store: KeyStore) -> None:
    store.add_group("account:9", "tester", NOW)
    envelope = Envelope(live, "o")
    sealed = envelope.seal(PLACE, b"content", group="account:9")
    assert key_of(sealed) == "S3.1"
    assert envelope.open(PLACE, sealed) == b"content"

    store.destroy("account:9", NOW)

    with pytest.raises(KeyDestroyedError):
        envelope.open(PLACE, sealed)
    with pytest.raises(KeyDestroyedError):
        envelope.seal(PLACE, b"content", group="account:9")


def test_a_ring_that_is_lost_while_the_process_runs_is_noticed(live: LiveKeys, store: KeyStore) -> None:
    store.ring_path.unlink()

    with pytest.raises(KeyUnavailableError):
        live.present()


def test_a_process_does_not_begin_without_its_keys(store: KeyStore, tmp_path: Path) -> None:
    (tmp_path / "keys/key-encryption-key").unlink()

    with pytest.raises(KeyUnavailableError):
        LiveKeys(store.load, store.ring_path)
