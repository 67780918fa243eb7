"""Differences and effect of a governed document, in words that a quality manager reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext

from traceapp.domain.errors import InputError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.kinds import NodeKind
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.usecases.approvals.missing_persons import DEADLOCK
from traceapp.usecases.governed.change_documents import SAME
from traceapp.usecases.governed.governed_documents import permission_words
from traceapp.usecases.governed.migrate_values import Migration
from traceapp.web.pages.document_flaws import flaw_words
from traceapp.web.pages.refusals import deadlock
from traceapp.web.pages.wording import N_, kind_name, language, property_name, role_name
from traceapp.web.stations import stations

DOCUMENTS: Final = {
    DocumentKind.POLICY: N_("Policy: who may do what"),
    DocumentKind.DICTIONARY: N_("Data dictionary: what is kept of each thing, and how confidential it is"),
    DocumentKind.ALERT_RULES: N_("Alert rules: when somebody is called"),
}
_PLACES: Final = {
    "alert_rules_change": N_("change of alert rules"),
    "approvals": N_("Approvals"),
    "break_glass": N_("break-glass tier"),
    "clearance": N_("clearance"),
    "clause": N_("clause"),
    "cooling_hours": N_("cooling time in hours"),
    "default_purpose": N_("purpose where none is chosen"),
    "dictionary_change": N_("change of the dictionary"),
    "en": N_("words in English"),
    "exports": N_("Exports without approval"),
    "factor_minutes": N_("minutes since the second factor"),
    "fields": N_("Sets of fields"),
    "hours": N_("hours"),
    "level": N_("level"),
    "mask": N_("mask"),
    "permissions": N_("may do"),
    "policy_change": N_("change of the policy"),
    "properties": N_("Properties"),
    "purposes": N_("purposes"),
    "quiet_minutes": N_("quiet minutes"),
    "retention": N_("years of retention"),
    "roles": N_("Role"),
    "routed_to": N_("who is told what was withheld"),
    "rows": N_("rows"),
    "scope": N_("view is bounded by"),
    "search": N_("may search up to tier"),
    "steps": N_("who agrees"),
    "t3": N_("conditions for T3"),
    "threshold": N_("threshold"),
    "tier": N_("tier"),
    "version": N_("version"),
    "where": N_("where"),
    "window_minutes": N_("window in minutes"),
    "withholding": N_("what may not be shown"),
    "zh": N_("words in Chinese"),
}
"""Names of a document's places; roles, kinds, purposes and properties have words of their own."""

_WORK: Final = {
    "sealed": N_("they are encrypted"),
    "opened": N_("they are decrypted, and stand in clear"),
    "resealed": N_("they are encrypted under another key"),
    "kept": N_("they stay as they are stored"),
}


def wrong_of(error: InputError) -> str:
    """What was wrong, in the language of the page; where a document breaks its form, the place is named as it stands there."""
    fields = dict(error.fields)
    if "reason" in fields:
        return gettext("Wanted a reason of 10 to 1000 characters.")
    if "version" in fields:
        return gettext("Wanted the number of a version that was in force.")
    if fields.get("document") == SAME:
        return gettext("Wanted a document that says something else than the one in force.")
    if fields.get("document", "").startswith(DEADLOCK):
        return deadlock(fields["document"])
    said = "; ".join(map(flaw_words, fields.values()))
    return gettext("This document cannot be put in force as it stands: %(said)s", said=said)


def document_name(kind: DocumentKind) -> str:
    return gettext(DOCUMENTS[kind])


def told(difference: Mapping[str, Any]) -> dict[str, Any]:
    """One difference: where, what stands there no more, what stands there then."""
    place = [str(one) for one in difference["place"]]
    words = gettext(" · ").join(_place(place, number) for number in range(len(place)))
    return {
        "place": words,
        "gone": [_value(place, one) for one in difference["gone"]],
        "new": [_value(place, one) for one in difference["new"]],
    }


