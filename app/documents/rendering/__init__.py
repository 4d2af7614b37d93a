"""Rendering: an invoice as HTML and PDF, by the design that it brings along, one that is stored, or our own.

>>> design = design_for(invoice)
>>> pdf = render_pdf(invoice, design)
"""

from app.documents.rendering import karekod, subprocess
from app.documents.rendering.designs import (
    Language,
    default_design,
    design_for,
    design_to_embed,
    embedded_design,
    rare_units,
    refuse_unless_safe,
)
from app.documents.rendering.errors import RenderingError
from app.documents.rendering.letters import without_a_font
from app.documents.safe_input.xml import parse

__all__ = [
    "Language",
    "RenderingError",
    "default_design",
    "design_for",
    "design_to_embed",
    "embedded_design",
    "refuse_unless_runnable",
    "render_html",
    "render_pdf",
    "without_a_font",
]


def render_html(invoice: bytes, design: bytes, language: Language = Language.TURKISH) -> bytes:
    """One HTML file in UTF-8 with everything in it and no program. Raises UnsafeXmlError, RenderingError."""
    return _rendered("html", invoice, design, language)


def render_pdf(invoice: bytes, design: bytes, language: Language = Language.TURKISH) -> bytes:
    """A PDF of A4 pages, with our font in it. Raises UnsafeXmlError, RenderingError."""
    return _rendered("pdf", invoice, design, language)


def refuse_unless_runnable(design: bytes) -> None:
    """Refuses a design that reads, writes or executes, and one that libxslt cannot compile. Raises RenderingError."""
    refuse_unless_safe(design)
    subprocess.rendered("check", design)


def _rendered(to: str, invoice: bytes, design: bytes, language: Language) -> bytes:
    refuse_unless_safe(design)
    root = parse(invoice)
    code = karekod.picture(root)
    parameters = {"language": language, "rare-units": rare_units(root, language), **({"qr": code} if code else {})}
    return subprocess.rendered(to, design, invoice, parameters)
