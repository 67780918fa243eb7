"""Passkeys: the browser asks for options, lets the device sign, and sends a form; the script is `static/js/passkeys.js`."""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from urllib.parse import urlsplit

import flask
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from traceapp.domain.errors import FactorRefusedError, SignInError
from traceapp.domain.factors import Site
from traceapp.domain.permissions import Act
from traceapp.usecases.sessions.keep_passkey import add_passkey, ask_for_passkey, drop_passkey
from traceapp.usecases.sessions.second_factors import list_own_factors
from traceapp.usecases.sessions.show_passkey import ask_for_assertion, show_passkey, sign_in_by_passkey
from traceapp.web.access import current_actor, open_door, records, records_nothing, signed_in, stations
from traceapp.web.limits import count_refusal, use_once
from traceapp.web.pages.layout import onward, safe_next
from traceapp.web.session import begin_session, client_of_request, find_session
from traceapp.web.signing import component_shown

passkey_pages = Blueprint("passkeys", __name__)

_CHALLENGE: Final = "challenge"
_SECONDS: Final = 300
"""How long a challenge counts: shorter than it is remembered as used."""


@passkey_pages.post("/factors/passkeys/options")
@signed_in
@records_nothing("asks the browser for a passkey; what it makes is on record when it comes back")
def make() -> Response:
    """What a new passkey is made from."""
    return _json(ask_for_passkey(stations(), current_actor(), _site(), _new_challenge("make")))


@passkey_pages.post("/factors/passkeys")
@signed_in
@records(Act.FACTOR_CHANGE, Act.SIGN_IN_SPRAY)
def add() -> Answer | tuple[str, int]:
    """Keep it."""
    actor, said = current_actor(), request.form
    try:
        made, challenge = said.get("credential", ""), _challenge("make")
        with component_shown(actor):
            add_passkey(stations(), actor, said.get("password", ""), made, challenge, _site(), said.get("label", ""))
    except SignInError:
        error = gettext("The password is wrong, or the passkey was not made for this page.")
        factors = list_own_factors(stations(), actor)
        return render_template("factors/mine.html", factors=factors, error="", passkey_error=error), 401
    return redirect(url_for("factors.list_all"), 303)


@passkey_pages.post("/factors/passkeys/drop")
@signed_in
@records(Act.FACTOR_CHANGE)
def drop() -> Answer:
    """Forget one."""
    drop_passkey(stations(), current_actor(), request.form.get("credential_id", ""))
    return redirect(url_for("factors.list_all"), 303)


@passkey_pages.post("/second-factor/passkey/options")
@open_door
@records_nothing("asks the browser for a passkey; what it shows is on record when it comes back")
def ask() -> Response:
    """What a passkey signs: of the person who is half-way in or in, else of whoever it turns out to be."""
    count_refusal()  # each one costs the store a look, and no person needs many
    return _json(ask_for_assertion(stations(), find_session(), _site(), _new_challenge("show")))


@passkey_pages.post("/second-factor/passkey")
@open_door
@records(Act.SESSION_START, Act.FACTOR_SHOW, Act.SIGN_IN_SPRAY)
def show() -> Answer | tuple[str, int]:
    """Take the signature, as the second factor of this session or as a sign-in of its own."""
    challenge, credential = _challenge("show"), request.form.get("credential", "")
    opened = find_session()
    try:
        if opened is None:
            fresh = sign_in_by_passkey(stations(), credential, challenge, _site(), client_of_request())
        else:
            with component_shown(opened.actor):
                fresh = show_passkey(stations(), opened, credential, challenge, _site())
    except FactorRefusedError:
        count_refusal()
        told = {"username": "", "error": gettext("The passkey was refused."), "left": False, "provider": False}
        return render_template("sign_in/form.html", next=safe_next(request.form.get("next")), **told), 401
    begin_session(fresh.value)
    return redirect(onward(fresh.value, request.form.get("next")), 303)


def _new_challenge(use: str) -> bytes:
    """256 random bits that wait in the signed cookie, for one use."""
    challenge = secrets.token_bytes(32)
    flask.session[_CHALLENGE] = {"use": use, "at": time.time(), "text": urlsafe_b64encode(challenge).decode()}
    return challenge


def _challenge(use: str) -> bytes:
    """The one that was asked for, once: it is counted as used for all workers, since a cookie can be sent again."""
    kept = flask.session.pop(_CHALLENGE, None)
    fresh = kept and kept["use"] == use and time.time() - kept["at"] < _SECONDS
    if not fresh or not use_once(f"challenge/{kept['text']}"):
        raise FactorRefusedError("This passkey was asked for another time; begin again.")
    return urlsafe_b64decode(kept["text"])


def _site() -> Site:
    """Its host without a port, and its origin; an IPv6 address stays whole."""
    return Site(urlsplit(request.host_url).hostname or "", request.host_url.rstrip("/"))


def _json(text: str) -> Response:
    return Response(text, content_type="application/json")
