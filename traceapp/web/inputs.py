"""What is asked of lots and traces, as models of path, query and body; `reading.py` fills them."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from traceapp.domain.alerts import AlertFilter, AlertLevel, AlertState
from traceapp.domain.batch import BatchQuery
from traceapp.domain.deliveries import Channel
from traceapp.domain.errors import IdentifierError
from traceapp.domain.exports import TableForm
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.trace import Seed, TraceQuestion, Window
from traceapp.formats.gs1 import parse_identity
from traceapp.web.approval_inputs import Reason
from traceapp.web.field_names import (
    ALL,
    BatchFields,
    TraceField,
    TraceFields,
    check_fields,
    trace_fields,
    wanted_fields,
)
from traceapp.web.reading import Strict

MAX_SEEDS: Final = 1000
MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999


def _moment(value: object) -> datetime:
    """RFC 3339 and nothing else: a bare number would pass as seconds since 1970. Parts of a microsecond do not count."""
    match = MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("wanted a moment with its zone, like 2026-03-02T10:00:00Z; in an address, + is written %2B")
    day, time, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0').ljust(6, '0')[:6]}{zone.upper()}")
    except ValueError as error:
        raise ValueError(f"wanted a moment that exists ({error})") from None
    if not FIRST_YEAR < moment.year <= LAST_YEAR:
        raise ValueError(f"wanted a year after {FIRST_YEAR} and up to {LAST_YEAR}")
    return moment


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    Field(
        description=f"RFC 3339 with a zone; a year after {FIRST_YEAR} and up to {LAST_YEAR}.", examples=["2026-03-02T10:00:00Z"]
    ),
]
AsOf = Annotated[Moment | None, Field(description="What was known at this moment. Now, where it is absent.")]
At = Annotated[Moment | None, Field(description="When a container is opened. Now, where it is absent.")]
Form = Annotated[TableForm, Field(description="csv, xlsx or json.")]
PRINTED: Final = r"^[^\x00-\x1f\x7f]+$"
Printed = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=PRINTED,
        description="As printed. Full-width digits and small letters count as plain ones.",
    ),
]
Code = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTED)]
Uid = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="Our own id: 32 hexadecimal digits.")]
Epc = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=PRINTED,
        description="A GS1 key: Digital Link, its path alone, or EPC URN.",
        examples=["01/09521001000014/10/A1"],
    ),
]


class NarrowingInput(Strict):
    """What tells lots of one number apart."""

    product: Annotated[Code | None, Field(description="GTIN or product code.")] = None
    site: Annotated[Code | None, Field(description="Code of a site.")] = None
    kind: Annotated[NodeKind | None, Field(description="Kind of the thing.")] = None


class BatchInput(NarrowingInput):
    """One lot by the number in the path."""

    as_of: AsOf = None
    fields: BatchFields | None = None

    def query(self, number: str | None, uid: str | None = None) -> BatchQuery:
        return BatchQuery(number, uid, self.product, self.site, self.kind, self.as_of, wanted_fields(self.fields))


def _exactly_one(*names: str) -> dict[str, Any]:
    """As JSON Schema; a null counts as absent."""
    said = [{"required": [name], "properties": {name: {"type": "string"}}} for name in names]
    return {"oneOf": said}


def _check_exactly_one(model: BaseModel, *names: str) -> None:
    found = [name for name in names if getattr(model, name) is not None]
    if len(found) != 1:
        wanted = f"exactly one of {', '.join(names)}"
        raise ValueError(f"wanted {wanted}; found {' and '.join(found) if found else 'none'}")


def _not_before_its_beginning(end: datetime | None, known: ValidationInfo) -> datetime | None:
    begin = known.data.get("event_time_from")
    if begin is not None and end is not None and end < begin:
        raise ValueError("wanted a moment that is not before event_time_from")
    return end


class BatchSearchInput(BatchInput):
    """One lot by query: its printed number, which may hold any character, or its uid."""

    number: Printed | None = None
    uid: Uid | None = None

    @model_validator(mode="after")
    def _one(self) -> "BatchSearchInput":
        _check_exactly_one(self, "number", "uid")
        return self

    def search(self) -> BatchQuery:
        return self.query(self.number, self.uid)


class TraceInput(NarrowingInput):
    """How to walk from the lot in the path."""

    direction: Annotated[Direction, Field(description="forward: where did it go; backward: where did it come from.")] = (
        Direction.FORWARD
    )
    as_of: AsOf = None
    at: At = None
    event_time_from: Annotated[Moment | None, Field(description="Links that happened before it do not count.")] = None
    event_time_to: Annotated[Moment | None, Field(description="Links that happened after it do not count.")] = None
    fields: TraceFields | None = None

    _order = field_validator("event_time_to")(_not_before_its_beginning)

    def question(self, number: str | None, uid: str | None = None, epc: str | None = None) -> TraceQuestion:
        """Raises IdentifierError: the epc breaks its own standard."""
        _check_epcs([("epc", epc)])
        seed = Seed(number, uid, epc, self.product, self.site, self.kind)
        window = Window(self.event_time_from, self.event_time_to)
        return TraceQuestion((seed,), self.direction, self.as_of, self.at, window, fields=wanted_fields(self.fields))


class TraceSearchInput(TraceInput):
    """A trace by query: from a printed number, a uid or a GS1 key."""

    number: Printed | None = None
    uid: Uid | None = None
    epc: Epc | None = None

    @model_validator(mode="after")
    def _one(self) -> "TraceSearchInput":
        _check_exactly_one(self, "number", "uid", "epc")
        return self

    def search(self) -> TraceQuestion:
        return self.question(self.number, self.uid, self.epc)


class TraceExportInput(TraceSearchInput):
    """A trace as a file."""

    form: Form = TableForm.CSV


class SearchExportInput(NarrowingInput):
    """What carries a printed number, as a file."""

    number: Printed
    as_of: AsOf = None
    form: Form = TableForm.CSV

    def query(self) -> BatchQuery:
        return BatchQuery(self.number, None, self.product, self.site, self.kind, self.as_of)


class SearchExportBody(SearchExportInput):
    """The same with values that others have to agree to."""

    form: Form = TableForm.XLSX
    tier: Annotated[Literal["T0", "T1", "T2"], Field(description="The highest tier whose values shall be in clear.")] = "T2"
    reason: Reason


class SeedInput(NarrowingInput):
    """Where a trace starts: exactly one of number, uid and epc."""

    model_config = ConfigDict(json_schema_extra=_exactly_one("number", "uid", "epc"))

    number: Printed | None = None
    uid: Uid | None = None
    epc: Epc | None = None

    @model_validator(mode="after")
    def _one(self) -> "SeedInput":
        _check_exactly_one(self, "number", "uid", "epc")
        return self


class WindowInput(Strict):
    """Links that happened outside do not count; an absent end is open."""

    event_time_from: Moment | None = None
    event_time_to: Moment | None = None

    _order = field_validator("event_time_to")(_not_before_its_beginning)


class TraceBody(Strict):
    """A trace from several seeds."""

    seeds: Annotated[list[SeedInput], Field(min_length=1, max_length=MAX_SEEDS)]
    direction: Direction = Direction.FORWARD
    as_of: AsOf = None
    at: At = None
    window: WindowInput | None = None
    fields: Annotated[
        list[TraceField] | None,
        Field(max_length=100, description=f"What is wanted of each thing. {ALL}"),
    ] = None

    @field_validator("fields")
    @classmethod
    def _known(cls, names: list[str] | None) -> list[str] | None:
        check_fields(names or (), trace_fields())
        return names

    def question(self) -> TraceQuestion:
        """Raises IdentifierError: an epc breaks its own standard; every one of them is named."""
        _check_epcs((f"seeds.{place}.epc", seed.epc) for place, seed in enumerate(self.seeds))
        seeds = tuple(Seed(seed.number, seed.uid, seed.epc, seed.product, seed.site, seed.kind) for seed in self.seeds)
        window = Window(self.window.event_time_from, self.window.event_time_to) if self.window else Window()
        wanted = frozenset(self.fields) if self.fields is not None else None
        return TraceQuestion(seeds, self.direction, self.as_of, self.at, window, fields=wanted)


class TraceExportBody(TraceBody):
    """A trace whose file others have to agree to."""

    form: Form = TableForm.XLSX
    tier: Annotated[Literal["T0", "T1", "T2", "T3"], Field(description="The highest tier whose values shall be in clear.")] = "T2"
    recipient: Annotated[
        str | None, Field(pattern=r"^[0-9a-f]{16}$", description="Registered recipient, to whose key the file is sealed; for T3.")
    ] = None
    channel: Channel | None = None
    legal_basis: Annotated[str | None, Field(max_length=200, description="For another country than the plant's.")] = None
    authority_number: Annotated[str | None, Field(max_length=200, description="For another country than the plant's.")] = None
    personal: Annotated[bool | None, Field(description="With fields about single persons; false where it is absent.")] = None
    reason: Reason

    @property
    def address(self) -> dict[str, Any]:
        """Whom it goes to and why, as far as that was said."""
        said: dict[str, Any] = {
            "recipient": self.recipient,
            "channel": self.channel.value if self.channel is not None else None,
            "legal_basis": self.legal_basis,
            "authority_number": self.authority_number,
            "personal": self.personal,
        }
        return {name: value for name, value in said.items() if value is not None}


class ReferralBody(Strict):
    """What was asked for and answered with 404."""

    asked: Annotated[str, Field(min_length=1, max_length=500, pattern=PRINTED, description="As it was typed.")]


class NoInput(Strict):
    """An address that takes no parameter."""


class NumberInput(Strict):
    """The printed number in a path."""

    number: Printed


class AlertsInput(Strict):
    """Which alerts are wanted."""

    state: Annotated[AlertState | None, Field(description="Absent: open ones and those that somebody acknowledged.")] = None
    level: Annotated[AlertLevel | None, Field(description="How soon somebody has to look.")] = None
    rule: Annotated[str, Field(max_length=100, description="Id of a rule, such as `denials`; docs/alerts.md lists them.")] = ""

    def filter(self) -> AlertFilter:
        return AlertFilter(self.state, self.level, self.rule)


class RuleInput(Strict):
    """The id of an alert rule in a path."""

    rule: Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class UidInput(Strict):
    """The uid in a path."""

    uid: Uid


def _check_epcs(said: Iterable[tuple[str, str | None]]) -> None:
    """(field, epc) of every seed."""
    wrong = []
    for field, epc in said:
        try:
            if epc is not None:
                parse_identity(epc)
        except IdentifierError as error:
            wrong.append((field, str(error)))
    if wrong:
        raise IdentifierError("; ".join(detail for _, detail in wrong[:5]), tuple(wrong))
