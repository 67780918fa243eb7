"""Approvals in words: what would happen, how far it is, and why something was refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import OPEN, Approval, ApprovalState, Operation
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault
from traceapp.domain.trace import Status
from traceapp.usecases.alerts.list_alerts import alert_words
from traceapp.usecases.approvals.approval_document import Words
from traceapp.usecases.governed.governed_documents import permission_words
from traceapp.web.pages.account_words import view_words
from traceapp.web.pages.change_words import purpose_name
from traceapp.web.pages.delivery_words import CHANNELS, KINDS
from traceapp.web.pages.record_words import OUTCOMES, act_words
from traceapp.web.pages.showing import count_text, moment_text
from traceapp.web.pages.wording import DIRECTIONS, N_, STATUSES, kind_name, language, property_name, role_name
from traceapp.web.stations import stations

STATES: Final = {
    ApprovalState.REQUESTED: ("held", "degraded", N_("Waits for others")),
    ApprovalState.APPROVED: ("released", "check", N_("Approved, not carried out yet")),
    ApprovalState.EXECUTED: ("released", "released", N_("Carried out")),
    ApprovalState.DENIED: ("recalled", "recalled", N_("Denied")),
    ApprovalState.EXPIRED: ("expired", "expired", N_("Time is over")),
    ApprovalState.CANCELLED: ("plain", "plain", N_("Taken back")),
    ApprovalState.SUPERSEDED: ("unknown", "unknown", N_("No longer what was asked for")),
}
"""What gives a state its colour, its sign and its word."""
IN_VAIN: Final = ("recalled", "recalled", N_("Spent, and did not happen: ask for it anew"))
"""The same of one that was carried out, and nothing came of it."""
YOURS: Final = ("held", "held", N_("Waits for your word"))
"""The same of one to which the reader can agree now."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What the two decisions are called where what happened is judged, and the ends that they make."""

    agree: str
    deny: str

    @property
    def words(self) -> Mapping[str, str]:
        """By what was done."""
        return {"request": N_("broke the glass"), "approve": self.agree, "deny": self.deny}


JUDGED: Final = {Operation.BREAK_GLASS_REVIEW: Judging(N_("Justified"), N_("Not justified"))}
_JUDGED_STATES: Final = {
    ApprovalState.REQUESTED: ("held", "degraded", N_("Waits for a review")),
    ApprovalState.EXECUTED: ("released", "released", N_("Reviewed: justified")),
    ApprovalState.DENIED: ("recalled", "recalled", N_("Reviewed: not justified")),
}
SAID: Final = {
    "request": N_("asked for it"),
    "sign": N_("signed the request"),
    "approve": N_("agreed"),
    "deny": N_("said no"),
    "withdraw": N_("took the word back"),
    "cancel": N_("took it back"),
    "hand_over": N_("handed it over"),
    "spent": N_("found that it did not happen"),
}
_ENDED: Final = N_("whoever carried it out ended before anything of it was on record")
_DIGESTS: Final = frozenset({"digest", "fingerprint", "fingerprint_now", "leaves", "replaces", "sha256"})
"""What a list leaves out: it tells nobody what would happen, and stands on the page of each."""
TOLD_APART: Final = frozenset({"differences", "effect", "places"})
"""What a change of the rules, or a move of a place, does has a section of its own."""
IDS: Final = frozenset({"account", "accounts", "break_glass", "joins"})
"""Of accounts and accesses, whose names stand beside them."""
Facts = list[tuple[str, str]]
HABITS: Final = {
    "looks": N_("Looks at lots and traces"),
    "files": N_("Files taken out"),
    "requests": N_("Requests for approval"),
    "broken": N_("Break-glass accesses"),
    "denials": N_("Refusals"),
}


def state_of(approval: Approval, in_vain: bool = False, yours: bool = False) -> tuple[str, str, str]:
    """Colour, sign and word.   in_vain  whether what was approved did not happen.   yours  whether it waits for the reader."""
    if in_vain:
        return IN_VAIN
    if yours:
        return YOURS
    judged = _JUDGED_STATES if approval.operation in JUDGED else {}
    return judged.get(approval.state) or STATES[approval.state]


def is_open(approval: Approval) -> bool:
    """Whether something can still come of it."""
    return approval.state in OPEN


def act_of(approval: Approval, act: str) -> str:
    """What somebody did when he said his words."""
    judged = JUDGED.get(approval.operation)
    return gettext((judged.words.get(act) if judged else None) or SAID[act])


def said_by(said: Words) -> str:
    """What somebody said with it; what the service said in his place, in the language of the page."""
    match said.act:
        case "spent":
            return gettext(_ENDED) if said.text == _ENDED else gettext("It failed: %(reason)s", reason=said.text)
        case "hand_over":
            return gettext(
                "It takes the place of request %(uid)s: whoever asked for that has left.", uid=said.text.partition(":")[0]
            )
        case _:
            return said.text


