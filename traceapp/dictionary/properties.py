"""The reader of the data dictionary (`data_dictionary.toml`): validation, encryption and labels all ask here."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from traceapp.domain.errors import DictionaryError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import SEALED_IDENTITIES, LinkType, NodeKind

LONGEST_TEXT: Final = 4000
RECORDED: Final = "RECORDED"
"""The link from an event to what it speaks of; the service alone makes it."""
Words = Annotated[str, Field(min_length=1)]


class PropertyType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"


class Tier(StrEnum):
    """T0 public · T1 internal · T2 confidential · T3 restricted. T2 and T3 are ciphertext in the store."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


class MaskForm(StrEnum):
    """What stands in place of a value for somebody who may not see it.

    value      the value itself: nothing is hidden of it.
    masked     its tier and nothing else.
    last4      its last four characters, enough to compare it with a label in hand; none of a short one.
    pseudonym  a name that means the thing within one answer, so that it can be spoken of; made of our uid, not of the value.
    """

    VALUE = "value"
    MASKED = "masked"
    LAST4 = "last4"
    PSEUDONYM = "pseudonym"


SEALED: Final = frozenset({Tier.T2, Tier.T3})
NAMING: Final = frozenset({"identity", "name"})
STATED_BESIDE: Final = frozenset({"identity", "number"})
"""Names that the service writes of most kinds; where a kind has an entry of its own, that one governs."""


class PropertyEntry(BaseModel):
    """One property of one kind.

    mask         what stands in its place for somebody who may not see the value; `mask_form` where it is not said.
    blind_index  whether equal sealed values can be looked up; leak_bits is how much of a value that gives away at most.
    retention    how long it is kept, in years after the end of the product's life.
    epcis        where EPCIS 2.0 or a GS1 key says the same.
    clause       what asks for it: rules of the document with their clauses, parted by "; ".
    values       the closed list of a text that is a choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: PropertyType
    tier: Tier
    en: Words
    zh: Words
    unit: str | None = None
    mask: MaskForm | None = None
    blind_index: bool = False
    leak_bits: Annotated[int, Field(ge=0, le=64)] = 0
    retention: Annotated[int, Field(ge=1)] = 15
    epcis: str | None = None
    clause: str | None = None
    values: Mapping[str, str] | None = None

    @property
    def encrypted(self) -> bool:
        return self.tier in SEALED

    @property
    def mask_form(self) -> MaskForm:
        """As declared; else the value of what is public, and the tier alone of everything else."""
        return self.mask or (MaskForm.VALUE if self.tier is Tier.T0 else MaskForm.MASKED)

    @model_validator(mode="after")
    def _masks_what_is_confidential(self) -> "PropertyEntry":
        if self.mask is MaskForm.VALUE and self.encrypted:
            raise ValueError("wanted a mask that hides the value of a sealed property")
        if self.mask is MaskForm.LAST4 and (self.tier is not Tier.T2 or self.type is not PropertyType.TEXT or self.values):
            raise ValueError("wanted last4 of a free text of tier T2 only")
        return self

    @model_validator(mode="after")
    def _is_consistent(self) -> "PropertyEntry":
        """An index says what it leaks, and only a T2 value has one; a closed list is of text, a unit of a number."""
        if self.blind_index and (self.tier is not Tier.T2 or not self.leak_bits):
            raise ValueError("wanted tier T2 and a leak budget beside blind_index")
        if self.blind_index and (self.type is not PropertyType.TEXT or self.values is not None):
            raise ValueError("wanted no index of what has few different values: their frequencies would speak")
        if self.leak_bits and not self.blind_index:
            raise ValueError("wanted no leak budget without blind_index")
        if self.values is not None and (self.type is not PropertyType.TEXT or not self.values):
            raise ValueError("wanted a closed list that is not empty, of a text")
        if self.unit is not None and self.type not in {PropertyType.DECIMAL, PropertyType.INTEGER}:
            raise ValueError("wanted a unit of a number only")
        return self


class Named(BaseModel):
    """A kind or link type in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Words
    zh: Words


class LinkAttribute(Named):
    """What a source may state of a link beside its quantity. Nothing on a link is sealed, so nothing on it is confidential.

    links   the types of link that carry it.
    values  the closed list of a text that is a choice.
    """

    type: Literal[PropertyType.TEXT, PropertyType.TIME]
    tier: Literal[Tier.T0, Tier.T1]
    links: Annotated[tuple[LinkType, ...], Field(min_length=1)]
    values: Mapping[str, str] | None = None
    encrypted: ClassVar[bool] = False


class StoredType(StrEnum):
    """Of what the service writes itself; a document is sealed words of any length."""

    TEXT = "text"
    TEXTS = "texts"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TIME = "time"
    DOCUMENT = "document"
    MAC = "mac"


class StoredProperty(Named):
    """What the service keeps by itself, and what no source can write."""

    type: StoredType
    tier: Tier

    @property
    def encrypted(self) -> bool:
        return self.tier in SEALED

    @model_validator(mode="after")
    def _seals_documents_only(self) -> "StoredProperty":
        if self.encrypted != (self.type is StoredType.DOCUMENT):
            raise ValueError("wanted tier T2 or T3 of a document, and of nothing else")
        return self


