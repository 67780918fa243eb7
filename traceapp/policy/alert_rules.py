"""The alert rules: data (`alert_rules.toml`), read and checked once; what they mean is in `alert_evaluation.py`."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from traceapp.dictionary.document_text import read_document_text
from traceapp.domain.alerts import AlertLevel

Words = Annotated[str, Field(min_length=1)]
Wanted = Annotated[list[str | int | bool], Field(min_length=1)]
LONGEST_DAYS: Final = 3660
LONGEST_MINUTES: Final = 366 * 24 * 60
Minutes = Annotated[float, Field(gt=0, le=LONGEST_MINUTES)]
Amount = Annotated[float, Field(gt=0)]
FILE: Final = "alert_rules.toml"


class RuleWords(BaseModel):
    """title  what happened, for a list and a pager.   todo  what to do.   harmless  when it rings and nothing is wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    todo: Words
    harmless: Words


class _Rule(BaseModel):
    """What every rule says.

    where   fact or path of a record → values, one of which it must have. All must hold.
    unless  the same; none may hold.
    group   facts by which it counts; a record that lacks one of them is passed over. Empty: everything together.
    quiet_minutes  how long it does not ring again for the same group, by the time of the records.
    always_rings   it cannot be silenced, as no critical rule can: it watches over those who could silence it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: AlertLevel
    where: Mapping[str, Wanted] = {}
    unless: Mapping[str, Wanted] = {}
    group: tuple[Words, ...] = ()
    quiet_minutes: Annotated[float, Field(ge=0, le=LONGEST_MINUTES)] = 60
    always_rings: bool = False
    en: RuleWords
    zh: RuleWords

    @property
    def quiet(self) -> float:
        """Seconds."""
        return self.quiet_minutes * 60

    @property
    def can_be_silenced(self) -> bool:
        """For a while, where two persons agree."""
        return not self.always_rings and self.level is not AlertLevel.CRITICAL

    def words(self, language: str) -> RuleWords:
        return self.zh if language.startswith("zh") else self.en


class _Windowed(_Rule):
    """window_seconds  stands in the place of window_minutes where the window is shorter than one."""

    window_minutes: Minutes | None = None
    window_seconds: Annotated[float, Field(gt=0, lt=60)] | None = None

    @model_validator(mode="after")
    def _has_one_window(self) -> Self:
        if (self.window_minutes is None) == (self.window_seconds is None):
            raise ValueError("wanted window_minutes or window_seconds, one of the two")
        return self

    @property
    def window(self) -> float:
        """Seconds."""
        return self.window_seconds if self.window_seconds is not None else (self.window_minutes or 0.0) * 60


class Match(_Rule):
    """Every record that fits rings."""

    kind: Literal["match"]


class Count(_Windowed):
    """Rings at `threshold` records within the window; with `distinct`, at so many different values of that fact."""

    kind: Literal["count"]
    threshold: Annotated[int, Field(ge=2)]
    distinct: Words | None = None


class Run(_Windowed):
    """Rings where the numbers of the window hold `threshold` that follow one another without a gap."""

    kind: Literal["run"]
    threshold: Annotated[int, Field(ge=3)]
    of: Words


class Baseline(_Windowed):
    """Rings where a window (they stand side by side) holds more records than `floor` and than the group's own past knows.

    That is the `percentile` of its windows of the last `days` in which it did anything.
    """

    kind: Literal["baseline"]
    floor: Annotated[int, Field(ge=1)]
    percentile: Annotated[float, Field(gt=0, le=100)]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class FirstSeen(_Rule):
    """Rings where a group that is known shows a value of this fact that it did not have in the last `days`."""

    kind: Literal["first-seen"]
    of: Words
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class Dormant(_Rule):
    """Rings where a group acts again that did nothing for `days`."""

    kind: Literal["dormant"]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class Sequence(_Windowed):
    """Rings where a record that fits `after` is followed by one that fits `where`, of the same group and within the window."""

    kind: Literal["sequence"]
    after: Mapping[str, Wanted]


class Changed(_Rule):
    """Rings where this fact is another one than in the record before that had it."""

    kind: Literal["changed"]
    of: Words


class Backwards(_Rule):
    """Rings where a record's time lies more than `seconds` before that of the record before it."""

    kind: Literal["backwards"]
    seconds: Amount


class Absence(_Windowed):
    """Rings where no record that fits came for as long as the window.

    armed  only once there was one: what a plant never did, it does not miss.
    """

    kind: Literal["absence"]
    armed: bool = False


class Measure(_Rule):
    """Rings while a measure of the surroundings is `threshold` or more; its group is what it is measured of."""

    kind: Literal["measure"]
    of: Words
    threshold: Amount


Rule = Match | Count | Run | Baseline | FirstSeen | Dormant | Sequence | Changed | Backwards | Absence | Measure


class RuleDocument(BaseModel):
    """All rules by their id, in the order in which people read them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    rules: Mapping[Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")], Annotated[Rule, Field(discriminator="kind")]]


def parse_alert_rules(content: bytes) -> Mapping[str, Rule]:
    """raises  ValueError: not TOML, or no rules; it names the place."""
    return RuleDocument.model_validate(read_document_text(content)).rules


def shipped_content() -> bytes:
    return resources.files("traceapp.policy").joinpath(FILE).read_bytes()


@cache
def read_alert_rules() -> Mapping[str, Rule]:
    """The rules that come with the program."""
    return parse_alert_rules(shipped_content())


def running_rules() -> Mapping[str, Rule]:
    """Those that this process goes by: what others agreed to, else those that come with the program."""
    return _running[-1] if _running else read_alert_rules()


def put_in_force(rules: Mapping[str, Rule]) -> None:
    """From now on this process goes by these."""
    _running[:] = [rules]


_running: list[Mapping[str, Rule]] = []


def plain_rules(rules: Mapping[str, Rule]) -> dict[str, Any]:
    """What they say, as plain JSON."""
    return {name: rule.model_dump(mode="json") for name, rule in rules.items()}


def digest_of_rules(rules: Mapping[str, Rule]) -> str:
    """SHA-256 (hex) of what they say, whatever their layout; their order is that of people's lists, and is part of it."""
    said = json.dumps([[name, rule] for name, rule in plain_rules(rules).items()], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
