"""How long it takes to check the record MACs of a large trace: 10,000 nodes and 25,000 links, as a store hands them over."""

import secrets
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from figures import Figure

from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.record_mac import RecordMacs
from traceapp.domain.genealogy import Bundle
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.record_macs import LABEL_SETS, Marks
from traceapp.domain.rights import Rights

NODES: Final = 10_000
LINKS: Final = 25_000
FRONTIER: Final = 500
ROUNDS: Final = 5
AIM: Final = "<= 200"
"""Milliseconds."""
ACL: Final = 7
KIND: Final = "Batch"
TYPE: Final = "CONSUMED_IN"
RIGHTS: Final = Rights((ACL,), "")
LABELS: Final = sorted(LABEL_SETS[KIND])


def macs() -> list[Figure]:
    """Milliseconds of one core for all that a trace forward checks of them; the best of five questions."""
    with tempfile.TemporaryDirectory() as folder:
        create_keys(Path(folder))
        made = RecordMacs(load_keys(Path(folder)), "bench")
    uids = [secrets.token_hex(16) for _ in range(NODES)]
    nodes = [_node(uid, number) for number, uid in enumerate(uids)]
    proofs = [made.node(uid, KIND, node) for uid, node in zip(uids, nodes, strict=True)]
    links = [(uids[n * 7919 % NODES], n % NODES, _link(n)) for n in range(LINKS)]
    signed = [(near, far, link, made.link(TYPE, near, uids[far], link)) for near, far, link in links]
    best = min(_milliseconds(made, uids, nodes, proofs, signed) for _ in range(ROUNDS))
    return [Figure("MACs of 10,000 nodes and 25,000 links checked", best, "ms", aim=AIM)]


def _milliseconds(
    made: RecordMacs,
    uids: list[str],
    nodes: list[dict[str, Any]],
    proofs: list[bytes],
    signed: list[tuple[str, int, dict[str, Any], bytes]],
) -> float:
    checks = RecordChecks(made)
    frontiers = [_bundles(uids, proofs, signed, start) for start in range(0, LINKS, FRONTIER)]
    columns = _columns(uids, nodes, proofs)
    began = time.process_time()
    for bundles in frontiers:
        checks.bundles(bundles, RIGHTS, NODES, outward=True, marks=Marks.EITHER)
    checks.settle()
    checks.columns(columns, RIGHTS)
    spent = (time.process_time() - began) * 1000
    if checks.nodes or checks.links or len(checks.proven) != NODES:
        raise RuntimeError("not all of them were found as they were written")
    return spent


def _bundles(
    uids: list[str], proofs: list[bytes], signed: list[tuple[str, int, dict[str, Any], bytes]], start: int
) -> list[Bundle]:
    """As `trace.expand_forward` returns them."""
    found: dict[int, Bundle] = {}
    for near, far, link, mac in signed[start : start + FRONTIER]:
        bundle = found.setdefault(far, [uids[far], TYPE, KIND, True, [], LABELS, proofs[far]])
        bundle[4].append([near, None, link["quantity"], link["unit"], link["event_time"], mac])
    return list(found.values())


def _columns(uids: list[str], nodes: list[dict[str, Any]], proofs: list[bytes]) -> dict[str, list[Any]]:
    """As `trace.find_attributes` returns them."""
    told = {name: [node[name] for node in nodes] for name in ("number", "product", "acl", "projected_seq", "described", "stated")}
    told |= {"identity": [node["identity"] for node in nodes], "expiry_date": [node["expiry_date"] for node in nodes]}
    return told | {"uid": uids, "kind": [KIND] * NODES, "labels": [LABELS] * NODES, "mac": proofs}


def _node(uid: str, number: int) -> dict[str, Any]:
    return {
        "uid": uid,
        "kind": KIND,
        "acl": ACL,
        "number": f"B-{number:06}",
        "number_key": f"B-{number:06}",
        "product": f"PUMP-{number % 40}",
        "identity": f"lot:LYON:PUMP-{number % 40}:B-{number:06}",
        "record_seq": number + 1,
        "projected_seq": number + 1,
        "version": 1,
        "described": True,
        "stated": [f"expiry_date=2026-03-02T08:00:{number % 60:02}.{number:06}Z|{uid}"],
        "expiry_date": f"2028-03-{number % 28 + 1:02}T00:00:00.000000Z",
    }


def _link(number: int) -> dict[str, Any]:
    return {
        "uid": f"{number:032x}",
        "event_uid": f"{number:032x}",
        "record_seq": number % NODES + 1,
        "quantity": f"{number % 977}.5",
        "unit": "KGM",
        "event_time": f"2026-03-02T{number % 24:02}:{number % 60:02}:00.{number:06}Z",
    }