def moves(role: Mapping[str, Any], least: str) -> list[tuple[str, list[str]]]:
    """What a role gains, then what it loses: a word and lines for each; none where there is nothing."""
    both = ((gettext("gains"), role["gained"]), (gettext("loses"), role["lost"]))
    return [(word, lines) for word, lines in ((word, list(_lines(part, least))) for word, part in both) if lines]


def stuck(effect: Mapping[str, Any]) -> list[str]:
    """Operations to which nobody could agree any more."""
    found = []
    for operation, missing in (effect["stuck"] or {}).items():
        name = _PLACES.get(operation)
        who = gettext(" or ").join(role_name(one) for one in missing.split(" or ")) if missing else ""
        said = gettext(name) if name is not None else operation
        found.append(gettext("%(operation)s: nobody of the role %(who)s", operation=said, who=who) if who else said)
    return found


def field_name(one: Mapping[str, Any]) -> str:
    """`Batch · Model`."""
    return gettext(" · ").join((kind_name(NodeKind(one["kind"])), property_name(NodeKind(one["kind"]), one["name"])))


def work(one: Mapping[str, Any]) -> str:
    """What happens to the stored values of a property that comes under another tier."""
    words = _WORK[str(one["work"])]
    return gettext(words)


def migration(under_way: Migration) -> str:
    """How far stored values were brought to the dictionary in force."""
    told = (dict(zip(("kind", "name"), one.split("."), strict=True)) for one in under_way.fields)
    return gettext(
        "Stored values are being brought to version %(number)s: %(fields)s. %(share)s %% of all records were looked at, "
        "%(done)s were written. What is shown goes by the new tiers already.",
        number=under_way.number,
        fields=gettext(", ").join(map(field_name, told)),
        share=f"{under_way.share * 100:.0f}",
        done=f"{under_way.done:,}",
    )


def _lines(part: Mapping[str, Any], least: str) -> Iterator[str]:
    for one in part["permissions"]:
        yield gettext("%(act)s: %(words)s", act=one, words=permission_words(one, language()))
    for one in part["purposes"]:
        yield gettext("looking for the purpose “%(purpose)s”", purpose=purpose_name(one))
    for one in part["shown"]:
        yield gettext(
            "seeing %(field)s (%(tier)s) for %(purposes)s, on %(least)s%(count)s records",
            field=field_name(one),
            tier=one["tier"],
            purposes=_purposes(one["purposes"]),
            least=least,
            count=f"{one['records'] or 0:,}",
        )
    for one in part["searched"]:
        yield gettext("searching by %(field)s for %(purposes)s", field=field_name(one), purposes=_purposes(one["purposes"]))


def _purposes(names: Sequence[str]) -> str:
    return gettext(", ").join(map(purpose_name, names))


def purpose_name(name: str) -> str:
    """By the label of the policy in force; one of another version as it stands."""
    return stations().policy.purpose_label(Purpose(name), language()) if name in set(Purpose) else name


def _place(place: Sequence[str], number: int) -> str:
    name, before = place[number], place[number - 1] if number else ""
    match before:
        case "roles":
            return role_name(name)
        case "purposes":
            return purpose_name(name)
        case "rules" | "values":
            return name
    if number > 1 and place[0] in {"properties", "fields"} and before in set(NodeKind):
        return property_name(NodeKind(before), name)
    if name in set(NodeKind):
        return kind_name(NodeKind(name))
    return gettext(_PLACES[name]) if name in _PLACES else name


def _value(place: Sequence[str], value: str) -> str:
    match place[-1]:
        case "permissions":
            return gettext("%(act)s: %(words)s", act=value, words=permission_words(value, language()))
        case "purposes" | "default_purpose":
            return purpose_name(value)
        case "routed_to":
            return role_name(value)
    if place[0] == "fields" and place[-1] in set(NodeKind):
        return property_name(NodeKind(place[-1]), value)
    return role_name(value) if value in set(Role) else value
