"""What is asked of accounts, read from path and body; `reading.py` says how."""

from typing import Annotated

from pydantic import Field, SecretStr

from traceapp.domain.accounts import LONGEST_NAME
from traceapp.domain.rights import Role
from traceapp.web.approval_inputs import Reason, ReasonBody
from traceapp.web.reading import Strict

Username = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", description="As the person signs in.")
]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=200)]


class AccountInput(Strict):
    """The user name in a path."""

    username: Username


Anyway = Annotated[
    bool,
    Field(
        description="Do it although too few would be left who could agree to something: it rings, and the record says to what."
    ),
]


class LeaveBody(Strict):
    """Somebody leaves."""

    reason: Reason
    successor: Annotated[
        Username | None,
        Field(description="A colleague of the same role, who takes over what the person asked for. Without one it is cancelled."),
    ] = None
    anyway: Anyway = False


class SuspendBody(ReasonBody):
    """Nobody comes in by it."""

    anyway: Anyway = False


class PasswordBody(Strict):
    """A person's own password, as it was and as it shall be."""

    old: Annotated[SecretStr, Field(max_length=1024, description="Your password so far.")]
    new: Annotated[SecretStr, Field(max_length=1024, description="12 to 256 characters, another one than before.")]


class RoleBody(Strict):
    """Role and view from then on."""

    role: Role
    sites: Annotated[Names, Field(description="Codes of sites; `*` for all.")]
    lines: Annotated[Names, Field(description="Codes of product lines; `*` for all.")]
    lots: Annotated[Names, Field(description="Numbers or uids that are approved one by one besides.", default_factory=list)]
    reason: Reason
    anyway: Anyway = False
