"""The key-encryption key in a hardware security module, or in SoftHSM2, by way of PKCS#11.

The AES key is made in the token, marked sensitive and not extractable: it wraps and unwraps there, and leaves it never.
A session lives for one act, so that a module that was away is found again without a restart.
"""

import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from traceapp.confidential.file_provider import read_private
from traceapp.domain.errors import KeyUnavailableError

T = TypeVar("T")
LABEL: Final = "traceapp-kek-"
_MODULE: Final = threading.Lock()
"""A module is one for the whole process: whoever sets it up anew ends the sessions of all."""


class Pkcs11KeyProvider:
    """Key-encryption keys of one token.

    module   path of the vendor's library.   token  label of the token.
    pin_file file with the user's PIN, private to the service. A PIN that was refused is not tried again until the file
             changes: a token locks itself after a few wrong ones.
    """

    name: Final = "pkcs11"

    def __init__(self, module: Path, token: str, pin_file: Path) -> None:
        self._module = module
        self._token = token
        self._pin_file = pin_file
        self._pid = os.getpid()
        self._failed = False
        self._refused: tuple[int, int] | None = None

    def __repr__(self) -> str:
        return f"Pkcs11KeyProvider({str(self._module)!r}, {self._token!r})"

    def create(self) -> str:
        kek = secrets.token_hex(8)

        def act(session: Any, pkcs11: Any) -> None:
            session.generate_key(
                pkcs11.KeyType.AES,
                256,
                label=LABEL + kek,
                store=True,
                capabilities=pkcs11.MechanismFlag.WRAP | pkcs11.MechanismFlag.UNWRAP,
                template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
            )

        self._act(act, write=True)
        return kek

    def wrap(self, kek: str, key: bytes) -> bytes:
        def act(session: Any, pkcs11: Any) -> bytes:
            passing = session.create_object({**_passing(pkcs11), pkcs11.Attribute.VALUE: key})
            return bytes(_key(session, pkcs11, kek).wrap_key(passing, mechanism=pkcs11.Mechanism.AES_KEY_WRAP))

        return self._act(act)

    def unwrap(self, kek: str, alias: str, wrapped: bytes) -> bytes:
        def act(session: Any, pkcs11: Any) -> bytes:
            found = _key(session, pkcs11, kek)
            try:
                passing = found.unwrap_key(
                    pkcs11.ObjectClass.SECRET_KEY,
                    pkcs11.KeyType.AES,
                    wrapped,
                    mechanism=pkcs11.Mechanism.AES_KEY_WRAP,
                    template=_passing(pkcs11),
                )
                return bytes(passing[pkcs11.Attribute.VALUE])
            except (pkcs11.PKCS11Error, ValueError):
                raise KeyUnavailableError(
                    f"The key {alias} does not open under the key {kek} of the token {self._token}: "
                    "another key, or a damaged ring."
                ) from None

        return self._act(act)

    def discard(self, kek: str) -> None:
        def act(session: Any, pkcs11: Any) -> None:
            for found in session.get_objects({pkcs11.Attribute.LABEL: LABEL + kek}):
                found.destroy()

        self._act(act, write=True)

    def _act(self, act: Callable[[Any, Any], T], *, write: bool = False) -> T:
        """One session. raises KeyUnavailableError: no module, no token, wrong PIN, no answer."""
        try:
            import pkcs11
        except ImportError:
            raise KeyUnavailableError("python-pkcs11 is not installed: install traceapp[pkcs11].") from None
        with _MODULE:
            pin, stamp = self._read_pin()
            try:
                with self._find_token(pkcs11).open(rw=write, user_pin=pin) as session:
                    return act(session, pkcs11)
            except pkcs11.PinIncorrect:
                self._refused = stamp
                raise KeyUnavailableError(f"The token {self._token} refused the PIN in {self._pin_file}.") from None
            except pkcs11.PKCS11Error as error:
                self._failed = True
                reason = type(error).__name__
                raise KeyUnavailableError(f"The token {self._token} of {self._module} does not answer: {reason}.") from None

    def _find_token(self, pkcs11: Any) -> Any:
        library = pkcs11.lib(str(self._module))
        # A module has to be told that its process was forked, and may remember a token that was away.
        if self._failed or self._pid != os.getpid():
            library.reinitialize()
            self._failed, self._pid = False, os.getpid()
        try:
            return library.get_token(token_label=self._token)
        except pkcs11.NoSuchToken:  # some modules look for their tokens once, when they are set up
            library.reinitialize()
            return library.get_token(token_label=self._token)

    def _read_pin(self) -> tuple[str, tuple[int, int]]:
        text = read_private(self._pin_file)
        status = self._pin_file.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp == self._refused:
            raise KeyUnavailableError(f"The token {self._token} refused the PIN in {self._pin_file}; it is not tried again.")
        try:
            return text.decode().strip(), stamp
        except UnicodeDecodeError:
            raise KeyUnavailableError(f"{self._pin_file} does not hold a PIN.") from None


def _key(session: Any, pkcs11: Any, kek: str) -> Any:
    return session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=LABEL + kek)


def _passing(pkcs11: Any) -> dict[Any, Any]:
    """A key that only passes through the session: it can be read, and is gone with it."""
    return {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
        pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.AES,
        pkcs11.Attribute.EXTRACTABLE: True,
        pkcs11.Attribute.SENSITIVE: False,
        pkcs11.Attribute.TOKEN: False,
    }
