"""The signatures of an approval, or all there are, beside what the ledger says of them."""

from flask import Blueprint, render_template

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.signatures.verify_signatures import verify_signatures
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.pages import signature_words

signature_pages = Blueprint("signature", __name__)


@signature_pages.get("/approvals/<uid>/signatures")
@permission(Permission.APPROVAL_LIST)
@records(Act.SIGNATURE_VERIFY)
def show(uid: str) -> str:
    """Of one approval."""
    return _page(uid)


@signature_pages.get("/signatures")
@permission(Permission.LEDGER_VERIFY)
@records(Act.SIGNATURE_VERIFY)
def show_all() -> str:
    """All there are, or that the ledger names."""
    return _page(None)


def _page(uid: str | None) -> str:
    found = verify_signatures(stations(), current_actor(), uid)
    return render_template(
        "approvals/signatures.html", report=found.value, receipt=found.receipt, uid=uid, signature_words=signature_words
    )
