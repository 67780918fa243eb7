"""A source system of the tests: it has a key of its own and signs what it sends."""

import base64
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from traceapp.composition import terminal_actor
from traceapp.domain.feeds import SignedMessage, key_text
from traceapp.usecases.intake.manage_feeds import add_interface, check_interface
from traceapp.usecases.stations import Stations

CONTENT = "text/csv"


def receipt(lot: str) -> bytes:
    """A message: one lot comes in."""
    heading = "supplier,product,supplier_lot,receipt_number,quantity,unit,time,site"
    return f"{heading}\nS-POLY,PVC-R7,PX-{lot},RM-{lot},500,KGM,2026-02-09T08:00:00Z,LYON\n".encode()


@dataclass(frozen=True)
class Source:
    name: str
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def key(self) -> str:
        return key_text(self.private.public_key().public_bytes_raw())

    def sign(self, sequence: int, body: bytes, *, name: str | None = None, late: int = 0) -> SignedMessage:
        """late: seconds that its clock is behind."""
        said, now = f"{name or self.name}:{sequence}", str(int(time.time()) - late)
        signature = self.private.sign(f"{said}.{now}.".encode() + body)
        return SignedMessage(said, now, f"v1a,{base64.b64encode(signature).decode()}", body)


def connect(stations: Stations, source: Source, **said: Any) -> None:
    """Its feed is there, or has its key: as if others had agreed, which is not what these tests are about."""
    parameters = check_interface(stations, terminal_actor(), {"feed": source.name, "key": source.key, **said})
    add_interface(stations, terminal_actor(), parameters, "0" * 16)


def headers_of(message: SignedMessage, token: str) -> dict[str, str]:
    return {
        "Authorization": token,
        "Content-Type": CONTENT,
        "webhook-id": message.id,
        "webhook-timestamp": message.timestamp,
        "webhook-signature": message.signature,
    }
