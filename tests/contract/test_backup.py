"""A backup holds what a restore needs, nothing that opens it, and says of itself what is so."""

import json
import os
import tarfile
from pathlib import Path

import pytest

from tests.recorded import records
from tests.restored import EVERYWHERE, filled, nothing
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.errors import BackupError
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.backup.check_backup import check_backup
from traceapp.usecases.backup.make_backup import BackupMade, make_backup
from traceapp.usecases.stations import Stations


@pytest.fixture
def plant(stations: Stations, tmp_path: Path) -> Stations:
    filled(stations, tmp_path)
    return stations


def made(stations: Stations, target: Path) -> BackupMade:
    return make_backup(stations, terminal_actor(), target, nothing).value


def public_key(stations: Stations, folder: Path) -> Path:
    path = folder / "signatures.pem"
    path.write_text(stations.signature_key.public_pem)
    return path


def test_promise_a_backup_is_whole_and_on_record(plant: Stations, tmp_path: Path) -> None:
    found = made(plant, tmp_path / "a.bundle")

    checked = check_backup(tmp_path / "a.bundle", public_key(plant, tmp_path))
    assert checked.faults == ()
    assert checked.manifest is not None
    assert checked.manifest.policy == plant.policy.digest
    assert checked.manifest.ledger.size == found.ledger
    assert checked.manifest.keys == {key.alias: key.state.value for key in plant.keys.record().keys}
    assert found.nodes == sum(part.rows for name, part in checked.manifest.graph.items() if name.startswith("nodes/"))
    began, ended = records(plant, act="backup:make")
    assert (began["outcome"], began["seq"]) == ("intended", found.ledger)
    assert (ended["outcome"], ended["request"]["intent"], ended["result"]["graph"]) == ("done", began["seq"], found.graph)


def test_promise_every_node_and_link_of_the_store_is_in_it(plant: Stations, empty_leg: StoreLeg, tmp_path: Path) -> None:
    """Counted by the store itself; sessions and steps of the schema stay where they are."""
    found = made(plant, tmp_path / "a.bundle")
    with empty_leg.session() as session:
        nodes = session.run("MATCH (n) WHERE NOT n:Session AND NOT n:SchemaStep RETURN count(n) AS n").single(strict=True)["n"]
        links = session.run("MATCH ()-[l]->() RETURN count(l) AS n").single(strict=True)["n"]

    assert (found.nodes, found.links) == (nodes, links)


def test_promise_two_backups_of_one_state_say_the_same_of_the_graph(plant: Stations, tmp_path: Path) -> None:
    first, second = made(plant, tmp_path / "a.bundle"), made(plant, tmp_path / "b.bundle")
    plant.graph.administer("MATCH (n:Traceable {number: 'B-1'}) SET n.product = 'OTHER'", "attack")
    third = made(plant, tmp_path / "c.bundle")

    assert first.graph == second.graph != third.graph


def test_promise_no_key_and_no_value_in_clear_is_in_it(plant: Stations, tmp_path: Path) -> None:
    made(plant, tmp_path / "a.bundle")
    content = (tmp_path / "a.bundle").read_bytes()
    home = plant.settings.home
    with tarfile.open(tmp_path / "a.bundle") as archive:
        names = archive.getnames()

    assert not [name for name in names if "key" in name.lower() or name.endswith(".pem") or "password" in name]
    ring = json.loads(plant.keys.ring_path.read_bytes())
    for secret in (
        *(key["wrapped"].encode() for key in ring["keys"].values()),
        (home / "keys" / "key-encryption-key").read_bytes().strip(),
        (home / "ledger" / "signing.pem").read_bytes().splitlines()[1],
        b"Dr Anna",
        b"a long password 1",
    ):
        assert secret not in content


