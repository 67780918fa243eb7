"""The record MACs of the links of a walk, checked many at a time."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from traceapp.confidential.mac_layout import (
    BOUND,
    BROKEN,
    PAIR,
    REPORT,
    SEQ,
    SINCE,
    TAG,
    TAGGED,
    UID,
    VALUES,
    VOIDED,
    WALKED,
    Tagger,
)
from traceapp.domain.genealogy import MARK, NEAR, Link
from traceapp.domain.record_macs import LinkProver, Marks, RecordMacs

ENDS: Final = 2 * UID
NEVER: Final = bytes(SEQ)
TOLD_MARK, TOLD_VALUES = 2, 5
"""How long a link of a walk is with its mark, and with its values but no place."""
UNMARKED: Final = {
    Marks.PAIR: PAIR,
    Marks.REPORT: REPORT,
    Marks.EITHER: slice(PAIR.start, REPORT.stop),
    Marks.NONE: slice(0),
}
"""Where nothing but zeros stands in the MAC of a link that states no such mark."""


def link_prover(
    macs: RecordMacs, tagger: Callable[..., Tagger], header: bytes, head: int, marks: Marks, *, outward: bool
) -> LinkProver:
    """What `macs.proves_link` says of the links of a walk, in a third of the time of those that a walk usually meets.

    Such a link is live, its MAC is of the key of now, and it states no mark. `proves_link` decides about every other, and about
    each that is found wrong here, so that this can only be slower than it, never laxer or stricter.

    header  of a MAC that is made now.
    """
    latest = header + head.to_bytes(SEQ)
    unmarked = UNMARKED[marks]
    unsaid = bytes(unmarked.stop - (unmarked.start or 0))
    sha256 = hashlib.sha256

    def proven(type_: str, near: str | None, far: str, link: Link, mac: Any) -> bool:
        beside = link[NEAR] if near is None else near
        source, target = (beside, far) if outward else (far, beside)
        return macs.proves_link(type_, source, target, link, mac, head, marks)

    def unproven(
        type_: str, nears: Sequence[str] | None, fars: Sequence[str], links: Sequence[Link], proofs: Sequence[Any]
    ) -> list[int]:
        failed = []
        asked = enumerate(zip(nears if nears is not None else (None,) * len(links), fars, links, proofs, strict=True))
        try:
            tag = tagger(header, "link", type_)
        except BROKEN:
            return [position for position, one in asked if not proven(type_, *one)]
        inner_of, outer_of = tag.inner.copy, tag.outer.copy
        for position, (near, far, link, mac) in asked:
            try:
                beside = link[NEAR] if near is None else near
                ends = beside + far if outward else far + beside
                size = len(link)
                told = size == 1 or (link[MARK] is None and mac[unmarked] == unsaid)
                if size == TOLD_VALUES:
                    _, _, quantity, unit, time = link
                    "".join((quantity, unit, time))  # raises where one of them is no text
                    text = f"{len(quantity)}:{quantity}{len(unit)}:{unit}{len(time)}:{time}-"
                    told = told and sha256(text.encode()).digest()[:TAG] == mac[VALUES]
                elif size > TOLD_MARK:
                    told = False
                if told and header < mac[SINCE] <= latest and mac[VOIDED] == NEVER and len(ends) == ENDS:
                    inner = inner_of()
                    inner.update(ends.encode() + mac[BOUND])
                    outer = outer_of()
                    outer.update(inner.digest())
                    if outer.digest()[:TAG] == mac[TAGGED] and len(mac) == WALKED and len(far) == UID:
                        continue
            except BROKEN:
                pass
            if not proven(type_, near, far, link, mac):
                failed.append(position)
        return failed

    return unproven
