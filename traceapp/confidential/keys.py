"""The keys of one process, unwrapped: they show ids, never bytes.

A data key of a tier and epoch is `T2.1`, one of a shred group `S3.4` (of tier T3, the fourth of its kind); the others
are named by their purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from traceapp.domain.errors import KeyDestroyedError, KeyUnavailableError
from traceapp.domain.keys import KeyState, epoch_of

SEALED_TIERS: Final = ("T2", "T3")
GROUP_TIER: Final = "T3"
"""Of everything that belongs to a shred group."""


class KeyPurpose(StrEnum):
    """Keys that are not data keys. No two purposes ever share a key."""

    IDENTITY = "identity"  # uid = HMAC of an identity; never rotates, or the same lot would get a second node
    BLIND_INDEX = "blind-index"
    CONTENT_DIGEST = "content-digest"
    EXPORT = "export"  # every ring has it; nothing is under it, since a file is sealed to the key of its recipient
    LEDGER_SIDE = "ledger-side"  # rolls and values beside the ledger; never rotates, or they would not open any more
    MAC = "mac"  # has epochs, see `KeyRing.mac_key`
    SESSIONS = "sessions"
    SIGNATURES = "signatures"  # seed of an Ed25519 key; never rotates, or signatures could not be proven any more
    SOURCES = "sources"
    STUBS = "stubs"


PURPOSES: Final[Mapping[str, KeyPurpose]] = {purpose.value: purpose for purpose in KeyPurpose}


def purpose_of(alias: str) -> KeyPurpose | None:
    """The purpose of a key of the ring by its name there (`sessions`, `mac.1`); None for a data key."""
    return PURPOSES.get(alias.partition(".")[0])


@dataclass(frozen=True, slots=True)
class DataKey:
    """One data key of a (tier, epoch), or of a shred group."""

    key_id: str
    state: KeyState
    _secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.key_id}, {self.state.value})"

    @property
    def secret(self) -> bytes:
        return self._secret


class KeyRing:
    """The unwrapped keys of one moment."""

    __slots__ = ("_active", "_data", "_destroyed", "_groups", "_macs", "_purposes", "owner")

    def __init__(
        self,
        data: Mapping[str, DataKey],
        purposes: Mapping[KeyPurpose, bytes],
        macs: Mapping[int, bytes],
        owner: str,
        groups: Mapping[str, str] | None = None,
        destroyed: frozenset[str] = frozenset(),
    ) -> None:
        """owner  whose keys these are: a name drawn with them, to which every ciphertext is bound.
        macs   keys of purpose `mac` by epoch.   groups  shred group → id of its key.   destroyed  ids of keys that were.
        """
        self.owner = owner
        self._macs = dict(macs)
        self._data = dict(data)
        self._purposes = dict(purposes)
        self._groups = dict(groups or {})
        self._destroyed = destroyed
        self._active: dict[str, DataKey] = {}
        for key in sorted(self._data.values(), key=lambda key: epoch_of(key.key_id)):
            if key.state is KeyState.ACTIVE:
                self._active[key.key_id.partition(".")[0]] = key

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(sorted(self._data))})"

    def __reduce__(self) -> str:
        raise TypeError("a key ring is not copied into files or other processes")

    def present(self) -> "KeyRing":
        """The keys of this moment: a ring is one already, `LiveKeys` reads it again where it must."""
        return self

    def sealing_key(self, tier: str, group: str | None = None) -> DataKey:
        """The newest active data key of a tier (`T2`, `T3`), or that of a shred group.

        raises  KeyUnavailableError; KeyDestroyedError: the group's key was.
        """
        if group is not None:
            return self.opening_key(self.group_key(group))
        key = self._active.get(tier)
        if key is None:
            raise KeyUnavailableError(f"No active data key for tier {tier}.")
        return key

    def group_key(self, group: str) -> str:
        """The id of a shred group's key; raises KeyUnavailableError where there is no such group."""
        try:
            return self._groups[group]
        except KeyError:
            raise KeyUnavailableError(f"No key for the group {group}.") from None

    def opening_key(self, key_id: str) -> DataKey:
        """The data key that a ciphertext names.

        raises  KeyUnavailableError: unknown or retired.   KeyDestroyedError.
        """
        key = self._data.get(key_id)
        if key is not None and key.state in {KeyState.ACTIVE, KeyState.DECRYPT_ONLY}:
            return key
        if key_id in self._destroyed:
            raise KeyDestroyedError(f"The data key {key_id} was destroyed: what it sealed is gone for good.")
        raise KeyUnavailableError(f"The data key {key_id} is not available.")

    def purpose_key(self, purpose: KeyPurpose) -> bytes:
        """32 bytes, of purpose `mac` those of the newest epoch; raises KeyUnavailableError."""
        key = self.mac_key(self.mac_epoch) if purpose is KeyPurpose.MAC else self._purposes.get(purpose)
        if key is None:
            raise KeyUnavailableError(f"No key for {purpose.value}.")
        return key

    @property
    def mac_epoch(self) -> int:
        """The epoch whose key new record MACs are made with; 0 where there is none."""
        return max(self._macs, default=0)

    def mac_key(self, epoch: int) -> bytes:
        """32 bytes: the key that the record MACs of an epoch were made with; raises KeyUnavailableError."""
        key = self._macs.get(epoch)
        if key is None:
            raise KeyUnavailableError(f"No key for the record MACs of epoch {epoch}.")
        return key
