"""The graph of a bundle into an empty store, and the proof that all of it is there as it was backed up."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from traceapp.bundles.archive import CHUNK, content_of
from traceapp.bundles.backup_bundle import Bundle
from traceapp.bundles.manifest import GraphPart, Manifest
from traceapp.domain.errors import BundleError, RestoreError
from traceapp.domain.keys import KeyState
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.backup_store import COMMAND, BackupStore
from traceapp.graph.commands import current_act
from traceapp.graph.connection import Graph
from traceapp.ledger.checkpoints import CHECKPOINTS
from traceapp.ledger.records import FOLDER as LEDGER
from traceapp.usecases.access import entry
from traceapp.usecases.audit.verify_ledger import verify_whole
from traceapp.usecases.backup.graph_parts import FOLDER, Summed, graph_digest, list_parts
from traceapp.usecases.backup.home_files import Progress
from traceapp.usecases.changes import carry_out_as
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations

LARGEST: Final = 1024 * CHUNK
MOST_NAMED: Final = 5
NOT_EMPTY: Final = (
    "the store holds records: a restore needs an empty one, so that nothing is mixed; after a restore that was broken off, empty "
    "the database first"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was compared after the restore. said: a sentence."""

    name: str
    holds: bool
    said: str


def check_empty_store(graph: Graph) -> None:
    """raises  RestoreError: it holds records. StoreError and its kinds."""
    if not BackupStore(graph).is_empty():
        raise RestoreError(NOT_EMPTY)


def restore_store(
    stations: Stations, actor: Actor, file: BinaryIO, bundle: Bundle, progress: Progress
) -> Recorded[tuple[Proof, ...]]:
    """Bring every node and link back, then prove it; on record before it begins and when it is done.

    stations  over the home of the bundle and an empty store of this schema.
    returns   what was proven, all of which holds.
    raises    RestoreError: the store is not empty, or something does not hold, which is named. BundleError; StoreError and its
              kinds; LedgerUnavailableError.
    """
    check_empty_store(stations.graph)
    manifest = bundle.manifest
    store, proofs = BackupStore(stations.graph), list[Proof]()
    own = frozenset(uid for _, uid, _ in store.list_commands())
    request = {"made_at": manifest.made_at, "product": manifest.product, "graph": graph_digest(manifest.graph)}

    def told(outcome: str, request: Mapping[str, Any], **said: Any) -> LedgerEntry:
        return entry(stations, actor, Act.BACKUP_RESTORE, outcome, request=request, **said)

    def work() -> tuple[Proof, ...]:
        _fill(store, file, bundle, lambda share: progress(share * 0.6))
        proofs.extend(_prove(stations, actor, manifest, own, lambda share: progress(0.6 + share * 0.4)))
        wrong = [proof.said for proof in proofs if not proof.holds]
        if wrong:
            raise RestoreError(f"what was restored is not proven: {'; '.join(wrong)}")
        return tuple(proofs)

    return carry_out_as(
        stations.ledger, told, request, work, result=lambda: {"proven": {proof.name: proof.holds for proof in proofs}}
    )


def _fill(store: BackupStore, file: BinaryIO, bundle: Bundle, progress: Progress) -> None:
    """Nodes stand before links in a bundle."""
    members = [one for one in bundle.manifest.members if one.name.startswith(f"{FOLDER}/")]
    whole, done = sum(one.length for one in members) or 1, 0
    for one in members:
        content = content_of(file, bundle.places[one.name], LARGEST)
        if hashlib.sha256(content).hexdigest() != one.sha256:
            raise BundleError(f"{one.name} was changed while it was read", member=one.name)
        put = store.put_nodes if one.name.startswith(f"{FOLDER}/nodes/") else store.put_links
        put(content.splitlines())
        done += one.length
        progress(done / whole)


def _prove(stations: Stations, actor: Actor, manifest: Manifest, own: frozenset[str], progress: Progress) -> Iterator[Proof]:
    """own: uids of commands that the store held before."""
    found = _parts(BackupStore(stations.graph), own)
    wrong = sorted(name for name in manifest.graph.keys() | found.keys() if manifest.graph.get(name) != found.get(name))
    rows = sum(part.rows for part in found.values())
    yield Proof(
        "graph",
        not wrong,
        f"graph: other than it was backed up: {', '.join(wrong)}"
        if wrong
        else f"graph: {rows} nodes and links as backed up, digest {graph_digest(found)}",
    )
    progress(0.4)
    verdict = verify_graph(stations, actor, lambda share: progress(0.4 + share * 0.5)).value
    yield Proof(
        "macs",
        not verdict.findings,
        f"record MACs and register: {len(verdict.findings)} findings: {'; '.join(verdict.findings[:MOST_NAMED])}"
        if verdict.findings
        else f"record MACs and register: {verdict.records} records and {verdict.links} links are as the service wrote them last",
    )
    yield _prove_ledger(stations, manifest)
    progress(0.95)
    for name, ours, theirs in (
        ("policy", stations.policy.digest, manifest.policy),
        ("dictionary", stations.dictionary.digest, manifest.dictionary),
    ):
        yield Proof(
            name,
            ours == theirs,
            f"{name}: {theirs}, as backed up"
            if ours == theirs
            else f"{name}: {ours} runs here, and {theirs} was backed up; "
            "set TRACEAPP_POLICY as it was, or use the version that made the bundle",
        )
    yield _told_of_keys(stations, manifest)


def _parts(store: BackupStore, own: frozenset[str]) -> dict[str, GraphPart]:
    """The same sums as in a manifest, without the commands of the restore itself and those that were there before."""
    act = current_act()
    mine = act.command if act is not None else ""
    commands = (line for line, uid, intent in store.list_commands() if uid not in own and mine not in {uid, intent})
    found = {}
    for name, lines in list_parts(store):
        summed = Summed()
        for _ in summed.over(commands if name == f"nodes/{COMMAND}" else lines):
            pass
        found[name] = summed.part
    return found


def _prove_ledger(stations: Stations, manifest: Manifest) -> Proof:
    """The verifier checks the tree against every checkpoint that is there; the one of the backup has to be among them."""
    checkpoints = stations.settings.home / LEDGER / CHECKPOINTS
    try:
        signed = manifest.ledger.checkpoint in checkpoints.read_text(encoding="utf-8")
    except (OSError, ValueError):
        signed = False
    verdict = verify_whole(stations)
    if verdict.ok and signed:
        return Proof("ledger", True, f"ledger: whole, with the {manifest.ledger.size} records and the root of the backup")
    why = verdict.reason if not verdict.ok else "the checkpoint of the backup is not in it"
    return Proof("ledger", False, f"ledger: {why}")


def _told_of_keys(stations: Stations, manifest: Manifest) -> Proof:
    """Nothing to compare: a key that was destroyed since is gone in every backup, and that is said."""
    gone = [
        f"{key.alias} ({key.group})"
        for key in stations.keys.record().keys
        if key.state is KeyState.DESTROYED and manifest.keys.get(key.alias) not in {None, KeyState.DESTROYED.value}
    ]
    if not gone:
        return Proof("keys", True, f"keys: all {len(manifest.keys)} that the backup was made with")
    return Proof("keys", True, f"keys: destroyed since the backup, so that what they seal stays unreadable: {', '.join(gone)}")
