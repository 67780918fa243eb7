"""HOME/keys: made once, opened by a provider, changed key by key.

HOME/keys/keyring.json        every key, wrapped, with its state
HOME/keys/key-encryption-key  where the provider is `file`; with `pkcs11` it stays in the token
"""

import hashlib
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from traceapp.confidential.file_provider import FileKeyProvider
from traceapp.confidential.keys import GROUP_TIER, SEALED_TIERS, DataKey, KeyPurpose, KeyRing, purpose_of
from traceapp.confidential.recovery import (
    check_officer_files,
    join_shares,
    make_recovery_key,
    open_by_recovery,
    read_officer_files,
    seal_to_recovery,
    write_officer_files,
)
from traceapp.confidential.ring_file import KEYRING, Ring, WrappedKey, changing_ring, read_ring, write_ring
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import HomeError, KeyStateError, KeyUnavailableError, RecoveryError
from traceapp.domain.keys import KeyProvider, KeyRecord, KeyState, RingRecord, epoch_of
from traceapp.host.private_files import sync_folder

FOLDER: Final = "keys"
SET_UP: Final = "set-up"

_COMMAND: ContextVar[str | None] = ContextVar("act on keys", default=None)

ProviderOf = Callable[[str, Path], KeyProvider]
"""The provider of this name; the folder is where the `file` one keeps its keys."""


def file_provider_only(name: str, folder: Path) -> KeyProvider:
    """The provider of a ring that needs no settings; raises KeyUnavailableError for any other."""
    if name != FileKeyProvider.name:
        raise KeyUnavailableError(f"The keys are wrapped by the provider {name!r}, for which there are no settings here.")
    return FileKeyProvider(folder)


