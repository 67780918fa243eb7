"""Somebody has the bundles, between the backup and the restore."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.hostile import CONTENTS, HOSTILE, bundle_of, key_file, manifest_in, manifest_of, said_of
from traceapp.bundles.archive import header_of
from traceapp.usecases.backup.check_backup import check_backup

FIRST, SECOND, _ = CONTENTS
FLIPPED = {**CONTENTS, SECOND: b"y" + CONTENTS[SECOND][1:]}
OLD = manifest_in(bundle_of({**CONTENTS, SECOND: b"z" * 700}))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHANGED = {
    "a swapped member": (
        bundle_of({**CONTENTS, SECOND: b"w" * 700}, manifest=manifest_in(bundle_of())),
        SECOND,
        "it is not what was backed up",
    ),
    "a flipped bit": (bundle_of(FLIPPED, manifest=manifest_in(bundle_of())), SECOND, "it is not what was backed up"),
    "an old manifest": (bundle_of(manifest=OLD), SECOND, "it is not what was backed up"),
    "a manifest under another key": (bundle_of(key=OTHER_KEY), "manifest.json", "not what this key signed"),
    "a manifest that nobody signed": (
        bundle_of().replace(b"2026-03-02", b"2026-03-03"),
        "manifest.json",
        "not what this key signed",
    ),
    "a member taken out": (
        bundle_of({FIRST: CONTENTS[FIRST], SECOND: CONTENTS[SECOND]}, manifest=manifest_in(bundle_of())),
        "home/ledger/origin",
        "is missing",
    ),
    "a member put in": (
        bundle_of({**CONTENTS, "home/evil.accepted": b"x"}, manifest=manifest_in(bundle_of())),
        "home/evil.accepted",
        "is not in the manifest",
    ),
    "a longer member": (
        bundle_of({**CONTENTS, SECOND: b"x" * 701}, manifest=manifest_in(bundle_of())),
        SECOND,
        "701 bytes, and the manifest says 700",
    ),
    "a manifest of nothing": (bundle_of(manifest=manifest_of(())), FIRST, "is not in the manifest"),
}


@pytest.mark.parametrize(("content", "member", "said"), CHANGED.values(), ids=CHANGED)
def test_attacker_who_changes_a_bundle_has_the_member_named(content: bytes, member: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "changed.bundle"
    path.write_bytes(content)

    (fault,) = check_backup(path, key_file(tmp_path)).faults

    assert fault.member == member
    assert said in fault.what


@pytest.mark.parametrize(("made", "said"), HOSTILE.values(), ids=HOSTILE)
def test_attacker_who_sends_a_bomb_or_a_way_out_as_a_bundle_has_it_refused(made: object, said: str, tmp_path: Path) -> None:
    assert callable(made)
    path = tmp_path / "hostile.bundle"
    path.write_bytes(made())

    assert said in said_of(path, key_file(tmp_path))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["hostile.bundle", "signatures.pem"]


def test_attacker_with_ten_gigabytes_that_the_manifest_does_not_state_has_none_of_them_read(tmp_path: Path) -> None:
    """The file has holes and takes no space; reading it would take a while, and it is refused at once."""
    whole, size = bundle_of(), 8 * 1024**3 - 512
    path = tmp_path / "bomb.bundle"
    with path.open("wb") as file:
        file.write(header_of("home/bomb.accepted", size))
        file.seek(512 + size)
        file.write(whole)

    (fault,) = check_backup(path, key_file(tmp_path)).faults

    assert (fault.member, fault.what) == ("home/bomb.accepted", "home/bomb.accepted is not in the manifest")
