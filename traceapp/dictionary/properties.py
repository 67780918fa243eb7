"""The reader of the data dictionary (`data_dictionary.toml`): validation, encryption and labels all ask here."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Final

from pydantic import ValidationError

from traceapp.dictionary.document_text import read_document_text, wrong_places
from traceapp.dictionary.entries import (
    SEALED,
    Document,
    LinkAttribute,
    Named,
    PropertyEntry,
    ServiceSection,
    StoredProperty,
    Tier,
)
from traceapp.dictionary.values import normal_value
from traceapp.domain.errors import DictionaryError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.rights import Rights

FOUND_BY: Final = {
    "identity": "a thing is known and looked up by it",
    "number": "a thing is known and looked up by it",
}
"""Properties whose tier never changes, and why."""
READ_AS_STORED: Final = {
    "country": "lists of consignees are made of it as it is stored",
    "expiry_date": "the state of a lot is computed and proven from it as it is stored",
    "name": "answers call a thing by it, as it is stored",
}
"""Properties that stay plain or stay sealed, and why."""
RECORDED: Final = "RECORDED"
"""The link from an event to what it speaks of; the service alone makes it."""


class Dictionary:
    """One version of the data dictionary.

    A stored value may still have the form that an earlier version gave it, until all of them were brought to this one
    (`following`, `usecases/governed/migrate_values.py`).
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._former: dict[tuple[NodeKind, str], frozenset[Tier]] = {}
        said = json.dumps(document.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        self.digest = hashlib.sha256(said.encode()).hexdigest()
        """SHA-256 (hex) of what the document says; it stands in every ledger record."""

    @property
    def version(self) -> int:
        return self._document.version

    @property
    def document(self) -> Document:
        return self._document

    @property
    def rules(self) -> Mapping[str, str]:
        """What clauses name, with its full title."""
        return self._document.rules

    def entry(self, kind: str, name: str) -> PropertyEntry:
        """raises  DictionaryError: the dictionary knows no such property of this kind."""
        try:
            return self._document.properties[NodeKind(kind)][name]
        except (KeyError, ValueError):
            raise DictionaryError(f"{kind} has no property {name!r} in the data dictionary.") from None

    def knows(self, kind: str, name: str) -> bool:
        # A NodeKind is a str and hashes as one; asking the enum itself warns before Python 3.12.
        return name in self._document.properties.get(kind, {})  # type: ignore[call-overload]

    def entries(self, kind: str) -> Mapping[str, PropertyEntry]:
        """Every property of a kind by name, in the order of the document."""
        return self._document.properties.get(NodeKind(kind), {})

    def following(self, former: Iterable["Dictionary"]) -> "Dictionary":
        """The same version, where stored values may still have the form of these ones."""
        made = Dictionary(self._document)
        for earlier in former:
            for kind, entries in earlier.document.properties.items():
                for name, was in entries.items():
                    if self.knows(kind, name) and tier_form(was.tier) != tier_form(self.entry(kind, name).tier):
                        made._former[kind, name] = made._former.get((kind, name), frozenset()) | {was.tier}
        return made

    @property
    def moving(self) -> Mapping[NodeKind, frozenset[str]]:
        """Properties of which a stored value may still have another form than their tier asks for, by kind."""
        found: dict[NodeKind, frozenset[str]] = {}
        for kind, name in self._former:
            found[kind] = found.get(kind, frozenset()) | {name}
        return found

    def former_tiers(self, kind: str, name: str) -> frozenset[Tier]:
        """Tiers under which a value of this property may be stored beside its own."""
        return self._former.get((kind, name), frozenset())  # type: ignore[arg-type]

    @property
    def names(self) -> frozenset[str]:
        """Every property of any kind, by name: what `fields` may ask for."""
        return frozenset().union(*self._document.properties.values())

    def without_personal(self, rights: Rights) -> Rights:
        """The same rights, with whatever is about a single person hidden."""
        return replace(rights, clear=self._impersonal(rights.clear), search=self._impersonal(rights.search))

    def _impersonal(self, names: Mapping[NodeKind, frozenset[str]]) -> dict[NodeKind, frozenset[str]]:
        return {
            kind: frozenset(name for name in some if not (self.knows(kind, name) and self.entry(kind, name).personal))
            for kind, some in names.items()
        }

    def check(self, kind: str, properties: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
        """The same properties with normalised values.

        raises  DictionaryError: an unknown property, a value of another type, or none of the closed list; the value is not shown.
        """
        return {name: normal_value(kind, name, self.entry(kind, name), value) for name, value in properties.items()}

    def check_link(self, link: str, attributes: Mapping[str, str]) -> None:
        """raises  DictionaryError: an attribute that no link of this type has, or none of its closed list; no value is shown."""
        for name, value in attributes.items():
            entry = self.link_attributes.get(name)
            if entry is None or LinkType(link) not in entry.links:
                raise DictionaryError(f"A link {link} has no attribute {name!r} in the data dictionary.")
            if not value.strip() or (entry.values is not None and value not in entry.values):
                wanted = "one of " + ", ".join(entry.values) if entry.values is not None else "some text"
                raise DictionaryError(f"{link} {name}: wanted {wanted}, found another text of {len(value)} characters.")

    @property
    def link_attributes(self) -> Mapping[str, LinkAttribute]:
        """What a source may state of a link, by name."""
        return self._document.link_attributes

    @property
    def service(self) -> ServiceSection:
        """What the service keeps by itself."""
        return self._document.service

    def stored_on_node(self, label: str) -> Mapping[str, PropertyEntry | StoredProperty]:
        """All that a node of a kind may hold in the store; nothing where the label is of no kind."""
        if label in set(NodeKind):
            return {**self.service.nodes, **self.entries(label)}
        return self.service.properties.get(label, {})

    def stored_on_link(self, link: str) -> Mapping[str, LinkAttribute | StoredProperty]:
        """All that a link of a type may hold in the store; nothing where the type is unknown."""
        if link == RECORDED:
            return self.service.recorded
        if link not in set(LinkType):
            return {}
        stated = {name: entry for name, entry in self.link_attributes.items() if LinkType(link) in entry.links}
        return {**self.service.links, **stated}

    def index_bits(self, kind: str) -> int:
        """How many bits the blind index of a kind's numbers may give away.

        raises  DictionaryError: no property of this kind has one, or two of them have different budgets.
        """
        budgets = {entry.leak_bits for entry in self.entries(kind).values() if entry.blind_index}
        if len(budgets) != 1:
            raise DictionaryError(f"{kind}: wanted one leak budget for its blind index, found {sorted(budgets)}.")
        return budgets.pop()

    def label(self, kind: str, name: str, language: str) -> str:
        """The property's name for people; language "zh…" or any other for English."""
        entry = self.entry(kind, name)
        return entry.zh if language.startswith("zh") else entry.en

    def kind_label(self, kind: str, language: str) -> str:
        return _in(self._document.kinds[NodeKind(kind)], language)

    def link_label(self, link: str, language: str) -> str:
        return _in(self._document.links[LinkType(link)], language)

    def value_label(self, kind: str, name: str, value: PropertyValue, language: str) -> str:
        """A value of a closed list in the reader's language; any other value as text."""
        values = self.entry(kind, name).values or {}
        return values.get(str(value), str(value)) if language.startswith("zh") else str(value)


def parse_dictionary(content: bytes) -> Dictionary:
    """raises  DictionaryError: not TOML, an unknown kind, tier or type, a kind or link without its words; it names the place."""
    try:
        document = Document.model_validate(read_document_text(content))
    except ValidationError as error:
        raise DictionaryError(f"The data dictionary is malformed: {wrong_places(error)}.") from None
    except ValueError as error:
        raise DictionaryError(f"The data dictionary cannot be read: {error}.") from None
    missing = sorted((set(NodeKind) - document.kinds.keys()) | (set(LinkType) - document.links.keys()))
    if missing:
        raise DictionaryError(f"The data dictionary has no words for {', '.join(missing)}.")
    return Dictionary(document)


def check_successor(before: Dictionary, after: Dictionary) -> None:
    """raises  DictionaryError: another dictionary says of what is stored something that it cannot become."""
    old, new = before.document, after.document
    for name in ("kinds", "links", "service", "link_attributes"):
        if getattr(old, name) != getattr(new, name):
            raise DictionaryError(f"{name}: wanted as it is: it comes with the program.")
    for kind, entries in old.properties.items():
        for name, was in entries.items():
            entry = new.properties.get(kind, {}).get(name)
            if entry is None:
                raise DictionaryError(f"{kind}.{name}: wanted it still there: what is stored is known by it.")
            for said in ("type", "unit", "blind_index", "leak_bits"):
                if getattr(entry, said) != getattr(was, said):
                    raise DictionaryError(f"{kind}.{name}: wanted {said} as it is: what is stored was written by it.")
            _check_tier(f"{kind}.{name}", name, was, entry)
            if was.values is not None and not was.values.keys() <= (entry.values or {}).keys():
                raise DictionaryError(f"{kind}.{name}: wanted every value of its list still there.")
            if was.values is None and entry.values is not None:
                raise DictionaryError(f"{kind}.{name}: wanted no list of values: any may be stored.")


def _check_tier(place: str, name: str, was: PropertyEntry, entry: PropertyEntry) -> None:
    if entry.tier is was.tier:
        return
    if name in FOUND_BY:
        raise DictionaryError(f"{place}: wanted tier as it is: {FOUND_BY[name]}.")
    if entry.encrypted != was.encrypted and name in READ_AS_STORED:
        raise DictionaryError(f"{place}: wanted tier {'T2 or T3' if was.encrypted else 'T0 or T1'}: {READ_AS_STORED[name]}.")


def tier_form(tier: Tier) -> str:
    """What values of two tiers have in common where they are stored alike: "plain", else the tier whose keys seal them."""
    return tier.value if tier in SEALED else "plain"


def shipped_content() -> bytes:
    return resources.files("traceapp.dictionary").joinpath("data_dictionary.toml").read_bytes()


@cache
def read_dictionary() -> Dictionary:
    """The dictionary that comes with the program."""
    return parse_dictionary(shipped_content())


def running_dictionary() -> Dictionary:
    """The one that this process goes by: what others agreed to, else that which comes with the program."""
    return _running[-1] if _running else read_dictionary()


def put_in_force(dictionary: Dictionary) -> None:
    """From now on this process goes by this one."""
    _running[:] = [dictionary]


_running: list[Dictionary] = []


def _in(named: Named, language: str) -> str:
    return named.zh if language.startswith("zh") else named.en
