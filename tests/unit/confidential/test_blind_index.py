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
