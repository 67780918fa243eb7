"""What is asked of approvals, read from path and body; `reading.py` says how."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, SecretStr

from traceapp.domain.approvals import LONGEST_REASON, SHORTEST_REASON, Operation
from traceapp.domain.signatures import Shown
from traceapp.usecases.alerts.silence_rule import LONGEST_HOURS
from traceapp.usecases.exports.export_subjects import SUBJECT_OF
from traceapp.web.reading import Strict

SHORT_UID: Final = r"^[0-9a-f]{16}$"
"""Id of what decides or is decided: approvals, reviews, recipients, deliveries."""
Reason = Annotated[
    str,
    Field(
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        description="Why, so that others can judge it; it is kept with the approval.",
    ),
]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="`digest` of the approval as you saw it.")]


class Components(Strict):
    """What somebody shows of himself as he signs."""

    username: Annotated[
        str, Field(max_length=200, description="Of whoever signs: with the first signature of a session, beside the password.")
    ] = ""
    password: Annotated[
        SecretStr,
        Field(max_length=1024, description="With every signature, unless a second factor was shown since the last one."),
    ] = SecretStr("")

    def shown(self) -> Shown:
        return Shown(self.username, self.password.get_secret_value())


class ApprovalInput(Strict):
    """The id of an approval in a path."""

    uid: Annotated[str, Field(pattern=SHORT_UID, description="Id of the approval: 16 hexadecimal digits.")]


def _asked_here(operation: Operation) -> Operation:
    if operation in SUBJECT_OF:
        raise ValueError("wanted another operation: a file is asked for by POST to the export of its rows")
    return operation


class ApprovalBody(Components):
    """What shall happen once others agreed. With username or password the request is signed as well."""

    operation: Annotated[Operation, AfterValidator(_asked_here)]
    parameters: Annotated[dict[str, Any], Field(description="As docs/approvals.md tells them for each operation.")]
    reason: Reason


class SilenceBody(Strict):
    """For how long a rule shall be silent."""

    hours: Annotated[int, Field(ge=1, le=LONGEST_HOURS)]
    reason: Reason


class SignRequestBody(Components):
    """Whoever asked for exactly this signs that he did."""

    digest: Digest
    reason: Reason


class ApproveBody(SignRequestBody):
    """One person's word on exactly what he saw, and his signature."""

    seen: Annotated[
        str, Field(pattern=r"^[0-9a-f]{64}$", description="`seen` of the approval as you opened it, in this session.")
    ]


class ReasonBody(Strict):
    """Why."""

    reason: Reason
