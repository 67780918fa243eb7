"""What the frame of every page knows: who is signed in, the languages, the address to come back to."""

import logging
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, g, request, url_for

from traceapp import __version__
from traceapp.domain.errors import TraceappError
from traceapp.domain.permissions import SEES_BATCHES, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.alerts.list_alerts import count_alerts
from traceapp.usecases.approvals.list_approvals import count_waiting
from traceapp.usecases.sessions.choose_purpose import purposes_of
from traceapp.usecases.sessions.open_session import Opened
from traceapp.web.language import LANGUAGES
from traceapp.web.pages import wording
from traceapp.web.pages.paging import address_with
from traceapp.web.session import has_session
from traceapp.web.stations import stations

_log: Final = logging.getLogger("traceapp.web")


def safe_next(wanted: str | None) -> str:
    """An address of ours to go on to, else the start page: nobody is sent to another site from here."""
    start = url_for("search.start")
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or any(ord(letter) < 33 for letter in wanted):
        return start
    parts = urlsplit(wanted)
    return start if parts.scheme or parts.netloc else wanted


def onward(opened: Opened, wanted: str | None) -> str:
    """Where somebody goes who has just come in: first to what is still due, then to where he wanted."""
    where = safe_next(wanted)
    if opened.session.factor_due:
        return url_for("factors.form", next=where)
    return url_for("own_password.form", next=where) if opened.actor.provisional else where


def may_look_up(actor: Actor) -> bool:
    """Whether the role sees batches at all; the page says so instead of showing a form that is always refused."""
    return all(stations().policy.decide(actor, permission).allowed for permission in SEES_BATCHES)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the role may do it, so that a page shows no link that is always refused."""
    return stations().policy.decide(actor, permission).allowed


def register(app: Flask) -> None:
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    here = request.full_path.removesuffix("?") if request.method == "GET" else url_for("search.start")
    return {
        "actor": actor,
        "in_session": has_session(),
        "here": here,
        "language": wording.language(),
        "languages": LANGUAGES,
        "address_with": address_with,
        "sentence_gap": wording.sentence_gap,
        "version": __version__,
        **_purposes(actor),
        "open_alerts": _open_alerts(actor),
        "approvals_waiting": _approvals_waiting(actor),
    }


def _open_alerts(actor: Actor | None) -> int:
    """How many are open, for whoever may see them; 0 where that cannot be told now."""
    if actor is None or actor.session is None:
        return 0
    try:
        return count_alerts(stations(), actor)
    except TraceappError as error:
        _log.warning("the open alerts were not counted: %s", type(error).__name__)
        return 0


def _approvals_waiting(actor: Actor | None) -> int:
    """How many wait for the person's word; 0 where that cannot be told now."""
    if actor is None or actor.session is None:
        return 0
    try:
        return count_waiting(stations(), actor)
    except TraceappError as error:
        _log.warning("the approvals that wait were not counted: %s", type(error).__name__)
        return 0


def _purposes(actor: Actor | None) -> dict[str, Any]:
    """Why the person looks, and what else he may look for, in the words of the policy and the reader's language."""
    if actor is None or actor.session is None:
        return {"purpose": None, "purposes": ()}
    policy, language = stations().policy, wording.language()
    named = tuple((one.value, policy.purpose_label(one, language)) for one in purposes_of(stations(), actor))
    chosen = policy.chosen_purpose(actor)
    return {"purpose": chosen.value if chosen is not None else None, "purposes": named}
