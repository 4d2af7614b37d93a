"""UBL-TR invoices, whichever program made them: checked, rendered, and built from JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.documents.checking import Finding, Mode, check
from app.documents.from_json import build
from app.documents.rendering import (
    Language,
    RenderingError,
    default_template,
    render_html,
    render_pdf,
    template_for,
    without_a_font,
)
from app.domain.time import legal_date
from app.operations.errors import RefusedInputError
from app.operations.installation.templates import template_content

# In place of a template's UUID: ours.
OURS: Final = "default"


class PageFormat(StrEnum):
    """What an invoice is rendered as."""

    PDF = "pdf"
    HTML = "html"


_DRAW: Final = {PageFormat.PDF: render_pdf, PageFormat.HTML: render_html}


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedInvoice:
    """The page, and the letters that are boxes in it because its font does not have them (only in a PDF)."""

    content: bytes
    letters_without_a_font: tuple[str, ...]


def check_invoice(content: bytes, name: str, mode: Mode) -> list[Finding]:
    """What our rules and, where they are installed, GİB's find wrong with an invoice; `name` is in each finding."""
    return check(content, name, mode=mode, today=legal_date(datetime.now(UTC)))


def render_invoice(invoice: bytes, form: PageFormat, *, template: str | None, language: Language) -> RenderedInvoice:
    """An invoice as a page. Nothing is fetched, and no program in the template is run.

    `template` is the UUID of a stored template, or `OURS`; without one it is the invoice's own, else ours, whose labels
    are in `language`. Raises UnsafeXmlError, RenderingError, RefusedInputError and StoreError.
    """
    content = _DRAW[form](invoice, template_for(invoice, _chosen(template, language), language), language)
    missing = without_a_font(invoice) if form is PageFormat.PDF else ()
    return RenderedInvoice(content=content, letters_without_a_font=tuple(missing))


def build_invoice(content: bytes, *, mode: Mode, template: bytes | None = None) -> build.Made:
    """An unsigned UBL-TR 1.2 invoice of JSON, or every error in it. `template` is embedded unless the JSON names one.

    Raises StoreError.
    """
    return build.make(content, now=datetime.now(UTC), mode=mode, template=template, stored=template_content)


def _chosen(template: str | None, language: Language) -> bytes | None:
    if template is None:
        return None
    if template == OURS:
        return default_template(language)
    try:
        uuid = UUID(template)
    except ValueError as error:
        raise RefusedInputError(f"{template} is no UUID: `faturaflow templates list` shows them.") from error
    content = template_content(uuid)
    if content is None:
        message = f"No template is stored under {uuid}: `faturaflow templates list` shows them."
        raise RenderingError("TEMPLATE_UNKNOWN", message)
    return content
