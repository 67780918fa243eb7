"""Records of the ledger in words: what was done, how it ended, and what each part of a record says."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask_babel import gettext
from markupsafe import Markup

from traceapp.domain.disclosure import Masked
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Act, Permission
from traceapp.web.pages.wording import N_, kind_name, property_name

ACTS: Final = {
    Permission.ACCOUNT_CHANGE: N_("changed an account"),
    Permission.ACCOUNT_CREATE: N_("made an account"),
    Permission.ACCOUNT_LIST: N_("looked at the accounts"),
    Permission.ACCOUNT_REVIEW: N_("reviewed who may see what"),
    Permission.ALERT_ACKNOWLEDGE: N_("acknowledged an alert"),
    Permission.ALERT_LIST: N_("looked at alerts"),
    Permission.ALERT_SILENCE: N_("silenced an alert rule"),
    Permission.APPROVAL_DECIDE: N_("decided what another asked for"),
    Permission.APPROVAL_LIST: N_("listed approvals"),
    Permission.APPROVAL_REQUEST: N_("asked for an approval"),
    Permission.BATCH_EXPORT: N_("took a trace out as a file"),
    Permission.BATCH_LOOK_UP: N_("looked up a number"),
    Permission.BATCH_SHOW: N_("opened a lot"),
    Permission.BATCH_TRACE: N_("traced"),
    Permission.BREAK_GLASS_BEGIN: N_("broke the glass"),
    Permission.BREAK_GLASS_LIST: N_("listed break-glass accesses"),
    Permission.BREAK_GLASS_REVIEW: N_("reviewed a break-glass access"),
    Permission.DELIVERY_ENTER: N_("entered a delivery outside"),
    Permission.DELIVERY_LIST: N_("looked at the register of outside deliveries"),
    Permission.EVENT_IMPORT: N_("imported a file"),
    Permission.FEED_CHANGE: N_("changed a feed"),
    Permission.FEED_LIST: N_("looked at the feeds"),
    Permission.FEED_SEND: N_("sent a message of a feed"),
    Permission.KEY_DESTROY: N_("destroyed a key"),
    Permission.LEDGER_ERASE: N_("erased old and new values"),
    Permission.LEDGER_EXPORT: N_("exported the audit trail"),
    Permission.LEDGER_SEARCH: N_("searched the audit trail"),
    Permission.LEDGER_VERIFY: N_("verified the ledger"),
    Permission.METRICS_READ: N_("read the measurements"),
    Permission.POLICY_EXPLAIN: N_("asked why somebody may do something"),
    Permission.RECIPIENT_CHANGE: N_("changed to whom files may go"),
    Permission.REFERRAL_LIST: N_("listed numbers that were handed on"),
    Permission.SESSION_LIST: N_("listed sessions of others"),
    Permission.SESSION_STOP: N_("ended a session of another"),
    Permission.SOURCE_SHOW: N_("opened an original source"),
    Permission.TOKEN_CREATE: N_("made a token"),
    Permission.TOKEN_LIST: N_("listed tokens"),
    Permission.TOKEN_REVOKE: N_("revoked a token"),
    Act.ACCOUNT_FOLLOW: N_("took over the account from the identity provider"),
    Act.ACCOUNT_LEAVE: N_("closed the accounts of somebody who left"),
    Act.ALERT_RAISE: N_("raised an alert"),
    Act.APPROVAL_CANCEL: N_("took back what he had asked for"),
    Act.APPROVAL_EXECUTE: N_("carried out what was approved"),
    Act.APPROVAL_EXPIRE: N_("met an approval whose time was over"),
    Act.APPROVAL_HAND_OVER: N_("handed a request over to a colleague"),
    Act.APPROVAL_OPEN: N_("opened an approval"),
    Act.APPROVAL_SIGN: N_("signed what he had asked for"),
    Act.APPROVAL_SPENT: N_("found that what an approval was spent on did not happen"),
    Act.APPROVAL_SUPERSEDE: N_("met an approval of what is no longer so"),
    Act.APPROVAL_WITHDRAW: N_("took his word back"),
    Act.BACKUP_MAKE: N_("made a backup"),
    Act.BACKUP_RESTORE: N_("restored a backup"),
    Act.BREAK_GLASS_END: N_("ended a break-glass access"),
    Act.EXPORT_SEND: N_("was sent a file, whole or cut"),
    Act.FACTOR_CHANGE: N_("changed a second factor"),
    Act.PASSWORD_CHANGE: N_("changed his own password"),
    Act.FACTOR_SHOW: N_("looked at the second factors"),
    Act.GRAPH_VERIFY: N_("verified the store"),
    Permission.KEY_OFFICERS: N_("sealed the recovery key to two officers"),
    Act.KEY_RECOVER: N_("recovered the keys"),
    Act.DICTIONARY_FINISH: N_("finished bringing stored values to the data dictionary"),
    Act.DICTIONARY_RESEAL: N_("brought stored values to the data dictionary"),
    Act.KEY_REENCRYPT: N_("encrypted values anew"),
    Act.PLACE_FINISH: N_("finished the move of a place"),
    Act.PLACE_MOVE: N_("moved a site or product line"),
    Act.PLACE_REWRITE: N_("brought records to their new place"),
    Act.KEY_RETIRE: N_("retired a key"),
    Act.KEY_REWRAP: N_("wrapped the keys anew"),
    Act.KEY_ROTATE: N_("rotated a key"),
    Act.LEDGER_KEY: N_("changed the key of the ledger"),
    Act.LEDGER_PRUNE: N_("pruned the ledger"),
    Act.LEDGER_RECOVER: N_("cut off what a crash had left unfinished"),
    Act.LEDGER_REPLAY: N_("replayed a trace"),
    Act.LEDGER_START: N_("opened the ledger"),
    Act.NUMBER_REFER: N_("handed a number on"),
    Act.POLICY_ACCEPT: N_("accepted a policy"),
    Act.POLICY_APPLY: N_("put another policy in force"),
    Act.DICTIONARY_APPLY: N_("put another data dictionary in force"),
    Act.ALERT_RULES_APPLY: N_("put other alert rules in force"),
    Permission.CHANGE_LIST: N_("looked at changes of the rules"),
    Permission.CHANGE_PROPOSE: N_("proposed a change of the rules"),
    Act.PURPOSE_CHOOSE: N_("chose a purpose"),
    Act.REQUEST_REFUSE: N_("was refused at the door"),
    Act.ROWS_TRUST: N_("trusted the rows of the store as they stand"),
    Act.SERVICE_START: N_("started the service"),
    Act.SESSION_END: N_("signed out"),
    Act.SESSION_LIST_OWN: N_("looked at own sessions"),
    Act.SESSION_MOVE: N_("moved a session to another address"),
    Act.SESSION_START: N_("signed in"),
    Act.SIGNATURE_VERIFY: N_("checked signatures"),
    Act.SIGN_IN_SPRAY: N_("tried to sign in under many names"),
    Act.STORE_MIGRATE: N_("brought the store to this version"),
    Act.VALUE_REVEAL: N_("was shown one value by approval"),
    Act.WITHHELD_ROUTE: N_("routed what was withheld"),
}
OUTCOMES: Final = {
    "answered": ("released", "released", N_("answered")),
    "done": ("released", "released", N_("done")),
    "denied": ("recalled", "recalled", N_("denied")),
    "failed": ("held", "held", N_("failed")),
    "intended": ("plain", "unknown", N_("begun")),
    "recovered-committed": ("held", "check", N_("found done after a crash")),
    "recovered-aborted": ("held", "unknown", N_("found undone after a crash")),
}
"""Tone, sign and word."""
PARTS: Final = {
    "username": N_("User name"),
    "name": N_("Printed name"),
    "role": N_("Role"),
    "organisation": N_("Organisation"),
    "purpose": N_("Purpose"),
    "through": N_("Came in by"),
    "address": N_("Address"),
    "claimed_address": N_("Address that was claimed"),
    "factors": N_("Proven by"),
    "factor_at": N_("Second factor shown at (UTC)"),
    "account": N_("Account"),
    "sites": N_("Sites"),
    "lines": N_("Product lines"),
    "session": N_("Session"),
    "break_glass": N_("Break-glass access"),
    "number": N_("Number"),
    "number_mac": N_("Number, as a keyed digest"),
    "uid": N_("Uid"),
    "seeds": N_("Seeds"),
    "direction": N_("Direction"),
    "as_of": N_("As known at (UTC)"),
    "head": N_("Record sequence asked about"),
    "fields": N_("Fields"),
    "record": N_("Ledger record"),
    "records": N_("Records"),
    "person": N_("Person"),
    "act": N_("Act"),
    "outcome": N_("Outcome"),
    "field": N_("Field"),
    "since": N_("From (UTC)"),
    "until": N_("To (UTC)"),
    "intent": N_("Record that announced it"),
    "sha256": N_("Digest of the result"),
    "nodes": N_("Things"),
    "links": N_("Links"),
    "consignees": N_("Consignees"),
    "suppliers": N_("Suppliers"),
    "withheld": N_("Withheld"),
    "candidates": N_("Candidates"),
    "things": N_("Things"),
    "moment": N_("Moment asked about (UTC)"),
    "budget": N_("Budget"),
    "source": N_("Source"),
    "site": N_("Site"),
    "product": N_("Product"),
    "status": N_("Status"),
    "quantity": N_("Quantity"),
    "unit": N_("Unit"),
    "object": N_("About"),
}

_BOTH: Final = Markup("{} · {}")

Line = tuple[str, Any]
"""Label and value: a text, or a mask."""


def act_words(act: str) -> str:
    """What was done, in the reader's language; an act of another version as it stands."""
    known = {one.value: words for one, words in ACTS.items()}
    return gettext(known[act]) if act in known else act


