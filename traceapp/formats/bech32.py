"""Bech32 (BIP 173) without its limit of length, as age writes keys: letters that survive being read aloud, with a checksum."""

from collections.abc import Iterable, Sequence
from typing import Final

LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM: Final = 6


def bech32_encode(prefix: str, content: bytes) -> str:
    """In small letters."""
    data = _regroup(content, 8, 5, pad=True)
    check = _polymod([*_expanded(prefix), *data, *[0] * _CHECKSUM]) ^ 1
    data += [(check >> 5 * (_CHECKSUM - 1 - place)) & 31 for place in range(_CHECKSUM)]
    return f"{prefix}1{''.join(LETTERS[value] for value in data)}"


def bech32_decode(text: str) -> tuple[str, bytes]:
    """Prefix (in small letters) and content; raises ValueError: mixed case, a foreign letter, a wrong checksum or padding."""
    if text not in {text.lower(), text.upper()}:
        raise ValueError("wanted small or capital letters, found both")
    prefix, parted, letters = text.lower().rpartition("1")
    if not parted or not prefix or len(letters) < _CHECKSUM or any(letter not in LETTERS for letter in letters):
        raise ValueError("wanted a prefix, 1, and letters of Bech32")
    data = [LETTERS.index(letter) for letter in letters]
    if _polymod([*_expanded(prefix), *data]) != 1:
        raise ValueError("wanted another checksum: a letter is wrong")
    return prefix, bytes(_regroup(data[:-_CHECKSUM], 5, 8, pad=False))


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            check ^= generator if (top >> place) & 1 else 0
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _regroup(values: Sequence[int], of: int, to: int, *, pad: bool) -> list[int]:
    """Groups of `of` bits as groups of `to` bits; raises ValueError: bits are left over that are no padding."""
    held, bits, found = 0, 0, []
    for value in values:
        held, bits = (held << of | value) & 0xFFFF, bits + of
        while bits >= to:
            bits -= to
            found.append((held >> bits) & ((1 << to) - 1))
    left = held & ((1 << bits) - 1)
    if pad and bits:
        found.append((left << (to - bits)) & ((1 << to) - 1))
    elif not pad and (bits >= of or left):
        raise ValueError("wanted no bits left over")
    return found
