"""What the data dictionary (`data_dictionary.toml`) consists of: entries, and the rules that each must keep."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from traceapp.domain.kinds import SEALED_IDENTITIES, LinkType, NodeKind

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
    personal     whether it is about a single person: it crosses no border unless that is said and agreed to.
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
    personal: bool = False

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
