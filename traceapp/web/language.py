"""Which of the two languages a page speaks: the person's choice, else the browser's wish, else English."""

from typing import Final

from flask import Flask, request
from flask_babel import Babel
from werkzeug.wrappers import Response

LANGUAGES: Final = {"en": "English", "zh_Hans": "简体中文"}
"""Babel's name of the language → what it calls itself."""

COOKIE: Final = "language"
_YEAR: Final = 365 * 24 * 3600


def select_language() -> str:
    """A key of LANGUAGES. Browsers say zh-CN, zh-SG or zh; no negotiation maps these to zh_Hans."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for wished, weight in request.accept_languages:
        if weight <= 0:
            continue
        first = wished.replace("_", "-").partition("-")[0].lower()
        if first == "zh":
            return "zh_Hans"
        if first == "en":
            return "en"
    return "en"


def remember_language(response: Response, language: str) -> None:
    """Keep a person's choice in this browser; an unknown language changes nothing."""
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)


def register(app: Flask) -> None:
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_DEFAULT_TIMEZONE="UTC", BABEL_TRANSLATION_DIRECTORIES="web/translations")
    Babel(app, locale_selector=select_language)
