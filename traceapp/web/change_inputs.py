"""What is asked of governed documents, read from path and body; `reading.py` says how."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from traceapp.domain.governed import DocumentKind
from traceapp.web.approval_inputs import Reason
from traceapp.web.reading import Strict

Text = Annotated[str, Field(min_length=1, max_length=80_000, description="The whole document in TOML.")]
Number = Annotated[int, Field(ge=1, le=999_999)]


class DocumentInput(Strict):
    """Which document, in a path."""

    document: DocumentKind


class VersionInput(Strict):
    """Which version of a document, in a path."""

    document: DocumentKind
    version: Number


class ComparisonBody(Strict):
    """A document to be compared with the one in force."""

    text: Text


class ProposalBody(Strict):
    """A document that shall come in force, or the number of a former version that shall come back: one of the two."""

    text: Text | None = None
    version: Number | None = None
    reason: Reason

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.text is None) == (self.version is None):
            raise ValueError("wanted text or version, and not both")
        return self
