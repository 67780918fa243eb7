"""What makes a signature, and what it is worth where it is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from traceapp.domain.rights import Role
from traceapp.domain.signatures import (
    MEANINGS,
    Component,
    LedgerWord,
    Meaning,
    Remark,
    SealedSignature,
    Signature,
    SignatureState,
    SignedRecord,
    beside_ledger,
    is_enough,
    judge,
    read_signature,
)

NAME, PASSWORD, FACTOR = Component
NOW = datetime(2026, 3, 2, 10, 0, 0, 1, UTC)
RECORD = SignedRecord("Approval", "4" * 16, "d" * 64)
WORDS = MEANINGS[Meaning.APPROVED]
SIGNATURE = Signature(
    record=RECORD,
    meaning=Meaning.APPROVED,
    says={"en": WORDS.says_en, "zh": WORDS.says_zh},
    name="Wang Fang 王芳",
    username="wang",
    account="a" * 32,
    person="P-0417",
    role=Role.QUALITY,
    signed_at=NOW,
    reason="It is what the authority asked for.",
    components=(NAME, PASSWORD),
    session="5" * 16,
    first=True,
)
SEALED = SealedSignature(SIGNATURE.document, bytes(64))
WORD = LedgerWord(17, SEALED.digest, NOW + timedelta(milliseconds=3))


@pytest.mark.parametrize(
    ("shown", "first", "enough"),
    [
        (set(), True, False),
        ({NAME}, True, False),
        ({PASSWORD}, True, False),
        ({FACTOR}, True, False),
        ({NAME, PASSWORD}, True, True),
        ({NAME, FACTOR}, True, True),
        ({PASSWORD, FACTOR}, True, True),
        (set(), False, False),
        ({NAME}, False, False),
        ({PASSWORD}, False, True),
        ({FACTOR}, False, True),
    ],
)
def test_a_signature_takes_two_components_at_first_and_one_afterwards(shown: set[Component], first: bool, enough: bool) -> None:
    assert is_enough(frozenset(shown), first=first) is enough


def test_a_document_is_read_as_it_was_signed_and_in_no_other_form() -> None:
    assert read_signature(SIGNATURE.document) == SIGNATURE
    assert b'"signed_at":"2026-03-02T10:00:00.000001Z"' in SIGNATURE.document
    for other in (b"{}", b"[]", b"no json", SIGNATURE.document + b" ", SIGNATURE.document.replace(b"approved", b"sworn", 1)):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever kind
            read_signature(other)


def test_a_signature_holds_under_its_own_record_and_no_other() -> None:
    def judged(proven: bool = True, **change: str) -> tuple[SignatureState, str]:
        found = judge(SEALED, proven, replace(RECORD, **change))
        return found.state, found.because

    assert judged() == (SignatureState.VALID, "")
    assert judged(proven=False) == (SignatureState.FORGED, "seal")
    assert judged(uid="5" * 16) == (SignatureState.FORGED, "of-another-record")
    assert judged(kind="Release") == (SignatureState.FORGED, "of-another-record")
    assert judged(digest="e" * 64) == (SignatureState.RECORD_CHANGED, "digest")


def test_the_ledger_says_whether_it_was_given_and_whether_its_time_can_be_believed() -> None:
    held = judge(SEALED, True, RECORD)
    late, behind = replace(WORD, at=NOW + timedelta(minutes=2)), replace(WORD, clock_behind=True)

    assert beside_ledger(held, WORD) == replace(held, ledger_seq=17)
    assert beside_ledger(held, late).remarks == beside_ledger(held, behind).remarks == (Remark.TIME_IN_DOUBT,)
    assert (beside_ledger(held, None).state, beside_ledger(held, None).because) == (SignatureState.FORGED, "not-in-ledger")
    assert beside_ledger(held, None, pruned=True).remarks == (Remark.RECORD_PRUNED,)
    forged = judge(SEALED, False, RECORD)
    assert beside_ledger(forged, WORD) == forged


def test_every_meaning_is_said_in_both_languages() -> None:
    assert MEANINGS.keys() == set(Meaning)
    assert all(
        words.says("zh_Hans") != words.says("en") and words.word("zh_Hans") != words.word("en") for words in MEANINGS.values()
    )