class ServiceSection(BaseModel):
    """What the service keeps beside the properties that sources state.

    links       on every link of the model.   recorded  on RECORDED, from an event to what it speaks of.
    nodes       on every node of the model.
    kinds       nodes of its own, and properties: what those hold.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    links: Mapping[str, StoredProperty] = {}
    recorded: Mapping[str, StoredProperty] = {}
    nodes: Mapping[str, StoredProperty] = {}
    kinds: Mapping[str, Named] = {}
    properties: Mapping[str, Mapping[str, StoredProperty]] = {}

    @model_validator(mode="after")
    def _kinds_are_its_own(self) -> "ServiceSection":
        if self.kinds.keys() != self.properties.keys():
            raise ValueError("wanted the same kinds under kinds and properties")
        if ours := self.kinds.keys() & {kind.value for kind in NodeKind}:
            raise ValueError(f"wanted kinds that are not of the model, found {sorted(ours)}")
        return self


class Document(BaseModel):
    """The whole file. rules: what clauses name, with its full title. What is left out is known of nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    kinds: Mapping[NodeKind, Named]
    links: Mapping[LinkType, Named]
    rules: Mapping[str, Words]
    properties: Mapping[NodeKind, Mapping[str, PropertyEntry]]
    link_attributes: Mapping[str, LinkAttribute] = {}
    service: ServiceSection = ServiceSection()

    @model_validator(mode="after")
    def _clauses_name_rules(self) -> "Document":
        for kind, entries in self.properties.items():
            for name, entry in entries.items():
                for clause in entry.clause.split("; ") if entry.clause else ():
                    if not clause.startswith(tuple(self.rules)):
                        raise ValueError(f"{kind}.{name}: wanted a clause of one of the rules, found {clause!r}")
        return self

    @model_validator(mode="after")
    def _pseudonyms_name_things(self) -> "Document":
        """A pseudonym stands for the thing itself, so only what identifies a thing has one."""
        for kind, entries in self.properties.items():
            for name, entry in entries.items():
                if entry.mask is MaskForm.PSEUDONYM and (kind not in SEALED_IDENTITIES or name not in NAMING):
                    raise ValueError(f"{kind}.{name}: wanted a pseudonym of {' or '.join(sorted(NAMING))} of a sealed identity")
        return self

    @model_validator(mode="after")
    def _sources_cannot_write_for_the_service(self) -> "Document":
        if taken := self.link_attributes.keys() & self.service.links.keys():
            raise ValueError(f"link_attributes: wanted names that the service does not write, found {sorted(taken)}")
        for kind, entries in self.properties.items():
            if taken := entries.keys() & self.service.nodes.keys() - STATED_BESIDE:
                raise ValueError(f"{kind}: wanted names that the service does not write, found {sorted(taken)}")
        return self


class Dictionary:
    """One version of the data dictionary."""

    def __init__(self, document: Document) -> None:
        self._document = document
        said = json.dumps(document.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        self.digest = hashlib.sha256(said.encode()).hexdigest()
        """SHA-256 (hex) of what the document says; it stands in every ledger record."""

    @property
    def version(self) -> int:
        return self._document.version

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

    @property
    def names(self) -> frozenset[str]:
        """Every property of any kind, by name: what `fields` may ask for."""
        return frozenset().union(*self._document.properties.values())

    def check(self, kind: str, properties: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
        """The same properties with normalised values.

        raises  DictionaryError: an unknown property, a value of another type, or none of the closed list; the value is not shown.
        """
        return {name: _normal(kind, name, self.entry(kind, name), value) for name, value in properties.items()}

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
        document = Document.model_validate(tomllib.loads(content.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DictionaryError(f"The data dictionary cannot be read: {error}.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise DictionaryError(f"The data dictionary is malformed: {wrong}.") from None
    missing = sorted((set(NodeKind) - document.kinds.keys()) | (set(LinkType) - document.links.keys()))
    if missing:
        raise DictionaryError(f"The data dictionary has no words for {', '.join(missing)}.")
    return Dictionary(document)


@cache
def read_dictionary() -> Dictionary:
    """The dictionary that comes with the program."""
    return parse_dictionary(resources.files("traceapp.dictionary").joinpath("data_dictionary.toml").read_bytes())


def _in(named: Named, language: str) -> str:
    return named.zh if language.startswith("zh") else named.en


def _normal(kind: str, name: str, entry: PropertyEntry, value: Any) -> PropertyValue:
    match entry.type, value:
        case PropertyType.TEXT, str():
            text = value.strip()
            if not text or len(text) > LONGEST_TEXT or (entry.values is not None and text not in entry.values):
                raise DictionaryError(f"{kind} {name}: wanted {_wanted(entry)}, found another text of {len(text)} characters.")
            return text
        case PropertyType.BOOLEAN, bool():
            return value
        case PropertyType.INTEGER, int() if not isinstance(value, bool):
            return value
        case PropertyType.DECIMAL, Decimal() if value.is_finite():
            return value
        case PropertyType.TIME, datetime() if value.tzinfo is not None:
            return value
        case PropertyType.DATE, str():
            try:
                return date.fromisoformat(value.strip()).isoformat()
            except ValueError:
                pass
    raise DictionaryError(f"{kind} {name}: wanted {_wanted(entry)}, found {type(value).__name__}.")


def _wanted(entry: PropertyEntry) -> str:
    if entry.values is not None:
        return "one of " + ", ".join(entry.values)
    if entry.type is PropertyType.TEXT:
        return f"1 to {LONGEST_TEXT} characters"
    return "an integer" if entry.type is PropertyType.INTEGER else f"a {entry.type.value}"
