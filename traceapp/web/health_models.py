"""What the service says of itself, as OpenAPI describes it. `health.py` writes the bytes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from traceapp.web.answer_models import Said


class Health(Said):
    status: Literal["alive"]


class Anchoring(Said):
    """A place where checkpoints of the ledger are kept, so that nobody who owns its host rewrites it unseen."""

    name: Literal["witness", "time-stamp", "copy"]
    at: Annotated[datetime | None, Field(description="When the newest checkpoint was there; null where none is yet.")]
    fails: Annotated[bool, Field(description="The last try failed; the service says why.")]


class LedgerReadiness(Said):
    checkpoint_at: Annotated[datetime, Field(description="When the ledger was signed last.")]
    anchors: list[Anchoring]
    unproven: Annotated[str | None, Field(description="Where no checkpoint is kept elsewhere: what is then not proven.")]


class Readiness(Said):
    status: Literal["ready"]
    ledger: LedgerReadiness