class KeyStore:
    """The keys of one home. Every change is one new ring file: whole or not at all."""

    def __init__(self, home: Path, provider_of: ProviderOf = file_provider_only) -> None:
        self._home = home
        self._folder = home / FOLDER
        self._provider_of = provider_of

    def __repr__(self) -> str:
        return f"KeyStore({str(self._folder)!r})"

    @property
    def ring_path(self) -> Path:
        return self._folder / KEYRING

    @contextmanager
    def bearing(self, command: str) -> Iterator[None]:
        """Changes of the ring in this block, and in this thread, bear the id of the act on record that they are part of."""
        token = _COMMAND.set(command)
        try:
            yield
        finally:
            _COMMAND.reset(token)

    def was_carried_out(self, command: str) -> bool:
        """Whether an act has changed the ring, as it lies on disk; raises KeyUnavailableError: it cannot be read now."""
        return command in read_ring(self._folder).acts

    def create(self, moment: datetime, provider: str = FileKeyProvider.name) -> bool:
        """Make fresh keys under a new key-encryption key; never over existing ones.

        returns  True where keys were made, False where they were there before.
        raises   HomeError: the folder cannot be written.   KeyUnavailableError: the provider cannot make a key.
        """
        if self._folder.exists():
            return False
        staging = self._home / f".{FOLDER}-{secrets.token_hex(8)}"
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            staging.mkdir(mode=0o700)
            holder = self._provider_of(provider, staging)
            kek = holder.create()
            ring = Ring(secrets.token_hex(16), provider, kek, b"", {})
            aliases = [f"{tier}.1" for tier in SEALED_TIERS] + [_first_alias(purpose) for purpose in KeyPurpose]
            fresh = {alias: _fresh(ring, holder, alias, SET_UP, moment) for alias in aliases}
            write_ring(staging, ring.with_keys(fresh))
            try:
                staging.rename(self._folder)
            except OSError:
                # Another process finished first: its keys count, ours were never used.
                if not self._folder.exists():
                    raise
                holder.discard(kek)
                return False
            sync_folder(self._home)
        except OSError as error:
            raise HomeError(f"Keys cannot be made in {self._home}: {error.strerror}.") from None
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return True

    def complete(self, moment: datetime) -> tuple[str, ...]:
        """Draw the keys of purposes that the ring does not know yet: it was written by an older version.

        returns  their names in the ring; none where nothing was missing.
        """
        known = {purpose_of(alias) for alias in read_ring(self._folder).keys}
        missing = [purpose for purpose in KeyPurpose if purpose not in known]
        if not missing:
            return ()

        def change(ring: Ring, holder: KeyProvider) -> Ring:
            aliases = [alias for alias in map(_first_alias, missing) if alias not in ring.keys]
            gained.extend(aliases)
            return ring.with_keys({alias: _fresh(ring, holder, alias, SET_UP, moment) for alias in aliases})

        gained: list[str] = []
        self._change(change)
        return tuple(sorted(gained))

    def record(self) -> RingRecord:
        """What is known of every key, without opening one; raises KeyUnavailableError."""
        return read_ring(self._folder).record

    def load(self) -> KeyRing:
        """Unwrap the ring. raises KeyUnavailableError: missing, damaged, readable by others, or wrapped under another key."""
        try:
            mode = stat.S_IMODE(self._folder.stat().st_mode)
        except OSError as error:
            raise KeyUnavailableError(f"The key folder {self._folder} cannot be read: {error.strerror}.") from None
        if mode & 0o077:
            raise KeyUnavailableError(f"The key folder {self._folder} is open to others (mode {mode:04o}): wanted 0700.")
        ring = read_ring(self._folder)
        return _opened(ring, self._provider_of(ring.provider, self._folder))

    def rotate(self, by: str, moment: datetime) -> tuple[str, ...]:
        """A new epoch of data keys for all tiers; the former ones open from now on and seal no more. Returns the new ids."""

        def change(ring: Ring, holder: KeyProvider) -> Ring:
            epoch = 1 + max(epoch_of(alias) for alias in ring.keys if alias.partition(".")[0] in SEALED_TIERS)
            aliases.extend(f"{tier}.{epoch}" for tier in SEALED_TIERS)
            former = {
                alias: key.moved(KeyState.DECRYPT_ONLY, stored_time(moment))
                for alias, key in ring.keys.items()
                if alias.partition(".")[0] in SEALED_TIERS and key.record.state is KeyState.ACTIVE
            }
            return ring.with_keys({**former, **{alias: _fresh(ring, holder, alias, by, moment) for alias in aliases}})

        aliases: list[str] = []
        self._change(change)
        return tuple(aliases)

    def rewrap(self, provider: str | None = None) -> str:
        """A new key-encryption key, of another provider if one is named; every key is wrapped again, no value is touched.

        returns  id of the new one. The former is destroyed, so that no older copy of the ring opens any more.
        """

        former: list[tuple[KeyProvider, str]] = []
        ring = self._change(lambda ring, holder: self._rewrapped(ring, holder, provider or ring.provider, former))
        _discard(former)
        return ring.kek

    def retire(self, alias: str, moment: datetime) -> KeyRecord:
        """Take a data key out of use; it is kept, wrapped. That nothing names it any more is for the caller to see to.

        raises  KeyStateError: unknown, or not decrypt-only.
        """

        def change(ring: Ring, _holder: KeyProvider) -> Ring:
            key = ring.keys.get(alias)
            if key is None or key.record.state is not KeyState.DECRYPT_ONLY:
                state = "unknown" if key is None else key.record.state.value
                raise KeyStateError(f"{alias} is {state}: only a key that opens and seals no more can be retired.")
            return ring.with_keys({alias: key.moved(KeyState.RETIRED, stored_time(moment))})

        return self._change(change).keys[alias].record

    def add_group(self, group: str, by: str, moment: datetime) -> str:
        """Give a shred group its own data key; returns its id. One that it has already is kept, also where it was destroyed."""

        def change(ring: Ring, holder: KeyProvider) -> Ring:
            there = _group_alias(ring, group)
            if there is not None:
                return ring
            stem = f"S{GROUP_TIER[1:]}"
            number = 1 + max((epoch_of(alias) for alias in ring.keys if alias.startswith(f"{stem}.")), default=0)
            alias = f"{stem}.{number}"
            return ring.with_keys({alias: _fresh(ring, holder, alias, by, moment, group)})

        return _group_alias(self._change(change), group) or ""

    def destroy(self, group: str, moment: datetime) -> str:
        """Destroy the key of a shred group, and wrap all others anew, so that no older copy of the ring brings it back.

        returns  its id.   raises  KeyStateError: no such group, or destroyed before.
        """

        def change(ring: Ring, holder: KeyProvider) -> Ring:
            alias = _group_alias(ring, group)
            if alias is None or ring.keys[alias].record.state is KeyState.DESTROYED:
                raise KeyStateError(f"There is no key of a group {group} to destroy.")
            gone = ring.keys[alias].moved(KeyState.DESTROYED, stored_time(moment))
            left = ring.with_keys({alias: replace(gone, wrapped=b"", recovery=b"")})
            return self._rewrapped(left, holder, ring.provider, former)

        former: list[tuple[KeyProvider, str]] = []
        ring = self._change(change)
        _discard(former)
        return _group_alias(ring, group) or ""

    def get_recovery_digest(self) -> str | None:
        """SHA-256 (hex) of the public half of the recovery key; None where none was made."""
        public = read_ring(self._folder).recovery
        return hashlib.sha256(public).hexdigest() if public else None

    def renew_recovery(self, files: tuple[Path, Path]) -> None:
        """Make a recovery key, and a file with half of it for each of two officers; a former recovery key ends.

        raises  RecoveryError: a file inside the home or already there, or that cannot be written.
        """
        check_officer_files(self._home, files)

        def change(ring: Ring, holder: KeyProvider) -> Ring:
            public, shares = make_recovery_key()
            write_officer_files(files, shares, public)
            return replace(ring, recovery=public).with_keys(
                {
                    alias: replace(key, recovery=seal_to_recovery(public, alias, holder.unwrap(ring.kek, alias, key.wrapped)))
                    for alias, key in ring.keys.items()
                    if key.wrapped
                }
            )

        try:
            self._change(change)
        except (KeyUnavailableError, HomeError):
            for path in files:
                path.unlink(missing_ok=True)
            raise

    def check_officers(self, files: tuple[Path, Path]) -> None:
        """Both officers agree. raises RecoveryError: no recovery key, or these are not its two parts."""
        _joined(read_ring(self._folder), files)

    def recover(self, files: tuple[Path, Path], provider: str) -> str:
        """Open the ring without its provider, and wrap every key under a new key-encryption key of `provider`.

        returns  id of the new key-encryption key.
        raises   RecoveryError: no recovery key was made, or these are not its two parts; KeyUnavailableError.
        """
        with changing_ring(self._folder):
            ring = read_ring(self._folder)
            private = _joined(ring, files)
            opened = {alias: open_by_recovery(private, alias, key.recovery) for alias, key in ring.keys.items() if key.recovery}
            holder = self._provider_of(provider, self._folder)
            kek = holder.create()
            moved = replace(ring, provider=holder.name, kek=kek)
            write_ring(
                self._folder,
                moved.with_keys(
                    {alias: replace(ring.keys[alias], wrapped=holder.wrap(kek, key)) for alias, key in opened.items()}
                ),
            )
        return kek

    def _rewrapped(self, ring: Ring, holder: KeyProvider, provider: str, former: list[tuple[KeyProvider, str]]) -> Ring:
        """Under a new key-encryption key; who held the former one is noted, to be destroyed when the ring is written."""
        after = self._provider_of(provider, self._folder)
        kek = after.create()
        former.append((holder, ring.kek))
        wrapped = {
            alias: replace(key, wrapped=after.wrap(kek, holder.unwrap(ring.kek, alias, key.wrapped)))
            for alias, key in ring.keys.items()
            if key.wrapped
        }
        return replace(ring, provider=after.name, kek=kek).with_keys(wrapped)

    def _change(self, change: Callable[[Ring, KeyProvider], Ring]) -> Ring:
        with changing_ring(self._folder):
            ring = read_ring(self._folder)
            changed = change(ring, self._provider_of(ring.provider, self._folder))
            if changed != ring:
                write_ring(self._folder, changed.borne_by(_COMMAND.get()))
        return changed


