"""Who we are: our owners' codes and company prefixes, sites and product lines (kind follows issuer)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import NodeKind
from traceapp.domain.scopes import ANY, NOWHERE, Scope


@dataclass(frozen=True, slots=True)
class Organisation:
    """Read from HOME/organisation.toml.

    country           where the plant is, by the two letters of ISO 3166; empty where nobody said: then everything lies abroad.
    owners            codes under which we issue numbers (sites included): a lot of theirs is a Batch.
    company_prefixes  GS1 company prefixes of ours: a GTIN that starts with one, after its first digit, is ours.
    sites             site code → printed name; locations maps a GLN or location code to a site code.
    product_lines     product code or GTIN-14 → product line code.
    """

    name: str
    country: str = ""
    owners: frozenset[str] = frozenset()
    company_prefixes: frozenset[str] = frozenset()
    sites: Mapping[str, str] = field(default_factory=dict)
    locations: Mapping[str, str] = field(default_factory=dict)
    product_lines: Mapping[str, str] = field(default_factory=dict)

    def issued(self, identity: Identity) -> bool:
        """Whether the number was issued by us."""
        if not identity.is_gs1:
            return identity.owner in self.owners or identity.owner in self.sites
        key = identity.parts[1].lstrip("/")
        body = key[1:] if identity.parts[0] == "01" else key
        return any(body.startswith(prefix) for prefix in self.company_prefixes)

    def lot_kind(self, identity: Identity) -> NodeKind:
        """Batch or Material, by issuer, never by arrival."""
        return NodeKind.BATCH if self.issued(identity) else NodeKind.MATERIAL

    def scope(self, site: str | None, product: str | None) -> Scope:
        """The scope of a thing of this product at this site; an unknown line is any of its site, an unknown site is nobody's."""
        line = self.product_lines.get(product, ANY) if product else ANY
        return Scope(site if site else NOWHERE, line)