def summary_of(parameters: Mapping[str, Any]) -> Facts:
    """The same as `facts_of`, for a list."""
    return facts_of({name: value for name, value in parameters.items() if name not in _DIGESTS}, {})


def title_of(operation: Operation) -> str:
    """The words of the policy document for it."""
    row = stations().policy.document.approvals.get(operation)
    if row is None:
        return operation.value
    return row.zh if language().startswith("zh") else row.en


def facts_of(parameters: Mapping[str, Any], preview: Mapping[str, Any]) -> Facts:
    """What would happen, as names and values; what no row tells stands under its own name."""
    told = {name: value for name, value in {**parameters, **preview}.items() if name not in TOLD_APART | IDS}
    order = [*(name for name in _NAMES if name in told), *(name for name in told if name not in _NAMES)]
    made = [(gettext(_NAMES.get(name, name)), _VALUES.get(name, str)(told[name])) for name in order]
    return [(name, value) for name, value in made if value]


def _question(told: Any) -> str:
    """What was asked, without the numbers that name a thing, and as of when."""
    said = [gettext(DIRECTIONS[Direction(told["direction"])])] if "direction" in told else []
    words = {
        "as_of": gettext("As known at"),
        "since": gettext("From (UTC)"),
        "until": gettext("To (UTC)"),
        "event_time_from": gettext("happened from"),
        "event_time_to": gettext("happened until"),
        "at": gettext("Container opened at (UTC)"),
    }
    said += [f"{word} {moment_text(parse_stored_time(told[name]))} UTC" for name, word in words.items() if name in told]
    if told.get("fields") is not None:
        said.append(gettext(", ").join(_property_label(name) for name in told["fields"]))
    if told.get("upto") is not None:
        said.append(f"{gettext('Up to ledger record')} {told['upto']}")
    known = {*words, "direction", "fields", "upto"}
    said += [_asked(name, value) for name, value in told.items() if name not in known and value is not None]
    return gettext(" · ").join(said) or gettext("all of them")


def _asked(name: str, value: Any) -> str:
    """One part of a question: its name, and its value by the words of its list."""
    words = _ASKED_VALUES.get(name, str)(value)
    return gettext(": ").join((gettext(_ASKED_NAMES[name]), words)) if name in _ASKED_NAMES else f"{name} {words}"


def _property_label(name: Any) -> str:
    """By the dictionary, of whatever kind has it."""
    kind = next((kind for kind in NodeKind if property_name(kind, name) != name), None)
    return property_name(kind, name) if kind is not None else str(name)


def _property(name: Any) -> str:
    """The same, with the name that it has for programs."""
    label = _property_label(name)
    return f"{label} ({name})" if label != name else label


def _gained(name: str) -> str:
    """What `policy/gains.py` names: a tier of values, a purpose, a wider view, or a permission."""
    if name in set(Tier):
        return gettext("sees values up to %(tier)s", tier=name)
    if name in set(Purpose):
        return gettext("looking for the purpose “%(purpose)s”", purpose=purpose_name(name))
    return gettext("a wider view") if name == "view" else permission_words(name, language())


def _codes(codes: Any) -> str:
    return gettext(" · ").join(code for code in codes if code is not None)


def _moment(text: Any) -> str:
    return f"{moment_text(parse_stored_time(text))} UTC"


def _yes_or_no(said: Any) -> str:
    return gettext("yes") if said else gettext("no")


def _rule(name: Any) -> str:
    return f"{alert_words(name, language()).title} ({name})"


