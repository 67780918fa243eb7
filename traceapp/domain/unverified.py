"""What an answer says of records that are not as the service wrote them."""

from dataclasses import dataclass
from typing import Final

COUNTER: Final = "record-counter"
"""What the counter of records is called among what is not proven: a word of the API."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """What of an answer is not as the service wrote it.

    records   uids of nodes and events, and `SOURCE TYPE TARGET` of links, of what the answer shows, and `COUNTER`; sorted.
    withheld  how many more there are of which it may not be told what they are.
    few       there are more, but fewer than this asker may be told of by number.
    """

    records: tuple[str, ...] = ()
    withheld: int = 0
    few: bool = False

    def __bool__(self) -> bool:
        return bool(self.records or self.withheld or self.few)


ALL_PROVEN: Final = Unverified()
