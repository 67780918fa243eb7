"""An authority says when a checkpoint was there (RFC 3161). It learns the hash of the checkpoint and nothing else.

In the ledger's folder of anchors, `time-stamps/<size>.checkpoint` is what was stamped and `<size>.tsr` the authority's answer.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.x509 import Certificate, load_pem_x509_certificates

from traceapp.domain.errors import AnchorError, SettingsError
from traceapp.host.private_files import OWN, sync_folder, write_private
from traceapp.ledger.anchors.port import Anchored, Grow

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

STAMPS: Final = "time-stamps"
NOTE, TOKEN = ".checkpoint", ".tsr"
QUERY: Final = "application/timestamp-query"
_GRANTED: Final = 200

Send = Callable[[bytes], tuple[int, bytes]]
"""Posts a query to the authority; status and body. raises OutboundError."""


class TimeStamps:
    """One authority, by the certificates that it is believed under."""

    name: Final = "time-stamp"

    def __init__(self, send: Send, roots: Sequence[Certificate], kept: Path, every: float) -> None:
        """kept    the ledger's folder of anchors.
        raises  SettingsError: the package that reads time stamps is not installed.
        """
        try:
            import rfc3161_client
        except ImportError:
            raise SettingsError("TRACEAPP_ANCHOR_TSA needs a package more: pip install 'traceapp[timestamps]'") from None
        self._library = rfc3161_client
        self._send, self._roots, self._folder, self.every = send, roots, kept / STAMPS, every

    def put(self, grow: Grow) -> Anchored | None:
        last = self._newest()
        growth = grow(0)
        if last is not None and last.size == growth.size:
            return last
        note = growth.note.encode()
        stamp = self._stamp(note)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{growth.size:020d}"
        write_private(path.with_suffix(NOTE), note, OWN)
        write_private(path.with_suffix(TOKEN), stamp.as_bytes(), OWN)
        sync_folder(self._folder)
        return Anchored(growth.size, stamp.tst_info.gen_time)

    def _stamp(self, note: bytes) -> "TimeStampResponse":
        """raises AnchorError: the authority refuses, or its answer does not hold; OutboundError."""
        library = self._library
        asked = library.TimestampRequestBuilder().data(note).hash_algorithm(library.HashAlgorithm.SHA256).build()
        status, body = self._send(asked.as_bytes())
        if status != _GRANTED:
            raise AnchorError(f"The time-stamp authority answers {status}.")
        verifier = library.VerifierBuilder.from_request(asked)
        for root in self._roots:
            verifier = verifier.add_root_certificate(root)
        try:
            stamp: TimeStampResponse = library.decode_timestamp_response(body)
            verifier.build().verify(stamp, hashlib.sha256(note).digest())
        except (ValueError, library.VerificationError) as error:
            raise AnchorError(f"The answer of the time-stamp authority does not hold: {error}.") from None
        return stamp

    def _newest(self) -> Anchored | None:
        """That lies in the folder: name and the authority's time."""
        stamps = sorted(self._folder.glob(f"{'[0-9]' * 20}{TOKEN}"))
        if not stamps:
            return None
        try:
            moment: datetime = self._library.decode_timestamp_response(stamps[-1].read_bytes()).tst_info.gen_time
        except ValueError:
            raise AnchorError(f"{stamps[-1]} is no time stamp.") from None
        return Anchored(int(stamps[-1].stem), moment)


def read_roots(path: Path, setting: str) -> list[Certificate]:
    """Certificates (PEM) that the authority is believed under; raises SettingsError."""
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{setting}: {path} cannot be read ({error.strerror})") from None
    except ValueError:
        raise SettingsError(f"{setting}: {path} holds no certificate in PEM") from None
