"""Why may somebody do something, or why not? The answer of `traceapp policy explain`, as a page."""

from collections.abc import Iterable, Mapping
from typing import Final

from flask import Blueprint, render_template, request
from flask_babel import gettext

from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.errors import InputError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import ScopeKind
from traceapp.usecases.explain_decision import explain_decision
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.pages.wording import N_, language, property_name

policy_pages = Blueprint("policy", __name__)

SCOPES: Final = {
    ScopeKind.ORGANISATION: N_("the whole organisation"),
    ScopeKind.SITE: N_("sites of the account"),
    ScopeKind.LINE: N_("product lines of the account"),
    ScopeKind.CASE: N_("lots approved one by one"),
}
LONGEST: Final = 200


@policy_pages.get("/policy")
@permission(Permission.POLICY_EXPLAIN)
def explain() -> tuple[str, int]:
    """Ask; with a user and an act in the address, answer."""
    asked = {name: request.args.get(name, "").strip()[:LONGEST] for name in ("user", "action", "object", "purpose")}
    found, error, code = None, "", 200
    if asked["user"] and asked["action"]:
        try:
            purpose = Purpose(asked["purpose"]) if asked["purpose"] in set(Purpose) else None
            found = explain_decision(
                stations(), current_actor(), asked["user"], asked["action"], asked["object"] or None, purpose
            )
        except InputError:
            error, code = gettext("Nobody has this user name, or there is no such act."), 400
    page = render_template(
        "policies/explain.html",
        asked=asked,
        actions=sorted(one.value for one in Permission),
        purpose_names={one.value: stations().policy.purpose_label(one, language()) for one in Purpose},
        found=found.value if found is not None else None,
        scopes=[gettext(SCOPES[ScopeKind(one)]) for one in found.value.scopes] if found is not None else [],
        fields=_labels(found.value.fields) if found is not None else {},
        receipt=found.receipt if found is not None else None,
        error=error,
    )
    return page, code


def _labels(fields: Mapping[NodeKind, Iterable[str]]) -> dict[NodeKind, list[str]]:
    """The fields of each kind in the reader's words; what every node carries for the service's own sake is left out."""
    known = running_dictionary().knows
    told = {kind: [property_name(kind, name) for name in names if known(kind, name)] for kind, names in fields.items()}
    return {kind: names for kind, names in told.items() if names}
