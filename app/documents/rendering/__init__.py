"""Rendering: an invoice as HTML and PDF, by the template that it brings along, one that is stored, or our own.

>>> template = template_for(invoice)
>>> pdf = render_pdf(invoice, template)
"""

from app.documents.rendering import karekod, subprocess
from app.documents.rendering.errors import RenderingError
from app.documents.rendering.letters import without_a_font
from app.documents.rendering.templates import (
    Language,
    default_template,
    embedded_template,
    rare_units,
    refuse_unless_safe,
    template_for,
    template_to_embed,
)
from app.documents.safe_input.xml import parse

__all__ = [
    "Language",
    "RenderingError",
    "default_template",
    "embedded_template",
    "refuse_unless_runnable",
    "render_html",
    "render_pdf",
    "template_for",
    "template_to_embed",
    "without_a_font",
]


def render_html(invoice: bytes, template: bytes, language: Language = Language.TURKISH) -> bytes:
    """One HTML file in UTF-8 with everything in it and no program. Raises UnsafeXmlError, RenderingError."""
    return _rendered("html", invoice, template, language)


def render_pdf(invoice: bytes, template: bytes, language: Language = Language.TURKISH) -> bytes:
    """A PDF of A4 pages, with our font in it. Raises UnsafeXmlError, RenderingError."""
    return _rendered("pdf", invoice, template, language)


def refuse_unless_runnable(template: bytes) -> None:
    """Refuses a template that reads, writes or executes, and one that libxslt cannot compile. Raises RenderingError."""
    refuse_unless_safe(template)
    subprocess.rendered("check", template)


def _rendered(to: str, invoice: bytes, template: bytes, language: Language) -> bytes:
    refuse_unless_safe(template)
    root = parse(invoice)
    code = karekod.picture(root)
    parameters = {"language": language, "rare-units": rare_units(root, language), **({"qr": code} if code else {})}
    return subprocess.rendered(to, template, invoice, parameters)
