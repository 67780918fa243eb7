"""Why: everything that a decision of this moment stands on, by the same rows as the decision itself."""

from datetime import datetime

from traceapp.dictionary.entries import Tier
from traceapp.domain.explanation import Explanation
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor
from traceapp.policy.compilation import clearance_of
from traceapp.policy.conditions import demanded, unmet
from traceapp.policy.decisions import Policy


def explain(policy: Policy, actor: Actor, permission: Permission, now: datetime) -> Explanation:
    """What is decided for this actor now, and by what; no object is looked at."""
    row = policy.document.roles.get(actor.role)
    purpose = policy.purpose_of(actor)
    effective = clearance_of(row, actor, now) if row is not None else Tier.T0
    fields = policy.fields(purpose, effective) if purpose is not None else {}
    conditions = row.t3 if row is not None else None
    return Explanation(
        username=actor.username,
        role=actor.role,
        permission=permission,
        object=None,
        decision=policy.decide(actor, permission),
        purpose=policy.chosen_purpose(actor),
        purposes=tuple(sorted(row.purposes)) if row is not None else (),
        scopes=tuple(sorted(kind.value for kind in row.scope)) if row is not None else (),
        sites=tuple(sorted(actor.sites)),
        lines=tuple(sorted(actor.lines)),
        lots=tuple(sorted(actor.lots)),
        clearance=row.clearance.value if row is not None else None,
        effective=effective.value if row is not None else None,
        search=min(row.search, effective).value if row is not None else None,
        conditions=demanded(conditions) if conditions is not None else (),
        unmet=unmet(conditions, actor, now) if conditions is not None else (),
        withholding=row.withholding if row is not None else None,
        fields={kind: tuple(sorted(names)) for kind, names in sorted(fields.items()) if names},
        policy_digest=policy.digest,
        policy_version=policy.document.version,
    )
