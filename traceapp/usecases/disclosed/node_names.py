"""What identifies a thing to the person who asks: number, name, epc, product, site.

Sealed values are opened here, where they may be told; else their masks stand in the name from here on, so that lists,
details, neighbours and party lines cannot disagree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from traceapp.domain.batch import Candidate
from traceapp.domain.disclosure import Gap, Masked, Text, Unavailable, Unproven
from traceapp.domain.identifiers import GS1_HOST, Identity
from traceapp.domain.kinds import INDEXED_IDENTITIES, NodeKind
from traceapp.graph.trace_store import PLAIN_ENDS, NodeColumns, StoredName
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import Known, read_known

FIELDS: Final = ("number", "name", "epc", "product", "country")
"""What a name tells beside the sites."""
NOT_THERE: Final = Unproven("T2")
"""Stands for an identity that was taken away: everything that is written has one."""


@dataclass(slots=True)
class NodeName:
    """One node that may be shown. A material's number is our receipt number, else the supplier's lot.

    identity     for the use case alone: an answer tells `number` and `epc`. Empty where it was not opened.
    stated       stamps of the stored properties that a lot's state is computed from; expiry_date is one of those, stored.
    told_later   what is stored of it was told after the head that was asked about.
    unavailable  something of it that could be shown cannot be opened, because its key is not to be had now.
    masked       what identifies it is masked: it is told under an id of the answer alone.
    """

    uid: str
    kind: NodeKind
    number: Text
    name: Text
    epc: Text
    product: str | None
    sites: tuple[str, ...]
    described: bool
    country: Text = None
    identity: str = ""
    stated: Sequence[str] = ()
    expiry_date: str = ""
    told_later: bool = False
    unavailable: bool = False
    masked: bool = False

    @property
    def is_numbered(self) -> bool:
        """Of a shipment: somebody gave it a number; else it goes by the row or event that told of it."""
        return Identity(self.identity).parts[1:2] not in (("row",), ("EPCIS",))


def read_names(stations: Stations, disclosure: Disclosure, uids: Sequence[str], head: int) -> dict[str, NodeName]:
    """Names of traceable nodes as they were known at a head; those outside the rights are absent."""
    columns = stations.traces.find_attributes(uids, disclosure.rights)
    names = dict(_plain_names(columns, disclosure.rights.places))
    _place_approved(stations, disclosure, names, columns)
    _open_sealed(stations, disclosure, names)
    later = [uid for uid, seq in zip(columns.uid, columns.projected_seq, strict=True) if seq > head]
    known = read_known(stations, {uid: names[uid].kind for uid in later}, head)
    for uid in later:
        names[uid].told_later = True
        _as_known_at(stations, disclosure, names[uid], known[uid])
    for name in names.values():
        name.masked = isinstance(name.number, Masked) and not disclosure.identifies(name.kind)
    return _asked(disclosure, names)


def _asked(disclosure: Disclosure, names: dict[str, NodeName]) -> dict[str, NodeName]:
    """Without what was not asked for."""
    for field in FIELDS:
        if not disclosure.asks(field):
            for name in names.values():
                setattr(name, field, None)
    if not disclosure.asks("site"):
        for name in names.values():
            name.sites = ()
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


def _place_approved(stations: Stations, disclosure: Disclosure, names: Mapping[str, NodeName], columns: NodeColumns) -> None:
    """What was approved by itself is told with all its sites: they are its own, whatever sites are within the view."""
    approved = names.keys() & set(disclosure.rights.named)
    if approved:
        sites = _all_sites(stations)
        for uid, acl in zip(columns.uid, columns.acl, strict=True):
            if uid in approved:
                names[uid].sites = sites.get(acl, ())


def _all_sites(stations: Stations) -> dict[int, tuple[str, ...]]:
    """acl number → its sites, whoever may see them."""
    return {entry.number: entry.sites for entry in stations.acls.list_entries()}


def _open_sealed(stations: Stations, disclosure: Disclosure, names: dict[str, NodeName]) -> None:
    """What need not be opened is masked without asking the store for it."""
    sealed = []
    for uid, name in names.items():
        if name.kind is NodeKind.PARTY or (name.kind is NodeKind.MATERIAL and _opens_material(disclosure)):
            sealed.append(uid)
        elif name.kind in INDEXED_IDENTITIES:
            _name_material(disclosure, name, None)
    for stored in stations.traces.find_sealed_names(sealed, disclosure.rights):
        name = names[stored.uid]
        found = stations.sealer.disclose(stored.kind.value, stored.uid, {"identity": stored.identity}).get("identity", NOT_THERE)
        name.unavailable = isinstance(found, Unavailable)
        identity = found if isinstance(found, Gap) else Identity(str(found))
        name.identity = identity.text if isinstance(identity, Identity) else ""
        if stored.kind is NodeKind.PARTY:
            _name_party(stations, disclosure, name, stored, identity)
        else:
            _name_material(disclosure, name, identity)


def _opens_material(disclosure: Disclosure) -> bool:
    epc = disclosure.asks("epc") and disclosure.opens(NodeKind.MATERIAL, "identity")
    return epc or (disclosure.asks("number") and disclosure.opens(NodeKind.MATERIAL, "supplier_lot"))


def _name_material(disclosure: Disclosure, name: NodeName, identity: Identity | Gap | None) -> None:
    """identity  None where it need not be opened."""
    opened = identity if isinstance(identity, Identity) else None
    name.epc = disclosure.tell(name.kind, "identity", name.uid, opened.epc if opened else _gap(identity))
    if not disclosure.shows(name.kind, "number"):
        name.number = disclosure.mask(name.kind, "number", name.uid)
    elif name.number is None:
        name.number = disclosure.tell(name.kind, "supplier_lot", name.uid, opened.number if opened else _gap(identity))


def _gap(identity: object) -> Gap | None:
    return identity if isinstance(identity, Gap) else None


def _name_party(stations: Stations, disclosure: Disclosure, name: NodeName, stored: StoredName, identity: Identity | Gap) -> None:
    """The code is opened in any case, since it tells our own sites from consignees; it is told where it may be."""
    kind, opened = name.kind, identity if isinstance(identity, Identity) else None
    name.epc = disclosure.tell(kind, "identity", name.uid, opened.epc if opened else _gap(identity))
    name.number = disclosure.tell(kind, "identity", name.uid, (opened.epc or opened.number) if opened else _gap(identity))
    wanted = {"name": stored.name} if disclosure.asks("name") and disclosure.opens(kind, "name") else {}
    _describe_party(disclosure, name, stations.sealer.disclose(kind.value, name.uid, {"country": stored.country, **wanted}))


def _describe_party(disclosure: Disclosure, name: NodeName, values: Mapping[str, Any]) -> None:
    name.unavailable |= any(isinstance(one, Unavailable) for one in values.values())
    name.name = disclosure.tell(name.kind, "name", name.uid, _text(values.get("name")))
    name.country = disclosure.tell(name.kind, "country", name.uid, _text(values.get("country")))


def _as_known_at(stations: Stations, disclosure: Disclosure, name: NodeName, known: Known) -> None:
    """What is stored was told later than the moment asked about: tell it again from the events known then."""
    name.sites = _sites_known(stations, disclosure, name, known)
    if known.unavailable:
        name.unavailable, name.name, name.country = name.unavailable or known.closed, None, None
        if name.kind in INDEXED_IDENTITIES:
            name.number = None
        return
    said = known.projection
    name.described = said.described
    if name.kind is NodeKind.MATERIAL:
        name.number = _text(said.values.get("number"))
        _name_material(disclosure, name, Identity(name.identity) if name.identity else None)
    elif name.kind is NodeKind.PARTY:
        _describe_party(disclosure, name, said.values)


def _sites_known(stations: Stations, disclosure: Disclosure, name: NodeName, known: Known) -> tuple[str, ...]:
    """Where it was known to be; none where that cannot be opened. Of sites outside the view none is told, as of today's."""
    acl = known.acl(name.kind)
    return () if acl is None else _told_sites(stations, disclosure, name.uid, acl)