def create_keys(home: Path) -> bool:
    """`KeyStore.create` with the key-encryption key in a file, dated from the epoch: for tests and tools."""
    return KeyStore(home).create(_UNDATED)


def load_keys(home: Path) -> KeyRing:
    """`KeyStore.load` of a home whose key-encryption key is a file."""
    return KeyStore(home).load()


_UNDATED: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _first_alias(purpose: KeyPurpose) -> str:
    return f"{purpose.value}.1" if purpose is KeyPurpose.MAC else purpose.value


def _fresh(ring: Ring, holder: KeyProvider, alias: str, by: str, moment: datetime, group: str | None = None) -> WrappedKey:
    key = secrets.token_bytes(32)
    at = stored_time(moment)
    recovery = seal_to_recovery(ring.recovery, alias, key) if ring.recovery else b""
    return WrappedKey(KeyRecord(alias, KeyState.ACTIVE, at, by, at, group), holder.wrap(ring.kek, key), recovery)


def _opened(ring: Ring, holder: KeyProvider) -> KeyRing:
    data: dict[str, DataKey] = {}
    purposes: dict[KeyPurpose, bytes] = {}
    macs: dict[int, bytes] = {}
    for alias, key in ring.keys.items():
        state, purpose = key.record.state, purpose_of(alias)
        if state in {KeyState.RETIRED, KeyState.DESTROYED}:
            continue
        secret = holder.unwrap(ring.kek, alias, key.wrapped)
        if purpose is KeyPurpose.MAC:
            macs[epoch_of(alias)] = secret
        elif purpose is not None:
            purposes[purpose] = secret
        else:
            data[alias] = DataKey(alias, state, secret)
    destroyed = frozenset(alias for alias, key in ring.keys.items() if key.record.state is KeyState.DESTROYED)
    return KeyRing(data, purposes, macs, ring.owner, _groups(ring), destroyed)


def _discard(former: list[tuple[KeyProvider, str]]) -> None:
    for holder, kek in former:
        holder.discard(kek)


def _groups(ring: Ring) -> Mapping[str, str]:
    return {key.record.group: alias for alias, key in ring.keys.items() if key.record.group is not None}


def _group_alias(ring: Ring, group: str) -> str | None:
    return _groups(ring).get(group)


def _joined(ring: Ring, files: tuple[Path, Path]) -> bytes:
    if not ring.recovery:
        raise RecoveryError("No recovery key was made for this home.")
    return join_shares(read_officer_files(files, ring.recovery), ring.recovery)
