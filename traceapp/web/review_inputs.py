"""What is asked of reviews of accounts, read from path and body; `reading.py` says how."""

from typing import Annotated, Literal

from pydantic import Field

from traceapp.domain.access_reviews import ReviewDecision
from traceapp.domain.exports import TableForm
from traceapp.domain.rights import Role
from traceapp.web.account_inputs import Username
from traceapp.web.approval_inputs import SHORT_UID, Digest, Reason
from traceapp.web.reading import Strict


class ReviewInput(Strict):
    """The id of a review in a path."""

    uid: Annotated[str, Field(pattern=SHORT_UID, description="Id of the review: 16 hexadecimal digits.")]


class SheetInput(Strict):
    form: Annotated[TableForm, Field(description="csv, xlsx or json.")] = TableForm.XLSX


class DecisionBody(Strict):
    """One reviewer's word on one account, as he saw it."""

    username: Username
    decision: Annotated[
        Literal["confirmed", "suspended", "narrowed", "tokens_revoked"],
        Field(description="Confirm it, or withdraw at once: the account, a part of its rights, or its tokens."),
    ]
    role: Annotated[Role | None, Field(description="For `narrowed`: the role from then on, which gives less.")] = None
    digest: Digest
    reason: Reason

    @property
    def meant(self) -> ReviewDecision:
        return ReviewDecision(self.decision)
