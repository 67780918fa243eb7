"""A person's own sessions: where he is signed in, and how to end it."""

import re
from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.permissions import Act
from traceapp.usecases.sessions.end_sessions import end_other_sessions, end_own_session, list_own_sessions
from traceapp.web.access import current_actor, records, signed_in, stations

session_pages = Blueprint("sessions", __name__)

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What stands in the header → what people call it; the first that is found counts, since all of them claim to be the others."""
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@session_pages.get("/sessions")
@signed_in
@records(Act.SESSION_LIST_OWN)
def show() -> str:
    """List them, this one first among equals."""
    found = list_own_sessions(stations(), current_actor())
    return render_template(
        "sessions/mine.html", sessions=found.value, receipt=found.receipt, this=current_actor().session, browser=browser_name
    )


@session_pages.post("/sessions/<uid>/end")
@signed_in
@records(Act.SESSION_END)
def end(uid: str) -> Response:
    """End one."""
    end_own_session(stations(), current_actor(), uid)
    return redirect(url_for("sessions.show"), 303)


@session_pages.post("/sessions/end-others")
@signed_in
@records(Act.SESSION_END)
def end_others() -> Response:
    """End all but this one."""
    end_other_sessions(stations(), current_actor())
    return redirect(url_for("sessions.show"), 303)


def browser_name(agent: str) -> str:
    """`Firefox, Windows`, or the browser's own words where they are of no known kind."""
    browser = next((name for word, name in _BROWSERS if re.search(rf"\b{word}", agent)), "")
    system = next((name for word, name in _SYSTEMS if word in agent), "")
    return gettext(", ").join(filter(None, (browser, system))) or agent[:60]
