"""UN/ECE Recommendation 20 unit codes, as EPCIS writes them, and the everyday words that mean the same."""

import re
from collections.abc import Mapping
from typing import Final

from traceapp.domain.errors import IdentifierError

PIECE: Final = "EA"
CODE: Final = re.compile(r"[A-Z0-9]{2,3}")
WORDS: Final[Mapping[str, str]] = {
    "each": "EA",
    "pc": "EA",
    "pcs": "EA",
    "piece": "EA",
    "pieces": "EA",
    "个": "EA",
    "件": "EA",
    "支": "EA",
    "套": "EA",
    "mg": "MGM",
    "g": "GRM",
    "克": "GRM",
    "kg": "KGM",
    "千克": "KGM",
    "公斤": "KGM",
    "t": "TNE",
    "吨": "TNE",
    "ml": "MLT",
    "毫升": "MLT",
    "l": "LTR",
    "升": "LTR",
    "mm": "MMT",
    "毫米": "MMT",
    "cm": "CMT",
    "m": "MTR",
    "米": "MTR",
    "m2": "MTK",
    "m3": "MTQ",
}


def parse_unit(text: str) -> str:
    """A unit code (`KGM`) from a code or one of the words above, whatever its case.

    raises  IdentifierError: neither.
    """
    said = text.strip()
    found = WORDS.get(said.lower())
    if found is None and CODE.fullmatch(said.upper()):
        found = said.upper()
    if found is None:
        raise IdentifierError(f"unit: wanted a UN/ECE code such as KGM or EA, or a word such as kg, found {text!r}")
    return found
