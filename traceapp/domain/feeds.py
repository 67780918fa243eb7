"""A feed: the stream of one source system, whose messages are signed and counted.

Every message has a sequence, one more than the one before it. What is missing between two is a gap: what came behind it is kept
all the same, since a recall needs it, and the gap is named until the missing messages have come.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from traceapp.domain.errors import FeedSequenceError, InputError

NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
MESSAGE_ID: Final = re.compile(r"(?P<feed>[A-Za-z0-9_-]{1,64}):(?P<sequence>[1-9][0-9]{0,15})")
LAST_SEQUENCE: Final = 2**53
"""As far as every language counts exactly."""
MOST_GAPS: Final = 1_000
KEY_PREFIX: Final = "whpk_"


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Sequences that are missing, both ends among them."""

    first: int
    last: int

    @classmethod
    def parse(cls, text: str) -> "Gap":
        """raises  ValueError: not as `text` writes it."""
        first, _, last = text.partition("-")
        return cls(int(first), int(last or first))

    @property
    def text(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def without(self, sequence: int) -> "Iterable[Gap]":
        """What is left once this one has come."""
        if not self.first <= sequence <= self.last:
            return (self,)
        parts = (Gap(self.first, sequence - 1), Gap(sequence + 1, self.last))
        return tuple(part for part in parts if part.first <= part.last)


@dataclass(frozen=True, slots=True)
class Feed:
    """name         as its messages name it, and the source of its events; no two feeds differ in capitals alone.
    public_key   Ed25519, 32 bytes, given by the source system.
    next         the sequence that comes next; gaps lie before it, sorted.
    received_at  when its last message was taken.
    ended_at     from then on it takes nothing; its name is never free again, or its old messages could be sent anew.
    version      how often it was written; a write names the one that it has read.
    """

    name: str
    public_key: bytes
    created_at: datetime
    next: int = 1
    gaps: tuple[Gap, ...] = ()
    received_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0

    @property
    def uid(self) -> str:
        return uid_of(self.name)

    def misses(self, sequence: int) -> bool:
        return any(gap.first <= sequence <= gap.last for gap in self.gaps)

    def taking(self, sequence: int, at: datetime) -> "Feed":
        """As it stands once this message was taken.

        raises  FeedSequenceError: it came before, or the feed has more gaps than anybody could close.
        """
        if sequence >= self.next:
            skipped = (Gap(self.next, sequence - 1),) if sequence > self.next else ()
            if len(self.gaps) + len(skipped) > MOST_GAPS:
                raise FeedSequenceError(f"The feed {self.name} misses messages at {MOST_GAPS} places: send those first.")
            return replace(self, next=sequence + 1, gaps=self.gaps + skipped, received_at=at)
        if not self.misses(sequence):
            raise FeedSequenceError(
                f"Message {sequence} of the feed {self.name} came before, or lies before its beginning; next is {self.next}."
            )
        left = tuple(part for gap in self.gaps for part in gap.without(sequence))
        return replace(self, gaps=left, received_at=at)


@dataclass(frozen=True, slots=True)
class FeedReceipt:
    """What became of a message; sent again, it is told the same.

    digest       SHA-256 (hex) of its bytes.   taken_at  when they were taken.
    events       in it; each is in exactly one of appended, known, voided, rejected.
    """

    feed: str
    sequence: int
    digest: str
    taken_at: datetime
    events: int
    appended: int
    known: int
    voided: int
    rejected: int


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """The three headers as they were sent, and the exact bytes of the body."""

    id: str
    timestamp: str
    signature: str
    body: bytes

    @property
    def signed(self) -> bytes:
        return f"{self.id}.{self.timestamp}.".encode() + self.body


def key_text(key: bytes) -> str:
    """As Standard Webhooks writes it."""
    return KEY_PREFIX + base64.b64encode(key).decode()


def uid_of(name: str) -> str:
    """Under which a feed lies in the store: its name in small letters."""
    return name.lower()


def check_name(name: str) -> str:
    """raises  InputError: no name of a feed."""
    if not NAME.fullmatch(name):
        raise InputError.wanted("name", "1 to 64 letters, digits, - and _, with a letter or digit at both ends")
    return name


def message_id(feed: str, sequence: int) -> str:
    """What a message is called: both are signed with it, so that no feed's message passes as another's."""
    return f"{feed}:{sequence}"


def parse_message_id(text: str) -> tuple[str, int]:
    """(feed, sequence); raises InputError: no id of a message."""
    found = MESSAGE_ID.fullmatch(text)
    if found is None or int(found["sequence"]) > LAST_SEQUENCE:
        wanted = "the name of the feed, a colon and the sequence from 1 to 9007199254740992, such as MES-LYON:41"
        raise InputError.wanted("webhook-id", wanted)
    return found["feed"], int(found["sequence"])
