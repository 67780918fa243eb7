from collections import Counter

import pytest

from traceapp.confidential.blind_index import BlindIndex

INDEX = BlindIndex(b"k" * 32)


def test_equal_numbers_meet_however_they_were_typed() -> None:
    assert INDEX.of("Material", "ab-12") == INDEX.of("Material", " AB-１２ ")


def test_kinds_and_keys_do_not_meet() -> None:
    assert INDEX.of("Material", "AB-12") != INDEX.of("Party", "AB-12")
    assert BlindIndex(b"o" * 32).of("Material", "AB-12") != INDEX.of("Material", "AB-12")


def test_letter_o_is_not_digit_zero() -> None:
    assert INDEX.of("Material", "A0") != INDEX.of("Material", "AO")


def test_an_index_has_64_bits_and_shows_no_key() -> None:
    assert len(bytes.fromhex(INDEX.of("Material", "AB-12"))) == 8
    assert "kkk" not in repr(INDEX)


@pytest.mark.parametrize("bits", [1, 7, 12, 20, 63])
def test_an_index_of_fewer_bits_is_the_beginning_of_the_whole(bits: int) -> None:
    short, whole = INDEX.of("Material", "AB-12", bits), INDEX.of("Material", "AB-12")

    assert int(short, 16) == int(whole, 16) >> (64 - bits)
    assert len(short) == -(-bits // 4)


@pytest.mark.parametrize("bits", [8, 12])
def test_attacker_who_counts_frequencies_stays_inside_the_budget(bits: int) -> None:
    """He knows how often every number occurs, and matches the most frequent index to the most frequent number, and so on down.

    n numbers share 2^bits indexes, so that whatever he knows of their frequencies he cannot tell apart those that meet:
    he is right for one number of each index at best, a share of 2^bits / n.
    """
    numbers = [f"LOT-{at}" for at in range(20_000)]
    often = {number: 20_000 // (rank + 1) + 1 for rank, number in enumerate(numbers)}
    seen: Counter[str] = Counter()
    for number, count in often.items():
        seen[INDEX.of("Material", number, bits)] += count

    guessed = dict(zip((index for index, _ in seen.most_common()), sorted(often, key=lambda one: -often[one]), strict=False))
    right = sum(guessed[INDEX.of("Material", number, bits)] == number for number in numbers)

    assert len(seen) <= 2**bits
    assert right <= 2**bits
    assert right / len(numbers) < 0.25


def test_attacker_learns_nothing_from_the_frequency_of_what_is_unique() -> None:
    """Of 64 bits each index stands once, on the one node that has the number: all are equally frequent, and no order is left."""
    seen = Counter(INDEX.of("Material", f"LOT-{at}") for at in range(20_000))

    assert set(seen.values()) == {1}
