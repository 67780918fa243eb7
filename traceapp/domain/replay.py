"""What came of asking a recorded question again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Replay:
    """The same question, as of its own moment, under the rights that its record states.

    then, now       digests of the two answers, in hex.
    counts          name → (then, now) of what there is more or less of.
    changed         what has changed since, of what an answer rests on besides the store: "policy", "data dictionary".
    refused         class of the error where it is answered no more; None where it was.
    """

    seq: int
    then: str
    now: str | None
    counts: dict[str, tuple[int, int]]
    changed: tuple[str, ...]
    refused: str | None = None

    @property
    def same(self) -> bool:
        return self.then == self.now
