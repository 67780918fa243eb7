"""The words of closed lists, in the language of the page: states, certainties, statuses, directions, roles, acts."""

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from flask_babel import get_locale, gettext, ngettext

from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.batch import StateFact
from traceapp.domain.disclosure import Masked, Text, Unavailable, Unproven, told
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import Certainty, Direction, EventType, LinkType, NodeKind
from traceapp.domain.rights import LEAST_TOLD, Role
from traceapp.domain.trace import Status


def N_(text: str) -> str:  # noqa: N802 - the customary mark of a text that is translated where it is shown
    return text


STATES: Final = {
    "recalled": N_("Recalled"),
    "rejected": N_("Rejected"),
    "held": N_("Held"),
    "quarantined": N_("Quarantined"),
    "expired": N_("Expired"),
    "withheld": N_("Withheld"),
    "masked": N_("State masked"),
    "unknown": N_("State unknown"),
    "plain": N_("State not asked for"),
    "conditional": N_("Accepted under concession"),
    "passed": N_("Inspection passed"),
    "production": N_("Released by production"),
    "released": N_("Released for market"),
}
"""Words of `lane_stages.SEVERITY`."""
CARD_STATES: Final = {
    **STATES,
    "conditional": N_("Concession"),
    "passed": N_("Inspected"),
    "production": N_("Prod. release"),
    "released": N_("Released"),
}
"""The same where a card of the picture has room for one short word."""
SIGNS: Final = {
    "rejected": "recalled",
    "expired": "expired",
    "conditional": "check",
    "passed": "check",
    "production": "released",
}
"""Signs of states that share a shape with another; every other state has a sign of its own name."""

FACTS: Final = {
    ("inspection", "none"): ("unknown", N_("Not inspected, as far as records say")),
    ("inspection", "passed"): ("released", N_("Inspection passed")),
    ("inspection", "failed"): ("rejected", N_("Inspection failed")),
    ("inspection", "conditional"): ("held", N_("Accepted under concession")),
    ("release", "none"): ("unknown", N_("Not released, as far as records say")),
    ("release", "production"): ("production", N_("Released by production")),
    ("release", "market"): ("released", N_("Released for market")),
    ("release", "rejected"): ("rejected", N_("Release refused")),
    ("hold", "none"): ("plain", N_("Not on hold")),
    ("hold", "held"): ("held", N_("Held")),
    ("expiry", "unknown"): ("unknown", N_("Expiry date unknown")),
    ("expiry", "valid"): ("plain", N_("Not expired")),
    ("expiry", "expired"): ("expired", N_("Expired")),
}
"""(name, value) of a StateFact → what gives its sign and colour, and its word."""

