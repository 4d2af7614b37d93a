"""The texts of the templates. English is in the templates; Turkish is beside it in `tr.po`, read as it is.

No compiled catalogue is kept: reading a few hundred texts takes milliseconds, once in a process.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.web.screen.words.text import Language

FILE: Final = resources.files("app.web.screen.words") / "tr.po"


@cache
def translations(language: Language) -> NullTranslations:
    """What gettext needs."""
    if language is Language.ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, turkish())
    compiled.seek(0)
    return GNUTranslations(compiled)


def turkish() -> Catalog:
    """The Turkish texts."""
    with FILE.open("rb") as file:
        return read_po(file, locale="tr")
