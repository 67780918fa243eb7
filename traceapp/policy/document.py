"""The policy document: read, validated, given a digest. A document with one wrong word grants nothing at all."""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from importlib import resources
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from traceapp.dictionary.document_text import read_document_text, wrong_places
from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Operation
from traceapp.domain.errors import PolicyError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role, ScopeKind, Withholding
from traceapp.domain.signatures import Meaning

Words = Annotated[str, Field(min_length=1)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_MAKES_APPROVERS: Final = frozenset({Permission.ACCOUNT_CREATE, Permission.ACCOUNT_CHANGE})
"""Whoever may do this makes as many persons as he needs: he is none of those who agree."""
RULES: Final = frozenset(
    {
        Operation.ALERT_RULES_CHANGE,
        Operation.DICTIONARY_CHANGE,
        Operation.INTERFACE_ADD,
        Operation.PLACE_MOVE,
        Operation.POLICY_CHANGE,
        Operation.RECIPIENT_INTERFACE_ADD,
    }
)
"""What changes the rules themselves, or lets another system in or out, takes the word of two others."""
SHIPPED: Final = {"default": "default_policy.toml", "small": "small_policy.toml"}
"""Documents that come with the program, by the name under which they are chosen."""


class FieldSet(BaseModel):
    """Properties of kinds that are needed together.

    en, zh  what they are about. Every other key is a kind, with names of its properties in the dictionary.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, list[Words]]

    en: Words
    zh: Words

    @model_validator(mode="after")
    def _kinds_are_known(self) -> Self:
        if unknown := sorted(self.__pydantic_extra__.keys() - {kind.value for kind in NodeKind}):
            raise ValueError(f"wanted kinds of the model, found {', '.join(unknown)}")
        return self

    @property
    def names(self) -> Mapping[NodeKind, frozenset[str]]:
        return {NodeKind(kind): frozenset(names) for kind, names in self.__pydantic_extra__.items()}


class PurposeRow(BaseModel):
    """Why somebody looks, and the sets of fields that he needs for it (最小必要信息)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Words
    zh: Words
    fields: frozenset[str]


class Conditions(BaseModel):
    """What must hold beside the clearance before a T3 value is shown; all that is written must.

    factor_minutes  a second factor was shown within so many minutes.
    shift           from and to, hours and minutes in UTC; the end may lie on the next day.
    networks        the request comes from one of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    factor_minutes: Annotated[int, Field(ge=1, le=720)] | None = None
    shift: tuple[Clock, Clock] | None = None
    networks: Annotated[frozenset[IPv4Network | IPv6Network], Field(min_length=1)] | None = None


class RoleRow(BaseModel):
    """One role: a sentence for people in both languages, everything that it may do, and how much it is shown.

    scope        what bounds its view: `organisation` for nothing, `site` and `line` for those of the account, and `case` for
                 lots that were approved for the account beside them.
    purposes     why it may look; `default_purpose` stands where none was chosen.
    clearance    the highest tier whose values are shown.   search  the highest by which it may look things up.
    withholding  what a walk does at a node that may not be shown.
    t3           a role without it is shown no T3 value, whatever its clearance.
    break_glass  the highest tier that breaking the glass opens; a role without it cannot.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Words
    zh: Words
    permissions: frozenset[Permission]
    scope: Annotated[frozenset[ScopeKind], Field(min_length=1)]
    purposes: Annotated[frozenset[Purpose], Field(min_length=1)]
    default_purpose: Purpose
    clearance: Tier
    search: Tier
    withholding: Withholding
    t3: Conditions | None = None
    break_glass: Tier | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if ScopeKind.ORGANISATION in self.scope and len(self.scope) > 1:
            raise ValueError("wanted no other scope beside the whole organisation")
        if self.default_purpose not in self.purposes:
            raise ValueError("wanted a default purpose that is one of the purposes")
        if self.search > self.clearance:
            raise ValueError("wanted no search beyond the clearance: searching by a field is reading it")
        if (self.t3 is not None) != (self.clearance is Tier.T3):
            raise ValueError("wanted the table t3 with clearance T3, and only there")
        return self


class StepRow(BaseModel):
    """One level of a chain of approval: so many persons of these roles; after some hours those of the deputies' roles as well.

    meaning  what their signatures say: `approved`, or `reviewed` where the word of others follows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: Annotated[frozenset[Role], Field(min_length=1)]
    count: Annotated[int, Field(ge=1, le=5)] = 1
    deputies: frozenset[Role] = frozenset()
    escalates_after_hours: Annotated[int, Field(ge=0, le=168)] = 0
    meaning: Literal[Meaning.APPROVED, Meaning.REVIEWED] = Meaning.APPROVED


class ApprovalRow(BaseModel):
    """Who has to agree before something happens, one step after the other, and within how many hours.

    factor_minutes  whoever agrees has shown a second factor within so many minutes.
    cooling_hours   whoever agrees has had his account, as it is now, for so long: nobody is made an approver for the occasion.
    request_signed  whoever asks signs that before anybody agrees: a person in a session, no token and nobody at the terminal.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: Words
    zh: Words
    hours: Annotated[int, Field(ge=1, le=168)]
    steps: Annotated[tuple[StepRow, ...], Field(min_length=1)]
    factor_minutes: Annotated[int, Field(ge=1, le=720)] | None = None
    cooling_hours: Annotated[int, Field(ge=0, le=720)] = 0
    request_signed: bool = False


class ExportRow(BaseModel):
    """What one person takes out as a file by himself: values up to this tier, and so many rows; for more, others agree."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tier: Tier
    rows: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _leaves_the_rest_to_two(self) -> Self:
        if self.tier > Tier.T1:
            raise ValueError("tier: wanted T0 or T1, as what is sealed in the store leaves only after others agreed")
        return self


class AccessReviewRow(BaseModel):
    """How often it is looked at who may see what.

    every_days    after a review was finished, the next one is begun within so many.
    within_days   from its beginning to its end.
    dormant_days  an account that was not used for so long stands out in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    every_days: Annotated[int, Field(ge=7, le=732)]
    within_days: Annotated[int, Field(ge=1, le=90)]
    dormant_days: Annotated[int, Field(ge=7, le=366)] = 60


class PolicyDocument(BaseModel):
    """The whole document; a role that it does not name may do nothing, a purpose that it does not name opens nothing.

    routed_to  the role to which whatever is withheld from an answer is routed.
    approvals  what happens only after others agreed; what would need an approval and stands not here cannot happen.
    exports    what leaves as a file without that; nothing where it is absent.
    access_review  how often accounts are reviewed; never due where it is absent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[2]
    version: Annotated[int, Field(ge=1)]
    routed_to: Role
    fields: dict[str, FieldSet]
    purposes: dict[Purpose, PurposeRow]
    roles: Annotated[dict[Role, RoleRow], Field(min_length=1)]
    approvals: dict[Operation, ApprovalRow] = {}
    exports: ExportRow | None = None
    access_review: AccessReviewRow | None = None

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Self:
        for purpose, asked in self.purposes.items():
            if unknown := sorted(asked.fields - self.fields.keys()):
                raise ValueError(f"purposes.{purpose}: wanted sets of fields that are there, found {', '.join(unknown)}")
        if self.routed_to not in self.roles:
            raise ValueError("routed_to: wanted one of the roles")
        for role, row in self.roles.items():
            if unknown := sorted(row.purposes - self.purposes.keys()):
                raise ValueError(f"roles.{role}: wanted purposes that are there, found {', '.join(unknown)}")
        for operation, told in self.approvals.items():
            deciding = {role for step in told.steps for role in step.roles | step.deputies}
            without = {role for role in deciding if not self._decides(role)}
            if without:
                raise ValueError(f"approvals.{operation}: wanted roles that may decide, found {', '.join(sorted(without))}")
            if operation in RULES and sum(step.count for step in told.steps) < 2:
                raise ValueError(
                    f"approvals.{operation}: wanted two persons at least, who are not whoever asks: it is about the rules"
                )
        makers = {role for role in self.roles if self._decides(role) and self.roles[role].permissions & _MAKES_APPROVERS}
        if makers:
            found = ", ".join(sorted(makers))
            raise ValueError(f"roles: wanted nobody who makes or changes accounts among those who decide, found {found}")
        reviewers = {role for role, row in self.roles.items() if Permission.ACCOUNT_REVIEW in row.permissions}
        if makers := {role for role in reviewers if self.roles[role].permissions & _MAKES_APPROVERS}:
            found = ", ".join(sorted(makers))
            raise ValueError(f"roles: wanted nobody who makes or changes accounts among those who review them, found {found}")
        return self

    def _decides(self, role: Role) -> bool:
        return role in self.roles and Permission.APPROVAL_DECIDE in self.roles[role].permissions

    @classmethod
    def empty(cls) -> Self:
        """A document that grants nothing; no file can be one."""
        return cls.model_construct(
            format=2,
            version=0,
            routed_to=Role.ADMIN,
            fields={},
            purposes={},
            roles={},
            approvals={},
            exports=None,
            access_review=None,
        )

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what the document says, whatever its layout and comments."""
        absent = {name for name in ("access_review", "approvals", "exports") if not getattr(self, name)}
        told = self.model_dump(exclude=absent)
        for row in told.get("approvals", {}).values():
            _leave_out(row, request_signed=False)
            for step in row["steps"]:
                _leave_out(step, meaning=Meaning.APPROVED)
        said = json.dumps(_sorted(told), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


def _leave_out(told: dict[str, object], **unsaid: object) -> None:
    """What a document need not say stands in its digest only where it says otherwise: older ones keep theirs."""
    for name, value in unsaid.items():
        if told[name] == value:
            del told[name]


def _sorted(value: object) -> object:
    """Sets and lists of names in one order; a pair (a shift) as it is."""
    match value:
        case dict():
            return {str(name): _sorted(part) for name, part in value.items()}
        case frozenset() | list():
            return sorted({str(part) for part in value})
        case tuple():
            return [_sorted(part) for part in value]
        case _:
            return value


def parse_policy(content: bytes) -> PolicyDocument:
    """Read a policy document.

    raises  PolicyError: empty, not TOML, an unknown role, permission, purpose or kind, an unknown field; it names the place.
    """
    try:
        return PolicyDocument.model_validate(read_document_text(content))
    except ValidationError as error:
        raise PolicyError(f"The policy document is malformed: {wrong_places(error)}.") from None
    except ValueError as error:
        raise PolicyError(f"The policy document cannot be read: {error}.") from None


def read_policy(chosen: Path | str = "default") -> PolicyDocument:
    """The document in a file, or one that comes with the program, by its name.

    raises  PolicyError: it cannot be read, is none, or is a file that others than its owner may write.
    """
    return parse_policy(read_content(chosen))


def read_content(chosen: Path | str) -> bytes:
    """Its bytes, whatever they say; raises PolicyError."""
    if str(chosen) in SHIPPED:
        return resources.files("traceapp.policy").joinpath(SHIPPED[str(chosen)]).read_bytes()
    try:
        with Path(chosen).open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise PolicyError(
                    f"The policy document {chosen} can be written by others (mode {stat.S_IMODE(mode):04o}): chmod go-w {chosen}."
                )
            return file.read()
    except OSError as error:
        raise PolicyError(f"The policy document {chosen} cannot be read: {error.strerror}.") from None
