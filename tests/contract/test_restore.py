"""Into an empty home and an empty store, on whichever engine, and what is there afterwards is proven."""

from pathlib import Path

import pytest

from tests.conftest import running_stations
from tests.recorded import documents
from tests.restored import embedded, filled, nothing, said
from tests.servers import StoreLeg
from traceapp.backing import offline, restore_home
from traceapp.composition import terminal_actor
from traceapp.domain.errors import RestoreError, RestoreUnfinishedError
from traceapp.usecases.backup.make_backup import make_backup
from traceapp.usecases.backup.restore_home import UNFINISHED
from traceapp.usecases.keys.verify_graph import verify_graph

PROVEN = ("dictionary", "graph", "keys", "ledger", "macs", "policy")


def test_promise_a_backup_of_any_store_is_restored_into_any_other(empty_leg: StoreLeg, home: Path, tmp_path: Path) -> None:
    """From the store of this run into an embedded one, and from there back into the emptied store of this run."""
    (tmp_path / "safe").mkdir()
    bundle, keys = tmp_path / "a.bundle", tmp_path / "safe" / "keys"
    with running_stations(empty_leg, home) as stations:
        filled(stations, tmp_path)
        made = make_backup(stations, terminal_actor(), bundle, nothing, keys).value
    there = embedded(tmp_path / "there")

    proven = restore_home(there, bundle, keys, said, nothing).value
    assert all(proof.holds for proof in proven)
    assert proven[0].said.endswith(f"digest {made.graph}")
    assert not (there.home / UNFINISHED).exists()

    with offline(there, said) as stations:
        assert verify_graph(stations, terminal_actor(), nothing).value.findings == ()
        again = make_backup(stations, terminal_actor(), tmp_path / "b.bundle", nothing).value
    back = empty_leg.settings(tmp_path)  # its password lies there
    back = back.model_copy(update={"home": tmp_path / "back"})
    with pytest.raises(RestoreError, match="the store holds records"):
        restore_home(back, tmp_path / "b.bundle", keys, said, nothing)
    assert not back.home.exists()
    empty_leg.empty()
    proven = restore_home(back, tmp_path / "b.bundle", keys, said, nothing).value

    assert proven[0].said.endswith(f"digest {again.graph}")
    restored = [record for record in documents(back.home) if record["act"] == "backup:restore"]
    assert [record["outcome"] for record in restored] == ["intended", "done", "intended", "done"]
    assert restored[-1]["result"]["proven"] == dict.fromkeys(PROVEN, True)


@pytest.mark.one_store
def test_promise_what_is_not_proven_is_not_served(empty_leg: StoreLeg, home: Path, tmp_path: Path) -> None:
    """A record that was changed before the backup was made is named by the drill, and the home stays closed."""
    (tmp_path / "safe").mkdir()
    keys = tmp_path / "safe" / "keys"
    with running_stations(empty_leg, home) as stations:
        filled(stations, tmp_path)
        stations.graph.administer("MATCH (n:Traceable {number: 'B-1'}) SET n.product = 'OTHER'", "attack")
        make_backup(stations, terminal_actor(), tmp_path / "a.bundle", nothing, keys)
    there = embedded(tmp_path / "there")

    with pytest.raises(RestoreError, match="not proven: record MACs and register: 1 findings: changed: Batch"):
        restore_home(there, tmp_path / "a.bundle", keys, said, nothing)

    with pytest.raises(RestoreUnfinishedError), offline(there, said):
        pass
    assert [record["outcome"] for record in documents(there.home) if record["act"] == "backup:restore"] == ["intended", "failed"]