def _told_sites(stations: Stations, disclosure: Disclosure, uid: str, acl: int) -> tuple[str, ...]:
    """Those within the view; of what was approved by itself all of them."""
    if uid in disclosure.rights.named:
        return _all_sites(stations).get(acl, ())
    return disclosure.rights.places.get(acl, ())


def read_candidates(stations: Stations, disclosure: Disclosure, uids: Sequence[str], head: int) -> list[Candidate]:
    """What tells the nodes apart that carry one number, sorted by kind, product and uid; none whose name is masked."""
    names = read_names(stations, disclosure.whole, uids, head)
    failed = stations.checks.nodes if stations.checks is not None else set()
    found = [
        Candidate(name.uid, name.kind, name.number, name.epc, name.product, name.sites, name.described, name.uid in failed)
        for name in names.values()
        if not name.masked
    ]
    return sorted(found, key=lambda one: (one.kind.value, one.product or "", one.uid))


def read_plain_ends(
    stations: Stations, disclosure: Disclosure, kind: NodeKind, uids: Sequence[str], head: int
) -> dict[str, NodeName]:
    """Names of locations, orders, disposals, products and machines, at the sites that were known at a head."""
    if not uids or kind not in PLAIN_ENDS:
        return {}
    names = {}
    ends = stations.traces.find_plain_ends(kind, uids, disclosure.rights)
    for end in ends:
        epc, sites = Identity(end.identity).epc, _told_sites(stations, disclosure, end.uid, end.acl)
        names[end.uid] = NodeName(end.uid, kind, end.number, None, epc, None, sites, True, None, end.identity)
    later = {end.uid: kind for end in ends if end.projected_seq > head}
    for uid, known in read_known(stations, later, head).items():
        names[uid].sites = _sites_known(stations, disclosure, names[uid], known)
    return _asked(disclosure, names)


def _text(value: Any) -> str | Gap | None:
    return value if value is None or isinstance(value, Gap) else str(value)