FACT_NAMES: Final = {
    "inspection": N_("Inspection"),
    "release": N_("Release"),
    "hold": N_("Hold"),
    "expiry": N_("Expiry"),
}
CERTAINTIES: Final = {Certainty.EXACT: N_("confirmed"), Certainty.POSSIBLE: N_("may have")}
DIRECTIONS: Final = {Direction.FORWARD: N_("Forward"), Direction.BACKWARD: N_("Backward"), Direction.BOTH: N_("Both ways")}
STATUSES: Final = {
    Status.COMPLETE: N_("Complete"),
    Status.UNRESOLVED: N_("Unresolved"),
    Status.WITHHELD: N_("Withheld"),
    Status.TRUNCATED: N_("Truncated"),
    Status.DEGRADED: N_("Degraded"),
    Status.UNVERIFIED: N_("Unverified"),
}
STATUS_SIGNS: Final = {
    Status.COMPLETE: "check",
    Status.UNRESOLVED: "unknown",
    Status.WITHHELD: "withheld",
    Status.TRUNCATED: "truncated",
    Status.DEGRADED: "degraded",
    Status.UNVERIFIED: "unverified",
}
ROLES: Final = {
    Role.VIEWER: N_("viewer"),
    Role.COORDINATOR: N_("recall coordinator"),
    Role.QUALITY: N_("quality"),
    Role.AUDITOR: N_("auditor"),
    Role.INTEGRATOR: N_("source system"),
    Role.ADMIN: N_("administrator"),
    Role.PRODUCTION: N_("production"),
    Role.WAREHOUSE: N_("warehouse"),
    Role.LAB: N_("laboratory"),
    Role.SUPPLIER: N_("supplier"),
    Role.CUSTOMER: N_("customer"),
    Role.REGULATOR: N_("authority"),
    Role.IT: N_("IT security officer"),
}
EVENTS: Final = {
    EventType.OBJECT: N_("object event"),
    EventType.AGGREGATION: N_("aggregation event"),
    EventType.TRANSACTION: N_("transaction event"),
    EventType.TRANSFORMATION: N_("transformation event"),
    EventType.ASSOCIATION: N_("association event"),
    EventType.RECEIPT: N_("receipt"),
    EventType.CONSUMPTION: N_("consumption"),
    EventType.PROCESS_STEP: N_("process step"),
    EventType.INSPECTION: N_("inspection"),
    EventType.RELEASE: N_("release"),
    EventType.STOCK: N_("stock"),
    EventType.ORDER: N_("order"),
    EventType.SHIPMENT: N_("shipment"),
    EventType.RETURN: N_("return"),
    EventType.USE: N_("use or implant"),
    EventType.DISPOSAL: N_("disposal"),
    EventType.BATCH_RECORD: N_("batch record"),
    EventType.HOLD: N_("hold"),
    EventType.MASTER_DATA: N_("master data"),
}
UNITS: Final = {
    "KGM": N_("kg"),
    "GRM": N_("g"),
    "MGM": N_("mg"),
    "MTR": N_("m"),
    "MMT": N_("mm"),
    "CMT": N_("cm"),
    "MTK": N_("m²"),
    "MTQ": N_("m³"),
    "LTR": N_("L"),
    "MLT": N_("mL"),
    "EA": N_("pcs"),
    "H87": N_("pcs"),
    "C62": N_("pcs"),
    "PR": N_("pairs"),
    "SET": N_("sets"),
}
"""UN/ECE Recommendation 20 codes as a person reads them; any other code stands as it is."""
_LINKS: Final = frozenset(link.value for link in LinkType)
_EVENTS: Final = {event.value: word for event, word in EVENTS.items()}


def language() -> str:
    """`en` or `zh_Hans`, as Babel names them."""
    return str(get_locale() or "en")


def sentence_gap() -> str:
    """What parts two sentences: a blank, which Chinese does not put after its full-width stop."""
    return "" if language().startswith("zh") else " "


def kind_name(kind: NodeKind | None) -> str:
    return gettext("Withheld") if kind is None else running_dictionary().kind_label(kind, language())


def link_name(link: str) -> str:
    return running_dictionary().link_label(link, language()) if link in _LINKS else link


def event_name(event: str) -> str:
    return gettext(_EVENTS[event]) if event in _EVENTS else event


def role_name(role: str) -> str:
    """A role of another version, or the operating system's own, as it stands."""
    return gettext(ROLES[Role(role)]) if role in set(Role) else role


def property_name(kind: NodeKind, name: str) -> str:
    dictionary = running_dictionary()
    return dictionary.label(kind, name, language()) if dictionary.knows(kind, name) else name


def property_text(kind: NodeKind, name: str, value: PropertyValue) -> str:
    """A value of a closed list in the reader's language, any other as it is."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    dictionary = running_dictionary()
    return dictionary.value_label(kind, name, value, language()) if dictionary.knows(kind, name) else str(value)


def property_unit(kind: NodeKind, name: str) -> str | None:
    dictionary = running_dictionary()
    return dictionary.entry(kind, name).unit if dictionary.knows(kind, name) else None


def country_name(said: Text) -> str:
    """`FR` → France, 法国; a code that nobody knows stays what it is."""
    code, locale = told(said), get_locale()
    return text_of(said) if code is None else (locale.territories.get(code.upper(), code) if locale else code)


def text_of(value: Text) -> str:
    """A text of an answer in words: of a masked one what its mask lets through, with the word for it."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Masked(shown=None):
            return gettext("Masked")
        case Masked():
            return gettext("Masked %(shown)s", shown=value.shown)
        case Unproven():
            return gettext("changed outside the service")
        case Unavailable():
            return gettext("cannot be opened now")


