"""The environment of jinja2: what a template has at hand, in each language."""

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.domain.parties import hidden_tax_number
from app.web.screen.rendering import formats
from app.web.screen.words.catalogue import translations
from app.web.screen.words.text import Label, Language, Text

STATIC: Final = resources.files("app.web.screen") / "static"
# The sign of each tone: a symbol of templates/symbols.html.
SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "done": "circle-check",
        "way": "hourglass",
        "you": "hand",
        "failed": "circle-x",
        "ended": "ban",
        "unknown": "circle-question-mark",
    }
)
_DIGITS: Final = 12


@cache
def environment(language: Language) -> Environment:
    """The templates in this language. A name that a page does not give is an error."""
    made = Environment(
        loader=PackageLoader("app.web.screen", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(language=language, sign_of=lambda label: SIGNS[label.tone], static=static)
    made.filters.update(
        {
            "money": lambda amount, currency=None: formats.money(amount, currency, language),
            "said": partial(said, language=language),
            "exact": formats.exact,
            "masked": hidden_tax_number,
            **{
                name: partial(getattr(formats, name), language=language)
                for name in ("number", "price", "percent", "day", "moment", "clock")
            },
        }
    )
    return made


def said(what: Text | Label, *, language: Language) -> str:
    """A text of the words, in this language."""
    return (what.text if isinstance(what, Label) else what).in_(language)


def rendered(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """The page."""
    return environment(language).get_template(template).render(values)


@cache
def _release() -> str:
    """Of all files of ours at once: the style sheet names its fonts by their names alone."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir(), key=lambda each: each.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:_DIGITS]


def static(name: str) -> str:
    """The address of a file of ours, which changes with what is in them: a browser may keep it for good."""
    return f"/screen/static/{_release()}/{name}"
