"""Translations, read from the `.po` files themselves: no compiled copy that could differ from them."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Domain, get_babel, get_locale

FOLDER: Final = Path(__file__).resolve().parent.parent / "translations"


def po_file(language: str) -> Path:
    """The translations of a language of `language.LANGUAGES`; English, the language of the msgids, has none."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


@cache
def translations(language: str) -> NullTranslations:
    """Compiled once per process; a fuzzy entry does not count."""
    path = po_file(language)
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


class _Catalogue(Domain):
    def get_translations(self) -> NullTranslations:
        return translations(str(get_locale()))


def register(app: Flask) -> None:
    get_babel(app).instance.domain_instance = _Catalogue()
