"""What happens only after others agreed: one row for each, with who may ask, what is signed, what is shown, and what does it.

Who has to agree is no part of this: it is a row of the policy document of the same name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from traceapp.domain.approvals import Operation
from traceapp.domain.exports import Subject
from traceapp.domain.governed import DocumentKind
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recipients import RecipientKind
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.accounts.account_person import (
    account_and_person,
    check_account_person,
    give_account_person,
    preview_account_person,
    whose_persons,
)
from traceapp.usecases.accounts.account_role import (
    account_as_it_is,
    check_account_role,
    give_account_role,
    preview_account_role,
    whose_role,
)
from traceapp.usecases.alerts.silence_rule import check_silence, preview_silence, sample_silence, silence_rule, silenced_rule
from traceapp.usecases.approvals.approval_document import state_digest
from traceapp.usecases.approvals.held_things import NOTHING_HELD, Holding, held_by_export, held_by_reveal
from traceapp.usecases.audit.erase_record_values import check_erasing, erase_record_values, preview_erasing, values_to_erase
from traceapp.usecases.audit.prune_ledger import check_pruning, preview_pruning, prune_ledger, sample_pruning, what_is_due
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.exports.addressed_export import address_state
from traceapp.usecases.exports.approved_export import (
    allow_export,
    check_export,
    is_same_answer,
    no_more,
    shown_export,
)
from traceapp.usecases.exports.export_sample import sample_export
from traceapp.usecases.exports.export_subjects import SUBJECTS
from traceapp.usecases.exports.recipients import ADDED_BY, add_recipient, check_recipient, preview_recipient, with_same_key
from traceapp.usecases.exports.reveal_value import allow_reveal, check_reveal, sees_thing, shown_reveal, value_digest
from traceapp.usecases.governed.change_documents import apply_change, changed_document, check_change, fits_still, preview_change
from traceapp.usecases.governed.governed_documents import GOVERNED
from traceapp.usecases.intake.manage_feeds import add_interface, check_interface, interface_there, preview_interface
from traceapp.usecases.keys.destroy_key import check_destroying, key_to_destroy, preview_destroying
from traceapp.usecases.keys.make_recovery_key import check_renewing, recovery_key_there
from traceapp.usecases.places.move_place import check_place_move, move_place, placed_state, preview_place_move
from traceapp.usecases.sessions.review_break_glass import (
    check_review,
    judge_access,
    preview_review,
    reviewed_access,
    sample_review,
)
from traceapp.usecases.stations import Stations

Parameters = Mapping[str, Any]
CarryOut = Callable[[Stations, Actor, Parameters, str], Recorded[Any]]


def no_sample(stations: Stations, actor: Actor, parameters: Parameters, fields: Fields) -> Sequence[Mapping[str, Any]]:
    """Where the parameters say all there is."""
    return ()


@dataclass(frozen=True, slots=True)
class ApprovedOperation:
    """permission  who may ask, and has to be allowed it still when it happens.

    act        how it is on record.

    check      (asker, what was sent) → parameters as they are signed; raises InputError.
    state      (parameters) → what it would be done to, as that stands now, in plain JSON: whoever signs, signs it too.
    preview    (parameters) → what whoever signs is shown beside them; it decides nothing, and may be another one later.
    carry_out  (parameters, uid of the approval) does it, on record, as an act of its own; None where it takes more than that.
    shown      (who looks, parameters, fields) → parameters as he may see them; what of things he is shown goes into the fields.
    sample     (who looks, parameters, fields) → some of what would leave, go or change, a row each, as he may see it; fields too.
    concerns   (parameters) → the accounts that it is about, whose persons have no say in it.
    judge      (who decides, parameters, uid of the approval, whether he agrees, his words): where what happened is judged, the
               last word closes it so, on record as an act of its own; nobody carries anything out, and nobody takes it back.
    holds      (parameters) → what of the plant's data it shows or lets go: whoever agrees is cleared for all of it.
    still      (asker, parameters) whether what the asker would get is what was signed, where that rests on what he may see;
               raises ApprovalStateError where it is, and cannot be done as things stand: it waits, and is not spent.
    """

    permission: Permission
    act: Permission | Act
    check: Callable[[Stations, Actor, Parameters], dict[str, Any]]
    state: Callable[[Stations, Parameters], Any]
    preview: Callable[[Stations, Parameters], Mapping[str, Any]]
    carry_out: CarryOut | None
    shown: Callable[[Stations, Actor, Parameters, Fields], Parameters] = lambda stations, actor, parameters, fields: parameters
    sample: Callable[[Stations, Actor, Parameters, Fields], Sequence[Mapping[str, Any]]] = no_sample
    concerns: Callable[[Parameters], tuple[str, ...]] = lambda parameters: ()
    judge: Callable[[Stations, Actor, Parameters, str, bool, str], Recorded[None]] | None = None
    holds: Callable[[Parameters], Holding] = lambda parameters: NOTHING_HELD
    still: Callable[[Stations, Actor, Parameters], bool] = lambda stations, actor, parameters: True

    def result(self, stations: Stations, parameters: Parameters) -> str:
        """SHA-256 (hex) of what it would be done to."""
        return state_digest(self.state(stations, parameters))


def _export(subject: Subject, *, outside: bool = False) -> ApprovedOperation:
    """Rows of this subject leave as a file; outside: to another country."""
    return ApprovedOperation(
        permission=SUBJECTS[subject].permission,
        act=SUBJECTS[subject].permission,
        check=partial(check_export, subject, outside),
        state=address_state,
        preview=no_more,
        carry_out=partial(allow_export, subject),
        shown=shown_export,
        sample=sample_export,
        holds=held_by_export,
        still=partial(is_same_answer, subject),
    )


def _recipient(kind: RecipientKind) -> ApprovedOperation:
    return ApprovedOperation(
        permission=Permission.RECIPIENT_CHANGE,
        act=Permission.RECIPIENT_CHANGE,
        check=partial(check_recipient, kind),
        state=with_same_key,
        preview=preview_recipient,
        carry_out=add_recipient,
    )


def _change(kind: DocumentKind) -> ApprovedOperation:
    return ApprovedOperation(
        permission=Permission.CHANGE_PROPOSE,
        act=GOVERNED[kind].act,
        check=partial(check_change, kind),
        state=partial(changed_document, kind),
        preview=partial(preview_change, kind),
        carry_out=partial(apply_change, kind),
        still=partial(fits_still, kind),
    )


OPERATIONS: Final[Mapping[Operation, ApprovedOperation]] = {
    **{row.operation: _change(kind) for kind, row in GOVERNED.items()},
    Operation.ACCOUNT_PERSON: ApprovedOperation(
        permission=Permission.ACCOUNT_CHANGE,
        act=Permission.ACCOUNT_CHANGE,
        check=check_account_person,
        state=account_and_person,
        preview=preview_account_person,
        carry_out=give_account_person,
        concerns=whose_persons,
    ),
    Operation.ACCOUNT_ROLE: ApprovedOperation(
        permission=Permission.ACCOUNT_CHANGE,
        act=Permission.ACCOUNT_CHANGE,
        check=check_account_role,
        state=account_as_it_is,
        preview=preview_account_role,
        carry_out=give_account_role,
        concerns=whose_role,
    ),
    Operation.ALERT_SILENCE: ApprovedOperation(
        permission=Permission.ALERT_SILENCE,
        act=Permission.ALERT_SILENCE,
        check=check_silence,
        state=silenced_rule,
        preview=preview_silence,
        sample=sample_silence,
        carry_out=silence_rule,
    ),
    Operation.BREAK_GLASS_REVIEW: ApprovedOperation(
        permission=Permission.BREAK_GLASS_BEGIN,
        act=Permission.BREAK_GLASS_REVIEW,
        check=check_review,
        state=reviewed_access,
        preview=preview_review,
        sample=sample_review,
        carry_out=None,
        judge=judge_access,
    ),
    Operation.INTERFACE_ADD: ApprovedOperation(
        permission=Permission.FEED_CHANGE,
        act=Permission.FEED_CHANGE,
        check=check_interface,
        state=interface_there,
        preview=preview_interface,
        carry_out=add_interface,
    ),
    Operation.KEY_DESTROY: ApprovedOperation(
        permission=Permission.KEY_DESTROY,
        act=Permission.KEY_DESTROY,
        check=check_destroying,
        state=key_to_destroy,
        preview=preview_destroying,
        carry_out=None,
    ),
    Operation.KEY_OFFICERS: ApprovedOperation(
        permission=Permission.KEY_OFFICERS,
        act=Permission.KEY_OFFICERS,
        check=check_renewing,
        state=recovery_key_there,
        preview=no_more,
        carry_out=None,
    ),
    Operation.LEDGER_PRUNE: ApprovedOperation(
        permission=Permission.LEDGER_VERIFY,
        act=Act.LEDGER_PRUNE,
        check=check_pruning,
        state=what_is_due,
        preview=preview_pruning,
        sample=sample_pruning,
        carry_out=prune_ledger,
    ),
    Operation.OUTSIDE_DELIVERY: _export(Subject.TRACE, outside=True),
    Operation.PLACE_MOVE: ApprovedOperation(
        permission=Permission.CHANGE_PROPOSE,
        act=Act.PLACE_MOVE,
        check=check_place_move,
        state=placed_state,
        preview=preview_place_move,
        carry_out=move_place,
    ),
    **{operation: _recipient(kind) for kind, operation in ADDED_BY.items()},
    Operation.T3_REVEAL: ApprovedOperation(
        permission=Permission.BATCH_SHOW,
        act=Act.VALUE_REVEAL,
        check=check_reveal,
        state=value_digest,
        preview=no_more,
        carry_out=allow_reveal,
        shown=shown_reveal,
        holds=held_by_reveal,
        still=sees_thing,
    ),
    **{row.operation: _export(subject) for subject, row in SUBJECTS.items()},
    Operation.VALUE_ERASE: ApprovedOperation(
        permission=Permission.LEDGER_ERASE,
        act=Permission.LEDGER_ERASE,
        check=check_erasing,
        state=values_to_erase,
        preview=preview_erasing,
        carry_out=erase_record_values,
    ),
}
ACTS: Final = tuple(dict.fromkeys(row.act for row in OPERATIONS.values()))
"""What carrying out an approval may put on record, beside that it was carried out."""