def test_promise_a_copy_of_the_keys_goes_elsewhere(plant: Stations, tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    make_backup(plant, terminal_actor(), tmp_path / "a.bundle", nothing, tmp_path / "safe" / "keys")

    assert (tmp_path / "safe" / "keys" / "signing.pem").read_bytes() == (
        plant.settings.home / "ledger" / "signing.pem"
    ).read_bytes()
    assert (tmp_path / "safe" / "keys" / "keys" / "keyring.json").stat().st_mode & 0o777 == 0o400
    for place, said in {tmp_path / "b": "beside the bundle", plant.settings.home / "b": "inside the home"}.items():
        with pytest.raises(BackupError, match=said):
            make_backup(plant, terminal_actor(), tmp_path / "b.bundle", nothing, place)


def test_promise_what_was_done_meanwhile_ends_a_backup(plant: Stations, tmp_path: Path) -> None:
    """Whatever somebody else writes is on record before it begins."""
    admin = terminal_actor()

    def meanwhile(share: float) -> None:
        if not (tmp_path / "done").exists():
            (tmp_path / "done").touch()
            create_account(plant, admin, "ben", "a long password 1", "Ben", Role.VIEWER, EVERYWHERE, EVERYWHERE)

    (tmp_path / "safe").mkdir()
    with pytest.raises(BackupError, match="meanwhile"):
        make_backup(plant, admin, tmp_path / "a.bundle", meanwhile, tmp_path / "safe" / "keys")

    assert not list(tmp_path.glob("*.bundle*"))
    assert not list(tmp_path.glob(".*"))
    assert not list((tmp_path / "safe").iterdir())
    assert records(plant, act="backup:make")[-1]["outcome"] == "failed"


def test_a_backup_is_refused_where_it_would_be_lost_or_take_the_place_of_another(plant: Stations, tmp_path: Path) -> None:
    (tmp_path / "there.bundle").touch()
    for target, said in {
        plant.settings.home / "a.bundle": "inside the home",
        tmp_path / "there.bundle": "there already",
        tmp_path / "no such folder" / "a.bundle": "cannot be looked at",
    }.items():
        with pytest.raises(BackupError, match=said):
            made(plant, target)


LINKED = {"a folder": "sources", "a folder inside another": "governed/policy", "a file": "organisation.toml"}


@pytest.mark.parametrize("name", LINKED.values(), ids=LINKED)
def test_promise_a_link_in_the_place_of_what_is_kept_ends_a_backup(name: str, plant: Stations, tmp_path: Path) -> None:
    """Somebody put it on another disk: a backup without it would say that it is whole."""
    kept = plant.settings.home / name
    elsewhere = tmp_path / "elsewhere"
    if kept.exists():
        kept.rename(elsewhere)
    else:
        kept.parent.mkdir(exist_ok=True)
        elsewhere.touch()
    kept.symlink_to(elsewhere)

    with pytest.raises(BackupError, match=rf"{name} is a link"):
        made(plant, tmp_path / "a.bundle")

    assert not (tmp_path / "a.bundle").exists()


def test_promise_whatever_is_not_in_a_backup_and_known_to_nobody_is_named(plant: Stations, tmp_path: Path) -> None:
    home = plant.settings.home
    Path(os.fsdecode(os.fsencode(home) + b"/notes-\xff.txt")).touch()
    (home / "more").symlink_to(tmp_path)
    (home / "rejects").symlink_to(tmp_path)

    assert made(plant, tmp_path / "a.bundle").left_out == ("more", "notes-\\xff.txt")


def test_promise_a_backup_is_where_it_really_lies(plant: Stations, tmp_path: Path) -> None:
    """Whatever links, or steps back, lead there."""
    (tmp_path / "link").symlink_to(plant.settings.home)
    (tmp_path / "safe").mkdir()
    for target, keys, said in (
        (tmp_path / "link" / "a.bundle", None, "inside the home"),
        (tmp_path / "safe" / ".." / "link" / "a.bundle", None, "inside the home"),
        (tmp_path / "a.bundle", tmp_path / "link" / "keys", "inside the home"),
        (tmp_path / "a.bundle", tmp_path / "safe" / ".." / "keys", "beside the bundle"),
    ):
        with pytest.raises(BackupError, match=said):
            make_backup(plant, terminal_actor(), target, nothing, keys)
