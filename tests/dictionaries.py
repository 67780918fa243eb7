"""Another data dictionary comes in force as if others had agreed to it, for tests of what comes of it."""

from traceapp.composition import terminal_actor
from traceapp.domain.governed import DocumentKind
from traceapp.usecases.governed.change_documents import Agreed, come_in_force
from traceapp.usecases.governed.governed_documents import GOVERNED, parse_document
from traceapp.usecases.governed.migrate_values import MigrationRun, migrate_values
from traceapp.usecases.stations import Stations

APPROVAL = "0d1c0d1c0d1c0d1c"


def retiered(text: str, kind: str, name: str, tier: str) -> str:
    """The text of a dictionary in which a property has another tier."""
    head, section, rest = text.partition(f"[properties.{kind}]\n")
    before, line, after = rest.partition(f"\n{name} = " if not rest.startswith(f"{name} = ") else f"{name} = ")
    told, comma, more = after.partition("\n")
    start = told.index('tier = "') + len('tier = "')
    changed = told[:start] + tier + told[start + 2 :]
    return head + section + before + line + changed + comma + more


def in_force(stations: Stations) -> str:
    """The text of the dictionary that these stations go by."""
    return GOVERNED[DocumentKind.DICTIONARY].content(stations).decode()


def put_in_force(stations: Stations, text: str) -> Stations:
    """From now on every process goes by it; the same stations by it. No stored value is touched yet."""
    kind = DocumentKind.DICTIONARY
    digest = GOVERNED[kind].digest(parse_document(stations, kind, text.encode()))
    agreed = Agreed("quin", ("anna", "paul"), APPROVAL, stations.clock.now())
    come_in_force(stations, kind, digest, text.encode(), agreed)
    return stations.documents.renewed(stations)


def with_tier(stations: Stations, kind: str, name: str, tier: str) -> Stations:
    """The same for one property and its tier."""
    return put_in_force(stations, retiered(in_force(stations), kind, name, tier))


def migrate(stations: Stations) -> MigrationRun:
    """Bring every stored value in its form."""
    return migrate_values(stations, terminal_actor(), 1e9, lambda seconds: False)


def migrate_one_chunk(stations: Stations) -> MigrationRun:
    """Stop after the first chunk."""
    return migrate_values(stations, terminal_actor(), 1e9, lambda seconds: True)
