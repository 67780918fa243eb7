"""Electronic signatures in words: what each means, what was shown, and what it is worth."""

from typing import Final

from flask_babel import gettext

from traceapp.domain.clock import stored_time
from traceapp.domain.signatures import MEANINGS, Component, Meaning, Remark, Signature, SignatureState
from traceapp.web.pages.wording import N_, language

STATES: Final = {
    SignatureState.VALID: ("released", "check", N_("Valid")),
    SignatureState.RECORD_CHANGED: ("recalled", "unverified", N_("Record changed since")),
    SignatureState.FORGED: ("recalled", "unverified", N_("Forged: it is no signature of this record")),
    SignatureState.GONE: ("recalled", "unknown", N_("Gone: the ledger names it, and it is not there")),
}
"""What gives a state its colour, its sign and its word."""
_REMARKS: Final = {
    Remark.TAKEN_BACK: N_("taken back since"),
    Remark.TIME_IN_DOUBT: N_("its time is in doubt: the clock of the server was set back"),
    Remark.SIGNER_RENAMED: N_("whoever signed has another name today"),
    Remark.SIGNER_CLOSED: N_("the account of whoever signed is closed"),
    Remark.SIGNER_UNKNOWN: N_("the account of whoever signed is not there any more"),
    Remark.RECORD_PRUNED: N_("its ledger record has passed its date"),
}
_COMPONENTS: Final = {
    Component.IDENTIFICATION: N_("user name"),
    Component.PASSWORD: N_("password"),
    Component.FACTOR: N_("second factor"),
}


def meaning_word(meaning: Meaning) -> str:
    return MEANINGS[meaning].word(language())


def meaning_says(meaning: Meaning) -> str:
    """The sentence that is signed with it."""
    return MEANINGS[meaning].says(language())


def said_of(signature: Signature) -> str:
    """That sentence as it was signed."""
    return str(signature.says.get("zh" if language().startswith("zh") else "en", ""))


def component_word(component: Component) -> str:
    return gettext(_COMPONENTS[component])


def remark_word(remark: Remark) -> str:
    return gettext(_REMARKS[remark])


def signature_text(signature: Signature) -> str:
    """Name, date and time, meaning and reason in one line, for print (21 CFR 11.50)."""
    who = f"{signature.name} ({signature.username})"
    return " | ".join((who, stored_time(signature.signed_at), said_of(signature), signature.reason))
