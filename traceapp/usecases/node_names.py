"""What identifies a thing to the person who asks: number, name, epc, product, site; sealed values are opened here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from traceapp.domain.batch import Candidate
from traceapp.domain.disclosure import Unavailable
from traceapp.domain.identifiers import GS1_HOST, Identity
from traceapp.domain.kinds import INDEXED_IDENTITIES, NodeKind
from traceapp.domain.rights import Rights
from traceapp.graph.trace_store import PLAIN_ENDS, NodeColumns
from traceapp.usecases.event_claims import read_claims
from traceapp.usecases.stations import Stations


@dataclass(slots=True)
class NodeName:
    """One node that may be shown. A material's number is our receipt number, else the supplier's lot.

    stated       stamps of the stored properties that a lot's state is computed from; expiry_date is one of those, stored.
    told_later   what is stored of it was told after the head that was asked about.
    unavailable  something of it that could be shown cannot be opened, because its key is not to be had now.
    """

    uid: str
    kind: NodeKind
    number: str | None
    name: str | None
    epc: str | None
    product: str | None
    sites: tuple[str, ...]
    described: bool
    country: str | None = None
    identity: str = ""
    stated: Sequence[str] = ()
    expiry_date: str = ""
    told_later: bool = False
    unavailable: bool = False

    @property
    def is_numbered(self) -> bool:
        """Of a shipment: somebody gave it a number; else it goes by the row or event that told of it."""
        return Identity(self.identity).parts[1:2] not in (("row",), ("EPCIS",))


def read_names(stations: Stations, rights: Rights, uids: Sequence[str], head: int) -> dict[str, NodeName]:
    """Names of traceable nodes as they were known at a head; those outside the rights are absent."""
    columns = stations.traces.find_attributes(uids, rights)
    sites = {entry.number: entry.sites for entry in stations.acls.list_entries()}
    names = dict(_plain_names(columns, sites))
    _open_sealed(stations, rights, names)
    later = [uid for uid, seq in zip(columns.uid, columns.projected_seq, strict=True) if seq > head]
    for uid in later:
        names[uid].told_later = True
        _as_known_at(stations, names[uid], head)
    return names


def _plain_names(columns: NodeColumns, sites: Mapping[int, tuple[str, ...]]) -> Iterable[tuple[str, NodeName]]:
    kinds = {kind.value: kind for kind in NodeKind}
    rows = zip(
        columns.uid,
        columns.kind,
        columns.number,
        columns.product,
        columns.identity,
        columns.acl,
        columns.described,
        columns.stated,
        columns.expiry_date,
        strict=True,
    )
    for uid, kind, number, product, identity, acl, described, stated, expiry_date in rows:
        epc = identity.removeprefix(GS1_HOST) if identity.startswith(GS1_HOST) else None
        found = sites.get(acl, ())
        yield (
            uid,
            NodeName(
                uid,
                kinds[kind],
                number or None,
                None,
                epc,
                product or None,
                found,
                described,
                None,
                identity,
                stated,
                expiry_date,
            ),
        )


def _open_sealed(stations: Stations, rights: Rights, names: dict[str, NodeName]) -> None:
    sealed = [uid for uid, name in names.items() if name.kind in INDEXED_IDENTITIES]
    for stored in stations.traces.find_sealed_names(sealed, rights):
        opened = stations.sealer.disclose(
            stored.kind.value, stored.uid, {"identity": stored.identity, "name": stored.name, "country": stored.country}
        )
        name = names[stored.uid]
        name.unavailable = any(isinstance(value, Unavailable) for value in opened.values())
        if isinstance(opened["identity"], Unavailable):
            continue
        identity = Identity(str(opened["identity"]))
        name.identity, name.epc, name.product = identity.text, identity.epc, identity.product or name.product
        if stored.kind is NodeKind.PARTY:
            name.number = identity.epc or identity.number
            name.name, name.country = _text(opened.get("name")), _text(opened.get("country"))
        else:
            name.number = name.number or identity.number


def _as_known_at(stations: Stations, name: NodeName, head: int) -> None:
    """What is stored was told later than the moment asked about: tell it again from the events known then."""
    said = read_claims(stations, name.uid, head, name.kind)
    if said.unavailable:
        name.unavailable, name.name, name.country = True, None, None
        if name.kind in INDEXED_IDENTITIES:
            name.number = None
        return
    known = said.projection
    name.described = known.described
    if name.kind is NodeKind.MATERIAL:
        name.number = _text(known.values.get("number")) or Identity(name.identity).number
    elif name.kind is NodeKind.PARTY:
        name.name, name.country = _text(known.values.get("name")), _text(known.values.get("country"))


def read_candidates(stations: Stations, rights: Rights, uids: Sequence[str], head: int) -> list[Candidate]:
    """What tells the nodes apart that carry one number, sorted by kind, product and uid."""
    names = read_names(stations, rights, uids, head)
    found = [
        Candidate(name.uid, name.kind, name.number, name.epc, name.product, name.sites, name.described) for name in names.values()
    ]
    return sorted(found, key=lambda one: (one.kind.value, one.product or "", one.uid))


def read_plain_ends(stations: Stations, rights: Rights, kind: NodeKind, uids: Sequence[str]) -> dict[str, NodeName]:
    """Names of locations, orders, disposals, products and machines."""
    if not uids or kind not in PLAIN_ENDS:
        return {}
    sites = {entry.number: entry.sites for entry in stations.acls.list_entries()}
    return {
        end.uid: NodeName(
            end.uid, kind, end.number, None, Identity(end.identity).epc, None, sites.get(end.acl, ()), True, None, end.identity
        )
        for end in stations.traces.find_plain_ends(kind, uids, rights)
    }


def _text(value: Any) -> str | None:
    return str(value) if value is not None and not isinstance(value, Unavailable) else None