def site_names(codes: str | None, sites: Mapping[str, str]) -> str:
    """Printed names of the sites of a node, which stand as `LYON, SUZHOU` there; an unknown code stays what it is."""
    return gettext(", ").join(sites.get(code, code) for code in codes.split(", ")) if codes else ""


def fact_word(fact: StateFact) -> tuple[str, str]:
    """(tone, word) of a computed state."""
    if not isinstance(fact.value, str):
        return "masked", text_of(fact.value)
    tone, word = FACTS.get((fact.name, fact.value), ("unknown", fact.value))
    return tone, gettext(word)


def sign_of(tone: str) -> str:
    return SIGNS.get(tone, tone)


def direction_question(direction: Direction) -> str:
    """Title of the picture."""
    match direction:
        case Direction.FORWARD:
            return gettext("Where it went")
        case Direction.BACKWARD:
            return gettext("Where it came from")
        case Direction.BOTH:
            return gettext("Where it came from and went")
        case unreachable:
            assert_never(unreachable)


def kinds_counted(kinds: frozenset[NodeKind | None], count: int) -> str:
    """`5 batches`, `3 lots` where kinds are mixed."""
    known, said = kinds - {None}, f"{count:,}"
    match next(iter(known)) if len(known) == 1 else None:
        case NodeKind.BATCH:
            return ngettext("%(count)s batch", "%(count)s batches", count, count=said)
        case NodeKind.MATERIAL:
            return ngettext("%(count)s material lot", "%(count)s material lots", count, count=said)
        case NodeKind.UNIT:
            return ngettext("%(count)s unit", "%(count)s units", count, count=said)
        case NodeKind.SHIPMENT:
            return ngettext("%(count)s shipment", "%(count)s shipments", count, count=said)
        case NodeKind.CONTAINER:
            return ngettext("%(count)s container", "%(count)s containers", count, count=said)
        case NodeKind.PRODUCT:
            return ngettext("%(count)s product", "%(count)s products", count, count=said)
        case NodeKind.PARTY:
            return ngettext("%(count)s party", "%(count)s parties", count, count=said)
        case _ if known and known <= {NodeKind.BATCH, NodeKind.MATERIAL, NodeKind.UNIT}:
            return ngettext("%(count)s lot", "%(count)s lots", count, count=said)
        case _:
            return ngettext("%(count)s record", "%(count)s records", count, count=said)


def withheld_counted(counts: Mapping[str, int], few: Sequence[str] = ()) -> str:
    """`2 lots, 1 shipment`, for the counts of a completeness block; of what is few, `fewer than 5 lots`."""
    said = {
        "lots": lambda n: ngettext("%(count)s lot", "%(count)s lots", n, count=f"{n:,}"),
        "transformations": lambda n: ngettext("%(count)s transformation", "%(count)s transformations", n, count=f"{n:,}"),
        "shipments": lambda n: ngettext("%(count)s shipment", "%(count)s shipments", n, count=f"{n:,}"),
        "containers": lambda n: ngettext("%(count)s container", "%(count)s containers", n, count=f"{n:,}"),
        "parties": lambda n: ngettext("%(count)s party", "%(count)s parties", n, count=f"{n:,}"),
        "locations": lambda n: ngettext("%(count)s stock location", "%(count)s stock locations", n, count=f"{n:,}"),
        "orders": lambda n: ngettext("%(count)s order", "%(count)s orders", n, count=f"{n:,}"),
        "disposals": lambda n: ngettext("%(count)s disposal", "%(count)s disposals", n, count=f"{n:,}"),
        "others": lambda n: ngettext("%(count)s other record", "%(count)s other records", n, count=f"{n:,}"),
    }
    told = [said.get(name, said["others"])(count) for name, count in counts.items()]
    told += [gettext("fewer than %(counted)s", counted=said.get(name, said["others"])(LEAST_TOLD)) for name in few]
    return gettext(", ").join(told)