def part_name(name: str) -> str:
    """A label; a name that nobody put into words stands as it is, marked as such."""
    return gettext(PARTS[name]) if name in PARTS else Markup('<bdi class="id">{}</bdi>').format(name)


def lines_of(told: Mapping[str, Any]) -> list[Line]:
    """Every part that says something, one line each."""
    return list(_labelled(told))


def fields_of(told: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Kind and names of properties, in the reader's words; of a list that was too long for a record, its digest."""
    if "sha256" in told:
        return [(gettext("Too many to list; digest of the list"), [str(told["sha256"])])]
    return [(_kind(kind), [_property(kind, name) for name in names]) for kind, names in sorted(told.items())]


def _labelled(told: Mapping[str, Any]) -> Iterator[Line]:
    for name, value in told.items():
        if value is None or value in ({}, [], ""):
            continue
        if isinstance(value, dict):
            yield from ((_BOTH.format(part_name(name), label), inner) for label, inner in _labelled(value))
        elif isinstance(value, list):
            yield from ((part_name(name), one) for one in _listed(value))
        else:
            yield part_name(name), value if isinstance(value, Masked) else str(value)


def _listed(values: list[Any]) -> Iterator[Any]:
    if all(isinstance(one, str | int) for one in values):
        yield ", ".join(map(str, values))
        return
    for one in values:
        yield " ".join(f"{inner}={value}" for inner, value in one.items()) if isinstance(one, dict) else one


def _kind(kind: str) -> str:
    return kind_name(NodeKind(kind)) if kind in set(NodeKind) else kind


def _property(kind: str, name: str) -> str:
    return property_name(NodeKind(kind), name) if kind in set(NodeKind) else part_name(name)
