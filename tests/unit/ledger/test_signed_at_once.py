"""Over which acts the writer signs a checkpoint at once."""

from traceapp.domain.permissions import Act, Permission
from traceapp.ledger.writer import SIGNED_AT_ONCE


def test_what_leaves_what_others_agree_to_and_what_goes_is_under_a_checkpoint_at_once() -> None:
    """So the ledger promises of exports, approvals and restores (docs/ledger.md)."""
    left = {Permission.BATCH_EXPORT, Permission.LEDGER_EXPORT}
    agreed = {Permission.APPROVAL_DECIDE, Act.APPROVAL_EXECUTE, Act.POLICY_ACCEPT, Permission.BREAK_GLASS_REVIEW}

    assert {str(act) for act in left | agreed | {Act.LEDGER_PRUNE, Act.KEY_RECOVER}} <= SIGNED_AT_ONCE
    assert Permission.BATCH_TRACE not in SIGNED_AT_ONCE