_ASKED_NAMES: Final = {
    "act": N_("Act"),
    "address": N_("Address"),
    "approval": N_("Approval"),
    "completeness": N_("Completeness"),
    "field": N_("Field that left in clear"),
    "kind": N_("Kind"),
    "outcome": N_("Outcome"),
    "person": N_("Person"),
    "product": N_("Product"),
    "purpose": N_("Purpose"),
    "request_id": N_("Request"),
    "role": N_("Role"),
    "site": N_("Site"),
}
_ASKED_VALUES: Final[Mapping[str, Callable[[Any], str]]] = {
    "act": act_words,
    "completeness": lambda code: gettext(STATUSES[Status[code]]),
    "kind": lambda kind: kind_name(NodeKind(kind)),
    "outcome": lambda code: gettext(OUTCOMES[code][2] if code in OUTCOMES else code),
    "purpose": purpose_name,
    "role": role_name,
}
_NAMES: Final = {
    "from": N_("From"),
    "to": N_("To"),
    "follow": N_("Views of accounts follow"),
    "usernames": N_("Accounts whose view follows"),
    "username": N_("User name"),
    "role_now": N_("Role now"),
    "role": N_("Role"),
    "gains": N_("What the person gains"),
    "clearance_now": N_("Clearance now"),
    "clearance_then": N_("Clearance then"),
    "sites": N_("Sites"),
    "lines": N_("Product lines"),
    "lots": N_("Lots approved one by one"),
    "rule": N_("Rule"),
    "digest": N_("Digest of the document"),
    "replaces": N_("It takes the place of"),
    "hours": N_("Hours"),
    "alerts": N_("Alerts of this rule that are kept"),
    "open": N_("Open ones among them"),
    "first": N_("From ledger record"),
    "upto": N_("Up to ledger record"),
    "until": N_("The newest of them is of"),
    "segments": N_("Files of the ledger"),
    "leaves": N_("Digest of what stays of them"),
    "records": N_("Records that would go"),
    "stay": N_("Records that stay"),
    "of": N_("Of"),
    "property": N_("Value"),
    "shown_minutes": N_("Minutes in which it is shown, once"),
    "question": N_("Question"),
    "form": N_("Form"),
    "tier": N_("Values in clear up to tier"),
    "nodes": N_("Records"),
    "candidates": N_("Things with this number"),
    "found": N_("Records that fit"),
    "deliveries": N_("Deliveries"),
    "links": N_("Links"),
    "consignees": N_("Consignees"),
    "suppliers": N_("Suppliers"),
    "values": N_("Values in clear, by tier"),
    "begun_at": N_("Begun"),
    "ended_at": N_("End of the access"),
    "lasts": N_("Lasts"),
    "fault": N_("Its row in the database"),
    "looks": N_("Looks at lots and traces"),
    "denials": N_("Refusals"),
    "group": N_("Group of the key"),
    "key": N_("Key"),
    "record": N_("Ledger record"),
    "fields": N_("Fields"),
    "act": N_("Act"),
    "at": N_("When (UTC)"),
    "about": N_("About"),
    "withheld": N_("Outside the view of whoever asked"),
    "completeness": N_("Completeness"),
    "sha256": N_("Digest of the answer"),
    "recipient": N_("Goes to"),
    "channel": N_("Way"),
    "legal_basis": N_("Ground"),
    "authority_number": N_("Authority’s number"),
    "personal": N_("With fields about single persons"),
    "kind": N_("Kind"),
    "organisation": N_("Organisation"),
    "person": N_("Person"),
    "country": N_("Country"),
    "person_now": N_("Person now"),
    "beside_now": N_("Other accounts of this person now"),
    "beside_then": N_("Other accounts of this person then"),
    "abroad": N_("In another country than the plant"),
    "alike": N_("Recipients of this organisation"),
    "fingerprint": N_("First digits of the key’s SHA-256"),
    "fingerprint_now": N_("The same of the key that it replaces"),
    "feed": N_("Source system"),
    "next": N_("Number of its first message"),
    "sends": N_("Values that it may send, by tier"),
    "senders": N_("Whose tokens may send, and up to which tier they read"),
}
_FAULTS: Final = {
    RowFault.CHANGED: N_("changed by hand: its reason and times are not known. Ask the person, and tell security."),
    RowFault.PUT_BACK: N_(
        "an older one, put back by hand: its reason and times are not known. Ask the person, and tell security."
    ),
    RowFault.GONE: N_("taken away by hand: its reason and times are not known. Ask the person, and tell security."),
}
_VALUES: Final[Mapping[str, Callable[[Any], str]]] = {
    "from": _codes,
    "to": _codes,
    "follow": _yes_or_no,
    "usernames": lambda names: gettext(", ").join(names),
    "person_now": lambda person: person or "",
    "beside_now": ", ".join,
    "beside_then": ", ".join,
    "clearance_now": lambda tier: tier or gettext("none"),
    "act": act_words,
    "at": lambda text: moment_text(parse_stored_time(text)),
    "begun_at": _moment,
    "ended_at": _moment,
    "fault": lambda how: gettext(_FAULTS[RowFault(how)]),
    "fields": ", ".join,
    "lasts": lambda lasts: gettext("Yes") if lasts else "",
    "role": role_name,
    "completeness": lambda code: gettext(STATUSES[Status[code]]),
    "gains": lambda names: gettext(", ").join(map(_gained, names)),
    "lines": view_words,
    "lots": lambda uids: count_text(len(uids)),
    "role_now": lambda role: role_name(role) if role is not None else "",
    "sites": view_words,
    "of": lambda names: gettext(", ").join(name or gettext("outside your view") for name in names),
    "question": _question,
    "property": _property,
    "rule": _rule,
    "recipient": lambda told: f"{told['person']}, {told['organisation']} ({told['country']}) {told['key']}",
    "channel": lambda code: gettext(CHANNELS.get(code, str(code))),
    "kind": lambda code: gettext(KINDS.get(code, str(code))),
    "personal": _yes_or_no,
    "abroad": _yes_or_no,
    "sends": ", ".join,
    "senders": lambda told: gettext(", ").join(f"{role_name(Role(role))} ({tier})" for role, tier in told.items()),
    "values": lambda counts: gettext(", ").join(f"{tier}: {count_text(count)}" for tier, count in counts.items()),
}
