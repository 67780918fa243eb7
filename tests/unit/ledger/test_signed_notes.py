"""Signed notes against the example of the specification, and checkpoints as others read them."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from traceapp.ledger.signed_notes import NoteSigner, checkpoint_text, proof_text, signed, verifier_key

# https://github.com/C2SP/C2SP/blob/main/signed-note.md, "Example"
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = "This is an example message.\n"
SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="


def public_of(key: str) -> bytes:
    return base64.b64decode(key.split("+", 2)[2])[1:]


def test_verifier_key_is_written_as_the_specification_writes_it() -> None:
    assert verifier_key("example.com/foo", public_of(KEY)) == KEY


def test_example_of_the_specification_is_signed_over_what_we_sign() -> None:
    signature = base64.b64decode(SIGNATURE)
    assert signature[:4].hex() == KEY.split("+")[1]
    Ed25519PublicKey.from_public_bytes(public_of(KEY)).verify(signature[4:], TEXT.encode())


def test_note_holds_its_text_an_empty_line_and_a_signature_of_each() -> None:
    one, other = (NoteSigner("maker.example/ledger", Ed25519PrivateKey.generate()) for _ in range(2))
    text = checkpoint_text("maker.example/ledger", 5, bytes(32))

    note = signed(text, one, other)

    assert text == f"maker.example/ledger\n5\n{'A' * 43}=\n"
    assert note.startswith(text + "\n— maker.example/ledger ")
    for signer, line in zip((one, other), note.removeprefix(text + "\n").splitlines(), strict=True):
        found = base64.b64decode(line.rsplit(" ", 1)[1])
        assert found[:4].hex() == signer.verifier_key.split("+")[1]
        signer.key.public_key().verify(found[4:], text.encode())


def test_proof_is_laid_out_as_others_read_it() -> None:
    assert proof_text(7, [bytes(32), b"\xff" * 32], "origin\n9\nroot\n\n— origin x\n").splitlines() == [
        "c2sp.org/tlog-proof@v1",
        "index 7",
        base64.b64encode(bytes(32)).decode(),
        base64.b64encode(b"\xff" * 32).decode(),
        "",
        "origin",
        "9",
        "root",
        "",
        "— origin x",
    ]
